/**
 * Query → design: classes, features, terms with their scaling, and warnings, all from what the engine counts. No row is
 * read but those of a random sample. How it is fitted is not known here.
 */

import { maxLevels } from '../data/infer.ts';
import type { Column } from '../data/table.ts';
import { LogisticError } from '../errors.ts';
import { type Dependency, findDependencies } from '../math/cholesky.ts';
import { classesByCode, type Feature, type Label, type Target } from '../predict/model-file.ts';
import type { RowSource } from '../rows/contract.ts';
import type { DescribedColumn, Engine } from '../sql/engine.ts';
import {
  countsStatement,
  levelsStatement,
  momentsStatement,
  type QueryCounts,
  readCounts,
  sampleStatement,
  valuesStatement,
} from '../sql/profile.ts';
import type { CompleteRows, QueriedColumn, QueriedRows, QueriedTerm } from '../sql/queried-rows.ts';
import { queriedRows, type RowCensus } from '../sql/rows.ts';
import { dependentColumns, excludeDependent, pivotTolerance } from './dependence.ts';
import type { DecidedDesign, DesignOptions } from './design.ts';
import { featureColumns, findColumn } from './features.ts';
import { chooseReference, mostClasses, readTarget } from './labels.ts';
import { type ColumnPurity, joinPurities, purityOfLevels, rangesOverlap } from './pure-columns.ts';
import { constantUlps, type Scaling } from './scale.ts';
import { indicatorScalings, type ScaledTerm, type ScaledTerms, termsWith } from './terms.ts';
import { classFactors } from './weights.ts';

/** Rows of the sample: enough for a warm start from which five to seven gradients are left to do. */
const sampledRows = 65_536;

export interface QueriedDesign {
  readonly design: DecidedDesign;
  readonly rows: QueriedRows;
  readonly census: RowCensus;
  /** Random rows of the query, in memory. */
  readonly sample: RowSource;
}

export interface QueryOptions extends DesignOptions {
  readonly categorical?: readonly string[] | undefined;
  readonly missingTokens: readonly string[];
}

export async function decideQueriedDesign(
  engine: Engine,
  query: string,
  target: string,
  options: QueryOptions,
  signal: AbortSignal | undefined,
): Promise<QueriedDesign> {
  const { dialect } = engine;
  const complete = await describeRows(engine, query, target, options, signal);
  const [counted] = await engine.run(countsStatement(dialect, complete), signal);
  const counts = readCounts(counted!, complete);
  requireUsable(counts, complete);

  const found = await engine.run(valuesStatement(dialect, complete, complete.target, mostClasses + 1), signal);
  const labels = await labelsOf(found, complete.target, options);
  const classed = { ...complete, labels: classesByCode(labels) };

  const share = Math.min(1, (1.02 * sampledRows) / counts.complete);
  const sampled = await engine.run(sampleStatement(dialect, classed, share), signal);
  const numeric = complete.columns.filter(({ kind }) => kind === 'numeric');
  const centres = numeric.map((column) => meanOf(sampled, complete.columns.indexOf(column)));
  const moments = await engine.run(momentsStatement(dialect, classed, numeric, centres), signal);
  const { classWeights } = censusOf(moments, labels.classes.length).summary;
  const factors = options.classWeight && classFactors(options.classWeight, labels, classWeights, target);
  const byClass = (weight: number, code: number): number => weight * (factors?.[code] ?? 1);
  const census = censusOf(moments, labels.classes.length, byClass);

  const features: Feature[] = [];
  const scalings: Scaling[][] = [];
  const purities: ColumnPurity[] = [];
  for (const column of complete.columns) {
    if (column.kind === 'numeric') {
      const j = numeric.indexOf(column);
      features.push({ kind: 'numeric', column: column.name, impute: null });
      scalings.push([momentScaling(moments, j, centres[j]!, byClass)]);
      purities.push(purityOfRanges(moments, j));
    } else {
      const statement = levelsStatement(dialect, classed, column, (maxLevels + 1) * labels.classes.length);
      const answers = await engine.run(statement, signal);
      const { feature, totals, purity } = levelFeature(column, answers, classed.labels, byClass);
      features.push(feature);
      purities.push(purity);
      scalings.push(indicatorScalings(totals));
    }
  }
  const scaled: ScaledTerms = termsWith(features, scalings, options);
  const rowsOf = (terms: readonly ScaledTerm[]): QueriedRows => ({
    ...classed,
    classFactors: factors,
    terms: terms.flatMap((term) => (term.excluded === undefined ? [queriedTerm(term, complete.columns)] : [])),
  });
  const sampleOf = (terms: readonly ScaledTerm[]): RowSource =>
    sampleSource(sampled, rowsOf(terms), { columns: complete.columns, factors });
  const dependent = await excludeDependent(
    scaled.terms,
    () => confirmedDependencies(engine, rowsOf(scaled.terms), census, sampleOf(scaled.terms), signal),
    options.l2 > 0,
  );
  const purity = joinPurities(complete.columns, purities);
  return {
    design: {
      labels,
      features,
      terms: dependent.terms,
      missing: 'drop',
      counts: {
        read: counts.read,
        used: counts.complete,
        train: counts.complete,
        holdout: 0,
        dropped: droppedRows(counts, complete),
      },
      partitions: [counts.complete],
      pureLevels: purity.levels,
      warnings: [...purity.warnings, ...scaled.warnings, ...dependent.warnings],
    },
    rows: rowsOf(dependent.terms),
    census,
    sample: sampleOf(dependent.terms),
  };
}

