/**
 * How good probabilities are: log loss, accuracy, AUC, average precision, Brier score, and what a
 * threshold makes of them. A measure that the rows cannot define is null, with its reason. Weighted
 * throughout: weight 2 is the row twice. It knows scores and labels, no model.
 */
import { argsort } from '../math/argsort.ts';
import { logLoss, sigmoid } from '../math/logistic.ts';
import type { Turns } from '../turns.ts';

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

export async function measureScores({ decision, y, weights, threshold }: Scored, turns: Turns): Promise<Metrics> {
  const weightOf = (i: number): number => (weights ? weights[i]! : 1);
  const counts = { truePositives: 0, falsePositives: 0, trueNegatives: 0, falseNegatives: 0 };
  let loss = 0;
  let squares = 0;
  const add = (i: number): void => {
    const s = weightOf(i);
    const z = decision[i]!;
    const p = sigmoid(z);
    loss += s * logLoss(z, y[i]!);
    squares += s * (p - y[i]!) ** 2;
    const said = p >= threshold;
    counts[
      said ? (y[i] === 1 ? 'truePositives' : 'falsePositives') : y[i] === 1 ? 'falseNegatives' : 'trueNegatives'
    ] += s;
  };
  await turns.over(decision.length, (from, to) => {
    for (let i = from; i < to; i++) add(i);
  });
  const { truePositives: tp, falsePositives: fp, trueNegatives: tn, falseNegatives: fn } = counts;
  const total = tp + fp + tn + fn;
  const reasons: Record<string, string> = {};
  const ratio = (name: string, above: number, below: number, reason: string): number | null => {
    if (below > 0) return above / below;
    reasons[name] = reason;
    return null;
  };
  const { pairs, averagePrecision } = await rankScores(decision, y, weightOf, turns);
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
async function rankScores(decision: Float64Array, y: ArrayLike<number>, weightOf: (i: number) => number, turns: Turns) {
  const order = await argsort(decision, turns);
  const tied = { score: Number.NaN, positives: 0, negatives: 0 };
  const above = { positives: 0, negatives: 0 };
  let pairs = 0;
  let averagePrecision = 0;
  const settle = (): void => {
    pairs += tied.negatives * (above.positives + tied.positives / 2);
    above.positives += tied.positives;
    above.negatives += tied.negatives;
    if (tied.positives > 0)
      averagePrecision += (tied.positives * above.positives) / (above.positives + above.negatives);
    tied.positives = 0;
    tied.negatives = 0;
  };
  await turns.over(order.length, (from, to) => {
    for (let k = from; k < to; k++) {
      const i = order[order.length - 1 - k]!;
      if (decision[i] !== tied.score) settle();
      tied.score = decision[i]!;
      if (y[i] === 1) tied.positives += weightOf(i);
      else tied.negatives += weightOf(i);
    }
  });
  settle();
  return { pairs, averagePrecision };
}
