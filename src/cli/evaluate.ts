/** `logit evaluate`: a model's metrics on a file whose labels are known. */
import {
  type FittedLogisticRegression,
  LogisticError,
  loadModel,
  type Metrics,
  nearestName,
  type ScoreOptions,
} from '../node.ts';
import { printJson, printText } from './output.ts';
import { openRows, type RowFlags } from './rows.ts';
import { scoreOptions } from './score-options.ts';
import { metricNotes, metricRows, table } from './summary.ts';
import { warn } from './talk.ts';

interface EvaluateFlags extends ScoreOptions, RowFlags {
  readonly json?: boolean;
}

export async function evaluate(
  modelFile: string,
  file: string,
  flags: EvaluateFlags,
  signal: AbortSignal,
): Promise<void> {
  const model = await loadModel(modelFile);
  const options = scoreOptions(flags, model);
  const { target } = model.toJSON();
  const { chunks, hasTarget } = await openRows(model, file, flags, signal);
  if (!hasTarget) {
    throw new LogisticError(
      'missing-column',
      `${file}: there is no column ${JSON.stringify(target.name)} with the labels`,
      {
        hint: 'logit predict needs none',
      },
    );
  }
  const logOdds: (readonly number[])[] = [];
  const codes: number[] = [];
  const dropped = { noTarget: 0, unpredictable: 0 };
  const strangers = new Map<string, number>();
  const readLabel = model.labelReader();
  const missing = new Set(['', ...model.toJSON().missingTokens]);
  for await (const { cells, labels } of chunks) {
    cells.forEach((row, i) => {
      const label = readLabel(labels![i]);
      if (label === undefined) {
        if (missing.has(String(labels![i] ?? '').trim())) dropped.noTarget++;
        else strangers.set(String(labels![i]), (strangers.get(String(labels![i])) ?? 0) + 1);
        return;
      }
      const score = model.scoreRow(row, options);
      if ('problem' in score) dropped.unpredictable++;
      else {
        logOdds.push(score.logOdds);
        codes.push(label);
      }
    });
  }
  refuseStrangers(strangers, target.name, model.classes.map(String));
  if (dropped.noTarget > 0) warn(`${dropped.noTarget} rows without a label are left out`);
  if (dropped.unpredictable > 0)
    warn(`${dropped.unpredictable} rows that cannot be predicted are left out; logit predict says why`);
  const threshold = flags.threshold ?? model.toJSON().threshold;
  const metrics = await model.measure(logOdds, codes, { threshold: threshold ?? undefined });
  const { classes, reference } = model;
  const positive = classes.length === 2 ? { positive: model.positive } : {};
  if (flags.json === true) await printJson({ ...metrics, threshold, ...positive, reference, classes, dropped });
  else await printText(report(model, metrics, threshold));
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

function report(model: FittedLogisticRegression, metrics: Metrics, threshold: number | null): string {
  const rows = ['rows', metrics.rows.toLocaleString('en')];
  const summary = `${table([rows, ...metricRows([metrics]).map(({ cells }) => cells)])}${metricNotes([metrics])}`;
  if (metrics.perClass === undefined) {
    const { truePositives, falsePositives, trueNegatives, falseNegatives } = metrics.confusion;
    const confusion = table([
      [`P(${model.positive}) >= ${threshold}`, 'predicted', 'not predicted'],
      [String(model.positive), String(truePositives), String(falseNegatives)],
      ['other', String(falsePositives), String(trueNegatives)],
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
    ...metrics.confusion.map((counts, c) => [labels[c]!, ...counts.map(String)]),
  ]);
  return `${summary}\n${perClass}\n${confusion}`;
}
