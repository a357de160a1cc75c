/** JSON → Table, decided on all rows. The cells keep the types they have: no text is read as a number. */
import { countsUp, describeCounters } from '../data/counters.ts';
import { objectCells, objectNames } from '../data/from-objects.ts';
import { judgeCategory } from '../data/infer.ts';
import { describe } from '../data/kinds.ts';
import { argument, leftOut, requireNames, wantedColumns } from '../data/names.ts';
import type { Column, ColumnRequest, ReadOptions, Table } from '../data/table.ts';
import { typedColumn } from '../data/typed-column.ts';
import { LogisticError, type Warning } from '../errors.ts';
import { defaultMissingTokens } from '../predict/cell.ts';
import { type JsonRow, jsonRows } from './json-rows.ts';
import { date } from './profile.ts';
import type { ByteSource } from './source.ts';

/** Beyond this a float64 skips whole numbers. */
const exactBelow = 2 ** 53;

export async function readJson(source: ByteSource, request: ColumnRequest, options: ReadOptions): Promise<Table> {
  const rows: JsonRow[] = [];
  for await (const chunk of jsonRows(source, options)) for (const row of chunk) rows.push(row);
  if (rows.length === 0) {
    throw new LogisticError('no-rows', `${source.label}: there is no row`, { hint: 'give a file with rows' });
  }
  const names = objectNames(rows);
  requireNames(request, names);
  const missingTokens = new Set(['', ...(options.missingTokens ?? defaultMissingTokens)]);
  const columns: Column[] = [];
  const warnings: Warning[] = [];
  for (const place of wantedColumns(request, names)) {
    const name = names[place]!;
    const as = request.categorical?.includes(name)
      ? 'categorical'
      : request.numeric?.includes(name)
        ? 'numeric'
        : undefined;
    const cells = objectCells(rows, name);
    if (as !== 'categorical') refuseNested(cells, name, source.label);
    const column = typedColumn(name, cells, { missingTokens, as });
    const asked = as !== undefined || name === request.target || name === request.weights;
    const warning = asked ? undefined : (beyondExact(column) ?? judgeCategory(column, rows.length));
    if (!asked) refuseDates(column, source.label);
    if (warning === undefined) columns.push(column);
    else warnings.push(warning);
  }
  const counters = describeCounters(columns, request, new Set(), { rows: rows.length, counts: countsUp });
  return {
    rows: rows.length,
    columns: counters.columns,
    leftOut: leftOut(names, counters.columns),
    source: source.label,
    badRows: 0,
    warnings: [...warnings, ...counters.warnings],
  };
}

function beyondExact(column: Column): Warning | undefined {
  const beyond = (value: number): boolean => Math.abs(value) > exactBelow && Number.isInteger(value);
  if (column.kind !== 'numeric' || !column.values.every((value) => Number.isNaN(value) || beyond(value)))
    return undefined;
  const { name } = column;
  const message = `${name}: whole numbers beyond 2^53 lose digits and look like an identifier, so it is left out`;
  return column.values.length > column.missing.count ? { code: 'id-like', message, columns: [name] } : undefined;
}

function refuseNested(cells: readonly unknown[], name: string, label: string): void {
  const row = cells.findIndex((cell) => typeof cell === 'object' && cell !== null);
  if (row < 0) return;
  throw new LogisticError(
    'bad-type',
    `${label}: row ${row + 1}, column ${name}: found ${describe(cells[row])}, which is no single value`,
    {
      hint: `leave the column out (--drop ${argument(name)})`,
      details: { row: row + 1, column: name },
    },
  );
}

function refuseDates(column: Column, label: string): void {
  if (column.kind !== 'categorical' || column.levels.length === 0 || !column.levels.every((text) => date.test(text)))
    return;
  const { name, levels } = column;
  throw new LogisticError('date-column', `${label}: column ${name} holds dates such as ${levels[0]}`, {
    hint: `leave it out (--drop ${argument(name)}), or keep it as text (--categorical ${argument(name)})`,
    details: { column: name },
  });
}
