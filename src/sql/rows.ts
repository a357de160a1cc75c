/**
 * Rows that stay in a database: RowSums whose every evaluation is one aggregate query (of a Hessian several). Nothing
 * but sums leaves the engine. Each answer must count the same rows as the statistics did, or the fit ends.
 */
import { LogisticError } from '../errors.ts';
import type { Measures, Order, PartitionSummary, RowSums, SumOptions, Sums } from '../rows/contract.ts';
import { addMeasures, histogramBins } from '../rows/measure.ts';
import type { Engine } from './engine.ts';
import { confusionStatement, evaluationStatements, histogramStatement, readSums } from './evaluation.ts';
import type { QueriedRows } from './queried-rows.ts';

/** What the statistics found, which every evaluation must find again. */
export interface RowCensus {
  readonly rows: number;
  /** Σ of the class codes. */
  readonly codes: number;
  readonly summary: PartitionSummary;
}

/** Rows that are summed together, and what the statistics found of them. */
export interface QueriedPart {
  readonly rows: QueriedRows;
  readonly census: RowCensus;
}

/** A partition for each part: the training rows, and those that are held out where there are any. */
export function queriedRows(engine: Engine, parts: readonly QueriedPart[]): RowSums {
  const [{ terms, labels }] = parts.map(({ rows }) => rows) as [QueriedRows];
  const partsOf = ({ partitions, range }: SumOptions = {}): readonly QueriedPart[] => {
    if (range === undefined) return partitions === undefined ? parts : partitions.map((p) => parts[p]!);
    throw new LogisticError('bad-option', 'rows of a query are summed all together', {
      hint: 'read them into memory (--rows memory)',
    });
  };
  return {
    features: terms.length,
    scoreVectors: labels.length - 1,
    partitions: parts.map(({ census }) => census.summary),
    precisions: ['float64'],
    storagePrecision: 'float64',
    async evaluate(theta, order, _precision, options) {
      const sums: Sums[] = [];
      for (const part of partsOf(options)) sums.push(await evaluatePart(engine, part, { theta, order, ...options }));
      return sums.reduce(addSums);
    },
    async measure(theta, threshold, options) {
      const measures: Measures[] = [];
      for (const part of partsOf(options))
        measures.push(await measurePart(engine, part, { theta, threshold, ...options }));
      return measures.reduce(addMeasures);
    },
    async close() {},
  };
}

/** Throws LogisticError 'rows-changed'. */
function requireSame(census: RowCensus, count: unknown, codes: unknown): void {
  if (Number(count) === census.rows && Number(codes) === census.codes) return;
  const found = `${Number(count)} rows where there were ${census.rows}`;
  throw new LogisticError('rows-changed', `the rows of the query changed during the fit: ${found}`, {
    hint: 'fit a snapshot, or read the rows once (--rows memory)',
  });
}

interface Evaluated extends SumOptions {
  readonly theta: Float64Array;
  readonly order: Order;
}

async function evaluatePart(
  engine: Engine,
  { rows, census }: QueriedPart,
  { theta, order, signal }: Evaluated,
): Promise<Sums> {
  const answers: (readonly unknown[])[] = [];
  for (const statement of evaluationStatements(engine.dialect, rows, theta, order)) {
    const [answer] = await engine.run(statement, signal);
    requireSame(census, answer![0], answer![1]);
    answers.push(answer!);
  }
  return readSums(answers, rows.terms.length, rows.labels.length - 1, order);
}

interface Measured extends SumOptions {
  readonly theta: Float64Array;
  readonly threshold: number;
}

async function measurePart(
  { dialect, run }: Engine,
  { rows, census }: QueriedPart,
  { theta, threshold, signal }: Measured,
): Promise<Measures> {
  const classes = rows.labels.length;
  // Metrics count a row by its own weight, whatever its class weighs in the fit.
  const measured = { ...rows, classFactors: undefined };
  const confusion = new Float64Array(classes * classes);
  let [loss, count, codes] = [0, 0, 0];
  for (const answer of await run(confusionStatement(dialect, measured, theta, threshold), signal)) {
    const [y, predicted, ownLoss, weight, own] = answer.map(Number) as [number, number, number, number, number];
    confusion[y * classes + predicted]! += weight;
    loss += ownLoss;
    count += own;
    codes += own * y;
  }
  requireSame(census, count, codes);
  const histograms = [];
  for (const c of classes === 2 ? [1] : Array.from({ length: classes }, (_, code) => code)) {
    const histogram = { own: new Float64Array(histogramBins), others: new Float64Array(histogramBins) };
    let [counted, coded] = [0, 0];
    for (const answer of await run(histogramStatement(dialect, measured, theta, c, histogramBins), signal)) {
      const [own, bin, weight, rowCount, codeSum] = answer.map(Number) as [number, number, number, number, number];
      histogram[own === 1 ? 'own' : 'others'][bin]! += weight;
      counted += rowCount;
      coded += codeSum;
    }
    requireSame(census, counted, coded);
    histograms.push(histogram);
  }
  return { loss, confusion, histograms };
}

function addSums(one: Sums, other: Sums): Sums {
  const sum = (a: Float64Array, b: Float64Array): Float64Array => a.map((value, i) => value + b[i]!);
  return {
    loss: one.loss + other.loss,
    ...(one.gradient && { gradient: sum(one.gradient, other.gradient!) }),
    ...(one.hessian && { hessian: sum(one.hessian, other.hessian!) }),
  };
}
