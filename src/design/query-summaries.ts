/**
 * What an engine's counts and moments say of a query: its classes, the scaling of its numbers, its levels, and which
 * columns tell classes apart. Answers are as the statements of sql/profile.ts describe them.
 */

import { maxLevels } from '../data/infer.ts';
import { argument } from '../data/names.ts';
import type { Column } from '../data/table.ts';
import { textColumn, typedColumn } from '../data/typed-column.ts';
import { LogisticError } from '../errors.ts';
import type { Feature, Label } from '../predict/model-file.ts';
import type { QueriedColumn } from '../sql/queried-rows.ts';
import type { RowCensus } from '../sql/rows.ts';
import type { DesignOptions } from './design.ts';
import { classesOfCounts, type Labels, readTarget } from './labels.ts';
import { type ColumnPurity, purityOfLevels, rangesOverlap } from './pure-columns.ts';
import { constantUlps, type Scaling, vanishing } from './scale.ts';

/** Of a variance of numbers 0 and 1, from sums of any length. */
const binaryRounding = 1e-12;

/** Rows of an engine's answer. */
export type Answers = readonly (readonly unknown[])[];
/** What a weight of a class counts in the fit. */
export type WeightOfClass = (weight: number, code: number) => number;

/** Classes and reference of a target, and how its values are told, from each value that it has and its rows. */
export async function labelsOf(
  answers: Answers,
  target: QueriedColumn,
  options: DesignOptions,
): Promise<{ readonly labels: Omit<Labels, 'codes'>; readonly target: QueriedColumn }> {
  // Of several spellings of a word the one that most rows have: the engine's order is of no meaning.
  const found = [...answers].sort(([a, m], [b, n]) => Number(n) - Number(m) || (String(a) < String(b) ? -1 : 1));
  const rows = Float64Array.from(found, ([, count]) => Number(count));
  const column = columnOf(
    target,
    found.map(([value]) => value),
  );
  const { name, classes, codes } = await readTarget(column, rows);
  const counts = new Float64Array(classes.length);
  codes.forEach((code, i) => {
    counts[code]! += rows[i]!;
  });
  const labels = classesOfCounts({ name, classes }, counts, noLosses, options);
  return { labels, target: { ...target, anyCase: target.kind === 'categorical' && column.kind === 'boolean' } };
}

/** Rows that are not complete are not counted here, so that no class loses its last row. */
function noLosses(): never {
  throw new Error('a class without a row');
}

/** Values of a column as a table has them. Words of one pair, in any case, are a boolean here as in memory. */
export function columnOf({ name, kind }: QueriedColumn, values: readonly unknown[]): Column {
  if (kind !== 'boolean') {
    const cells = kind === 'numeric' ? Float64Array.from(values, Number) : values.map(String);
    return typedColumn(name, cells, { missingTokens: new Set() });
  }
  const missing = { count: 0, tokens: {} };
  return { kind, name, words: ['false', 'true'], codes: Int32Array.from(values, Number), typed: true, missing };
}

/** The moments of all columns, from those of some each. Throws LogisticError 'rows-changed'. */
export function joinMoments([first, ...more]: readonly Answers[]): Answers {
  return first!.map((answer) => {
    const [code, rows] = answer;
    const others = more.map((answers) => answers.find((other) => other[0] === code));
    if (others.some((other) => Number(other?.[1]) !== Number(rows)))
      throw rowsChanged('a class has other rows than before');
    return [...answer, ...others.flatMap((other) => other!.slice(4))];
  });
}

function rowsChanged(what: string): LogisticError {
  return new LogisticError('rows-changed', `the rows of the query changed: ${what}`, {
    hint: 'fit a snapshot, or read the rows once (--rows memory)',
  });
}

/** Rows, class codes and weights by class, from the moments, which are by class too. Throws LogisticError 'rows-changed'. */
export function censusOf(moments: Answers, classes: number, byClass: WeightOfClass = (weight) => weight): RowCensus {
  const classWeights = new Float64Array(classes);
  let [rows, codes, smallestWeight] = [0, 0, Number.POSITIVE_INFINITY];
  for (const answer of moments) {
    if (answer[0] === null) throw rowsChanged('one has a class that none had before');
    const [code, count, weight, smallest] = answer.map(Number) as [number, number, number, number];
    rows += count;
    codes += count * code;
    classWeights[code]! += byClass(weight, code);
    smallestWeight = Math.min(smallestWeight, byClass(smallest, code));
  }
  return { rows, codes, summary: { rows, classWeights, smallestWeight } };
}

