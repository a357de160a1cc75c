/**
 * Which rows a fit uses, and why not the others: no label, a missing cell, weight 0. It knows no numbers of the
 * design.
 */
import type { Column } from '../data/table.ts';
import { LogisticError } from '../errors.ts';
import type { MissingPolicy } from '../predict/model-file.ts';
import { overRows } from '../yielding.ts';
import { isMissing } from './features.ts';

export interface Selection {
  /** Number of rows of the table. */
  readonly rows: number;
  readonly columns: readonly Column[];
  /** −1 where a row has no label. */
  readonly labels: Int32Array;
  /** NaN where a weight is missing. */
  readonly weights: Float64Array | undefined;
  readonly missing: MissingPolicy;
}

/** Rows that are not used, each under its first reason. */
export interface Dropped {
  missing: number;
  noTarget: number;
  zeroWeight: number;
}

/** Why no row of a class is used. */
export interface Losses {
  /** Columns with a missing cell in some row. */
  readonly missingIn: Set<string>;
  /** Rows whose weight is 0 or missing. */
  weightless: number;
}

export interface SelectedRows {
  readonly used: Int32Array;
  readonly dropped: Dropped;
  /** The losses of classes of which no row is used, by their codes. */
  lossesOf(lost: readonly number[]): Promise<ReadonlyMap<number, Losses>>;
}

export async function selectRows(selection: Selection): Promise<SelectedRows> {
  const { rows, columns, labels, weights, missing } = selection;
  const dropped: Dropped = { missing: 0, noTarget: 0, zeroWeight: 0 };
  const used = new Int32Array(rows);
  const incomplete = missing === 'impute' ? [] : columns.filter((column) => column.missing.count > 0);
  let count = 0;
  const select = (row: number): void => {
    const gap = incomplete.find((column) => isMissing(column, row));
    if (missing === 'error' && labels[row]! < 0) throw missingLabel(row);
    if (missing === 'error' && gap !== undefined) throw missingCell(row, gap.name);
    if (labels[row]! < 0) dropped.noTarget++;
    else if (gap !== undefined || Number.isNaN(weights?.[row])) dropped.missing++;
    else if (weights?.[row] === 0) dropped.zeroWeight++;
    else used[count++] = row;
  };
  const complete = incomplete.length === 0 && weights === undefined;
  await overRows(rows, (from, to) => {
    for (let row = from; row < to; row++) {
      if (complete && labels[row]! >= 0) used[count++] = row;
      else select(row);
    }
  });
  return { used: used.subarray(0, count), dropped, lossesOf: (lost) => findLosses(selection, incomplete, lost) };
}

async function findLosses(
  { rows, labels, weights }: Selection,
  incomplete: readonly Column[],
  lost: readonly number[],
): Promise<ReadonlyMap<number, Losses>> {
  const losses = new Map<number, Losses>(lost.map((code) => [code, { missingIn: new Set(), weightless: 0 }]));
  await overRows(rows, (from, to) => {
    for (let row = from; row < to; row++) {
      const own = losses.get(labels[row]!);
      if (own === undefined) continue;
      for (const column of incomplete) if (isMissing(column, row)) own.missingIn.add(column.name);
      if (weights !== undefined && !(weights[row]! > 0)) own.weightless++;
    }
  });
  return losses;
}

function missingLabel(row: number): LogisticError {
  return new LogisticError('missing-cell', `row ${row + 1}: the label is missing`, {
    hint: "give the row a label; missing: 'drop' leaves out rows without one",
    details: { row: row + 1 },
  });
}

function missingCell(row: number, column: string): LogisticError {
  return new LogisticError('missing-cell', `row ${row + 1}, column ${column}: missing`, {
    hint: "missing cells can be dropped with their rows ('drop') or filled in ('impute'): option missing",
    details: { row: row + 1, column },
  });
}
