/**
 * What is known of two classes beyond single metrics: every threshold, calibration, goodness of fit and net benefit.
 * Loaded when it is asked for.
 */
import { curvature, sigmoid } from '../math/logistic.ts';
import { type Calibration, calibrate } from './calibration.ts';
import { decisionCurve, type NetBenefit } from './decision-curve.ts';
import { type HosmerLemeshow, hosmerLemeshow, type SquaredErrors, squaredErrors } from './goodness-of-fit.ts';
import { quantileGroups } from './groups.ts';
import type { Scored } from './metrics.ts';
import { type SortedRows, sortRows } from './sorted.ts';
import { type ThresholdTable, thresholdTable } from './thresholds.ts';

export interface EvaluationDetails {
  /** ROC and precision–recall curves as a table; null, like all below, with a reason in `undefined`. */
  readonly thresholds: ThresholdTable | null;
  readonly histogram: ProbabilityHistogram | null;
  readonly calibration: Calibration | null;
  readonly hosmerLemeshow: HosmerLemeshow | null;
  /** Goodness of fit by the sum of squared errors. */
  readonly squaredErrors: SquaredErrors | null;
  readonly decisionCurve: readonly NetBenefit[] | null;
  readonly undefined: Readonly<Record<string, string>>;
}

/** Σs of the rows of each class in 40 bins of equal width, from P = 0 to 1. */
export interface ProbabilityHistogram {
  readonly positives: readonly number[];
  readonly negatives: readonly number[];
}

export interface DetailOptions {
  /** Which of the rows the model was fitted to, as far as is known: it fits them better than any others. */
  readonly trainedOn?: 'all' | 'some' | undefined;
  /** A false negative costs so many false positives; default 1. */
  readonly falseNegativeCost?: number | undefined;
  /**
   * In sample: what a regression of d on the features, weighted by w, explains of Σ w·d², for d and w of each row in
   * the order of the scores given; undefined where the fit is not one by maximum likelihood.
   */
  readonly explained?: ((d: Float64Array, w: Float64Array) => Promise<number | undefined>) | undefined;
}

const fittedTo = 'the model was fitted to these rows: measure it on others, held out or new';
const fittedToSome =
  'these rows include those that the model was fitted to: measure it on others; a fit with a holdout measures its held-out rows (logit train --report shows them)';
const noCounts = 'weights that are no whole numbers count no rows';
const noFeatures =
  'on the rows of the fit it needs their features: the report of a fit by maximum likelihood shows it (logit train --report, or detailedMetrics)';

export async function detailsOf(scored: Scored, options: DetailOptions): Promise<EvaluationDetails> {
  const { trainedOn, falseNegativeCost = 1, explained } = options;
  const sorted = await sortRows(scored);
  const { total, positives, s } = sorted;
  const none = total > 0 ? undefined : 'no row has a weight above 0';
  const oneClass = none ?? (positives > 0 && positives < total ? undefined : 'the rows are of one class');
  const uncountable = oneClass ?? (s.every(Number.isInteger) ? undefined : noCounts);
  const partlySeen = trainedOn === 'some' ? fittedToSome : undefined;
  const seen = partlySeen ?? (trainedOn && fittedTo);

  const reasons: Record<string, string> = {};
  /** What `of` gives, or null with the reason that it, or what comes before it, is. */
  const unless = async <T extends object>(
    path: string,
    refused: string | undefined,
    of: () => Answer<T> | Promise<Answer<T>>,
  ): Promise<T | null> => {
    const found = refused ?? (await of());
    if (typeof found !== 'string') return found;
    reasons[path] = found;
    return null;
  };
  return {
    thresholds: await unless('thresholds', oneClass, () => thresholdTable(sorted, falseNegativeCost)),
    histogram: await unless('histogram', none, () => histogramOf(sorted)),
    calibration: await unless('calibration', seen ?? uncountable, () => calibrate(sorted)),
    hosmerLemeshow: await unless('hosmerLemeshow', partlySeen ?? uncountable, () =>
      hosmerLemeshow(quantileGroups(sorted), trainedOn === 'all'),
    ),
    squaredErrors: await unless('squaredErrors', partlySeen ?? uncountable, async () => {
      if (trainedOn !== 'all') return squaredErrors(sorted, 0);
      const known = await explainedBy(scored, explained);
      return known === undefined ? noFeatures : squaredErrors(sorted, known);
    }),
    decisionCurve: await unless('decisionCurve', seen ?? none, () => decisionCurve(sorted)),
    undefined: reasons,
  };
}

const bins = 40;

function histogramOf({ p, y, s }: SortedRows): ProbabilityHistogram {
  const [positives, negatives] = [new Array<number>(bins).fill(0), new Array<number>(bins).fill(0)];
  for (let i = 0; i < p.length; i++) {
    const own = y[i] === 1 ? positives : negatives;
    own[Math.min(bins - 1, Math.floor(bins * p[i]!))]! += s[i]!;
  }
  return { positives, negatives };
}

/** Numbers, or why there are none. */
type Answer<T> = T | string;

/** In the order of the scores given, which is that of the features. */
async function explainedBy(
  { scores, weights }: Scored,
  explained: DetailOptions['explained'],
): Promise<number | undefined> {
  const d = scores.map((z) => 1 - 2 * sigmoid(z));
  const w = scores.map((z, i) => (weights?.[i] ?? 1) * curvature(z));
  return explained?.(d, w);
}
