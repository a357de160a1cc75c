/**
 * Rows that stay in a database: RowSums whose every evaluation is one aggregate query (of a Hessian several). Nothing
 * but sums leaves the engine. Each answer must count the same rows as the statistics did, or the fit ends.
 */
import { LogisticError } from '../errors.ts';
import type { Measures, Order, PartitionSummary, RowSums, SumOptions } from '../rows/contract.ts';
import { histogramBins } from '../rows/measure.ts';
import { requireAllRows } from '../rows/source.ts';
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

/** `rows` are the first partition, `held` the second, where there are held-out rows. */
export function queriedRows(engine: Engine, rows: QueriedRows, census: RowCensus, held?: QueriedPart): RowSums {
  const { dialect } = engine;
  const partOf = (options: SumOptions | undefined): QueriedPart => {
    if (held !== undefined && options?.partitions?.join() === '1' && options.range === undefined) return held;
    requireAllRows(options, 'rows of a query');
    return { rows, census };
  };
  const n = rows.terms.length;
  const classes = rows.labels.length;
  const guard = (census: RowCensus, count: unknown, codes: unknown): void => {
    if (Number(count) === census.rows && Number(codes) === census.codes) return;
    const found = `${Number(count)} rows where there were ${census.rows}`;
    throw new LogisticError('rows-changed', `the rows of the query changed during the fit: ${found}`, {
      hint: 'fit a snapshot, or read the rows once (--rows memory)',
    });
  };
  return {
    features: n,
    scoreVectors: classes - 1,
    partitions: [census.summary, ...(held ? [held.census.summary] : [])],
    precisions: ['float64'],
    storagePrecision: 'float64',
    async evaluate(theta, order: Order, _precision, options) {
      const asked = partOf(options);
      const answers: (readonly unknown[])[] = [];
      for (const statement of evaluationStatements(dialect, asked.rows, theta, order)) {
        const [answer] = await engine.run(statement, options?.signal);
        guard(asked.census, answer![0], answer![1]);
        answers.push(answer!);
      }
      return readSums(answers, n, classes - 1, order);
    },
    async measure(theta, threshold, options): Promise<Measures> {
      const asked = partOf(options);
      // Metrics count a row by its own weight, whatever its class weighs in the fit.
      const measured = { ...asked.rows, classFactors: undefined };
      const confusion = new Float64Array(classes * classes);
      let [loss, count, codes] = [0, 0, 0];
      for (const answer of await engine.run(confusionStatement(dialect, measured, theta, threshold), options?.signal)) {
        const [y, predicted, ownLoss, weight, own] = answer.map(Number) as [number, number, number, number, number];
        confusion[y * classes + predicted]! += weight;
        loss += ownLoss;
        count += own;
        codes += own * y;
      }
      guard(asked.census, count, codes);
      const histograms = [];
      for (const c of classes === 2 ? [1] : Array.from({ length: classes }, (_, code) => code)) {
        const histogram = { own: new Float64Array(histogramBins), others: new Float64Array(histogramBins) };
        const statement = histogramStatement(dialect, measured, theta, c, histogramBins);
        let [counted, coded] = [0, 0];
        for (const answer of await engine.run(statement, options?.signal)) {
          const [own, bin, weight, rowCount, codeSum] = answer.map(Number) as [number, number, number, number, number];
          histogram[own === 1 ? 'own' : 'others'][bin]! += weight;
          counted += rowCount;
          coded += codeSum;
        }
        guard(asked.census, counted, coded);
        histograms.push(histogram);
      }
      return { loss, confusion, histograms };
    },
    async close() {},
  };
}
