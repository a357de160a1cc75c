/**
 * Typed columns of a Parquet file or of a query → Table, in memory or stored as pages, whoever reads them: the columns
 * keep the types they have. Dates and nested values are refused by name, and no text is read as a number here.
 */
import { describeCounters } from '../data/counters.ts';
import { argument, columnNames, leftOut, requireNames, wantedColumns } from '../data/names.ts';
import { bytesOfPages, type PageFileOpener, PageWriter, type StoredTable, storedTable } from '../data/stored-table.ts';
import type { ColumnHead, ColumnRequest, ReadOptions, Table } from '../data/table.ts';
import { LogisticError, type Warning } from '../errors.ts';
import { defaultMissingTokens } from '../predict/cell.ts';
import {
  type Cells,
  type ColumnarChunk,
  type ColumnReader,
  judge,
  NumberReader,
  type Storage,
  TextReader,
} from './readers.ts';

/** A column as its source describes it; types have the names that DuckDB gives them. */
export interface SourceColumn {
  readonly field: string;
  readonly type: string;
}

/** A reader of one file or query. */
export interface ColumnarSource {
  /** What messages call it. */
  readonly label: string;
  readonly columns: readonly SourceColumn[];
  /** How many there are, where the source knows that before it reads them. */
  rows(): Promise<number | undefined>;
  /** The cells of some columns, in the order of the rows. */
  chunks(wanted: readonly WantedColumn[]): AsyncIterable<ColumnarChunk>;
}

export interface WantedColumn extends SourceColumn {
  readonly storage: Storage;
}

/** Names of the columns, unique and never empty. */
export function namesOf({ columns }: ColumnarSource): readonly string[] {
  return columnNames(
    columns.map(({ field }) => field),
    columns.length,
    undefined,
  ).names;
}

/** How a type is read; one that is no number, boolean or text is an error that names the column. */
export function storageOf(type: string, name: string, asText: boolean, label: string): Storage {
  if (/^(U?(TINYINT|SMALLINT|INTEGER|BIGINT|HUGEINT)|FLOAT|DOUBLE|DECIMAL\(.*\))$/.test(type))
    return asText ? 'text' : 'number';
  if (type === 'BOOLEAN') return asText ? 'text' : 'boolean';
  if (/^(VARCHAR|UUID|ENUM\(.*\))$/.test(type) || (asText && !isNested(type))) return 'text';
  const date = /^(DATE|TIME)/.test(type);
  throw new LogisticError(
    date ? 'date-column' : 'bad-type',
    `${label}: column ${name} ${isNested(type) ? 'is nested' : `has the type ${type}`}, which is no number, boolean or text`,
    {
      hint: `leave it out (--drop ${argument(name)})${date ? `, or keep it as text (--categorical ${argument(name)})` : ''}`,
      details: { column: name },
    },
  );
}

/** Numbers that as texts are spelled as JavaScript spells them, which is how prediction reads them. */
export function isFraction(type: string): boolean {
  return /^(FLOAT|DOUBLE|DECIMAL\(.*\))$/.test(type);
}

/** A column of lists, structs or maps. */
export function isNested(type: string): boolean {
  return /^(STRUCT|MAP|LIST|UNION)\b|\]$/.test(type);
}

/** The whole table in memory. */
export async function columnarTable(
  source: ColumnarSource,
  request: ColumnRequest,
  options: ReadOptions,
): Promise<Table> {
  const { names, wanted, readers } = openColumns(source, request, options);
  const expected = await source.rows();
  const cells = wanted.map(({ storage }) => new (storage === 'text' ? Int32Array : Float64Array)(expected ?? 0));
  let rows = 0;
  for await (const chunk of source.chunks(wanted)) {
    for (const [k, reader] of readers.entries()) {
      cells[k] = withRoom(cells[k]!, rows + chunk.rows);
      reader.read(chunk, k, cells[k], rows);
    }
    rows += chunk.rows;
  }
  requireRows(source, rows, expected);
  const columns = readers.map((reader, k) => reader.finish(source.label, cells[k]!.subarray(0, rows)));
  return { rows, ...describeTable(source, request, { names, readers, columns }) };
}

