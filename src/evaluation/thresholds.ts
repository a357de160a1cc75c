/**
 * What each threshold on P(positive) makes of the rows: counts, and the points of the ROC and precision–recall curves,
 * which are the same table. A threshold is a distinct probability; the positive class is predicted from it on.
 */
import type { Confusion } from './metrics.ts';
import type { SortedRows } from './sorted.ts';

/** Counts are Σs of rows. A quotient over nothing is null. */
export interface ThresholdRow extends Confusion {
  readonly threshold: number;
  /** TP / (TP + FN), the recall: up the ROC curve. */
  readonly sensitivity: number;
  /** TN / (TN + FP); 1 less it is along the ROC curve. */
  readonly specificity: number;
  /** Positive predictive value TP / (TP + FP), the precision. */
  readonly ppv: number | null;
  /** Negative predictive value TN / (TN + FN). */
  readonly npv: number | null;
  /** sensitivity + specificity − 1 */
  readonly youden: number;
  /** (FP + c·FN) / Σs: what errors cost a row, where a false negative costs c false positives. */
  readonly cost: number;
}

export interface ThresholdTable {
  /** Distinct probabilities of the rows. */
  readonly distinct: number;
  /** From the highest threshold down; of many, those between which a rate moves by 1/200. */
  readonly rows: readonly ThresholdRow[];
  /** c */
  readonly falseNegativeCost: number;
  /** Over all distinct thresholds, the highest of equal ones. */
  readonly largestYouden: ThresholdRow;
  /** Over these and a threshold of 1, from which on nobody is predicted where no probability is 1. */
  readonly lowestCost: ThresholdRow;
}

/** A curve of this many steps either way shows no corners. */
const steps = 200;

/** Of rows of both classes. */
export function thresholdTable(sorted: SortedRows, falseNegativeCost: number): ThresholdTable {
  const { total, positives } = sorted;
  const negatives = total - positives;
  const rowOf = (at: Point): ThresholdRow => thresholdRow(at, { positives, negatives, falseNegativeCost });
  const rows: ThresholdRow[] = [];
  let distinct = 0;
  let shown: Point = { threshold: Number.POSITIVE_INFINITY, tp: 0, fp: 0 };
  let last = shown;
  let [largestYouden, lowestCost] = [shown, { ...shown, threshold: 1 }];
  let [youden, cost] = [Number.NEGATIVE_INFINITY, sorted.p.at(-1)! < 1 ? 0 : Number.POSITIVE_INFINITY];
  for (const point of descent(sorted)) {
    distinct++;
    const [ownYouden, ownCost] = [point.tp / positives - point.fp / negatives, point.fp - falseNegativeCost * point.tp];
    if (ownYouden > youden) [largestYouden, youden] = [point, ownYouden];
    if (ownCost < cost) [lowestCost, cost] = [point, ownCost];
    last = point;
    const moved = (point.tp - shown.tp) * steps >= positives || (point.fp - shown.fp) * steps >= negatives;
    if (!moved && rows.length > 0) continue;
    shown = point;
    rows.push(rowOf(point));
  }
  if (last !== shown) rows.push(rowOf(last));
  return {
    distinct,
    rows,
    falseNegativeCost,
    largestYouden: rowOf(largestYouden),
    lowestCost: rowOf(lowestCost),
  };
}

/** Σs of positive and of other rows whose probability is at least the threshold. */
interface Point {
  readonly threshold: number;
  readonly tp: number;
  readonly fp: number;
}

/** Down the distinct probabilities. */
export function* descent({ p, y, s }: SortedRows): Generator<Point> {
  let [tp, fp] = [0, 0];
  for (let i = p.length - 1; i >= 0; i--) {
    if (y[i] === 1) tp += s[i]!;
    else fp += s[i]!;
    if (p[i - 1] !== p[i]) yield { threshold: p[i]!, tp, fp };
  }
}

function thresholdRow(
  { threshold, tp, fp }: Point,
  {
    positives,
    negatives,
    falseNegativeCost,
  }: Readonly<Record<'positives' | 'negatives' | 'falseNegativeCost', number>>,
): ThresholdRow {
  const [fn, tn] = [positives - tp, negatives - fp];
  const over = (above: number, below: number): number | null => (below > 0 ? above / below : null);
  const [sensitivity, specificity] = [tp / positives, tn / negatives];
  return {
    threshold,
    truePositives: tp,
    falsePositives: fp,
    trueNegatives: tn,
    falseNegatives: fn,
    sensitivity,
    specificity,
    ppv: over(tp, tp + fp),
    npv: over(tn, tn + fn),
    youden: sensitivity + specificity - 1,
    cost: (fp + falseNegativeCost * fn) / (positives + negatives),
  };
}
