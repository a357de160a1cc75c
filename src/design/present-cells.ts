/**
 * What the cells of a column of numbers say that are there: the weighted mean or median, which fills the missing ones, and
 * whether they are 0 and 1.
 */
import { sum } from '../math/vector.ts';
import { overRows } from '../yielding.ts';
import { weightedMedian } from './order-statistics.ts';

/**
 * Goes through the cells that are there, some at a time, with what their rows weigh; weight 2 counts as the row twice. A
 * visit that gives false has seen enough.
 */
export type PresentCells = (visit: (values: Float64Array, weights: Float64Array) => unknown) => Promise<void>;

/** Whether all are 0 or 1, and both occur. */
export async function isBinary(cells: PresentCells): Promise<boolean> {
  const counts = [0, 0];
  let others = false;
  await cells((values) => {
    for (const value of values) {
      if (value === 0 || value === 1) counts[value]!++;
      else others = true;
    }
    return !others;
  });
  return !others && counts[0]! > 0 && counts[1]! > 0;
}

/** 0 where there is no cell. */
export async function fillOf(cells: PresentCells, kind: 'mean' | 'median'): Promise<number> {
  let [total, mean] = [0, 0];
  await cells((values, weights) => {
    if (values.length === 0) return;
    const own = sum(weights);
    let ownMean = 0;
    for (let i = 0; i < values.length; i++) ownMean += (weights[i]! / own) * values[i]!;
    total += own;
    mean += (own / total) * ownMean - (own / total) * mean; // ownMean − mean may overflow
  });
  return kind === 'mean' || total === 0 ? mean : weightedMedian(cells, total);
}

/** Of some rows of a column in memory. */
export function cellsOf(
  column: Float64Array,
  { rows, weights }: { readonly rows: Int32Array; readonly weights: Float64Array | undefined },
): PresentCells {
  return (visit) =>
    overRows(rows.length, (from, to) => {
      const values = new Float64Array(to - from);
      const own = new Float64Array(to - from);
      let count = 0;
      for (let i = from; i < to; i++) {
        const value = column[rows[i]!]!;
        if (Number.isNaN(value)) continue;
        values[count] = value;
        own[count++] = weights ? weights[i]! : 1;
      }
      return visit(values.subarray(0, count), own.subarray(0, count));
    });
}
