/**
 * Seeded, stratified holdout: both parts keep the proportion of the classes, whatever the order of the
 * file, and each part keeps the order of the rows. It knows labels as 0 and 1 and nothing else.
 */
import { LogisticError } from '../errors.ts';
import { createRandom, shuffle } from '../math/random.ts';

export interface Split {
  readonly train: Int32Array;
  readonly holdout: Int32Array;
}

/** Splits row numbers by class; of each class's rows, round(share·count) are held out, and at least one stays. */
export function stratifiedSplit(rows: Int32Array, y: Int8Array, share: number, seed: number): Split {
  if (share === 0) return { train: rows, holdout: new Int32Array(0) };
  const random = createRandom(seed);
  const held = new Uint8Array(y.length);
  for (const label of [0, 1]) {
    const own = shuffle(
      rows.filter((row) => y[row] === label),
      random,
    );
    const count = Math.min(Math.round(share * own.length), own.length - 1);
    for (const row of own.subarray(0, count)) held[row] = 1;
  }
  const holdout = rows.filter((row) => held[row] === 1);
  if (holdout.length === 0) {
    throw new LogisticError('holdout-empty', `a holdout of ${share} of ${rows.length} rows holds no row`, {
      hint: 'raise --holdout, or leave it out',
    });
  }
  return { train: rows.filter((row) => held[row] === 0), holdout };
}
