/**
 * Delimited text as a DuckDB relation of texts c0, c1, …, one a column, with everything about the
 * dialect said outright: DuckDB's own guesses look at the first 20,480 rows only. Rows it refuses are
 * counted and told by line; it knows no types.
 */
import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { type ColumnNames, columnNames } from '../data/names.ts';
import { type Dialect, RecordAssembler, sniffDialect } from '../data/records.ts';
import type { ReadOptions } from '../data/table.ts';
import { LogisticError, type Warning } from '../errors.ts';
import { type Database, literal, pathLiteral } from './duckdb.ts';
import type { Source } from './source.ts';
import { firstLines, lineAt } from './text-bytes.ts';

export interface CsvFile {
  readonly dialect: Dialect;
  readonly columns: ColumnNames;
  readonly warnings: readonly Warning[];
  /**
   * Runs one query over the file, given the relation to select from, and checks the rows that DuckDB
   * rejected on the way: their number, or an error when there are more than `most`.
   */
  scan<T>(most: number, query: (from: string) => Promise<T>): Promise<{ readonly result: T; readonly badRows: number }>;
  /**
   * The relation with some columns as numbers, and no row let go: a query over it ends at the first bad row, and at
   * the first cell that is no number as DuckDB reads them. Null are the cells that are one of the tokens as they stand.
   */
  numbers(places: readonly number[], tokens: readonly string[]): string;
  /** The line of the k-th row, counted from 0, by reading the file again; undefined inside zstd. */
  lineOf(row: number): Promise<number | undefined>;
}

const sampleLines = 1000;
/** DuckDB can do more, slowly: 10,000 text columns take seconds to plan. */
export const maxColumns = 10_000;
const longestLine = 64 * 2 ** 20;

/** In what pieces DuckDB reads a file of lines up to `line` bytes. */
interface Pieces {
  readonly line: number;
  readonly sql: string;
}

/** DuckDB's own, 32 MB. */
const usualPieces: Pieces = { line: 2 ** 21, sql: `max_line_size=${2 ** 21}` };
/** A piece is one thread's work: 32 MB leave small files to one. For files without quotes, whose rows are lines. */
const smallPieces: Pieces = { line: 2 ** 20, sql: `max_line_size=${2 ** 20}, buffer_size=${2 ** 21}` };
/** Where numbers alone are read, a sixth faster than the usual ones, in a tenth less memory (1,000,000 × 28, two threads). */
const numberPieces: Pieces = { line: 2 ** 18, sql: `max_line_size=${2 ** 18}, buffer_size=${2 ** 22}` };
const largePieces: Pieces = { line: longestLine, sql: `max_line_size=${longestLine}` };

