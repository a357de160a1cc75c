/** `--report` and `--table`: a model as a page, and its table of coefficients as Markdown or CSV. */
import { resolve } from 'node:path';
import { type FittedLogisticRegression, LogisticError, type PerUnits } from '../node.ts';
import { requireFolder, requireOther, writeWhole } from '../platform/write-file.ts';
import { coefficientCsv, coefficientMarkdown } from '../report/coefficient-table.ts';
import type { ReportOptions } from '../report/model-report.ts';
import { printText } from './output.ts';
import { say, warn } from './talk.ts';

export interface ReportFlags {
  /** The file of the page. */
  readonly report?: string;
  readonly table?: 'md' | 'csv';
}

/** Before anything is read: the page can be written, and over none of the other files. */
export async function requireReport(
  report: string | undefined,
  others: readonly (string | undefined)[],
): Promise<void> {
  if (report === undefined) return;
  await requireFolder(report);
  const files = others.flatMap((other) => other ?? []);
  if (files.some((file) => resolve(file) === resolve(report))) {
    const hint = 'give --report another name';
    throw new LogisticError(
      'unwritable',
      `${report}: the report would take the place of another file of this command`,
      { hint },
    );
  }
  await requireOther(report, files, '--report');
}

export async function saveReport(
  model: FittedLogisticRegression,
  file: string,
  more: Omit<ReportOptions, 'day'> = {},
): Promise<void> {
  const { renderModelReport } = await import('../report/model-report.ts');
  const day = new Date().toISOString().slice(0, 10);
  await writeWhole(file, renderModelReport(model, { day, ...more }));
  say(`Saved ${file}.`);
}

export function printTable(
  model: FittedLogisticRegression,
  format: 'md' | 'csv',
  per: PerUnits | undefined,
): Promise<void> {
  if (model.toJSON().terms.length === 0) warn('the model has an intercept alone: the table has no line');
  return printText(format === 'md' ? coefficientMarkdown(model, per) : coefficientCsv(model, per));
}
