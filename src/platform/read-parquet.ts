/**
 * Parquet → Table, or cells for prediction: the columns keep the types they have. Numbers are read as float64,
 * texts are trimmed and coded, dates and nested values are refused by name. No text is
 * read as a number here.
 */
import type { DuckDBDataChunk, DuckDBVector } from '@duckdb/node-api';
import { describeCounters } from '../data/counters.ts';
import { judgeCategory } from '../data/infer.ts';
import { argument, columnNames, leftOut, requireNames, wantedColumns } from '../data/names.ts';
import type { Column, ColumnRequest, ReadOptions, Table } from '../data/table.ts';
import { Dictionary, textColumn } from '../data/typed-column.ts';
import { LogisticError, type Warning } from '../errors.ts';
import { type Cell, defaultMissingTokens, readText } from '../predict/cell.ts';
import type { CellFile } from './cell-file.ts';
import { type CopyNumbers, type Database, identifier, openDatabase, pathLiteral } from './duckdb.ts';

type Storage = 'number' | 'boolean' | 'text';

/** What can stand after `from`, with its columns. */
interface Relation {
  readonly relation: string;
  readonly columns: readonly { readonly name: string; readonly field: string; readonly type: string }[];
}

function openParquet(db: Database, path: string): Promise<Relation> {
  const relation = `read_parquet(${pathLiteral(path)}, hive_partitioning=false)`;
  return describeRelation(db, relation).catch((error: Error) => {
    throw new LogisticError('bad-file', `${path}: ${error.message.split('\n')[0]}`, {
      hint: 'check that it is Parquet',
    });
  });
}

async function describeRelation(db: Database, relation: string): Promise<Relation> {
  const described = await db.rows<{ column_name: string; column_type: string }>(`describe select * from ${relation}`);
  const { names } = columnNames(
    described.map(({ column_name }) => column_name),
    described.length,
    undefined,
  );
  return {
    relation,
    columns: described.map(({ column_name, column_type }, k) => ({
      name: names[k]!,
      field: column_name,
      type: column_type,
    })),
  };
}

/** How a DuckDB type is read; a type that is neither is an error that names the column. */
function storageOf({ name, type }: Relation['columns'][number], asText: boolean, label: string): Storage {
  if (/^(U?(TINYINT|SMALLINT|INTEGER|BIGINT|HUGEINT)|FLOAT|DOUBLE|DECIMAL.*)$/.test(type))
    return asText ? 'text' : 'number';
  if (type === 'BOOLEAN') return asText ? 'text' : 'boolean';
  if (/^(VARCHAR|UUID|ENUM.*)$/.test(type) || asText) return 'text';
  const date = /^(DATE|TIME)/.test(type);
  throw new LogisticError(
    date ? 'date-column' : 'bad-type',
    `${label}: column ${name} has the type ${type}, which is no number, boolean or text`,
    {
      hint: `leave it out (--drop ${argument(name)})${date ? `, or keep it as text (--categorical ${argument(name)})` : ''}`,
      details: { column: name },
    },
  );
}

async function withDatabase<T>(options: ReadOptions, work: (db: Database) => Promise<T>): Promise<T> {
  const db = await openDatabase(options);
  try {
    return await work(db);
  } finally {
    await db.close();
  }
}

export function readParquet(path: string, request: ColumnRequest, options: ReadOptions): Promise<Table> {
  return withDatabase(options, async (db) => readColumns(db, await openParquet(db, path), path, request, options));
}

/** The same for what a query gives. */
export async function readRelation(
  db: Database,
  relation: string,
  label: string,
  request: ColumnRequest,
  options: ReadOptions,
): Promise<Table> {
  return readColumns(db, await describeRelation(db, relation), label, request, options);
}

async function readColumns(
  db: Database,
  file: Relation,
  path: string,
  request: ColumnRequest,
  options: ReadOptions,
): Promise<Table> {
  const names = file.columns.map(({ name }) => name);
  requireNames(request, names);
  const plans = wantedColumns(request, names).map((k) => {
    const column = file.columns[k]!;
    return { column, storage: storageOf(column, request.categorical?.includes(column.name) === true, path) };
  });
  const m = await db.count(file.relation);
  if (m === 0) throw new LogisticError('no-rows', `${path}: there is no row`, { hint: 'give a file with rows' });

  const tokens = new Set(['', ...(options.missingTokens ?? defaultMissingTokens)]);
  const columns = plans.map(({ column: { name }, storage }) =>
    storage === 'text' ? new TextReader(name, m, tokens) : new NumberReader(name, m, storage, db.copyNumbers),
  );
  const casts = plans.map(
    ({ column: { field }, storage }) => `cast(${identifier(field)} as ${storage === 'text' ? 'varchar' : 'double'})`,
  );
  let at = 0;
  await db.chunks(`select ${casts.join(', ')} from ${file.relation}`, (chunk) => {
    for (const [k, column] of columns.entries()) column.read(chunk, k, at);
    at += chunk.rowCount;
  });
  if (at !== m) throw new Error(`${at} of ${m} rows came through: DuckDB ended the stream early`);

  const judged = columns.map((reader, k) => judge(reader, plans[k]!.column.type, request, path));
  const counters = describeCounters(
    judged.flatMap(({ column }) => (column === undefined ? [] : [column])),
    request,
    new Set(),
  );
  return {
    rows: m,
    columns: counters.columns,
    leftOut: leftOut(names, counters.columns),
    source: path,
    badRows: 0,
    warnings: [...judged.flatMap(({ warning }) => (warning === undefined ? [] : [warning])), ...counters.warnings],
  };
}