export async function openCsv(
  db: Database,
  source: Source,
  options: ReadOptions,
  target: string | undefined,
): Promise<CsvFile> {
  const lines = await (source.zstd
    ? unpackedLines(db, source)
    : firstLines(source.path, sampleLines, longestLine)
  ).catch((error: Error) => {
    throw readable(error, source.label);
  });
  const dialect = sniffDialect(lines, { delimiter: options.delimiter, header: options.header !== false });
  if (dialect === undefined) throw new LogisticError('bad-file', `${source.label}: the file has only blank lines`);
  if (dialect.sample.length === 0) {
    throw new LogisticError('no-rows', `${source.label}: there is a header and no row`, {
      hint: 'give a file with rows',
    });
  }
  if (dialect.width > maxColumns) {
    throw new LogisticError(
      'too-many-columns',
      `${source.label}: ${dialect.width} columns; ${maxColumns} can be read`,
      {
        hint: 'split the file by columns, or store it as Parquet with the columns that matter',
      },
    );
  }
  const columns = columnNames(dialect.header, dialect.width - (dialect.trailing ? 1 : 0), target);
  const warnings: Warning[] = [...columns.warnings];
  if (dialect.trailing) {
    warnings.push({
      code: 'trailing-delimiter',
      message: 'every row ends with a delimiter that the header lacks; the empty field is passed over',
    });
  }
  const mayTrail = source.lines?.lastBytes.has(dialect.delimiter.charCodeAt(0)) ?? true;
  const surplus = mayTrail ? await trailingRows(db, source, dialect) : [];
  if (surplus.length > 0) await refuseRejects(surplus, source, dialect.width, 0);
  const types = (numbers: readonly number[]): string =>
    Array.from({ length: dialect.width }, (_, k) => `'c${k}': '${numbers.includes(k) ? 'DOUBLE' : 'VARCHAR'}'`).join(
      ', ',
    );
  const relation = (numbers: readonly number[], reading: string): string =>
    `read_csv(${pathLiteral(source.path)}, auto_detect=false, delim=${literal(dialect.delimiter)}, quote='"', escape='"', ` +
    `header=${options.header !== false}, skip=${dialect.blankLines}, columns={${types(numbers)}}, null_padding=false, ` +
    `compression='${source.zstd ? 'zstd' : 'none'}', ${reading})`;
  // DuckDB loses a line that is longer than a piece without a word, so pieces are chosen by the longest one.
  const fitting = (pieces: Pieces): string =>
    (source.lines && source.lines.longest >= pieces.line ? largePieces : pieces).sql;
  let scans = 0;
  const attempt = async <T>(query: (from: string) => Promise<T>, reading: string) => {
    scans++;
    const faults = `store_rejects=true, rejects_table='rejects${scans}', rejects_scan='scan${scans}', rejects_limit=0, ${reading}`;
    const result = await query(relation([], faults)).catch((error: Error) => {
      throw readable(error, source.label);
    });
    return { result, rejects: await readRejects(db, `rejects${scans}`) };
  };
  return {
    dialect,
    columns,
    warnings,
    async scan(most, query) {
      let { result, rejects } = await attempt(
        query,
        fitting(source.lines?.quotes === false ? smallPieces : usualPieces),
      );
      if (rejects.some(({ type }) => type === 'LINE SIZE OVER MAXIMUM')) {
        ({ result, rejects } = await attempt(query, largePieces.sql));
      }
      await refuseRejects(rejects, source, dialect.width, most);
      return { result, badRows: rejects.length };
    },
    numbers(places, tokens) {
      // DuckDB refuses tokens that could not stand in a cell unquoted
      const nulls = tokens.filter((token) => !token.includes('"') && !token.includes(dialect.delimiter));
      return relation(
        places,
        `${fitting(numberPieces)}, nullstr=[${nulls.map(literal).join(', ')}], ignore_errors=false`,
      );
    },
    async lineOf(row) {
      return source.zstd ? undefined : findLine(source.path, dialect, options.header !== false, row);
    },
  };
}

/** The file's physical lines, unpacked, blank ones included (as null), each as one field. */
const rawLines = (source: Source): string =>
  `read_csv(${pathLiteral(source.path)}, auto_detect=false, header=false, delim=chr(31), quote='', escape='', ` +
  `columns={'line': 'VARCHAR'}, max_line_size=${longestLine}, ignore_errors=true, compression='${source.zstd ? 'zstd' : 'none'}')`;

async function unpackedLines(db: Database, source: Source): Promise<string[]> {
  const lines = await db.rows<{ line: string | null }>(`select line from ${rawLines(source)} limit ${sampleLines}`);
  return lines.map(({ line }) => line ?? '');
}

/**
 * Rows with one delimiter too many at their end, which DuckDB passes over when nothing follows it. What
 * is quoted is taken out first; a line on which a quote stays open is left to DuckDB.
 */
async function trailingRows(db: Database, source: Source, { delimiter, width }: Dialect): Promise<Reject[]> {
  const d = literal(delimiter);
  const plain = `(case when contains(line, '"') then regexp_replace(line, '"([^"]|"")*"', '', 'g') else line end)`;
  const surplus = `suffix(line, ${d}) and not contains(${plain}, '"') and length(${plain}) - length(replace(${plain}, ${d}, '')) = ${width}`;
  const [{ found }] = (await db.rows<{ found: number }>(
    `select count(*)::double as found from ${rawLines(source)} where ${surplus}`,
  )) as [{ found: number }];
  if (found === 0) return [];
  const rows = await db.rows<{ line: number }>(
    `select n::double as line from (select row_number() over () as n, line from ${rawLines(source)}) where ${surplus} order by n`,
  );
  return rows.map(({ line }) => ({
    line,
    type: 'TOO MANY COLUMNS',
    message: `Found: ${width + 1}`,
    text: '',
    byte: 0,
  }));
}

