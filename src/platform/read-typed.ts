/**
 * Parquet and JSON lines → Table: the columns keep the types they have. Numbers are read as float64,
 * texts are trimmed and coded, dates and nested values are refused by name. JSON's types are decided on
 * all rows. No text is read as a number here.
 */
import { describeCounters } from '../data/counters.ts';
import { judgeCategory } from '../data/infer.ts';
import { columnNames, leftOut, requireNames, wantedColumns } from '../data/names.ts';
import type { Column, ColumnRequest, ReadOptions, Table } from '../data/table.ts';
import { Dictionary, textColumn } from '../data/typed-column.ts';
import { LogisticError, type Warning } from '../errors.ts';
import { defaultMissingTokens, readText } from '../predict/cell.ts';
import { type Database, identifier, pathLiteral } from './duckdb.ts';
import type { Source } from './source.ts';

type Storage = 'number' | 'boolean' | 'text';

export interface TypedFile {
  readonly relation: string;
  readonly columns: readonly { readonly name: string; readonly field: string; readonly type: string }[];
}

export async function openTyped(db: Database, source: Source): Promise<TypedFile> {
  const relation =
    source.format === 'parquet'
      ? `read_parquet(${pathLiteral(source.path)}, hive_partitioning=false)`
      : `read_json(${pathLiteral(source.path)}, sample_size=-1, hive_partitioning=false, maximum_object_size=67108864, compression='${source.zstd ? 'zstd' : 'uncompressed'}')`;
  const described = await db
    .rows<{ column_name: string; column_type: string }>(`describe select * from ${relation}`)
    .catch((error: Error) => {
      throw new LogisticError('bad-file', `${source.label}: ${error.message.split('\n')[0]}`, {
        hint: `check that it is ${source.format === 'parquet' ? 'Parquet' : 'one JSON object a line'}`,
      });
    });
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
export function storageOf({ name, type }: TypedFile['columns'][number], asText: boolean, label: string): Storage {
  if (/^(U?(TINYINT|SMALLINT|INTEGER|BIGINT|HUGEINT)|FLOAT|DOUBLE|DECIMAL.*)$/.test(type))
    return asText ? 'text' : 'number';
  if (type === 'BOOLEAN') return asText ? 'text' : 'boolean';
  if (/^(VARCHAR|UUID|ENUM.*)$/.test(type) || asText) return 'text';
  const date = /^(DATE|TIME)/.test(type);
  throw new LogisticError(
    date ? 'date-column' : 'bad-type',
    `${label}: column ${name} has the type ${type}, which is no number, boolean or text`,
    {
      hint:
        type === 'JSON'
          ? 'give every cell of it one type'
          : `leave it out (--drop ${name})${date ? `, or keep it as text (--categorical ${name})` : ''}`,
      details: { column: name },
    },
  );
}

export async function readTyped(
  db: Database,
  source: Source,
  request: ColumnRequest,
  options: ReadOptions,
): Promise<Table> {
  const file = await openTyped(db, source);
  const names = file.columns.map(({ name }) => name);
  requireNames(request, names);
  const plans = wantedColumns(request, names).map((k) => {
    const column = file.columns[k]!;
    return { column, storage: storageOf(column, request.categorical?.includes(column.name) === true, source.label) };
  });
  const [{ m }] = (await db.rows<{ m: number }>(`select count(*)::double as m from ${file.relation}`)) as [
    { m: number },
  ];
  if (m === 0)
    throw new LogisticError('no-rows', `${source.label}: there is no row`, { hint: 'give a file with rows' });

  const tokens = new Set(['', ...(options.missingTokens ?? defaultMissingTokens)]);
  const columns = plans.map(({ column, storage }) => new ColumnReader(column.name, storage, m, tokens));
  const casts = plans.map(
    ({ column: { field }, storage }) =>
      `cast(${identifier(field)} as ${{ number: 'double', boolean: 'boolean', text: 'varchar' }[storage]})`,
  );
  let at = 0;
  await db.chunks(`select ${casts.join(', ')} from ${file.relation}`, (chunk) => {
    columns.forEach((column, k) => {
      const vector = chunk.getColumnVector(k);
      for (let i = 0; i < chunk.rowCount; i++)
        column.set(at + i, vector.getItem(i) as number | boolean | string | null);
    });
    at += chunk.rowCount;
  });
  if (at !== m) throw new Error(`${at} of ${m} rows came through: DuckDB ended the stream early`);

  const judged = columns.map((reader, k) => judge(reader.finish(source.label), plans[k]!.column.type, request));
  const counters = describeCounters(
    judged.flatMap(({ column }) => (column === undefined ? [] : [column])),
    request,
    new Set(),
  );
  return {
    rows: m,
    columns: counters.columns,
    leftOut: leftOut(names, counters.columns),
    source: source.label,
    badRows: 0,
    warnings: [...judged.flatMap(({ warning }) => (warning === undefined ? [] : [warning])), ...counters.warnings],
  };
}

/** Identifiers among typed columns: whole numbers beyond 2^53, and texts that never repeat. */
function judge(column: Column, type: string, request: ColumnRequest): { column?: Column; warning?: Warning } {
  const asked =
    column.name === request.target ||
    request.categorical?.includes(column.name) ||
    request.numeric?.includes(column.name);
  if (asked) return { column };
  if (
    column.kind === 'numeric' &&
    /BIGINT|HUGEINT/.test(type) &&
    column.values.some((value) => Math.abs(value) > 2 ** 53)
  ) {
    return {
      warning: {
        code: 'id-like',
        message: `${column.name}: whole numbers beyond 2^53 lose digits and look like an identifier, so it is left out`,
        columns: [column.name],
      },
    };
  }
  const warning = judgeCategory(column);
  return warning === undefined ? { column } : { warning };
}

/** Cells of one column as they come. */
class ColumnReader {
  readonly #name: string;
  readonly #storage: Storage;
  readonly #values: Float64Array;
  readonly #dictionary: Dictionary;
  readonly #tokens: ReadonlySet<string>;
  readonly #missing: Record<string, number> = {};

  constructor(name: string, storage: Storage, rows: number, tokens: ReadonlySet<string>) {
    this.#name = name;
    this.#storage = storage;
    this.#values = new Float64Array(storage === 'text' ? 0 : rows);
    this.#dictionary = new Dictionary(storage === 'text' ? rows : 0);
    this.#tokens = tokens;
  }

  set(row: number, cell: number | boolean | string | null): void {
    const text = readText(cell, this.#tokens);
    if (text === undefined) {
      const token = typeof cell === 'string' ? cell.trim() : typeof cell === 'number' ? 'NaN' : '';
      this.#missing[token] = (this.#missing[token] ?? 0) + 1;
      if (this.#storage !== 'text') this.#values[row] = Number.NaN;
    } else if (this.#storage === 'text') this.#dictionary.set(row, text);
    else this.#values[row] = Number(cell);
  }

  finish(label: string): Column {
    const name = this.#name;
    const missing = {
      count: Object.values(this.#missing).reduce((sum, count) => sum + count, 0),
      tokens: this.#missing,
    };
    if (this.#storage === 'text') return textColumn(name, this.#dictionary, missing);
    const values = this.#values;
    if (this.#storage === 'boolean') {
      const codes = Int32Array.from(values, (value) => (Number.isNaN(value) ? -1 : value));
      return { kind: 'boolean', name, words: ['false', 'true'], codes, typed: true, missing };
    }
    const row = values.findIndex((value) => Math.abs(value) === Number.POSITIVE_INFINITY);
    if (row >= 0)
      throw new LogisticError(
        'not-finite',
        `${label}: row ${row + 1}, column ${name}: ${values[row]} is not a finite number`,
      );
    return { kind: 'numeric', name, values, missing };
  }
}
