/**
 * The two ways to metrics: from a score of each row, or from the counts of a place that has no number for each row.
 * The definitions are metrics.ts's; it knows no model, and takes the rows as they are: labels and weights are checked
 * by whoever read them.
 */
import type { Measures } from '../rows/contract.ts';
import type { DetailOptions, EvaluationDetails } from './details.ts';
import type { Metrics, Scored } from './metrics.ts';
import { multiClassFromMeasures, multiClassFromScores } from './multi-class.ts';
import { twoClassFromMeasures, twoClassFromScores } from './two-class.ts';

/** Metrics of rows that each have a score. */
export function metricsFromScores(scored: Scored): Promise<Metrics> {
  return scored.classes.length === 2 ? twoClassFromScores(scored) : multiClassFromScores(scored);
}

/** Two classes: what is beyond single metrics. */
export async function detailsFromScores(scored: Scored, options: DetailOptions): Promise<EvaluationDetails> {
  const { detailsOf } = await import('./details.ts');
  return detailsOf(scored, options);
}

/**
 * Metrics of rows that are only known by counts. AUC is exact up to `aucError`; what would need each row's
 * probability (Brier score, average precision) is null.
 */
export function metricsFromMeasures(
  measures: Measures,
  rows: number,
  report: Pick<Scored, 'classes' | 'order'>,
): Metrics {
  if (report.classes.length === 2) return twoClassFromMeasures(measures, rows);
  return multiClassFromMeasures(measures, rows, report);
}