/** What the parser cannot get over at all, mixed line ends for instance, as a mistake in the file. */
function readable(error: Error, label: string): Error {
  if (!/^(Invalid Input|IO) Error/.test(error.message)) return error;
  return new LogisticError('bad-file', `${label}: ${error.message.split('\n')[0]}`, {
    hint: 'check the file: line ends of one kind, quotes closed, UTF-8',
  });
}

/**
 * What in the file ended a query over `numbers`: the column whose cell is no number, or undefined for a row. Any
 * other error is thrown on. A cell that mimics the message names a wrong column at worst.
 */
export function endedBy(error: unknown): number | undefined {
  const message = error instanceof Error ? error.message : '';
  const column = /^Conversion Error: CSV Error .*Error when converting column "c(\d+)"/s.exec(message)?.[1];
  if (column === undefined && !/^(Conversion|Invalid Input|IO|Not implemented) Error/.test(message)) throw error;
  return column === undefined ? undefined : Number(column);
}

interface Reject {
  readonly line: number;
  readonly type: string;
  readonly message: string;
  readonly text: string;
  readonly byte: number;
}

/** One reject a row, the one that tells most: DuckDB stores one for each field. */
async function readRejects(db: Database, table: string): Promise<Reject[]> {
  const sql =
    'select min(line)::double as line, arg_max(error_type, coalesce(column_idx, 0))::varchar as type, arg_max(error_message, coalesce(column_idx, 0)) as message, ' +
    `any_value(csv_line) as text, line_byte_position::double as byte from ${table} where csv_line is null or trim(csv_line) <> '' group by line_byte_position order by line_byte_position`;
  return db.rows<Reject>(sql);
}

async function refuseRejects(rejects: readonly Reject[], source: Source, width: number, most: number): Promise<void> {
  const { label } = source;
  // DuckDB counts a row with quoted line ends as one line, so lines are counted from the byte where the row begins.
  const place = async ({ line, byte }: Reject): Promise<string> =>
    `${label}:${source.zstd || byte === 0 ? line : await lineAt(source.path, byte - 1)}`;
  const open = rejects.find(({ type, text }) => type === 'UNQUOTED VALUE' && text.includes('\n'));
  if (open !== undefined) {
    throw new LogisticError('bad-rows', `${await place(open)}: a quote that opens here is never closed`, {
      hint: 'close it, or double a quote that belongs to the text',
    });
  }
  const encoding = rejects.some(({ type }) => type === 'INVALID ENCODING'); // seen in the columns that are read only, so never let go
  if (rejects.length <= most && !encoding) return;
  const told: string[] = [];
  for (const reject of rejects.slice(0, 5)) told.push(`${await place(reject)}: ${reason(reject, width)}`);
  throw new LogisticError(
    'bad-rows',
    `${told.join('; ')}${rejects.length > 5 ? `; … ${rejects.length} bad rows in all` : ''}`,
    {
      hint: encoding
        ? 'convert the file to UTF-8'
        : `mend the file, or let them go with --max-bad-rows ${rejects.length}`,
      details: { rows: rejects.length },
    },
  );
}

function reason({ type, message, byte }: Reject, width: number): string {
  const found = /Found: (\d+)/.exec(message)?.[1];
  if (found !== undefined) return `${width} ${width === 1 ? 'field' : 'fields'} expected, ${found} found`;
  return type === 'INVALID ENCODING' ? `not UTF-8 (row at byte ${byte - 1})` : message.split('\n')[0]!;
}

async function findLine(path: string, dialect: Dialect, header: boolean, row: number): Promise<number | undefined> {
  const assembler = new RecordAssembler(dialect.delimiter);
  let left = row + (header ? 1 : 0);
  const lines = createInterface({ input: createReadStream(path), crlfDelay: Number.POSITIVE_INFINITY });
  try {
    for await (const line of lines) {
      const record = assembler.push(line);
      if (record !== undefined && left-- === 0) return record.line;
    }
    return undefined;
  } finally {
    lines.close();
  }
}
