/** `logit inspect`: what a model needs, its coefficients, and how it was made; over the rows of a file, effects and influence. */
import {
  type FittedLogisticRegression,
  LogisticError,
  loadModel,
  type PerUnits,
  type TrainingReport,
} from '../node.ts';
import { summaryOf } from '../report/coefficient-table.ts';
import type { DialectName } from '../sql/dialects.ts';
import { printEffects } from './effects.ts';
import { allTables } from './inference-table.ts';
import { type InfluenceFlags, printInfluence } from './influence.ts';
import { printJson, printText } from './output.ts';
import { printTable, type ReportFlags, requireReport, saveReport } from './report.ts';
import { coefficientTable } from './summary.ts';
import { table } from './table.ts';
import { onOneLine } from './visible.ts';

export interface InspectFlags extends InfluenceFlags, ReportFlags {
  readonly sql?: DialectName;
  readonly effects?: boolean;
  readonly influence?: boolean;
  readonly per?: PerUnits;
}

export async function inspect(
  modelFile: string,
  file: string | undefined,
  flags: InspectFlags,
  signal: AbortSignal,
): Promise<void> {
  const overRows = flags.influence === true ? printInfluence : flags.effects === true ? printEffects : undefined;
  if ((file === undefined) !== (overRows === undefined)) {
    const message = file === undefined ? 'it needs a file of rows' : `what of the rows of ${file} is to be shown?`;
    throw new LogisticError('bad-argument', `inspect: ${message}`, {
      hint: 'logit inspect model.json data.csv --effects, or --influence',
    });
  }
  await requireReport(flags.report, [modelFile, file]);
  const model = await loadModel(modelFile);
  if (flags.report !== undefined) {
    await saveReport(model, flags.report, { per: flags.per });
    const { sql, table, json } = flags;
    if (overRows === undefined && sql === undefined && table === undefined && json !== true) return;
  }
  if (overRows !== undefined) return overRows(model, file!, flags, signal);
  const summary = summaryOf(model, flags.per);
  if (flags.sql !== undefined) await printText(expressions(model, flags.sql));
  else if (flags.table !== undefined) await printTable(model, flags.table, flags.per);
  else if (flags.json === true) await printJson({ ...model.toJSON(), ...(summary && { summary }) });
  else
    await printText(
      [
        describeUse(model),
        describeColumns(model),
        coefficientTable(model, { terms: Number.POSITIVE_INFINITY, classes: Number.POSITIVE_INFINITY }),
        ...(summary ? [allTables(summary)] : []),
        describeMaking(model),
      ].join('\n'),
    );
}

/** P of the positive class, of more than two classes P of each, for a list of selected columns. */
function expressions(model: FittedLogisticRegression, dialect: DialectName): string {
  const labels = model.classes.length === 2 ? [model.positive] : model.classes;
  return `${labels.map((label) => `-- P(${onOneLine(String(label))})\n${model.toSQL(dialect, label)}`).join(',\n')}\n`;
}

function describeUse(model: FittedLogisticRegression): string {
  const { target, threshold, missing, unseen, missingTokens } = model.toJSON();
  const { formula } = model.training.options ?? {};
  const rules = {
    drop: 'a row with a missing cell is not predicted',
    error: 'a row with a missing cell is not predicted',
    impute: 'missing cells take the stored value',
  };
  return [
    threshold === null
      ? `Predicts ${target.name}: the most probable of ${model.classes.join(', ')}.`
      : `Predicts ${target.name}: ${model.positive} when P >= ${threshold}, else ${model.reference}.`,
    ...(formula === undefined ? [] : [`Terms: ${formula}`]),
    `Missing: ${rules[missing]} (${missingTokens.map((token) => JSON.stringify(token)).join(' ')}).`,
    `Unseen categories: ${unseen === 'error' ? 'the row is not predicted' : 'count as the reference'}.`,
    '',
  ]
    .map(onOneLine)
    .join('\n');
}

function describeColumns(model: FittedLogisticRegression): string {
  const rows = model.toJSON().features.map((feature) => {
    const values =
      feature.kind === 'numeric' ? '' : (feature.kind === 'boolean' ? feature.words : feature.levels).join(' ');
    return [feature.column, feature.kind, values, ...(feature.impute === null ? [] : [`if missing ${feature.impute}`])];
  });
  return rows.length === 0 ? 'Needs no column.\n' : table([['needs', '', ''], ...rows]);
}

function describeMaking(model: FittedLogisticRegression): string {
  const { madeBy, certificate, formatVersion } = model.toJSON();
  const { rows, source }: Partial<TrainingReport> = model.training;
  return [
    `Made by ${madeBy.library} ${madeBy.version} (file format ${formatVersion}) on ${madeBy.backend}, ${madeBy.detail},`,
    `from ${rows?.train ?? 'unknown'} rows of ${source ?? 'unknown data'}. ${certificate.outcome}: ${certificate.rule};`,
    `float64 gradient ${certificate.gradientNorm.toExponential(1)}, condition ${certificate.condition?.toExponential(1) ?? 'unknown'}.`,
    ...model.warnings.map(({ message }) => `warning: ${message}`),
    '',
  ]
    .map(onOneLine)
    .join('\n');
}
