/**
 * Metrics of placed rows at some coefficients: exact where the place has a number for each row, else from its counts.
 * It knows partitions and no table.
 */
import type { DecidedDesign } from '../design/design.ts';
import type { Part } from '../design/source.ts';
import { metricsFromMeasures, metricsFromScores } from '../evaluation/evaluate.ts';
import type { Metrics, Scored } from '../evaluation/metrics.ts';
import { defaultThreshold } from '../evaluation/two-class.ts';
import { classesByCode, type Target } from '../predict/model-file.ts';
import type { RowSums } from '../rows/contract.ts';
import { joinSummaries } from '../rows/source.ts';

/** The classes by code, and their codes in the order of the model's classes. */
export function reportedClasses(labels: Pick<Target, 'classes' | 'reference'>): Pick<Scored, 'classes' | 'order'> {
  const classes = classesByCode(labels);
  return { classes, order: labels.classes.map((label) => classes.indexOf(label)) };
}

/** `partitions` follow one another. */
export async function measurePartitions(
  rows: RowSums,
  theta: Float64Array,
  {
    design,
    part,
    partitions,
    threshold = defaultThreshold,
    signal,
  }: {
    readonly design: DecidedDesign;
    readonly part: Part | undefined;
    readonly partitions: readonly number[];
    readonly threshold: number | undefined;
    readonly signal: AbortSignal | undefined;
  },
): Promise<Metrics> {
  const report = reportedClasses(design.labels);
  const count = joinSummaries(rows.partitions, partitions).rows;
  if (rows.rowwise === undefined || part === undefined) {
    return metricsFromMeasures(await rows.measure(theta, threshold, { partitions, signal }), count, report);
  }
  const from = design.partitions.slice(0, partitions[0]).reduce((sum, size) => sum + size, 0);
  return metricsFromScores({
    scores: await rows.rowwise.scores(theta, { partitions, signal }),
    labels: part.labels.subarray(from, from + count),
    weights: part.sampleWeights?.subarray(from, from + count),
    ...report,
    threshold,
  });
}
