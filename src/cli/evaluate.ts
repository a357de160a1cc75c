/** `logit evaluate`: a model's metrics on a file whose labels are known. */
import {
  type AucComparison,
  type Evaluation,
  type FittedLogisticRegression,
  LogisticError,
  loadModel,
  type Metrics,
  type ScoreOptions,
} from '../node.ts';
import { describeDetails } from './details-table.ts';
import { describeP } from './inference-table.ts';
import { readLabelled, warnDropped } from './labelled-rows.ts';
import { printJson, printText } from './output.ts';
import { requireReport, saveReport } from './report.ts';
import type { RowFlags, WeightFlags } from './rows.ts';
import { metricNotes, metricRows } from './summary.ts';
import { table } from './table.ts';
import { warn } from './talk.ts';

interface EvaluateFlags extends ScoreOptions, RowFlags, WeightFlags {
  /** Another model file. */
  readonly compare?: string;
  readonly detailed?: boolean;
  readonly falseNegativeCost?: number;
  /** The file of a page. */
  readonly report?: string;
  readonly json?: boolean;
}

export async function evaluate(
  modelFile: string,
  file: string,
  flags: EvaluateFlags,
  signal: AbortSignal,
): Promise<void> {
  const { report: page } = flags;
  await requireReport(page, [modelFile, file, flags.compare]);
  const model = await loadModel(modelFile);
  const other = flags.compare === undefined ? undefined : await loadModel(flags.compare);
  if (other) requireSameTarget(model, other, flags.compare!);
  const { logOdds, otherLogOdds, codes, weights, dropped, accepted, otherAccepted } = await scoreLabelled(model, file, {
    ...flags,
    other,
    signal,
  });
  warnDropped(dropped);
  for (const note of accepted.notes()) warn(note);
  for (const note of otherAccepted?.notes() ?? []) warn(`${flags.compare}: ${note}`);
  const threshold = flags.threshold ?? model.toJSON().threshold;
  const metrics = await model.measure(logOdds, codes, {
    threshold: threshold ?? undefined,
    weights: weights?.values,
    detailed: flags.detailed === true || (page !== undefined && model.classes.length === 2),
    falseNegativeCost: flags.falseNegativeCost,
  });
  warnTrainedOn(metrics.trainedOn, "the model's", 'the metrics are');
  const rows = { labels: codes, weights: weights?.values };
  const comparison =
    other &&
    (await model.measureAgainst(other, { ...rows, scores: logOdds.map(first), otherScores: otherLogOdds.map(first) }));
  const otherTrainedOn = other && (await other.measure(otherLogOdds, codes, { weights: rows.weights })).trainedOn;
  warnTrainedOn(otherTrainedOn, `${flags.compare}'s`, 'its AUC is');
  const { classes, reference } = model;
  const positive = classes.length === 2 ? { positive: model.positive } : {};
  if (page !== undefined) await saveReport(model, page, { measured: { name: file, metrics } });
  if (flags.json === true) {
    await printJson({
      ...metrics,
      ...(comparison && { comparison: { ...comparison, ...(otherTrainedOn && { otherTrainedOn }) } }),
      threshold,
      ...positive,
      reference,
      classes,
      weights: weights?.column ?? null,
      dropped,
      cells: accepted.found(),
      otherCells: otherAccepted?.found(),
    });
  } else {
    const compared = comparison ? `\n${describeComparison(comparison, [modelFile, flags.compare!])}` : '';
    const details = metrics.details && flags.detailed ? `\n${describeDetails(metrics.details)}` : '';
    await printText(`${report(model, metrics, threshold)}${details}${compared}`);
  }
}

const first = ([z]: readonly number[]): number => z!;

function warnTrainedOn(trainedOn: Evaluation['trainedOn'], whose: string, what: string): void {
  if (trainedOn === undefined) return;
  const held = trainedOn === 'some' ? '; train --report shows those of its held-out rows' : '';
  warn(`these ${trainedOn === 'all' ? 'are' : 'include'} ${whose} training rows: ${what} optimistic${held}`);
}

function requireSameTarget(model: FittedLogisticRegression, other: FittedLogisticRegression, file: string): void {
  const [own, others] = [model, other].map((of) => of.toJSON().target.name);
  if (own !== others) {
    const message = `${file} predicts ${JSON.stringify(others)} and the model ${JSON.stringify(own)}`;
    throw new LogisticError('not-comparable', message, { hint: 'compare models of the same target' });
  }
}

/** Log-odds and label of each row that has both, and how many were left out for what. */
async function scoreLabelled(
  model: FittedLogisticRegression,
  file: string,
  {
    other,
    signal,
    ...flags
  }: EvaluateFlags & { readonly other: FittedLogisticRegression | undefined; readonly signal: AbortSignal },
) {
  const logOdds: (readonly number[])[] = [];
  const otherLogOdds: (readonly number[])[] = [];
  const codes: number[] = [];
  const s: number[] = [];
  const against = other && { model: other, name: flags.compare! };
  const { column, ...found } = await readLabelled(model, file, { ...flags, other: against, signal }, (row) => {
    logOdds.push(row.logOdds);
    if (row.otherLogOdds) otherLogOdds.push(row.otherLogOdds);
    codes.push(row.code);
    s.push(row.weight);
  });
  const weights = column === undefined ? undefined : { column, values: Float64Array.from(s) };
  return { logOdds, otherLogOdds, codes, weights, ...found };
}

function describeComparison(
  { auc, otherAuc, difference, standardError, interval, z, p }: AucComparison,
  [own, other]: readonly [string, string],
): string {
  const ends = interval.map((end) => end.toFixed(4)).join(', ');
  return `${table([
    ["AUC, DeLong's paired test", ''],
    [own, auc.toFixed(4)],
    [other, otherAuc.toFixed(4)],
    ['difference', difference.toFixed(4)],
    ['  std. error', standardError.toFixed(4)],
    ['  95% interval', `[${ends}]`],
    ['z', z.toFixed(3)],
    ['p', describeP(p)],
  ])}`;
}

/** Σs of rows: their number, where they have no weights. */
const weightOf = (sum: number): string => String(Number(sum.toFixed(4)));

function report(model: FittedLogisticRegression, metrics: Metrics, threshold: number | null): string {
  const rows = ['rows', metrics.rows.toLocaleString('en')];
  const summary = `${table([rows, ...metricRows([metrics]).map(({ cells }) => cells)])}${metricNotes([metrics])}`;
  if (metrics.perClass === undefined) {
    const { truePositives, falsePositives, trueNegatives, falseNegatives } = metrics.confusion;
    const confusion = table([
      [`P(${model.positive}) >= ${threshold}`, 'predicted', 'not predicted'],
      [String(model.positive), weightOf(truePositives), weightOf(falseNegatives)],
      ['other', weightOf(falsePositives), weightOf(trueNegatives)],
    ]);
    return `${summary}\n${confusion}`;
  }
  const labels = metrics.perClass.map(({ label }) => String(label));
  const value = (number: number | null): string => number?.toFixed(4) ?? 'undefined';
  const perClass = table([
    ['', 'rows', 'precision', 'recall', 'F1', 'AUC'],
    ...metrics.perClass.map(({ label, support, precision, recall, f1, auc }) => [
      String(label),
      support.toLocaleString('en'),
      ...[precision, recall, f1, auc].map(value),
    ]),
  ]);
  const confusion = table([
    ['true, predicted', ...labels],
    ...metrics.confusion.map((counts, c) => [labels[c]!, ...counts.map(weightOf)]),
  ]);
  return `${summary}\n${perClass}\n${confusion}`;
}
