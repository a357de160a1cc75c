/**
 * Typed columns of a Parquet file or of a query → Table, whoever reads them: the columns keep the types they have. Numbers
 * are read as float64, texts are trimmed and coded, dates and nested values are refused by name. No text is read as a
 * number here.
 */
import { describeCounters } from '../data/counters.ts';
import { judgeCategory } from '../data/infer.ts';
import { argument, columnNames, leftOut, requireNames, wantedColumns } from '../data/names.ts';
import type { Column, ColumnRequest, ReadOptions, Table } from '../data/table.ts';
import { Dictionary, textColumn } from '../data/typed-column.ts';
import { LogisticError, type Warning } from '../errors.ts';
import { defaultMissingTokens, readText } from '../predict/cell.ts';

/** What cells are read as. */
export type Storage = 'number' | 'boolean' | 'text';

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
  rows(): Promise<number>;
  /** The cells of some columns, in the order of the rows. */
  chunks(wanted: readonly StoredColumn[]): AsyncIterable<ColumnarChunk>;
}

export interface StoredColumn extends SourceColumn {
  readonly storage: Storage;
}

/** Columns are told by their places among those that are wanted. */
export interface ColumnarChunk {
  readonly rows: number;
  /** Copies numbers or booleans to values[at, …), NaN for null, and returns the number of nulls. */
  copyNumbers(column: number, values: Float64Array, at: number): number;
  /** The texts of a column by row of the chunk. */
  texts(column: number): (row: number) => string | null;
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

export async function columnarTable(
  source: ColumnarSource,
  request: ColumnRequest,
  options: ReadOptions,
): Promise<Table> {
  const { label } = source;
  const names = namesOf(source);
  requireNames(request, names);
  const wanted = wantedColumns(request, names).map((k) => {
    const { field, type } = source.columns[k]!;
    const name = names[k]!;
    return { name, field, type, storage: storageOf(type, name, request.categorical?.includes(name) === true, label) };
  });
  const m = await source.rows();
  if (m === 0) throw new LogisticError('no-rows', `${label}: there is no row`, { hint: 'give a file with rows' });

  const tokens = new Set(['', ...(options.missingTokens ?? defaultMissingTokens)]);
  const readers = wanted.map(({ name, storage }) =>
    storage === 'text' ? new TextReader(name, m, tokens) : new NumberReader(name, m, storage),
  );
  let at = 0;
  for await (const chunk of source.chunks(wanted)) {
    for (const [k, reader] of readers.entries()) reader.read(chunk, k, at);
    at += chunk.rows;
  }
  requireAllRows(at, m);

  const judged = readers.map((reader, k) => judge(reader, wanted[k]!.type, request, label));
  const counters = describeCounters(
    judged.flatMap(({ column }) => (column === undefined ? [] : [column])),
    request,
    new Set(),
  );
  return {
    rows: m,
    columns: counters.columns,
    leftOut: leftOut(names, counters.columns),
    source: label,
    badRows: 0,
    warnings: [...judged.flatMap(({ warning }) => (warning === undefined ? [] : [warning])), ...counters.warnings],
  };
}

/** A reader that ends early is a bug. */
export function requireAllRows(given: number, count: number): void {
  if (given !== count) throw new Error(`${given} of ${count} rows came through: their reader ended early`);
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
  #nulls = 0;
  #nans = 0;
  #infinite = -1;
  beyondExact = false;

  constructor(name: string, rows: number, storage: Storage) {
    this.#name = name;
    this.#storage = storage;
    this.#values = new Float64Array(rows);
  }

  read(chunk: ColumnarChunk, column: number, at: number): void {
    const values = this.#values;
    const nulls = chunk.copyNumbers(column, values, at);
    this.#nulls += nulls;
    this.#nans -= nulls;
    for (let row = at; row < at + chunk.rows; row++) {
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

  read(chunk: ColumnarChunk, column: number, at: number): void {
    const textAt = chunk.texts(column);
    for (let row = 0; row < chunk.rows; row++) {
      const cell = textAt(row);
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
