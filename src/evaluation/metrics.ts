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

export async function measureScores(scored: Scored, turns: Turns): Promise<Metrics> {
  const { decision } = scored;
  const sums = { loss: 0, squares: 0, tp: 0, fp: 0, tn: 0, fn: 0 };
  await turns.over(decision.length, (from, to) => addRows(sums, scored, from, to), 8);
  const { loss, squares, tp, fp, tn, fn } = sums;
  const total = tp + fp + tn + fn;
  const reasons: Record<string, string> = {};
  const ratio = (name: string, above: number, below: number, reason: string): number | null => {
    if (below > 0) return above / below;
    reasons[name] = reason;
    return null;
  };
  const { pairs, averagePrecision } = await rankScores(scored, turns);
  const precision = ratio('precision', tp, tp + fp, 'no row is predicted positive');
  const recall = ratio('recall', tp, tp + fn, 'no row is positive');
  return {
    rows: decision.length,
    meanLogLoss: ratio('meanLogLoss', loss, total, 'no rows'),
    accuracy: ratio('accuracy', tp + tn, total, 'no rows'),
    auc: ratio('auc', pairs, (tp + fn) * (fp + tn), 'the rows are of one class'),
    averagePrecision: ratio('averagePrecision', averagePrecision, tp + fn, 'no row is positive'),
    brier: ratio('brier', squares, total, 'no rows'),
    confusion: { truePositives: tp, falsePositives: fp, trueNegatives: tn, falseNegatives: fn },
    precision,
    recall,
    f1: ratio('f1', 2 * tp, 2 * tp + fp + fn, 'no row is positive or predicted positive'),
    undefined: reasons,
  };
}

// Loops with names of their own: engines keep the numbers that closures share in memory, not in registers.

interface Sums {
  loss: number;
  squares: number;
  tp: number;
  fp: number;
  tn: number;
  fn: number;
}

function addRows(sums: Sums, { decision, y, weights, threshold }: Scored, from: number, to: number): void {
  let [loss, squares, tp, fp, tn, fn] = [0, 0, 0, 0, 0, 0];
  for (let i = from; i < to; i++) {
    const s = weights ? weights[i]! : 1;
    const z = decision[i]!;
    const p = sigmoid(z);
    loss += s * logLoss(z, y[i]!);
    squares += s * (p - y[i]!) ** 2;
    if (p >= threshold) {
      if (y[i] === 1) tp += s;
      else fp += s;
    } else if (y[i] === 1) fn += s;
    else tn += s;
  }
  sums.loss += loss;
  sums.squares += squares;
  sums.tp += tp;
  sums.fp += fp;
  sums.tn += tn;
  sums.fn += fn;
}

/** The way down the distinct scores: what is above the present one, and what is at it. */
interface Ranks {
  pairs: number;
  averagePrecision: number;
  score: number;
  readonly above: { positives: number; negatives: number };
  readonly tied: { positives: number; negatives: number };
}

/**
 * One pass down the distinct scores: `pairs` counts (positive, negative) pairs in the right order, ties
 * half (Mann & Whitney 1947); `averagePrecision` is Σ (positives at the score)·(precision down to it).
 */
async function rankScores(scored: Scored, turns: Turns): Promise<Ranks> {
  const order = await argsort(scored.decision, turns);
  const none = { positives: 0, negatives: 0 };
  const ranks: Ranks = { pairs: 0, averagePrecision: 0, score: Number.NaN, above: { ...none }, tied: { ...none } };
  await turns.over(order.length, (from, to) => goDown(ranks, scored, order, from, to), 4);
  settle(ranks);
  return ranks;
}

function goDown(ranks: Ranks, { decision, y, weights }: Scored, order: Uint32Array, from: number, to: number): void {
  for (let k = from; k < to; k++) {
    const i = order[order.length - 1 - k]!;
    if (decision[i] !== ranks.score) {
      settle(ranks);
      ranks.score = decision[i]!;
    }
    const s = weights ? weights[i]! : 1;
    if (y[i] === 1) ranks.tied.positives += s;
    else ranks.tied.negatives += s;
  }
}

/** What is tied joins what is above. */
function settle(ranks: Ranks): void {
  const { above, tied } = ranks;
  ranks.pairs += tied.negatives * (above.positives + tied.positives / 2);
  above.positives += tied.positives;
  above.negatives += tied.negatives;
  if (tied.positives > 0) {
    ranks.averagePrecision += (tied.positives * above.positives) / (above.positives + above.negatives);
  }
  tied.positives = 0;
  tied.negatives = 0;
}
