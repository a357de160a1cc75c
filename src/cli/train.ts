/** `logit train`: a file in, a model file and a summary out. */
import type { FittedLogisticRegression, Options } from '../node.ts';
import { LogisticError, LogisticRegression, saveModel } from '../node.ts';
import { requireFolder } from '../platform/write-file.ts';
import { printJson, printText } from './output.ts';
import { createProgress } from './progress.ts';
import { summarise } from './summary.ts';
import { say, warn } from './talk.ts';

export interface TrainFlags extends Options {
  readonly target?: string;
  readonly out?: string;
  readonly json?: boolean;
  readonly quiet?: boolean;
}

export async function train(file: string, flags: TrainFlags, signal: AbortSignal): Promise<void> {
  const { target, out, json, quiet, ...options } = flags;
  if (target === undefined) {
    throw new LogisticError('no-target', 'train needs a column to predict', { hint: 'name it with --target COLUMN' });
  }
  if (out !== undefined) await requireFolder(out);
  const progress = createProgress(quiet === true);
  let model: FittedLogisticRegression;
  try {
    model = await new LogisticRegression(options).fit(file, target, { signal, ...progress });
  } finally {
    progress.stop();
  }
  if (out !== undefined) await saveModel(model, out);
  if (quiet !== true) for (const warning of model.warnings) warn(warning.message);
  if (json === true) await printJson(trainReport(model));
  else if (quiet !== true) await printText(summarise(model));
  if (quiet !== true) say(out === undefined ? 'The model was not saved; --out model.json saves it.' : `Saved ${out}.`);
}

/** What --json prints. */
function trainReport(model: FittedLogisticRegression) {
  const { training, certificate } = model;
  const { madeBy, threshold } = model.toJSON();
  return {
    rows: training.rows,
    missing: training.missing,
    classes: model.classes,
    positive: model.positive,
    intercept: model.intercept,
    coefficients: model.coefficients,
    meanLogLoss: training.metrics.train.meanLogLoss,
    threshold,
    solver: training.solver,
    certificate,
    backend: { name: madeBy.backend, detail: madeBy.detail },
    warnings: training.warnings,
    metrics: training.metrics,
  };
}
