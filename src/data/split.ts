/**
 * Seeded division of rows: a holdout, and folds, of which every part keeps the proportion of the classes, whatever the
 * order of the file; and a holdout of whole keys. It knows labels as class codes, −1 where a row has none, and keys.
 */
import { LogisticError, plural } from '../errors.ts';
import { md5Prefix } from '../math/md5.ts';
import { createRandom, shuffle } from '../math/random.ts';
import { overRows } from '../yielding.ts';
import type { CategoricalColumn } from './table.ts';

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

/** How a key is held out: by the first 32 bits of the MD5 of `seed:key`, below this share of their range. */
export const holdoutLimit = (fraction: number): number => Math.floor(fraction * 2 ** 32);

/**
 * Splits row numbers by a key: all rows of a key are on one side, which its hash decides, so that a database holds out the
 * same keys. Both parts keep the order of `rows`. Throws LogisticError 'missing-cell', and 'holdout-empty' where one part
 * has no row.
 */
export async function splitByKey(
  rows: Int32Array,
  key: CategoricalColumn,
  { fraction, seed }: { readonly fraction: number; readonly seed: number },
): Promise<Split> {
  const limit = holdoutLimit(fraction);
  const held = key.levels.map((level) => md5Prefix(`${seed}:${level}`) < limit);
  const parts = { train: new Int32Array(rows.length), holdout: new Int32Array(rows.length) };
  const counts = { train: 0, holdout: 0 };
  let lacking = 0;
  await overRows(rows.length, (from, to) => {
    for (let i = from; i < to; i++) {
      const code = key.codes[rows[i]!]!;
      if (code < 0) {
        lacking++;
        continue;
      }
      const part = held[code] ? 'holdout' : 'train';
      parts[part][counts[part]++] = rows[i]!;
    }
  });
  if (lacking > 0) throw keyMissing(key.name, `${lacking} of ${plural(rows.length, 'row')}`);
  requireBothParts(counts, fraction, key.name);
  return { train: parts.train.slice(0, counts.train), holdout: parts.holdout.slice(0, counts.holdout) };
}

export function keyMissing(name: string, rows: string): LogisticError {
  return new LogisticError('missing-cell', `${rows} have no key in ${name}, by which rows are held out`, {
    hint: 'a row without a key could belong to both parts: give each one, or leave these rows out of the data',
    details: { column: name },
  });
}

/** Throws LogisticError 'holdout-empty'. */
export function requireBothParts(
  { train, holdout }: { readonly train: number; readonly holdout: number },
  fraction: number,
  name: string,
): void {
  if (train > 0 && holdout > 0) return;
  const found = holdout === 0 ? 'no row' : 'every row';
  throw new LogisticError('holdout-empty', `a holdout of ${fraction} by ${name} holds ${found}`, {
    hint: 'its keys are few: try another --seed, or a column with more of them',
  });
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
