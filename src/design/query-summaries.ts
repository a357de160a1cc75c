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
import { type ClassMoments, type Moments, noRows, summaryOf, type WeightOfClass } from './class-moments.ts';
import type { DesignOptions } from './design.ts';
import { classesOfCounts, type Labels, readTarget } from './labels.ts';
import { type ColumnPurity, purityOfLevels } from './pure-columns.ts';

/** Rows of an engine's answer. */
export type Answers = readonly (readonly unknown[])[];

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
export function columnOf({ name, kind, asCategory }: QueriedColumn, values: readonly unknown[]): Column {
  if (kind !== 'boolean') {
    const cells = kind === 'numeric' ? Float64Array.from(values, Number) : values.map(String);
    return typedColumn(name, cells, { missingTokens: new Set(), as: asCategory ? 'categorical' : undefined });
  }
  const missing = { count: 0, tokens: {} };
  return { kind, name, words: ['false', 'true'], codes: Int32Array.from(values, Number), typed: true, missing };
}

/**
 * The moments of each class [K], of so many columns of numbers, from the answers to statements that are of some columns each.
 * Throws LogisticError 'rows-changed'.
 */
export function readMoments(answers: readonly Answers[], classes: number, columns: number): ClassMoments[] {
  if (answers.flat().some(([code]) => code === null)) throw rowsChanged('one has a class that none had before');
  return Array.from({ length: classes }, (_, code) => {
    const own = answers.map((found) => found.find((answer) => Number(answer[0]) === code)?.map(Number) ?? []);
    const [, rows, weight, smallest] = own[0] as [number, number, number, number];
    if (own.some((answer) => answer[1] !== rows)) throw rowsChanged('a class has other rows than before');
    if (rows === undefined) return noRows(columns);
    const numbers = own.flatMap((answer) => answer.slice(4));
    return { rows, weight, smallest, columns: Array.from({ length: columns }, (_, j) => momentsAt(numbers, 4 * j)) };
  });
}

function momentsAt(numbers: readonly number[], at: number): Moments {
  const [sum, squares, least, most] = numbers.slice(at, at + 4) as [number, number, number, number];
  return { sum, squares, least, most };
}

function rowsChanged(what: string): LogisticError {
  return new LogisticError('rows-changed', `the rows of the query changed: ${what}`, {
    hint: 'fit a snapshot, or read the rows once (--rows memory)',
  });
}

/** What the evaluations are held against. */
export function censusOf(moments: readonly ClassMoments[], byClass: WeightOfClass): RowCensus {
  const summary = summaryOf(moments, byClass);
  return { rows: summary.rows, codes: moments.reduce((sum, { rows }, code) => sum + rows * code, 0), summary };
}

interface LevelFeature {
  readonly feature: Feature;
  /** Σ s of each level by class [K], whatever the class weighs in the fit. */
  readonly weights: ReadonlyMap<string, Float64Array>;
  readonly purity: ColumnPurity;
}

/** The levels of a column, sorted. Throws LogisticError 'too-many-levels'. */
export function levelFeature(
  { name, kind, asCategory }: QueriedColumn,
  found: Answers,
  classes: readonly Label[],
): LevelFeature {
  const words = ['false', 'true'] as const;
  const spelled = (value: unknown): string => (kind === 'boolean' ? words[Number(value)]! : String(value));
  const texts = kind === 'boolean' ? words : [...new Set(found.map(([value]) => spelled(value)))].sort();
  // Words of one pair, in any case, are a boolean here as in memory.
  const column = textColumn(
    name,
    { codes: Int32Array.from(texts.keys()), texts: [...texts] },
    { count: 0, tokens: {} },
    asCategory,
  );
  if (column.kind === 'numeric') throw new TypeError(`${name} is of texts`);
  const levels = column.kind === 'boolean' ? column.words : column.levels;
  if (levels.length > maxLevels) {
    throw new LogisticError('too-many-levels', `column ${name} has more than ${maxLevels} different texts`, {
      hint: `leave it out (--drop ${argument(name)})`,
      details: { column: name },
    });
  }
  const places = new Map<string, number>(texts.map((text, k) => [text, column.codes[k]!]));
  const weights = new Map(levels.map((level) => [level, new Float64Array(classes.length)]));
  const counts = new Float64Array(levels.length * classes.length);
  for (const [value, ...numbers] of found) {
    const [code, rows, weight] = numbers.map(Number) as [number, number, number];
    const place = places.get(spelled(value))!;
    weights.get(levels[place]!)![code]! += weight;
    counts[place * classes.length + code]! += rows;
  }
  const feature: Feature =
    column.kind === 'boolean'
      ? { kind: 'boolean', column: name, words: column.words, impute: null }
      : { kind: 'categorical', column: name, levels, impute: null };
  return { feature, weights, purity: purityOfLevels(name, levels, counts, classes) };
}