/** Typed cells in file order; nested ones and dates as text. */
export async function readParquetCells(path: string, options: ReadOptions): Promise<CellFile> {
  const db = await openDatabase(options);
  try {
    const file = await openParquet(db, path);
    const casts = file.columns.map((column) => {
      const storage = /^(DATE|TIME|STRUCT|MAP)|\[/.test(column.type) ? 'text' : storageOf(column, false, path);
      return `cast(${identifier(column.field)} as ${{ number: 'double', boolean: 'boolean', text: 'varchar' }[storage]})`;
    });
    const select = `select ${casts.join(', ')} from ${file.relation}`;
    const rows = cellRows(db, select, await db.count(file.relation));
    return { names: file.columns.map(({ name }) => name), warnings: [], rows, close: () => db.close() };
  } catch (error) {
    await db.close();
    throw error;
  }
}

async function* cellRows(db: Database, select: string, count: number): AsyncIterable<Cell[][]> {
  let given = 0;
  try {
    for await (const chunk of db.stream(select)) {
      const rows = chunk.getRows() as Cell[][];
      given += rows.length;
      yield rows;
    }
    if (given !== count) throw new Error(`${given} of ${count} rows came through: DuckDB ended the stream early`);
  } finally {
    await db.close();
  }
}

/** Identifiers among typed columns: whole numbers beyond 2^53, and texts that never repeat. */
function judge(
  reader: TextReader | NumberReader,
  type: string,
  request: ColumnRequest,
  label: string,
): { column?: Column; warning?: Warning } {
  const column = reader.finish(label);
  const { name } = column;
  const asked =
    name === request.target || request.categorical?.includes(name) === true || request.numeric?.includes(name) === true;
  if (asked) return { column };
  if (/BIGINT|HUGEINT/.test(type) && reader instanceof NumberReader && reader.beyondExact) {
    const message = `${name}: whole numbers beyond 2^53 lose digits and look like an identifier, so it is left out`;
    return { warning: { code: 'id-like', message, columns: [name] } };
  }
  const warning = judgeCategory(column);
  return warning === undefined ? { column } : { warning };
}

/** A column of numbers or booleans as its chunks come. */
class NumberReader {
  readonly #name: string;
  readonly #storage: Storage;
  readonly #values: Float64Array;
  readonly #copy: CopyNumbers;
  #nulls = 0;
  #nans = 0;
  #infinite = -1;
  beyondExact = false;

  constructor(name: string, rows: number, storage: Storage, copy: CopyNumbers) {
    this.#name = name;
    this.#storage = storage;
    this.#values = new Float64Array(rows);
    this.#copy = copy;
  }

  read(chunk: DuckDBDataChunk, column: number, at: number): void {
    const values = this.#values;
    const nulls = this.#copy(chunk, column, values, at);
    this.#nulls += nulls;
    this.#nans -= nulls;
    for (let row = at; row < at + chunk.rowCount; row++) {
      const value = Math.abs(values[row]!);
      if (Number.isNaN(value)) this.#nans++;
      else if (value > 2 ** 53) {
        this.beyondExact = true;
        if (value === Number.POSITIVE_INFINITY && this.#infinite < 0) this.#infinite = row;
      }
    }
  }

  finish(label: string): Column {
    const [name, values, row] = [this.#name, this.#values, this.#infinite];
    const tokens = Object.fromEntries(Object.entries({ '': this.#nulls, NaN: this.#nans }).filter(([, n]) => n > 0));
    const missing = { count: this.#nulls + this.#nans, tokens };
    if (this.#storage === 'boolean') {
      const codes = Int32Array.from(values, (value) => (Number.isNaN(value) ? -1 : value));
      return { kind: 'boolean', name, words: ['false', 'true'], codes, typed: true, missing };
    }
    if (row >= 0) {
      const message = `${label}: row ${row + 1}, column ${name}: ${values[row]} is not a finite number`;
      throw new LogisticError('not-finite', message);
    }
    return { kind: 'numeric', name, values, missing };
  }
}

/** A column of texts as its chunks come. */
class TextReader {
  readonly #name: string;
  readonly #dictionary: Dictionary;
  readonly #tokens: ReadonlySet<string>;
  readonly #missing: Record<string, number> = {};

  constructor(name: string, rows: number, tokens: ReadonlySet<string>) {
    this.#name = name;
    this.#dictionary = new Dictionary(rows);
    this.#tokens = tokens;
  }

  read(chunk: DuckDBDataChunk, column: number, at: number): void {
    const texts = chunk.getColumnVector(column) as DuckDBVector<string>;
    for (let row = 0; row < chunk.rowCount; row++) {
      const cell = texts.getItem(row);
      const text = readText(cell, this.#tokens);
      if (text !== undefined) this.#dictionary.set(at + row, text);
      else {
        const token = cell?.trim() ?? '';
        this.#missing[token] = (this.#missing[token] ?? 0) + 1;
      }
    }
  }

  finish(): Column {
    const tokens = this.#missing;
    const count = Object.values(tokens).reduce((sum, times) => sum + times, 0);
    return textColumn(this.#name, this.#dictionary, { count, tokens });
  }
}
