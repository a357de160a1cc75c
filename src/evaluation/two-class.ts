/**
 * Metrics of two classes: what a threshold on P(class 1) makes of the rows, the loss, and the ranks. Class 1 is the
 * positive one. The definitions are metrics.ts's; it knows no more than two classes.
 */
import { logLoss, sigmoid } from '../math/logistic.ts';
import type { Measures } from '../rows/contract.ts';
import { overRows } from '../yielding.ts';
import { aucPrecision, noAucPrecision } from './delong.ts';
import type { Scored, TwoClassMetrics } from './metrics.ts';
import { rankBins, rankScores } from './ranks.ts';
import { type Quotient, type Reasons, ratio } from './ratio.ts';

/** The positive class is predicted from this probability on. */
export const defaultThreshold = 0.5;
const oneClass = 'the rows are of one class';
const noRows = 'no row has a weight above 0';
const noNumbers = 'rows on disk or in a database are known by counts; evaluate computes it for rows in memory';

export async function twoClassFromScores(scored: Scored): Promise<TwoClassMetrics> {
  const { scores, labels, weights, threshold = defaultThreshold } = scored;
  const sums: Sums = { loss: 0, squares: 0, tp: 0, fp: 0, tn: 0, fn: 0 };
  await overRows(scores.length, (from, to) => addRows(sums, { scores, labels, weights, threshold }, from, to), 8);
  const order = await rankScores({ scores, labels, own: 1, weights });
  const { loss, squares, tp, fp, tn, fn } = sums;
  const [own, others, total] = [tp + fn, fp + tn, tp + fp + tn + fn];
  const reasons: Reasons = {};
  const quotient = (path: string, of: Quotient): number | null => ratio(reasons, path, of);
  return {
    rows: scores.length,
    meanLogLoss: quotient('meanLogLoss', { above: loss, below: total, reason: noRows }),
    auc: quotient('auc', { above: order.pairs, below: own * others, reason: oneClass }),
    ...(await aucPrecision(order, weights, reasons)),
    averagePrecision: quotient('averagePrecision', {
      above: order.averagePrecision,
      below: own,
      reason: 'no row is positive',
    }),
    brier: quotient('brier', { above: squares, below: total, reason: noRows }),
    ...atThreshold({ tp, fp, tn, fn }, reasons),
    undefined: reasons,
  };
}

export function twoClassFromMeasures({ loss, confusion, histograms }: Measures, rows: number): TwoClassMetrics {
  const [tn, fp, fn, tp] = [confusion[0]!, confusion[1]!, confusion[2]!, confusion[3]!];
  const { pairs, error, own, others } = rankBins(histograms[0]!);
  const reasons: Reasons = {};
  const auc = ratio(reasons, 'auc', { above: pairs, below: own * others, reason: oneClass });
  const metrics = {
    rows,
    meanLogLoss: ratio(reasons, 'meanLogLoss', { above: loss, below: tp + fp + tn + fn, reason: noRows }),
    auc,
    ...(auc === null ? {} : { aucError: error / (own * others) }),
    ...noAucPrecision(noNumbers, reasons),
    averagePrecision: null,
    brier: null,
    ...atThreshold({ tp, fp, tn, fn }, reasons),
  };
  return { ...metrics, undefined: { ...reasons, averagePrecision: noNumbers, brier: noNumbers } };
}

interface Counts {
  tp: number;
  fp: number;
  tn: number;
  fn: number;
}

/** What is known from the four counts alone. */
function atThreshold({ tp, fp, tn, fn }: Counts, reasons: Reasons) {
  return {
    accuracy: ratio(reasons, 'accuracy', { above: tp + tn, below: tp + fp + tn + fn, reason: noRows }),
    confusion: { truePositives: tp, falsePositives: fp, trueNegatives: tn, falseNegatives: fn },
    precision: ratio(reasons, 'precision', { above: tp, below: tp + fp, reason: 'no row is predicted positive' }),
    recall: ratio(reasons, 'recall', { above: tp, below: tp + fn, reason: 'no row is positive' }),
    f1: ratio(reasons, 'f1', {
      above: 2 * tp,
      below: 2 * tp + fp + fn,
      reason: 'no row is positive or predicted positive',
    }),
  };
}

interface Sums extends Counts {
  loss: number;
  squares: number;
}

interface AtThreshold extends Pick<Scored, 'scores' | 'labels' | 'weights'> {
  readonly threshold: number;
}

// A loop with a name of its own: engines keep the numbers that closures share in memory, not in registers.

function addRows(sums: Sums, { scores, labels, weights, threshold }: AtThreshold, from: number, to: number): void {
  let loss = 0;
  let squares = 0;
  let tp = 0;
  let fp = 0;
  let tn = 0;
  let fn = 0;
  for (let i = from; i < to; i++) {
    const s = weights ? weights[i]! : 1;
    const z = scores[i]!;
    const y = labels[i]!;
    const p = sigmoid(z);
    loss += s * logLoss(z, y);
    squares += s * (p - y) ** 2;
    if (p >= threshold) {
      if (y === 1) tp += s;
      else fp += s;
    } else if (y === 1) fn += s;
    else tn += s;
  }
  sums.loss += loss;
  sums.squares += squares;
  sums.tp += tp;
  sums.fp += fp;
  sums.tn += tn;
  sums.fn += fn;
}
