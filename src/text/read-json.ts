/** JSON → Table, decided on all rows. The cells keep the types they have: no text is read as a number. */
import { countsUp, describeCounters } from '../data/counters.ts';
import { objectCells, objectNames } from '../data/from-objects.ts';
import { inexactFrom, judgeCategory } from '../data/infer.ts';
import { describe } from '../data/kinds.ts';
import { argument, leftOut, requireNames, wantedColumns } from '../data/names.ts';
import { type PageFileOpener, type StoredColumn, type StoredTable, storedTable } from '../data/stored-table.ts';
import type { Column, ColumnHead, ColumnRequest, ReadOptions, Table } from '../data/table.ts';
import { typedColumn } from '../data/typed-column.ts';
import { LogisticError, type Warning } from '../errors.ts';
import { defaultMissingTokens } from '../predict/cell.ts';
import { type JsonRow, jsonRows } from './json-rows.ts';
import { date } from './profile.ts';
import type { ByteSource } from './source.ts';
import { openJsonCells } from './stored-json.ts';

export async function readJson(source: ByteSource, request: ColumnRequest, options: ReadOptions): Promise<Table> {
  const rows: JsonRow[] = [];
  for await (const chunk of jsonRows(source, options)) for (const row of chunk) rows.push(row);
  const names = objectNames(rows);
  return decideColumns<Column>(source.label, {
    ...{ request, options, names },
    rows: rows.length,
    cellsOf: (name) => objectCells(rows, name),
    begin() {},
    keep: (column) => column,
  });
}

/** The same with its cells in a file of pages. */
export async function storeJson(
  source: ByteSource,
  request: ColumnRequest,
  options: ReadOptions,
  openFile: PageFileOpener,
): Promise<StoredTable> {
  const cells = await openJsonCells(openFile, source.size ?? 0);
  try {
    let rows = 0;
    for await (const chunk of jsonRows(source, options)) {
      await cells.add(chunk, rows);
      rows += chunk.length;
    }
    const { names, stored } = cells;
    let width = 0;
    const table = await decideColumns<StoredColumn>(source.label, {
      ...{ request, options, names, rows },
      cellsOf: (name) => cells.cellsOf(name, rows),
      begin(columns) {
        width = columns;
        return stored.begin(rows, columns);
      },
      keep: stored.keep,
    });
    return storedTable(await stored.finish(), width, table);
  } catch (error) {
    await cells.stored.close();
    throw error;
  }
}

interface JsonCells<C> {
  readonly request: ColumnRequest;
  readonly options: ReadOptions;
  readonly names: readonly string[];
  readonly rows: number;
  cellsOf(name: string): Promise<readonly unknown[]> | readonly unknown[];
  /** So many columns are wanted. */
  begin(columns: number): Promise<void> | void;
  keep(column: Column, at: number): Promise<C> | C;
}

async function decideColumns<C extends ColumnHead>(
  label: string,
  { request, options, names, rows, cellsOf, begin, keep }: JsonCells<C>,
): Promise<Omit<Table, 'columns'> & { readonly columns: readonly C[] }> {
  if (rows === 0) {
    throw new LogisticError('no-rows', `${label}: there is no row`, { hint: 'give a file with rows' });
  }
  requireNames(request, names);
  const missingTokens = new Set(['', ...(options.missingTokens ?? defaultMissingTokens)]);
  const columns: C[] = [];
  const counting = new Set<C>();
  const warnings: Warning[] = [];
  const wanted = wantedColumns(request, names);
  await begin(wanted.length);
  for (const [at, place] of wanted.entries()) {
    const name = names[place]!;
    const as = request.categorical?.includes(name)
      ? 'categorical'
      : request.numeric?.includes(name)
        ? 'numeric'
        : undefined;
    const cells = await cellsOf(name);
    if (as !== 'categorical') refuseNested(cells, name, label);
    const column = typedColumn(name, cells, { missingTokens, as });
    const asked = as !== undefined || name === request.target || name === request.weights;
    const warning = asked ? undefined : (beyondExact(column) ?? judgeCategory(column, rows));
    if (!asked) refuseDates(column, label);
    if (warning !== undefined) {
      warnings.push(warning);
      continue;
    }
    const kept = await keep(column, at);
    columns.push(kept);
    if (countsUp(column)) counting.add(kept);
  }
  const counters = describeCounters(columns, request, new Set(), { rows, counts: (column) => counting.has(column) });
  return {
    rows,
    columns: counters.columns,
    leftOut: leftOut(names, counters.columns),
    source: label,
    badRows: 0,
    warnings: [...warnings, ...counters.warnings],
  };
}

function beyondExact(column: Column): Warning | undefined {
  if (column.kind !== 'numeric' || !column.values.every((value) => Number.isNaN(value) || Number.isInteger(value)))
    return undefined;
  if (!column.values.some((value) => Math.abs(value) >= inexactFrom)) return undefined;
  const { name } = column;
  const message = `${name}: whole numbers beyond 2^53 lose digits and look like an identifier, so it is left out`;
  return { code: 'id-like', message, columns: [name] };
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
