/**
 * Seeded division of rows: a holdout, and folds, of which every part keeps the proportion of the classes, whatever the
 * order of the file. It knows labels as class codes, −1 where a row has none.
 */
import { LogisticError } from '../errors.ts';
import { createRandom, shuffle } from '../math/random.ts';
import { overRows } from '../yielding.ts';

export interface Split {
  readonly train: Int32Array;
  readonly holdout: Int32Array;
}

/**
 * Splits row numbers by class, `labels[row]`: of each class's rows round(fraction·count) are held out, and at least
 * one stays. Both parts keep the order of `rows`; rows without a label stay in `train`.
 */
export async function stratifiedSplit(
  rows: Int32Array,
  labels: ArrayLike<number>,
  { fraction, seed }: { readonly fraction: number; readonly seed: number },
): Promise<Split> {
  if (fraction === 0) return { train: rows, holdout: new Int32Array(0) };
  const counts = await countClasses(rows, labels);
  const held = await drawHoldout(counts, { fraction, seed });
  const count = held.reduce((total, own) => total + own.reduce((sum, one) => sum + one, 0), 0);
  const parts = [new Int32Array(rows.length - count), new Int32Array(count)] as const;
  const ends = [0, 0];
  const next = counts.map(() => 0);
  await overRows(rows.length, (from, to) => {
    for (let i = from; i < to; i++) {
      const label = labels[rows[i]!]!;
      const part = label < 0 ? 0 : held[label]![next[label]!++]!;
      parts[part]![ends[part]!++] = rows[i]!;
    }
  });
  return { train: parts[0], holdout: parts[1] };
}

/** Of each class with so many rows, which of them in their order are held out: 1 where one is. Throws LogisticError 'holdout-empty'. */
export async function drawHoldout(
  counts: readonly number[],
  { fraction, seed }: { readonly fraction: number; readonly seed: number },
): Promise<Uint8Array[]> {
  const random = createRandom(seed);
  const drawn: Uint8Array[] = [];
  let empty = true;
  for (const count of counts) {
    const size = Math.max(0, Math.min(Math.round(fraction * count), count - 1));
    const held = new Uint8Array(count);
    for (const row of (await shuffled(count, random)).subarray(0, size)) held[row] = 1;
    if (size > 0) empty = false;
    drawn.push(held);
  }
  if (!empty) return drawn;
  const rows = counts.reduce((sum, count) => sum + count, 0);
  throw new LogisticError('holdout-empty', `a holdout of ${fraction} of ${rows} rows holds no row`, {
    hint: 'raise --holdout, or leave it out',
  });
}

/** 0 … count − 1 in a random order. */
export async function shuffled(count: number, random: () => number): Promise<Int32Array> {
  const order = new Int32Array(count);
  for (let i = 0; i < count; i++) order[i] = i;
  await overRows(count - 1, (from, to) => shuffle(order, random, from, to));
  return order;
}

/**
 * The fold of each of `rows`, 0 … folds − 1. Each class is shuffled and dealt over the folds, and the next class goes
 * on where the last one ended: no class, and no fold as a whole, differs by more than one row between two folds. Rows
 * without a label are dealt like a class. A class with fewer rows than folds is missing in some of them.
 */
export async function stratifiedFolds(
  rows: Int32Array,
  labels: ArrayLike<number>,
  options: { readonly folds: number; readonly seed: number },
): Promise<FoldNumbers> {
  const counts = await countClasses(rows, labels);
  const labelled = counts.reduce((sum, count) => sum + count, 0);
  const dealt = await dealFolds([...counts, rows.length - labelled], options);
  const fold = new (foldNumbers(options.folds))(rows.length);
  const next = dealt.map(() => 0);
  await overRows(rows.length, (from, to) => {
    for (let i = from; i < to; i++) {
      const label = labels[rows[i]!]!;
      const own = label < 0 ? counts.length : label;
      fold[i] = dealt[own]![next[own]!++]!;
    }
  });
  return fold;
}

export type FoldNumbers = Uint8Array | Uint16Array;

export const foldNumbers = (folds: number): Uint8ArrayConstructor | Uint16ArrayConstructor =>
  folds <= 2 ** 8 ? Uint8Array : Uint16Array;

/** Of each class with so many rows, the fold of each of them in their order. Throws LogisticError 'bad-option'. */
export async function dealFolds(
  counts: readonly number[],
  { folds, seed }: { readonly folds: number; readonly seed: number },
): Promise<FoldNumbers[]> {
  const rows = counts.reduce((sum, count) => sum + count, 0);
  const most = Math.min(rows, 2 ** 16);
  if (!(Number.isInteger(folds) && folds >= 2 && folds <= most)) {
    throw new LogisticError('bad-option', `folds must be a whole number from 2 to ${most}, found ${String(folds)}`, {
      hint: folds > rows ? `there are ${rows} rows to divide: ask for fewer folds` : 'try 5 or 10',
      details: { option: 'folds', rows },
    });
  }
  const random = createRandom(seed);
  const dealt: FoldNumbers[] = [];
  let next = 0;
  for (const count of counts) {
    const own = new (foldNumbers(folds))(count);
    const order = await shuffled(count, random);
    await overRows(count, (from, to) => {
      for (let i = from; i < to; i++) {
        own[order[i]!] = next;
        next = next + 1 === folds ? 0 : next + 1;
      }
    });
    dealt.push(own);
  }
  return dealt;
}

/** Rows of each class [K]. */
async function countClasses(rows: Int32Array, labels: ArrayLike<number>): Promise<number[]> {
  const counts: number[] = [];
  await overRows(rows.length, (from, to) => {
    for (let i = from; i < to; i++) {
      const label = labels[rows[i]!]!;
      while (counts.length <= label) counts.push(0);
      if (label >= 0) counts[label]!++;
    }
  });
  return counts;
}