/** The same with its cells in a file of pages. */
export async function storeColumnar(
  source: ColumnarSource,
  request: ColumnRequest,
  options: ReadOptions,
  openFile: PageFileOpener,
): Promise<StoredTable> {
  const { names, wanted, readers } = openColumns(source, request, options);
  const expected = await source.rows();
  const file = await openFile(bytesOfPages(expected ?? 0, wanted.length));
  try {
    const pages = new PageWriter(file, wanted.length);
    const cells = wanted.map(() => new Float64Array(0));
    for await (const chunk of source.chunks(wanted)) {
      for (const [k, reader] of readers.entries()) {
        if (cells[k]!.length < chunk.rows) cells[k] = new Float64Array(chunk.rows);
        reader.read(chunk, k, cells[k]!, 0);
      }
      await pages.add(cells, chunk.rows);
    }
    await pages.finish();
    requireRows(source, pages.rows, expected);
    const columns = readers.map((reader, at) => ({ ...reader.store(source.label), at }));
    return storedTable(file, wanted.length, {
      rows: pages.rows,
      ...describeTable(source, request, { names, readers, columns }),
    });
  } catch (error) {
    await file.close();
    throw error;
  }
}

function openColumns(source: ColumnarSource, request: ColumnRequest, { missingTokens }: ReadOptions) {
  const names = namesOf(source);
  requireNames(request, names);
  const wanted = wantedColumns(request, names).map((k) => {
    const { field, type } = source.columns[k]!;
    const name = names[k]!;
    const asCategory = request.categorical?.includes(name) === true;
    const storage = storageOf(type, name, asCategory, source.label);
    if (storage === 'text' && request.numeric?.includes(name)) {
      throw new LogisticError('bad-type', `${source.label}: column ${name} has the type ${type}, which is no number`, {
        hint: 'store it as numbers, or cast it in the query',
        details: { column: name },
      });
    }
    return { name, field, type, storage, asCategory };
  });
  const tokens = new Set(['', ...(missingTokens ?? defaultMissingTokens)]);
  const readers = wanted.map(
    ({ storage, asCategory, ...column }): ColumnReader =>
      storage === 'text' ? new TextReader(column, tokens, asCategory) : new NumberReader(column, storage),
  );
  return { names, wanted, readers };
}

/** The cells, where there are too few of them copied to twice as many. */
function withRoom<T extends Cells>(cells: T, rows: number): T {
  if (rows <= cells.length) return cells;
  const more = new (cells.constructor as new (length: number) => T)(Math.max(rows, 2 * cells.length));
  more.set(cells);
  return more;
}

function requireRows({ label }: ColumnarSource, rows: number, expected: number | undefined): void {
  if (expected !== undefined) requireRowCount(rows, expected);
  if (rows === 0) throw new LogisticError('no-rows', `${label}: there is no row`, { hint: 'give a file with rows' });
}

interface ReadColumns<C> {
  readonly names: readonly string[];
  readonly readers: readonly ColumnReader[];
  /** In the order of the readers. */
  readonly columns: readonly C[];
}

/** What a table is beside its rows: columns that look like identifiers are left out, and it is said. */
function describeTable<C extends ColumnHead>(
  { label }: ColumnarSource,
  request: ColumnRequest,
  { names, readers, columns }: ReadColumns<C>,
) {
  const rows = readers[0]!.rows;
  const reasons = columns.map((column, k) => judge(column, readers[k]!, request));
  const kept = columns.filter((_, k) => reasons[k] === undefined);
  const counters = describeCounters(kept, request, new Set(), {
    rows,
    counts: (column) => readers[columns.indexOf(column)]!.counts,
  });
  const warnings: Warning[] = [...reasons.flatMap((warning) => warning ?? []), ...counters.warnings];
  return {
    columns: counters.columns,
    leftOut: leftOut(names, counters.columns),
    source: label,
    badRows: 0,
    warnings,
  };
}

/** A reader that ends early is a bug. */
export function requireRowCount(given: number, count: number): void {
  if (given !== count) throw new Error(`${given} of ${count} rows came through: their reader ended early`);
}
