/**
 * Metrics of three classes and more: the confusion matrix, each class against the rest, and averages over the classes
 * as scikit-learn's classification_report and roc_auc_score(multi_class='ovr') define them. The predicted class is the
 * most probable one. Unlike there, what is undefined is null and not 0, and an average of it is null as well.
 */
import type { Measures } from '../rows/contract.ts';
import { overRows } from '../yielding.ts';
import type { AverageMetrics, ClassMetrics, ClassName, MultiClassMetrics, Scored } from './metrics.ts';
import { rankBins, rankScores } from './ranks.ts';
import { type Quotient, type Reasons, ratio } from './ratio.ts';

export async function multiClassFromScores(scored: Scored): Promise<MultiClassMetrics> {
  const { scores, labels, classes, order, weights } = scored;
  const K = classes.length;
  const m = scores.length / (K - 1);
  const tops: Tops = { top: new Uint32Array(m), logSum: new Float64Array(m) };
  await overRows(m, (from, to) => findTops(scores, tops, from, to), 8 * K);
  const confusion = new Float64Array(K * K);
  let loss = 0;
  await overRows(m, (from, to) => {
    loss += addRows(confusion, { scores, labels, weights, tops, classes: K }, from, to);
  });

  const curves: Curve[] = [];
  const logProbability = new Float64Array(m);
  for (let own = 0; own < K; own++) {
    await overRows(m, (from, to) => writeLogProbability(logProbability, own, scores, tops, from, to));
    const { pairs, ...sides } = await rankScores({ scores: logProbability, labels, own, weights });
    curves.push({ pairs, sides });
  }
  return summarise({ rows: m, loss, confusion, classes, order }, curves);
}

export function multiClassFromMeasures(
  { loss, confusion, histograms }: Measures,
  rows: number,
  { classes, order }: Pick<Scored, 'classes' | 'order'>,
): MultiClassMetrics {
  const curves = histograms.map((histogram): Curve => {
    const { pairs, error, ...sides } = rankBins(histogram);
    return { pairs, error, sides };
  });
  return summarise({ rows, loss, confusion, classes, order }, curves);
}

/** Of each row: the class with the largest score z_top, the first of equal ones, and ln Σ_d e^(z_d − z_top). */
interface Tops {
  readonly top: Uint32Array;
  readonly logSum: Float64Array;
}

function findTops(scores: Float64Array, { top, logSum }: Tops, from: number, to: number): void {
  const m = top.length;
  const k = scores.length / m;
  for (let i = from; i < to; i++) {
    let largest = 0;
    let zTop = 0;
    for (let c = 1; c <= k; c++) {
      const z = scores[(c - 1) * m + i]!;
      if (z > zTop) {
        zTop = z;
        largest = c;
      }
    }
    let others = largest === 0 ? 0 : Math.exp(-zTop);
    for (let c = 1; c <= k; c++) if (c !== largest) others += Math.exp(scores[(c - 1) * m + i]! - zTop);
    top[i] = largest;
    logSum[i] = Math.log1p(others);
  }
}

/**
 * ln a_c = (z_c − z_top) − ln Σ_d e^(z_d − z_top). It orders rows as a_c does, and still where a_c rounds to 1: where
 * c is the top, the first term is 0 and the second is −log1p of a sum as small as it may be.
 */
function logProbabilityOf(c: number, i: number, scores: Float64Array, { top, logSum }: Tops): number {
  const m = top.length;
  const largest = top[i]!;
  if (largest === c) return -logSum[i]!;
  const zTop = largest === 0 ? 0 : scores[(largest - 1) * m + i]!;
  const z = c === 0 ? 0 : scores[(c - 1) * m + i]!;
  return z - zTop - logSum[i]!;
}

interface RowsToAdd extends Pick<Scored, 'scores' | 'labels' | 'weights'> {
  readonly tops: Tops;
  readonly classes: number;
}

/** Adds rows to the confusion matrix and gives Σ s·ℓ. */
function addRows(confusion: Float64Array, rows: RowsToAdd, from: number, to: number): number {
  const { scores, labels, weights, tops, classes } = rows;
  let loss = 0;
  for (let i = from; i < to; i++) {
    const s = weights ? weights[i]! : 1;
    const y = labels[i]!;
    loss -= s * logProbabilityOf(y, i, scores, tops);
    confusion[y * classes + tops.top[i]!]! += s;
  }
  return loss;
}

function writeLogProbability(
  into: Float64Array,
  c: number,
  scores: Float64Array,
  tops: Tops,
  from: number,
  to: number,
): void {
  for (let i = from; i < to; i++) into[i] = logProbabilityOf(c, i, scores, tops);
}

