/**
 * Sample weights as they are handed over beside rows: as many as rows, each finite and not negative. Weight 2 is the
 * row twice, weight 0 leaves it out; NaN is a mistake and never a missing weight.
 */
import { LogisticError } from '../errors.ts';
import { describe, isTensor } from './kinds.ts';

/** Whether a value is a weight. */
export function isWeight(value: unknown): value is number {
  return typeof value === 'number' && value >= 0 && value < Number.POSITIVE_INFINITY;
}

/** The first row of a column that is neither missing (NaN) nor a weight, −1 where there is none. */
export function firstWrongWeight(values: Float64Array): number {
  return values.findIndex((value) => !Number.isNaN(value) && !isWeight(value));
}

/** The error of a value that is none. */
export function wrongWeight(
  where: string,
  found: unknown,
  details: { readonly row?: number; readonly column?: string } = {},
): LogisticError {
  return new LogisticError('bad-weights', `${where}: ${describe(found)} is not a sample weight`, {
    hint: 'weights are finite numbers of at least 0; weight 0 leaves a row out',
    details,
  });
}

/** A checked copy, s [rows]. Throws 'bad-shape' or 'bad-weights', which names the row. */
export function checkSampleWeights(weights: ArrayLike<unknown>, rows: number): Float64Array {
  if (typeof weights !== 'object' || weights === null || isTensor(weights)) {
    throw new LogisticError('bad-weights', `expected one sample weight for each row, found ${describe(weights)}`, {
      hint: 'give an array or a typed array',
    });
  }
  if (weights.length !== rows) {
    throw new LogisticError('bad-shape', `${rows} rows and ${weights.length ?? 'no'} sample weights`, {
      hint: 'give one weight for each row',
      details: { rows, weights: weights.length },
    });
  }
  const checked = new Float64Array(rows);
  for (let row = 0; row < rows; row++) {
    const weight = weights[row];
    const number = typeof weight === 'bigint' ? Number(weight) : weight;
    if (!isWeight(number)) throw wrongWeight(`row ${row + 1}`, weight, { row: row + 1 });
    checked[row] = number;
  }
  return checked;
}
