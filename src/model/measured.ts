/**
 * Metrics of placed rows at some coefficients: exact where the place has a number for each row, else from its counts.
 * It knows partitions and no table.
 */
import type { DecidedDesign } from '../design/design.ts';
import type { Part } from '../design/source.ts';
import type { EvaluationDetails } from '../evaluation/details.ts';
import { detailsFromScores, metricsFromMeasures, metricsFromScores } from '../evaluation/evaluate.ts';
import type { Metrics, Scored } from '../evaluation/metrics.ts';
import { defaultThreshold } from '../evaluation/two-class.ts';
import { cholesky, choleskySolve } from '../math/cholesky.ts';
import { classesByCode, type Target } from '../predict/model-file.ts';
import type { RowSums, RowwiseSums, SumOptions } from '../rows/contract.ts';
import { joinSummaries } from '../rows/source.ts';

/** The classes by code, and their codes in the order of the model's classes. */
export function reportedClasses(labels: Pick<Target, 'classes' | 'reference'>): Pick<Scored, 'classes' | 'order'> {
  const classes = classesByCode(labels);
  return { classes, order: labels.classes.map((label) => classes.indexOf(label)) };
}

/** Metrics, and of two classes more where it was asked for. */
export type MeasuredMetrics = Metrics & { readonly details?: EvaluationDetails };

/** `partitions` follow one another. */
export async function measurePartitions(
  rows: RowSums,
  theta: Float64Array,
  {
    design,
    part,
    partitions,
    threshold = defaultThreshold,
    details,
    signal,
  }: {
    readonly design: DecidedDesign;
    readonly part: Part | undefined;
    readonly partitions: readonly number[];
    readonly threshold?: number | undefined;
    /** Details are wanted: of the rows that were fitted, by maximum likelihood and with an intercept or not, or of others. */
    readonly details?:
      | { readonly fitted: boolean; readonly likelihood: boolean; readonly intercept: boolean }
      | undefined;
    readonly signal: AbortSignal | undefined;
  },
): Promise<MeasuredMetrics> {
  const report = reportedClasses(design.labels);
  const count = joinSummaries(rows.partitions, partitions).rows;
  if (rows.rowwise === undefined || part === undefined) {
    return metricsFromMeasures(await rows.measure(theta, threshold, { partitions, signal }), count, report);
  }
  const from = design.partitions.slice(0, partitions[0]).reduce((sum, size) => sum + size, 0);
  const scored = {
    scores: await rows.rowwise.scores(theta, { partitions, signal }),
    labels: part.labels.subarray(from, from + count),
    weights: part.sampleWeights?.subarray(from, from + count),
    ...report,
    threshold,
  };
  const metrics = await metricsFromScores(scored);
  if (details === undefined || report.classes.length > 2) return metrics;
  const { fitted, likelihood, intercept } = details;
  const placedTerms = design.terms.filter(({ excluded }) => excluded === undefined);
  const free = [
    ...placedTerms.flatMap(({ offset }, j) => (offset ? [] : [j])),
    ...(intercept ? [placedTerms.length] : []),
  ];
  const regression = { rowwise: rows.rowwise, over: { partitions, signal }, free };
  const options = fitted
    ? ({ trainedOn: 'all', ...(likelihood && { explained: explainedBy(regression) }) } as const)
    : {};
  return { ...metrics, details: await detailsFromScores(scored, options) };
}

/** Details of two classes over the training rows, each fold scored at the coefficients of its own; undefined where rows have no numbers. */
export async function detailsOfFolds(
  rows: RowSums,
  thetas: readonly Float64Array[],
  { design, part, signal }: Pick<Parameters<typeof measurePartitions>[2], 'design' | 'part' | 'signal'>,
): Promise<EvaluationDetails | undefined> {
  const report = reportedClasses(design.labels);
  if (rows.rowwise === undefined || part === undefined || report.classes.length > 2) return undefined;
  const scores = new Float64Array(design.counts.train);
  let at = 0;
  for (const [fold, theta] of thetas.entries()) {
    const own = await rows.rowwise.scores(theta, { partitions: [fold], signal });
    scores.set(own, at);
    at += own.length;
  }
  const labels = part.labels.subarray(0, at);
  return detailsFromScores({ scores, labels, weights: part.sampleWeights?.subarray(0, at), ...report }, {});
}

/** gᵀ·G⁻¹·g with g = X·(w·d) and G = X·diag(w)·Xᵀ: what a weighted regression of d on the features explains of Σ w·d². */
function explainedBy({
  rowwise,
  over,
  free,
}: {
  readonly rowwise: RowwiseSums;
  readonly over: SumOptions;
  /** Features whose coefficients were estimated, the intercept behind all features. */
  readonly free: readonly number[];
}) {
  return async (d: Float64Array, w: Float64Array): Promise<number | undefined> => {
    const products = d.map((own, i) => own * w[i]!);
    const all = await rowwise.gradientOf(products, over);
    const gram = await rowwise.gramOf(w, over);
    const gradient = Float64Array.from(free, (j) => all[j]!);
    const factor = cholesky(
      Float64Array.from(free.flatMap((j) => free.map((l) => gram[j * all.length + l]!))),
      free.length,
    );
    return factor && choleskySolve(factor, gradient).reduce((sum, x, j) => sum + x * gradient[j]!, 0);
  };
}