/** The columns that take part and what they are. Throws as the design of a table does. */
async function describeRows(
  engine: Engine,
  query: string,
  target: string,
  options: QueryOptions,
  signal: AbortSignal | undefined,
): Promise<CompleteRows> {
  const columns = await engine.describe(query, signal);
  const twice = columns.find(({ name }, k) => columns.findIndex((other) => other.name === name) < k);
  if (twice !== undefined) {
    throw new LogisticError('duplicate-names', `the query has two columns ${JSON.stringify(twice.name)}`, {
      hint: 'give one of them another name: select … as …',
    });
  }
  const source = { columns, leftOut: [], source: 'the query' };
  const typed = (column: DescribedColumn): QueriedColumn => {
    if (options.categorical?.includes(column.name)) return { name: column.name, kind: 'categorical' };
    if (column.kind !== undefined) return { name: column.name, kind: column.kind };
    throw new LogisticError(
      'bad-type',
      `column ${column.name} of the query has the type ${column.type}, which is no number, boolean or text`,
      { hint: `cast it in the query, or leave it out (--drop ${column.name})`, details: { column: column.name } },
    );
  };
  const { weights } = options;
  if (weights !== undefined && findColumn(source, weights).kind !== 'numeric') {
    throw new LogisticError('bad-weights', `the weights column ${weights} holds no numbers`, {
      hint: 'choose another column',
    });
  }
  return {
    query,
    target: typed(findColumn(source, target)),
    columns: featureColumns(source, { ...options, target }).map(typed),
    weights,
    missingTokens: options.missingTokens,
  };
}

function requireUsable(counts: QueryCounts, { columns, weights }: CompleteRows): void {
  const numeric = columns.filter(({ kind }) => kind === 'numeric').map(({ name }) => name);
  const names = [...numeric, ...(weights === undefined ? [] : [weights])];
  const k = counts.notFinite.findIndex((count) => count > 0);
  if (k >= 0) {
    const message = `column ${names[k]}: ${counts.notFinite[k]} rows of the query hold NaN or an infinite number`;
    throw new LogisticError('not-finite', message, { hint: 'make them null, or leave them out, in the query' });
  }
  if (counts.negativeWeights > 0) {
    throw new LogisticError('bad-weights', `${weights}: ${counts.negativeWeights} weights are below 0`, {
      hint: 'a weight is a number of at least 0',
    });
  }
  if (counts.read === 0) throw new LogisticError('no-rows', 'the query has no row', { hint: 'check its conditions' });
  if (counts.complete === 0) {
    throw new LogisticError('empty', 'no row of the query is complete', { hint: 'leave out columns that are empty' });
  }
}

/** Rows that are not used, each under its first reason. */
function droppedRows({ read, complete, zeroWeight, missing }: QueryCounts, { columns }: CompleteRows) {
  const noTarget = missing[columns.length]!;
  return { missing: read - complete - zeroWeight - noTarget, noTarget, zeroWeight, bad: 0 };
}

/** Classes and reference as of a target column that holds each value once. */
async function labelsOf(
  found: readonly (readonly unknown[])[],
  { name, kind }: QueriedColumn,
  options: DesignOptions,
): Promise<Pick<Target, 'classes' | 'reference'>> {
  const values = found.map(([value]) => value);
  const { classes } = await readTarget(targetColumn(name, kind, values));
  return { classes, reference: chooseReference(classes, options, name) };
}

function targetColumn(name: string, kind: QueriedColumn['kind'], values: readonly unknown[]): Column {
  const missing = { count: 0, tokens: {} };
  if (kind === 'numeric') return { kind, name, values: Float64Array.from(values, Number), missing };
  if (kind === 'boolean') {
    const codes = Int32Array.from(values, Number);
    return { kind, name, words: ['false', 'true'], codes, typed: true, missing };
  }
  const levels = values.map(String).sort();
  return { kind, name, levels, codes: Int32Array.from(levels, (_, k) => k), missing };
}

/** Rows, class codes and weights by class, from the moments, which are by class too. */
function censusOf(
  moments: readonly (readonly unknown[])[],
  classes: number,
  byClass: (weight: number, code: number) => number = (weight) => weight,
): RowCensus {
  const classWeights = new Float64Array(classes);
  let [rows, codes, smallestWeight] = [0, 0, Number.POSITIVE_INFINITY];
  for (const answer of moments) {
    const [code, count, weight, smallest] = answer.map(Number) as [number, number, number, number];
    rows += count;
    codes += count * code;
    classWeights[code]! += byClass(weight, code);
    smallestWeight = Math.min(smallestWeight, byClass(smallest, code));
  }
  return { rows, codes, summary: { rows, classWeights, smallestWeight } };
}

