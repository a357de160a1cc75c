/**
 * Which rows a fit uses, and why not the others: no label, a missing cell, weight 0. It knows no numbers
 * of the design.
 */
import type { Column, Table } from '../data/table.ts';
import { isMissing } from '../design/features.ts';
import type { Labels } from '../design/labels.ts';
import { LogisticError } from '../errors.ts';
import type { Turns } from '../turns.ts';

export interface Selection {
  readonly table: Table;
  readonly columns: readonly Column[];
  readonly labels: Labels;
  readonly weights: Float64Array | undefined;
  readonly missing: 'drop' | 'impute' | 'error';
}

/** The rows that are used, and how many are not for which reason. A row is counted under its first reason. */
export async function selectRows({ table, columns, labels, weights, missing }: Selection, turns: Turns) {
  const dropped = { missing: 0, noTarget: 0, zeroWeight: 0 };
  const used = new Int32Array(table.rows);
  const holed = missing === 'impute' ? [] : columns.filter((column) => column.missing.count > 0);
  let count = 0;
  const select = (row: number): void => {
    const gap = holed.find((column) => isMissing(column, row));
    if (missing === 'error' && (gap !== undefined || labels.y[row]! < 0)) {
      throw new LogisticError('missing-cell', `row ${row + 1}, column ${gap?.name ?? 'of the target'}: missing`, {
        hint: "missing cells can be dropped with their rows ('drop') or filled in ('impute'): option missing",
        details: { row: row + 1, column: gap?.name },
      });
    }
    if (labels.y[row]! < 0) dropped.noTarget++;
    else if (gap !== undefined || Number.isNaN(weights?.[row])) dropped.missing++;
    else if (weights?.[row] === 0) dropped.zeroWeight++;
    else used[count++] = row;
  };
  await turns.over(table.rows, (from, to) => {
    for (let row = from; row < to; row++) select(row);
  });
  return { used: used.subarray(0, count), dropped };
}

/** After rows are dropped a class may be gone: then the message says which drop took it. */
export function requireBothClasses({
  used,
  labels,
  columns,
  target,
}: {
  used: Int32Array;
  labels: Labels;
  columns: readonly Column[];
  target: string;
}): void {
  const has = (y: 0 | 1): boolean => used.some((row) => labels.y[row] === y);
  if (has(0) && has(1)) return;
  const lost = has(1) ? 0 : 1;
  const label = labels.classes.find((candidate) => (candidate === labels.positive) === (lost === 1));
  const holes = columns.filter((column) => labels.y.some((y, row) => y === lost && isMissing(column, row)));
  const names = holes.map(({ name }) => name).join(', ');
  throw new LogisticError(
    'one-class',
    `the target ${target} has one class only once rows are dropped: the last row of class ${JSON.stringify(label)} ` +
      (names === '' ? 'has no weight' : `went because a cell is missing in ${names}`) +
      `; ${used.length} rows are left`,
    {
      hint:
        names === ''
          ? 'give that class a weight'
          : `impute (--missing impute), or leave the column out (--drop ${holes[0]!.name})`,
    },
  );
}
