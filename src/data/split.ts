/**
 * Seeded, stratified holdout: both parts keep the proportion of the classes, whatever the order of the
 * file, and each part keeps the order of the rows. It knows labels as 0 and 1 and nothing else.
 */
import { LogisticError } from '../errors.ts';
import { createRandom, shuffle } from '../math/random.ts';
import type { Turns } from '../turns.ts';

export interface Split {
  readonly train: Int32Array;
  readonly holdout: Int32Array;
}

/** Splits row numbers by class; of each class's rows, round(share·count) are held out, and at least one stays. */
export async function stratifiedSplit(
  rows: Int32Array,
  y: Int8Array,
  { share, seed }: { readonly share: number; readonly seed: number },
  turns: Turns,
): Promise<Split> {
  if (share === 0) return { train: rows, holdout: new Int32Array(0) };
  const random = createRandom(seed);
  const held = new Uint8Array(y.length);
  for (const label of [0, 1]) {
    const own = await rowsWhere(rows, (row) => y[row] === label, turns);
    await turns.over(own.length - 1, (from, to) => {
      shuffle(own, random, from, to);
    });
    const count = Math.min(Math.round(share * own.length), own.length - 1);
    for (const row of own.subarray(0, count)) held[row] = 1;
  }
  const holdout = await rowsWhere(rows, (row) => held[row] === 1, turns);
  if (holdout.length === 0) {
    throw new LogisticError('holdout-empty', `a holdout of ${share} of ${rows.length} rows holds no row`, {
      hint: 'raise --holdout, or leave it out',
    });
  }
  return { train: await rowsWhere(rows, (row) => held[row] === 0, turns), holdout };
}

async function rowsWhere(rows: Int32Array, holds: (row: number) => boolean, turns: Turns): Promise<Int32Array> {
  const found = new Int32Array(rows.length);
  let count = 0;
  await turns.over(rows.length, (from, to) => {
    for (let i = from; i < to; i++) if (holds(rows[i]!)) found[count++] = rows[i]!;
  });
  return found.slice(0, count);
}