/** Mean, deviation and constancy of the j-th numeric column from its moments about `centre` by class. */
function momentScaling(
  moments: readonly (readonly unknown[])[],
  j: number,
  centre: number,
  byClass: (weight: number, code: number) => number,
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
  const largest = Math.max(Math.abs(centre + low), Math.abs(centre + high));
  const constant = high - low <= constantUlps * Number.EPSILON * largest;
  return { mean: centre + shift, scale: constant ? 1 : Math.sqrt(squares / weight - shift ** 2), constant };
}

function purityOfRanges(moments: readonly (readonly unknown[])[], j: number): ColumnPurity {
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
function levelFeature(
  { name, kind }: QueriedColumn,
  found: readonly (readonly unknown[])[],
  classes: readonly Label[],
  byClass: (weight: number, code: number) => number,
): LevelFeature {
  const words = ['false', 'true'] as const;
  const spelled = (value: unknown): string => (kind === 'boolean' ? words[Number(value)]! : String(value));
  const levels = kind === 'boolean' ? words : [...new Set(found.map(([value]) => spelled(value)))].sort();
  if (levels.length > maxLevels) {
    throw new LogisticError('too-many-levels', `column ${name} has more than ${maxLevels} different texts`, {
      hint: `leave it out (--drop ${name})`,
      details: { column: name },
    });
  }
  const places = new Map<string, number>(levels.map((level, place) => [level, place]));
  const totals = new Float64Array(levels.length);
  const counts = new Float64Array(levels.length * classes.length);
  for (const [value, ...numbers] of found) {
    const [code, rows, weight] = numbers.map(Number) as [number, number, number];
    const place = places.get(spelled(value))!;
    totals[place]! += byClass(weight, code);
    counts[place * classes.length + code] = rows;
  }
  const feature: Feature =
    kind === 'boolean'
      ? { kind, column: name, words, impute: null }
      : { kind: 'categorical', column: name, levels, impute: null };
  return { feature, totals, purity: purityOfLevels(name, levels, counts, classes) };
}

function queriedTerm({ factors, mean, scale }: ScaledTerm, columns: readonly QueriedColumn[]): QueriedTerm {
  const { column: name, basis } = factors[0]!;
  const column = columns.find((candidate) => candidate.name === name)!;
  const level = basis.kind === 'level' && column.kind === 'categorical' ? basis.level : undefined;
  return { column, level, mean, scale };
}

/** The sampled answers [columns…, class code, s] as a source, in the units of the design. */
function sampleSource(
  sampled: readonly (readonly unknown[])[],
  { terms, labels, weights }: QueriedRows,
  { columns, factors }: { readonly columns: readonly QueriedColumn[]; readonly factors: Float64Array | undefined },
): RowSource {
  const at = columns.length;
  const codes = Int32Array.from(sampled, (answer) => Number(answer[at]));
  return {
    rows: sampled.length,
    classes: labels.length,
    labels: codes,
    weights:
      weights === undefined && factors === undefined
        ? undefined
        : Float64Array.from(sampled, (answer, i) => Number(answer[at + 1]) * (factors?.[codes[i]!] ?? 1)),
    columns: terms.map(({ column, level, mean, scale }) => {
      const k = columns.indexOf(column);
      const x = Float64Array.from(sampled, (answer) =>
        level === undefined ? Number(answer[k]) : Number(answer[k] === level),
      );
      return { kind: 'dense', mean, scale, read: (from, into) => into.set(x.subarray(from, from + into.length)) };
    }),
  };
}

function meanOf(sampled: readonly (readonly unknown[])[], k: number): number {
  return sampled.reduce((mean, answer, i) => mean + (Number(answer[k]) - mean) / (i + 1), 0);
}

/**
 * What depends on all rows depends on a sample of them: the engine is asked only about the columns that the sample names,
 * for their Gram matrix, which is a multiple of the Hessian's first block where every score is 0.
 */
async function confirmedDependencies(
  engine: Engine,
  rows: QueriedRows,
  census: RowCensus,
  sample: RowSource,
  signal: AbortSignal | undefined,
): Promise<Dependency[]> {
  const suspected = await dependentColumns(sample);
  if (suspected.length === 0) return [];
  const named = [...new Set(suspected.flatMap(({ index, of }) => [index, ...of]))].sort((a, b) => a - b);
  const n = named.length;
  const k = rows.labels.length - 1;
  const some = queriedRows(engine, { ...rows, terms: named.map((j) => rows.terms[j]!) }, census);
  const { hessian } = await some.evaluate(new Float64Array(k * (n + 1)), 2, 'float64', { signal });
  const gram = new Float64Array(n * n);
  for (let j = 0; j < n; j++) for (let l = 0; l < n; l++) gram[j * n + l] = hessian![j * k * (n + 1) + l]!;
  return findDependencies(gram, n, pivotTolerance).map(({ index, of, coefficients }) => ({
    index: named[index]!,
    of: of.map((j) => named[j]!),
    coefficients,
  }));
}
