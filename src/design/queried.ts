/**
 * Query → design: classes, features, terms with their scaling, and warnings, all from what the engine counts. No row is
 * read but those of a random sample. How it is fitted is not known here.
 */

import { maxLevels } from '../data/infer.ts';
import { holdoutLimit, keyMissing, requireBothParts } from '../data/split-by-key.ts';
import type { MissingCells } from '../data/table.ts';
import type { Warning } from '../errors.ts';
import { classesByCode, type Feature } from '../predict/model-file.ts';
import type { RowSource } from '../rows/contract.ts';
import type { Engine } from '../sql/engine.ts';
import {
  countsStatements,
  levelsStatement,
  missingKeyStatement,
  momentsStatements,
  readCounts,
  sampleStatements,
  unseenStatement,
  valuesStatement,
} from '../sql/profile.ts';
import type { CompleteRows, HoldoutPart, QueriedColumn, QueriedRows } from '../sql/queried-rows.ts';
import { type QueriedPart, queriedRows } from '../sql/rows.ts';
import type { Statement } from '../sql/statement.ts';
import {
  betterCentres,
  type ClassMoments,
  momentScaling,
  numericFeature,
  purityOfRanges,
  rangeOf,
  summaryOf,
  type WeightOfClass,
} from './class-moments.ts';
import { dependentElsewhere, excludeDependent } from './dependence.ts';
import { type DecidedDesign, type RowCounts, requireTrainingClasses, unseenWarning, unusedWarning } from './design.ts';
import { withReference } from './features.ts';
import { mostClasses } from './labels.ts';
import { orderOfTerms, referencesOf } from './model-terms.ts';
import { leakWarnings } from './possible-leaks.ts';
import { type ColumnPurity, joinPurities } from './pure-columns.ts';
import { describeRows, type QueryOptions, requireWidth } from './query-columns.ts';
import { droppedRows, missingCells, requireUsable } from './query-counts.ts';
import { meanOf, queriedTerm, sampleSource } from './query-sample.ts';
import { type Answers, censusOf, columnOf, labelsOf, levelFeature, readMoments } from './query-summaries.ts';
import type { Scaling } from './scale.ts';
import type { ClassTotals } from './stored-columns.ts';
import { indicatorScalings, type ScaledTerm, type ScaledTerms, termsWith } from './terms.ts';
import { classFactors } from './weights.ts';

/** Rows of the sample: enough for a warm start from which five to seven gradients are left to do. */
export const sampledRows = 65_536;

export interface QueriedDesign {
  readonly design: DecidedDesign;
  /** The training rows, and those that are held out where there are any. */
  readonly parts: readonly QueriedPart[];
  /** Missing cells of each column that has any. */
  readonly missing: Readonly<Record<string, MissingCells>>;
  /** Whether all sample weights are whole numbers. */
  readonly wholeWeights: boolean;
  readonly totals: ClassTotals;
  /** Random rows of the query, in memory. */
  readonly sample: RowSource;
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
  const counted = await runAll(engine, countsStatements(dialect, complete), signal);
  const counts = readCounts(
    counted.flatMap(([answer]) => answer!),
    complete,
  );
  requireUsable(counts, complete);

  const found = await engine.run(valuesStatement(dialect, complete, complete.target, mostClasses + 1), signal);
  const { labels, target: told } = await labelsOf(found, complete.target, options);
  const classed = { ...complete, target: told, labels: classesByCode(labels) };

  const split = partsByKey(options);
  if (split) await requireKeys(engine, complete, split.held, signal);
  const training = { ...classed, part: split?.train };
  const share = Math.min(1, (1.02 * sampledRows) / (counts.complete * (1 - options.holdout)));
  const drawn = { share, seed: options.seed, most: 2 * sampledRows };
  const sampled = (await runAll(engine, sampleStatements(dialect, training, drawn), signal)).at(-1)!;
  const numeric = complete.columns.filter(({ kind }) => kind === 'numeric');
  const momentsAbout = async (centres: readonly number[]): Promise<ClassMoments[]> => {
    const summed = await runAll(engine, momentsStatements(dialect, training, numeric, centres), signal);
    return readMoments(summed, labels.classes.length, numeric.length);
  };
  let centres: readonly number[] = numeric.map((column) => meanOf(sampled, complete.columns.indexOf(column)));
  let moments = await momentsAbout(centres);
  const { classWeights } = summaryOf(moments, (weight) => weight);
  const factors = options.classWeight && classFactors(options.classWeight, labels, classWeights, target);
  if (options.holdoutBy !== undefined) requireTrainingClasses(labels, classWeights, options.holdoutBy);
  const byClass: WeightOfClass = (weight, code) => weight * (factors?.[code] ?? 1);
  const better = betterCentres(moments, centres, byClass);
  if (better !== undefined) {
    centres = better;
    moments = await momentsAbout(centres);
  }
  const census = censusOf(moments, byClass);