/**
 * Mean, deviation and constancy of the j-th numeric column from its moments about `centre` by class. Throws LogisticError
 * 'not-finite' where they overflow.
 */
export function momentScaling(
  name: string,
  moments: Answers,
  j: number,
  centre: number,
  byClass: WeightOfClass,
): Scaling {
  let [weight, sum, squares] = [0, 0, 0];
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const answer of moments) {
    const code = Number(answer[0]);
    const [own, ownSquares, least, most] = answer.slice(4 + 4 * j, 8 + 4 * j).map(Number) as [
      number,
      number,
      number,
      number,
    ];
    weight += byClass(Number(answer[2]), code);
    sum += byClass(own, code);
    squares += byClass(ownSquares, code);
    low = Math.min(low, least);
    high = Math.max(high, most);
  }
  const shift = sum / weight;
  if (!Number.isFinite(centre + shift) || !Number.isFinite(squares)) {
    throw new LogisticError('not-finite', `column ${name}: its numbers are so large that their squares overflow`, {
      hint: `divide them by a power of ten, or leave the column out (--drop ${argument(name)})`,
      details: { column: name },
    });
  }
  const largest = Math.max(Math.abs(centre + low), Math.abs(centre + high));
  const constant = high - low <= constantUlps * Number.EPSILON * largest || high - low < 2 * vanishing;
  return { mean: centre + shift, scale: constant ? 1 : Math.sqrt(squares / weight - shift ** 2), constant };
}

/**
 * The feature of a numeric column. Numbers that are all 0 or 1 have Σs·x² = Σs·x, scale² = mean·(1 − mean), and no other
 * whole numbers have; of others it would be chance.
 */
export function numericFeature(
  column: string,
  { mean, scale, constant }: Scaling,
  style?: Extract<Feature, { kind: 'numeric' }>['style'],
): Feature {
  const binary = !constant && Math.abs(scale ** 2 - mean * (1 - mean)) <= binaryRounding;
  return { kind: 'numeric', column, impute: null, ...(style && { style }), ...(binary && { binary }) };
}

export function purityOfRanges(moments: Answers, j: number): ColumnPurity {
  const range = (at: number): Float64Array => Float64Array.from(moments, (answer) => Number(answer[at + 4 * j]));
  return rangesOverlap(range(6), range(7)) ? [] : 'perfect';
}

interface LevelFeature {
  readonly feature: Feature;
  /** Σ s of each level. */
  readonly totals: Float64Array;
  readonly purity: ColumnPurity;
}

/** The levels of a column, sorted. Throws LogisticError 'too-many-levels'. */
export function levelFeature(
  { name, kind }: QueriedColumn,
  found: Answers,
  classes: readonly Label[],
  byClass: WeightOfClass,
): LevelFeature {
  const words = ['false', 'true'] as const;
  const spelled = (value: unknown): string => (kind === 'boolean' ? words[Number(value)]! : String(value));
  const texts = kind === 'boolean' ? words : [...new Set(found.map(([value]) => spelled(value)))].sort();
  // Words of one pair, in any case, are a boolean here as in memory.
  const column = textColumn(
    name,
    { codes: Int32Array.from(texts.keys()), texts: [...texts] },
    { count: 0, tokens: {} },
  );
  if (column.kind === 'numeric') throw new TypeError(`${name} is of texts`);
  const levels = column.kind === 'boolean' ? column.words : column.levels;
  if (levels.length > maxLevels) {
    throw new LogisticError('too-many-levels', `column ${name} has more than ${maxLevels} different texts`, {
      hint: `leave it out (--drop ${name})`,
      details: { column: name },
    });
  }
  const places = new Map<string, number>(texts.map((text, k) => [text, column.codes[k]!]));
  const totals = new Float64Array(levels.length);
  const counts = new Float64Array(levels.length * classes.length);
  for (const [value, ...numbers] of found) {
    const [code, rows, weight] = numbers.map(Number) as [number, number, number];
    const place = places.get(spelled(value))!;
    totals[place]! += byClass(weight, code);
    counts[place * classes.length + code]! += rows;
  }
  const feature: Feature =
    column.kind === 'boolean'
      ? { kind: 'boolean', column: name, words: column.words, impute: null }
      : { kind: 'categorical', column: name, levels, impute: null };
  return { feature, totals, purity: purityOfLevels(name, levels, counts, classes) };
}