/** What is known of one class's ranks. */
interface Curve {
  readonly pairs: number;
  readonly error?: number;
  readonly sides: { readonly own: number; readonly others: number };
}

interface Sums {
  readonly rows: number;
  readonly loss: number;
  /** [K, K], by code. */
  readonly confusion: Float64Array;
  /** By code. */
  readonly classes: readonly ClassName[];
  /** Codes in the order of the report. */
  readonly order: readonly number[] | undefined;
}

function summarise(sums: Sums, curves: readonly Curve[]): MultiClassMetrics {
  const { rows, loss, confusion, classes, order = [...classes.keys()] } = sums;
  const K = classes.length;
  const table = order.map((y) => order.map((c) => confusion[y * K + c]!));
  const hits = table.map((row, c) => row[c]!);
  const total = add(confusion);
  const reasons: Reasons = {};
  const perClass = order.map((code, c): ClassMetrics => {
    const label = classes[code]!;
    const predicted = add(table.map((row) => row[c]!));
    return classMetrics({ label, hits: hits[c]!, support: add(table[c]!), predicted }, curves[code]!, (measure, of) =>
      ratio(reasons, `perClass[${c}].${measure}`, of),
    );
  });
  const average = (path: string, measure: Measure, weighted: boolean): number | null =>
    averageOf(perClass, { path, measure, weighted, reasons });
  const averages = (path: 'macro' | 'weighted'): AverageMetrics => ({
    precision: average(`${path}.precision`, 'precision', path === 'weighted'),
    recall: average(`${path}.recall`, 'recall', path === 'weighted'),
    f1: average(`${path}.f1`, 'f1', path === 'weighted'),
  });
  const noRows = 'no row has a weight above 0';
  const auc = average('auc', 'auc', false);
  const errors = perClass.flatMap(({ aucError }) => aucError ?? []);
  return {
    rows,
    meanLogLoss: ratio(reasons, 'meanLogLoss', { above: loss, below: total, reason: noRows }),
    accuracy: ratio(reasons, 'accuracy', { above: add(hits), below: total, reason: noRows }),
    auc,
    ...(auc === null || errors.length === 0 ? {} : { aucError: add(errors) / K }),
    perClass,
    macro: averages('macro'),
    weighted: averages('weighted'),
    confusion: table,
    undefined: reasons,
  };
}

interface ClassCounts {
  readonly label: ClassName;
  /** Σ s of the rows that are of the class, of those that are predicted as it, and of those that are both. */
  readonly support: number;
  readonly predicted: number;
  readonly hits: number;
}

function classMetrics(
  { label, support, predicted, hits }: ClassCounts,
  { pairs, error, sides }: Curve,
  quotient: (measure: Measure, of: Quotient) => number | null,
): ClassMetrics {
  const name = JSON.stringify(label);
  const absent = `no row is of class ${name}`;
  const below = sides.own * sides.others;
  const auc = quotient('auc', { above: pairs, below, reason: support > 0 ? `every row is of class ${name}` : absent });
  const [neither, unpredicted] = [`${absent} or predicted as it`, `no row is predicted as ${name}`];
  return {
    label,
    support,
    precision: quotient('precision', { above: hits, below: predicted, reason: unpredicted }),
    recall: quotient('recall', { above: hits, below: support, reason: absent }),
    f1: quotient('f1', { above: 2 * hits, below: support + predicted, reason: neither }),
    auc,
    ...(auc === null || error === undefined ? {} : { aucError: error / below }),
  };
}

type Measure = 'precision' | 'recall' | 'f1' | 'auc';

interface Average {
  readonly path: string;
  readonly measure: Measure;
  /** By support, so that classes without rows do not count; otherwise all count the same. */
  readonly weighted: boolean;
  readonly reasons: Reasons;
}

/** The mean of a measure over the classes, or null, naming the classes that lack it. */
function averageOf(perClass: readonly ClassMetrics[], { path, measure, weighted, reasons }: Average): number | null {
  const counted = weighted ? perClass.filter(({ support }) => support > 0) : perClass;
  const lacking = counted.filter((of) => of[measure] === null).map(({ label }) => JSON.stringify(label));
  const weightOf = ({ support }: ClassMetrics): number => (weighted ? support : 1);
  return ratio(reasons, path, {
    above: add(counted.map((of) => weightOf(of) * (of[measure] ?? 0))),
    below: lacking.length > 0 ? 0 : add(counted.map(weightOf)),
    reason: lacking.length > 0 ? `${measure} is undefined for ${lacking.join(', ')}` : 'no row has a weight above 0',
  });
}

function add(values: Iterable<number>): number {
  let sum = 0;
  for (const value of values) sum += value;
  return sum;
}
