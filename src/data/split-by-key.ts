/**
 * Seeded division of rows by a key, such as a customer: all rows of a key are in one part, of a holdout or of folds. It knows
 * keys as codes of levels, and labels as class codes.
 */
import { LogisticError, plural } from '../errors.ts';
import { md5Prefix } from '../math/md5.ts';
import { createRandom } from '../math/random.ts';
import { sum } from '../math/vector.ts';
import { overRows } from '../yielding.ts';
import { type FoldNumbers, foldNumbers, type Split, shuffled } from './split.ts';
import type { CategoricalColumn } from './table.ts';

/** How a key is held out: by the first 32 bits of the MD5 of `seed:key`, below this share of their range. */
export const holdoutLimit = (fraction: number): number => Math.floor(fraction * 2 ** 32);

/** Rows of plain arithmetic that a hash is worth. */
const hashCost = 64;

/** Of each key, whether its rows are held out: 1 where they are. */
export async function heldKeys(
  keys: readonly string[],
  { fraction, seed }: { readonly fraction: number; readonly seed: number },
): Promise<Uint8Array> {
  const limit = holdoutLimit(fraction);
  const held = new Uint8Array(keys.length);
  const hash = (from: number, to: number): void => {
    for (let k = from; k < to; k++) held[k] = Number(md5Prefix(`${seed}:${keys[k]}`) < limit);
  };
  await overRows(keys.length, hash, hashCost);
  return held;
}

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
  const held = await heldKeys(key.levels, { fraction, seed });
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
      const part = held[code] === 1 ? 'holdout' : 'train';
      parts[part][counts[part]++] = rows[i]!;
    }
  });
  if (lacking > 0) throw keyMissing(key.name, `${lacking} of ${plural(rows.length, 'row')}`);
  requireBothParts(counts, fraction, key.name);
  return { train: parts.train.slice(0, counts.train), holdout: parts.holdout.slice(0, counts.holdout) };
}

export function keyMissing(name: string, rows: string): LogisticError {
  return new LogisticError('missing-cell', `${rows} have no key in ${name}, by which rows are kept together`, {
    hint: 'a row without a key could belong to any part: give each one, or leave these rows out of the data',
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

/** The fold of each of `rows`: all rows of a key are in one. Throws LogisticError 'missing-cell' and 'bad-option'. */
export async function foldsByKey(
  rows: Int32Array,
  key: CategoricalColumn,
  { codes, classes }: { readonly codes: ArrayLike<number>; readonly classes: readonly unknown[] },
  options: { readonly folds: number; readonly seed: number },
): Promise<FoldNumbers> {
  const counts = new Float64Array(key.levels.length * classes.length);
  let lacking = 0;
  await overRows(rows.length, (from, to) => {
    for (let i = from; i < to; i++) {
      const level = key.codes[rows[i]!]!;
      if (level < 0) lacking++;
      else counts[level * classes.length + codes[rows[i]!]!]!++;
    }
  });
  if (lacking > 0) throw keyMissing(key.name, `${lacking} of ${plural(rows.length, 'row')}`);
  const dealt = await dealKeys(counts, { ...options, classes: classes.length, name: key.name });
  const fold = new (foldNumbers(options.folds))(rows.length);
  await overRows(rows.length, (from, to) => {
    for (let i = from; i < to; i++) fold[i] = dealt[key.codes[rows[i]!]!]!;
  });
  return fold;
}

/**
 * The fold of each key, from its rows of each class, [keys, K]: those whose classes are the most uneven first, each to the fold
 * with which the shares of the classes differ least between folds, of equal ones to that of the fewest rows (scikit-learn's
 * StratifiedGroupKFold). Throws LogisticError 'bad-option'.
 */
export async function dealKeys(
  counts: Float64Array,
  {
    folds,
    seed,
    classes,
    name,
  }: { readonly folds: number; readonly seed: number; readonly classes: number; readonly name: string },
): Promise<FoldNumbers> {
  const rowsOf = (key: number): Float64Array => counts.subarray(key * classes, (key + 1) * classes);
  const all = await shuffled(counts.length / classes, createRandom(seed));
  const keys = all.filter((key) => rowsOf(key).some((count) => count > 0));
  if (!(folds >= 2 && folds <= keys.length)) {
    throw new LogisticError(
      'bad-option',
      `folds: ${folds} folds cannot be made of ${plural(keys.length, 'key')} in ${name}`,
      {
        hint: 'all rows of a key are in one fold: ask for fewer folds, or name a column with more keys',
        details: { option: 'folds', column: name },
      },
    );
  }
  const unevenness = new Map(Array.from(keys, (key) => [key, deviation(rowsOf(key))]));
  keys.sort((a, b) => unevenness.get(b)! - unevenness.get(a)!); // which is stable
  const totals = new Float64Array(classes);
  counts.forEach((count, at) => {
    totals[at % classes]! += count;
  });
  const dealt = new (foldNumbers(folds))(counts.length / classes);
  const inFold = Array.from({ length: folds }, () => new Float64Array(classes));
  const shares = new Float64Array(folds);
  const spreadWith = (own: Float64Array, fold: number): number => {
    let spread = 0;
    for (let c = 0; c < classes; c++) {
      if (totals[c] === 0) continue;
      for (let f = 0; f < folds; f++) shares[f] = (inFold[f]![c]! + (f === fold ? own[c]! : 0)) / totals[c]!;
      spread += deviation(shares);
    }
    return spread / classes;
  };
  await overRows(
    keys.length,
    (from, to) => {
      for (const key of keys.subarray(from, to)) {
        const own = rowsOf(key);
        let best = { fold: 0, spread: Number.POSITIVE_INFINITY, rows: Number.POSITIVE_INFINITY };
        for (let fold = 0; fold < folds; fold++) {
          const [spread, rows] = [spreadWith(own, fold), sum(inFold[fold]!)];
          const equal = Math.abs(spread - best.spread) <= 1e-8 + 1e-5 * best.spread;
          if (spread < best.spread || (equal && rows < best.rows)) best = { fold, spread, rows };
        }
        dealt[key] = best.fold;
        own.forEach((count, c) => {
          inFold[best.fold]![c]! += count;
        });
      }
    },
    folds ** 2 * classes,
  );
  return dealt;
}

/** Standard deviation, divided by the number of values. */
function deviation(values: Float64Array): number {
  const mean = sum(values) / values.length;
  return Math.sqrt(values.reduce((total, value) => total + (value - mean) ** 2, 0) / values.length);
}