  const references = referencesOf(options, complete.columns);
  const features: Feature[] = [];
  const scalings: Scaling[][] = [];
  const purities: ColumnPurity[] = [];
  const levelWeights = new Map<string, ReadonlyMap<string, Float64Array>>();
  for (const column of complete.columns) {
    if (column.kind === 'numeric') {
      const j = numeric.indexOf(column);
      const scaling = momentScaling(column.name, moments, j, centres[j]!, byClass);
      features.push(numericFeature(column.name, scaling, rangeOf(moments, j, centres[j]!)));
      scalings.push([scaling]);
      purities.push(purityOfRanges(moments, j));
    } else {
      const statement = levelsStatement(dialect, training, column, (maxLevels + 1) * labels.classes.length);
      const answers = await engine.run(statement, signal);
      const { feature, weights, purity } = levelFeature(column, answers, classed.labels);
      features.push(withReference(feature, references));
      purities.push(purity);
      levelWeights.set(column.name, weights);
      const totals = [...weights.values()].map((own) => own.reduce((sum, s, code) => sum + byClass(s, code), 0));
      scalings.push(indicatorScalings(Float64Array.from(totals)));
    }
  }
  const ordered = orderOfTerms({ ...options, target }, features);
  const scalingsOf = ordered.map((feature) => scalings[features.indexOf(feature)]!);
  const scaled: ScaledTerms = termsWith(ordered, scalingsOf, options);
  requireWidth(engine, scaled.terms.length);
  const rowsOf = (terms: readonly ScaledTerm[]): QueriedRows => ({
    ...training,
    classFactors: factors,
    terms: terms.flatMap((term) =>
      term.excluded === undefined ? [queriedTerm(term, complete.columns, features)] : [],
    ),
  });
  const sampleOf = (terms: readonly ScaledTerm[]): RowSource =>
    sampleSource(sampled, rowsOf(terms), { columns: complete.columns, factors });
  const dependent = await excludeDependent(
    scaled.terms,
    () => {
      const all = rowsOf(scaled.terms);
      const some = async (named: readonly number[]) =>
        queriedRows(engine, [{ rows: { ...all, terms: named.map((j) => all.terms[j]!) }, census }]);
      return dependentElsewhere(sampleOf(scaled.terms), some, signal);
    },
    options.l2 > 0,
  );
  const purity = joinPurities(complete.columns, purities);
  const known = new Set(purity.warnings.flatMap((warning) => warning.columns ?? []));
  const drawnRows = {
    rows: Int32Array.from(sampled.keys()),
    labels: { ...labels, codes: Int32Array.from(sampled, (answer) => Number(answer[complete.columns.length])) },
  };
  const leaks = await leakWarnings(
    complete.columns.map((column, k) =>
      columnOf(
        column,
        sampled.map((answer) => answer[k]),
      ),
    ),
    { ...drawnRows, features, sampled: share < 1 },
    known,
  );
  const held = split && (await heldRows(engine, { ...rowsOf(dependent.terms), part: split.held }, signal));
  if (held) requireBothParts({ train: census.rows, holdout: held.census.rows }, options.holdout, options.holdoutBy!);
  const used: RowCounts = {
    read: counts.read,
    used: counts.complete,
    train: census.rows,
    holdout: held?.census.rows ?? 0,
    dropped: droppedRows(counts, complete),
  };
  return {
    design: {
      labels,
      features,
      terms: dependent.terms,
      missing: 'drop',
      counts: used,
      classFactors: factors,
      partitions: [census.rows, ...(held ? [held.census.rows] : [])],
      pureLevels: purity.levels,
      warnings: [
        ...unusedWarning(used),
        ...labels.warnings,
        ...purity.warnings,
        ...leaks,
        ...scaled.warnings,
        ...dependent.warnings,
        ...(held ? await unseenOf(engine, held.rows, features, signal) : []),
      ],
    },
    parts: [{ rows: rowsOf(dependent.terms), census }, ...(held ? [held] : [])],
    missing: missingCells(counts, complete),
    wholeWeights: counts.fractionalWeights === 0,
    totals: { all: classWeights, of: (column, level) => levelWeights.get(column)!.get(level)! },
    sample: sampleOf(dependent.terms),
  };
}

async function runAll(
  engine: Engine,
  statements: readonly Statement[],
  signal: AbortSignal | undefined,
): Promise<Answers[]> {
  const answers: Answers[] = [];
  for (const statement of statements) answers.push(await engine.run(statement, signal));
  return answers;
}

/** The two parts of the rows where a key decides which are held out. */
export function partsByKey({
  holdout,
  holdoutBy,
  seed,
}: QueryOptions): Record<'train' | 'held', HoldoutPart> | undefined {
  if (holdoutBy === undefined) return undefined;
  const key: QueriedColumn = { name: holdoutBy, kind: 'categorical' };
  const part = { key, seed, limit: holdoutLimit(holdout) };
  return { train: { ...part, held: false }, held: { ...part, held: true } };
}

/** Throws LogisticError 'missing-cell'. */
async function requireKeys(
  engine: Engine,
  complete: CompleteRows,
  { key }: HoldoutPart,
  signal: AbortSignal | undefined,
): Promise<void> {
  const [answer] = await engine.run(missingKeyStatement(engine.dialect, complete, key), signal);
  const missing = Number(answer![0]);
  if (missing > 0) throw keyMissing(key.name, `${missing} rows of the query`);
}

/** Held-out rows, counted. */
async function heldRows(engine: Engine, rows: QueriedRows, signal: AbortSignal | undefined): Promise<QueriedPart> {
  const answers = await runAll(engine, momentsStatements(engine.dialect, rows, [], []), signal);
  return { rows, census: censusOf(readMoments(answers, rows.labels.length, 0), (weight) => weight) };
}

async function unseenOf(
  engine: Engine,
  held: QueriedRows,
  features: readonly Feature[],
  signal: AbortSignal | undefined,
): Promise<Warning[]> {
  const categories = features.filter((feature) => feature.kind === 'categorical');
  if (categories.length === 0) return [];
  const [counts] = await engine.run(unseenStatement(engine.dialect, held, categories), signal);
  return unseenWarning(categories.map(({ column }, k) => ({ column, cells: Number(counts![k]) })));
}
