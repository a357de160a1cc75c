/**
 * How good probabilities are: log loss, accuracy, AUC, average precision, Brier score, and what a
 * threshold makes of them. A measure that the rows cannot define is null, with its reason. Weighted
 * throughout: weight 2 is the row twice. It knows scores and labels, no model.
 */
import { logLoss, sigmoid } from '../math/logistic.ts';

export interface Scored {
  /** z, the log-odds of the positive class. */
  readonly decision: Float64Array;
  /** 1 positive, 0 negative. */
  readonly y: ArrayLike<number>;
  readonly weights?: Float64Array | undefined;
  readonly threshold: number;
}

export interface Confusion {
  readonly truePositives: number;
  readonly falsePositives: number;
  readonly trueNegatives: number;
  readonly falseNegatives: number;
}

export interface Metrics {
  readonly rows: number;
  /** mean −ln P(the row's own class) */
  readonly meanLogLoss: number | null;
  readonly accuracy: number | null;
  /** Probability that a positive row scores above a negative one, ties counting half. */
  readonly auc: number | null;
  /** Σ (R_k − R_{k−1})·P_k over the distinct scores, as scikit-learn defines it. */
  readonly averagePrecision: number | null;
  /** mean (P − y)² */
  readonly brier: number | null;
  readonly confusion: Confusion;
  readonly precision: number | null;
  readonly recall: number | null;
  readonly f1: number | null;
  /** Why each null is null. */
  readonly undefined: Readonly<Record<string, string>>;
}

export function measureScores({ decision, y, weights, threshold }: Scored): Metrics {
  const weightOf = (i: number): number => (weights ? weights[i]! : 1);
  const counts = { truePositives: 0, falsePositives: 0, trueNegatives: 0, falseNegatives: 0 };
  let loss = 0;
  let squares = 0;
  decision.forEach((z, i) => {
    const s = weightOf(i);
    const p = sigmoid(z);
    loss += s * logLoss(z, y[i]!);
    squares += s * (p - y[i]!) ** 2;
    const said = p >= threshold;
    counts[
      said ? (y[i] === 1 ? 'truePositives' : 'falsePositives') : y[i] === 1 ? 'falseNegatives' : 'trueNegatives'
    ] += s;
  });
  const { truePositives: tp, falsePositives: fp, trueNegatives: tn, falseNegatives: fn } = counts;
  const total = tp + fp + tn + fn;
  const reasons: Record<string, string> = {};
  const ratio = (name: string, above: number, below: number, reason: string): number | null => {
    if (below > 0) return above / below;
    reasons[name] = reason;
    return null;
  };
  const { pairs, averagePrecision } = rankScores(decision, y, weightOf);
  const precision = ratio('precision', tp, tp + fp, 'no row is predicted positive');
  const recall = ratio('recall', tp, tp + fn, 'no row is positive');
  return {
    rows: decision.length,
    meanLogLoss: ratio('meanLogLoss', loss, total, 'no rows'),
    accuracy: ratio('accuracy', tp + tn, total, 'no rows'),
    auc: ratio('auc', pairs, (tp + fn) * (fp + tn), 'the rows are of one class'),
    averagePrecision: ratio('averagePrecision', averagePrecision, tp + fn, 'no row is positive'),
    brier: ratio('brier', squares, total, 'no rows'),
    confusion: counts,
    precision,
    recall,
    f1: ratio('f1', 2 * tp, 2 * tp + fp + fn, 'no row is positive or predicted positive'),
    undefined: reasons,
  };
}

/**
 * One pass down the distinct scores: `pairs` counts (positive, negative) pairs in the right order, ties
 * half (Mann & Whitney 1947); `averagePrecision` is Σ (positives at the score)·(precision down to it).
 */
function rankScores(decision: Float64Array, y: ArrayLike<number>, weightOf: (i: number) => number) {
  const order = Uint32Array.from(decision.keys()).sort((a, b) => decision[b]! - decision[a]!);
  let positives = 0;
  let negatives = 0;
  let pairs = 0;
  let averagePrecision = 0;
  for (let start = 0; start < order.length; ) {
    let tiedPositives = 0;
    let tiedNegatives = 0;
    let end = start;
    for (; end < order.length && decision[order[end]!] === decision[order[start]!]; end++) {
      const i = order[end]!;
      if (y[i] === 1) tiedPositives += weightOf(i);
      else tiedNegatives += weightOf(i);
    }
    pairs += tiedNegatives * (positives + tiedPositives / 2);
    positives += tiedPositives;
    negatives += tiedNegatives;
    if (tiedPositives > 0) averagePrecision += (tiedPositives * positives) / (positives + negatives);
    start = end;
  }
  return { pairs, averagePrecision };
}
