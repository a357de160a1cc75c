/** `logit train`: a file in, a model file and a summary out. */
import {
  type FittedLogisticRegression,
  LogisticError,
  LogisticRegression,
  type Options,
  type PerUnits,
  saveModel,
  type Warning,
} from '../node.ts';
import { requireFolder, requireOther } from '../platform/write-file.ts';
import { summaryOf } from '../report/coefficient-table.ts';
import { printJson, printText } from './output.ts';
import { createFitProgress } from './progress.ts';
import { printTable, type ReportFlags, requireReport, saveReport } from './report.ts';
import { rowsFrom } from './rows.ts';
import { summarise } from './summary.ts';
import { say, warn } from './talk.ts';

export interface TrainFlags extends Omit<Options, 'reference'>, ReportFlags {
  readonly reference?: readonly string[];
  readonly connection?: string;
  readonly sql?: string;
  readonly showSql?: boolean;
  readonly target?: string;
  readonly out?: string;
  readonly json?: boolean;
  readonly quiet?: boolean;
  readonly per?: PerUnits;
}

export async function train(file: string | undefined, flags: TrainFlags, signal: AbortSignal): Promise<void> {
  const { connection, sql, showSql, target, out, report, table, json, quiet, per, reference, ...given } = flags;
  const options = { ...given, ...parseReferences(reference) };
  const estimator = new LogisticRegression({
    ...options,
    trainingMetrics: true,
    detailedMetrics: report !== undefined,
  });
  const data = rowsFrom(file, { connection, sql }, 'logit train --target y');
  if (target === undefined && !/^[^~]*[^~\s][^~]*~/.test(options.formula ?? '')) {
    throw new LogisticError('no-target', 'train needs a column to predict', { hint: 'name it with --target COLUMN' });
  }
  if (showSql === true) return printText(await estimator.toSQL(data, target));
  if (out !== undefined) {
    await requireFolder(out);
    if (file !== undefined) await requireOther(out, [file]);
  }
  await requireReport(report, [file, out]);
  const { stop, ...progress } = createFitProgress(quiet === true);
  let model: FittedLogisticRegression;
  try {
    model = await estimator.fit(data, target, { signal, ...progress });
  } catch (error) {
    if (error instanceof LogisticError) {
      for (const { message } of (error.details.warnings ?? []) as readonly Warning[]) warn(message);
    }
    throw error;
  } finally {
    stop();
  }
  if (per !== undefined) model.summary({ per }); // which throws before anything is written
  if (out !== undefined) await saveModel(model, out);
  if (report !== undefined) await saveReport(model, report, { per });
  // The summary says which rows were dropped.
  const warnings = model.warnings.filter(({ code }) => code !== 'dropped-rows' || json === true || quiet === true);
  for (const { message } of warnings) warn(message);
  if (json === true) await printJson(trainReport(model, per));
  else if (table !== undefined) await printTable(model, table, per);
  else if (quiet !== true) await printText(summarise(model, per));
  if (quiet !== true) say(out === undefined ? 'The model was not saved; --out model.json saves it.' : `Saved ${out}.`);
}

/** column=level is the reference level of a category, anything else the reference class. */
function parseReferences(texts: readonly string[] = []): Pick<Options, 'reference' | 'referenceLevels'> {
  const references = new Map<string | undefined, string>();
  for (const text of texts) {
    const at = text.indexOf('=');
    const column = at > 0 ? text.slice(0, at) : undefined;
    const level = column === undefined ? text : text.slice(at + 1);
    const known = references.get(column);
    if (known !== undefined) {
      throw new LogisticError('bad-option', `reference: ${column ?? 'the target'} has two, ${known} and ${level}`, {
        hint: 'choose one',
        details: { option: 'reference' },
      });
    }
    references.set(column, level);
  }
  const label = references.get(undefined);
  references.delete(undefined);
  return {
    ...(label !== undefined && { reference: label }),
    ...(references.size > 0 && { referenceLevels: Object.fromEntries(references) }),
  };
}

/** What --json prints. */
function trainReport(model: FittedLogisticRegression, per: PerUnits | undefined) {
  const { training, certificate, classes, reference } = model;
  const { madeBy, threshold } = model.toJSON();
  return {
    rows: training.rows,
    missing: training.missing,
    classes,
    reference,
    ...(classes.length === 2 ? { positive: model.positive } : {}),
    ...coefficients(model),
    meanLogLoss: training.meanLogLoss,
    threshold,
    solver: training.solver,
    certificate,
    backend: { name: madeBy.backend, detail: madeBy.detail },
    separation: training.separation,
    summary: summaryOf(model, per) ?? null,
    summaryRefused: (model.toJSON() as { readonly summaryRefused?: string }).summaryRefused,
    warnings: training.warnings,
    metrics: training.metrics,
    crossValidation: training.crossValidation,
  };
}

/** Two classes: numbers; more: by class. */
function coefficients(model: FittedLogisticRegression) {
  if (model.classes.length === 2) return { intercept: model.intercept, coefficients: model.coefficients };
  return {
    intercept: Object.fromEntries(model.byClass.map(({ label, intercept }) => [label, intercept])),
    coefficients: Object.fromEntries(model.byClass.map(({ label, coefficients: own }) => [label, own])),
  };
}
