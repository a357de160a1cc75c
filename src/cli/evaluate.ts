/** `logit evaluate`: a model's metrics on a file whose labels are known. */
import {
  type AucComparison,
  type FittedLogisticRegression,
  LogisticError,
  loadModel,
  type Metrics,
  nearestName,
  type ScoreOptions,
} from '../node.ts';
import { describeP } from './inference-table.ts';
import { printJson, printText } from './output.ts';
import { chooseWeights, openRows, type RowFlags, type WeightFlags } from './rows.ts';
import { metricNotes, metricRows } from './summary.ts';
import { table } from './table.ts';
import { warn } from './talk.ts';

interface EvaluateFlags extends ScoreOptions, RowFlags, WeightFlags {
  /** Another model file. */
  readonly compare?: string;
  readonly json?: boolean;
}

export async function evaluate(
  modelFile: string,
  file: string,
  flags: EvaluateFlags,
  signal: AbortSignal,
): Promise<void> {
  const model = await loadModel(modelFile);
  const other = flags.compare === undefined ? undefined : await loadModel(flags.compare);
  if (other) requireSameTarget(model, other, flags.compare!);
  const { logOdds, otherLogOdds, codes, weights, dropped } = await scoreLabelled(model, file, {
    ...flags,
    other,
    signal,
  });
  const leftOut = { noTarget: 'without a label', noWeight: 'without a weight', zeroWeight: 'of weight 0' };
  for (const [why, words] of Object.entries(leftOut)) {
    const rows = dropped[why as keyof typeof leftOut];
    if (rows > 0) warn(`${rows} rows ${words} are left out`);
  }
  if (dropped.unpredictable > 0)
    warn(`${dropped.unpredictable} rows that cannot be predicted are left out; logit predict says why`);
  const threshold = flags.threshold ?? model.toJSON().threshold;
  const metrics = await model.measure(logOdds, codes, {
    threshold: threshold ?? undefined,
    weights: weights?.values,
  });
  const rows = { labels: codes, weights: weights?.values };
  const comparison =
    other &&
    (await model.measureAgainst(other, { ...rows, scores: logOdds.map(first), otherScores: otherLogOdds.map(first) }));
  const { classes, reference } = model;
  const positive = classes.length === 2 ? { positive: model.positive } : {};
  if (flags.json === true) {
    await printJson({
      ...metrics,
      ...(comparison && { comparison }),
      threshold,
      ...positive,
      reference,
      classes,
      weights: weights?.column ?? null,
      dropped,
    });
  } else {
    const compared = comparison ? `\n${describeComparison(comparison, [modelFile, flags.compare!])}` : '';
    await printText(`${report(model, metrics, threshold)}${compared}`);
  }
}

const first = ([z]: readonly number[]): number => z!;

function requireSameTarget(model: FittedLogisticRegression, other: FittedLogisticRegression, file: string): void {
  const [own, others] = [model, other].map((of) => of.toJSON().target.name);
  if (own !== others) {
    const message = `${file} predicts ${JSON.stringify(others)} and the model ${JSON.stringify(own)}`;
    throw new LogisticError('not-comparable', message, { hint: 'compare models of the same target' });
  }
  for (const of of [model, other]) of.positive; // throws for more than two classes
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
  const options = { unseen: flags.unseen, threshold: flags.threshold };
  model.predict([], options); // what is wrong with them is told before any row is read
  const { target } = model.toJSON();
  const { names, read, close } = await openRows(model, file, flags, signal);
  try {
    if (!names.includes(target.name)) {
      throw new LogisticError(
        'missing-column',
        `${file}: there is no column ${JSON.stringify(target.name)} with the labels`,
        {
          hint: 'logit predict needs none',
        },
      );
    }
    if (other) requireColumns(other, names, flags.compare!, file);
    const column = chooseWeights(model, file, flags, names);
    const readWeight = model.weightReader(column);
    const logOdds: (readonly number[])[] = [];
    const otherLogOdds: (readonly number[])[] = [];
    const codes: number[] = [];
    const s: number[] = [];
    const dropped = { noTarget: 0, unpredictable: 0, noWeight: 0, zeroWeight: 0 };
    const strangers = new Map<string, number>();
    const readLabel = model.labelReader();
    const missing = new Set(['', ...model.toJSON().missingTokens]);
    let count = 0;
    const columns = [...new Set([...(other?.columns ?? []), target.name, ...(column === undefined ? [] : [column])])];
    const placeOf = (name: string | undefined): number => columns.indexOf(name!);
    const [labelAt, weightAt] = [placeOf(target.name), placeOf(column)];
    const otherPlaces = other?.columns.map(placeOf);
    for await (const rows of read(columns)) {
      signal.throwIfAborted();
      for (const { cells, others } of rows) {
        count++;
        const label = readLabel(others[labelAt]);
        if (label === undefined) {
          if (missing.has(String(others[labelAt] ?? '').trim())) dropped.noTarget++;
          else strangers.set(String(others[labelAt]), (strangers.get(String(others[labelAt])) ?? 0) + 1);
          continue;
        }
        const weight =
          column === undefined ? 1 : readWeight(others[weightAt], `${file}: row ${count}, column ${column}`);
        const score = model.scoreRow(cells, options);
        const otherScore = other?.scoreRow(
          otherPlaces!.map((at) => others[at]),
          { unseen: flags.unseen },
        );
        if ('problem' in score || (otherScore && 'problem' in otherScore)) dropped.unpredictable++;
        else if (weight === undefined) dropped.noWeight++;
        else if (weight === 0) dropped.zeroWeight++;
        else {
          logOdds.push(score.logOdds);
          if (otherScore) otherLogOdds.push(otherScore.logOdds);
          codes.push(label);
          s.push(weight);
        }
      }
    }
    refuseStrangers(strangers, target.name, model.classes.map(String));
    const weights = column === undefined ? undefined : { column, values: Float64Array.from(s) };
    return { logOdds, otherLogOdds, codes, weights, dropped };
  } finally {
    await close();
  }
}

function requireColumns(other: FittedLogisticRegression, names: readonly string[], model: string, file: string): void {
  const lost = other.columns.find((column) => !names.includes(column));
  if (lost === undefined) return;
  throw new LogisticError(
    'missing-column',
    `${file}: ${model} needs the column ${JSON.stringify(lost)}, which the file lacks`,
  );
}

/** Labels the model does not know would make every figure wrong, so none is printed. */
function refuseStrangers(strangers: ReadonlyMap<string, number>, target: string, classes: readonly string[]): void {
  if (strangers.size === 0) return;
  const listed = [...strangers].slice(0, 5).map(([label, rows]) => `${JSON.stringify(label)} (${rows} rows)`);
  const near = nearestName([...strangers.keys()][0]!, classes);
  throw new LogisticError(
    'unknown-label',
    `${target} holds ${listed.join(', ')}; the model's classes are ${classes.join(', ')}`,
    {
      hint: `fix the labels of the file${near === undefined ? '' : ` (${JSON.stringify(near)} may be meant)`}`,
    },
  );
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
