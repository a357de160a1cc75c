/**
 * Seeded, stratified division of rows: a holdout, and folds. Every part keeps the proportion of the classes, whatever
 * the order of the file. It knows labels as class codes, −1 where a row has none, and nothing else.
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
  const random = createRandom(seed);
  const held = new Uint8Array(rows.length);
  let count = 0;
  for (const own of await positionsByClass(rows, labels)) {
    await overRows(own.length - 1, (from, to) => shuffle(own, random, from, to));
    const size = Math.max(0, Math.min(Math.round(fraction * own.length), own.length - 1));
    for (const position of own.subarray(0, size)) held[position] = 1;
    count += size;
  }
  if (count === 0) {
    throw new LogisticError('holdout-empty', `a holdout of ${fraction} of ${rows.length} rows holds no row`, {
      hint: 'raise --holdout, or leave it out',
    });
  }
  const train = new Int32Array(rows.length - count);
  const holdout = new Int32Array(count);
  let [t, h] = [0, 0];
  await overRows(rows.length, (from, to) => {
    for (let i = from; i < to; i++) {
      if (held[i] === 1) holdout[h++] = rows[i]!;
      else train[t++] = rows[i]!;
    }
  });
  return { train, holdout };
}

/**
 * The fold of each of `rows`, 0 … folds − 1. Each class is shuffled and dealt over the folds, and the next class goes
 * on where the last one ended: no class, and no fold as a whole, differs by more than one row between two folds. Rows
 * without a label are dealt like a class. A class with fewer rows than folds is missing in some of them.
 */
export async function stratifiedFolds(
  rows: Int32Array,
  labels: ArrayLike<number>,
  { folds, seed }: { readonly folds: number; readonly seed: number },
): Promise<Uint8Array | Uint16Array> {
  const most = Math.min(rows.length, 2 ** 16);
  if (!(Number.isInteger(folds) && folds >= 2 && folds <= most)) {
    throw new LogisticError('bad-option', `folds must be a whole number from 2 to ${most}, found ${String(folds)}`, {
      hint: folds > rows.length ? `there are ${rows.length} rows to divide: ask for fewer folds` : 'try 5 or 10',
      details: { option: 'folds', rows: rows.length },
    });
  }
  const random = createRandom(seed);
  const fold = folds <= 2 ** 8 ? new Uint8Array(rows.length) : new Uint16Array(rows.length);
  let next = 0;
  for (const own of await positionsByClass(rows, labels, true)) {
    await overRows(own.length - 1, (from, to) => shuffle(own, random, from, to));
    await overRows(own.length, (from, to) => {
      for (let i = from; i < to; i++) {
        fold[own[i]!] = next;
        next = next + 1 === folds ? 0 : next + 1;
      }
    });
  }
  return fold;
}

/** Positions in `rows` of each class in order, [K]; those without a label come last where they are asked for. */
async function positionsByClass(
  rows: Int32Array,
  labels: ArrayLike<number>,
  withUnlabelled = false,
): Promise<Int32Array[]> {
  const counts: number[] = [];
  let unlabelled = 0;
  await overRows(rows.length, (from, to) => {
    for (let i = from; i < to; i++) {
      const label = labels[rows[i]!]!;
      if (label < 0) unlabelled++;
      else {
        while (counts.length <= label) counts.push(0);
        counts[label]!++;
      }
    }
  });
  const classes = counts.map((count) => new Int32Array(count));
  const others = new Int32Array(withUnlabelled ? unlabelled : 0);
  const ends = counts.map(() => 0);
  let end = 0;
  await overRows(rows.length, (from, to) => {
    for (let i = from; i < to; i++) {
      const label = labels[rows[i]!]!;
      if (label >= 0) classes[label]![ends[label]!++] = i;
      else if (withUnlabelled) others[end++] = i;
    }
  });
  return [...classes, others];
}
