/**
 * Columns of plain numbers in delimited text, in one scan: what most columns of most files are. A column
 * is given back only when every cell of it, over all rows, is a number that needs no decision; any other
 * cell (missing, a text, a leading zero, beyond 2^53) and the column is left to profile and decision.
 */
import type { ReadOptions } from '../data/table.ts';
import { readNumber } from '../predict/cell.ts';
import { type CsvFile, endedBy } from './csv.ts';
import { batches, type CellSql, exactBelow, type Plan } from './csv-profile.ts';
import type { Database } from './duckdb.ts';
import type { Source } from './source.ts';
import { joining, type TextLines } from './text-lines.ts';

export interface PlainColumns {
  readonly rows: number;
  readonly badRows: number;
  /** By position in the file. */
  readonly columns: ReadonlyMap<number, Float64Array>;
}

interface Scan {
  readonly db: Database;
  readonly csv: CsvFile;
  readonly sql: CellSql;
  readonly tokens: readonly string[];
  readonly options: ReadOptions;
  readonly text: TextLines;
}

/** Undefined where the first lines, or what was asked, leave nothing to hope for. */
export async function readPlainColumns(
  db: Database,
  source: Source,
  csv: CsvFile,
  { plans, ...rest }: Pick<Scan, 'sql' | 'tokens' | 'options'> & { readonly plans: readonly Plan[] },
): Promise<PlainColumns | undefined> {
  if (source.lines === undefined) return undefined;
  const { sample } = csv.dialect;
  const likely = plans
    .filter(({ asked }) => asked.as !== 'categorical' && !asked.decimalComma)
    .map(({ place }) => place)
    .filter((place) => sample.every(({ fields }) => isPlain(fields[place] ?? '')));
  const columns = new Map<number, Float64Array>();
  let scanned: Scanned | undefined;
  for (const places of batches(likely))
    scanned = (await scanBatch({ db, csv, text: source.lines, ...rest }, places, columns)) ?? scanned;
  return scanned && { ...scanned, columns };
}

const isPlain = (cell: string): boolean => readNumber(cell) !== undefined && !/^0[0-9]/.test(cell);

interface Scanned {
  readonly rows: number;
  readonly badRows: number;
}

/**
 * DuckDB's own reading of numbers takes half the time, but tells no doubtful spelling and ends at the first cell
 * that is no number. So it is for files that have no such spelling; columns that end it are left out, thrice at most.
 * After the first time missing tokens end it no longer, which costs a sixth of the time.
 */
async function scanBatch(
  scan: Scan,
  likely: readonly number[],
  columns: Map<number, Float64Array>,
): Promise<Scanned | undefined> {
  const { csv, sql, tokens, options, text } = scan;
  const doubtful =
    text.leadingZeros ||
    text.underscores ||
    text.doubleSigns ||
    sql.numericToken ||
    joining.test(csv.dialect.delimiter);
  let places = likely;
  for (let tries = doubtful ? 0 : 3; tries > 0 && places.length > 0; tries--) {
    const from = csv.numbers(places, tries === 3 ? [''] : tokens);
    const run: Run = async (query) => ({ result: await query(from), badRows: 0 });
    try {
      return await copyPlain(scan, new Map(places.map((place) => [place, `c${place}`])), { run, columns });
    } catch (error) {
      const ended = endedBy(error);
      if (ended === undefined) break;
      places = places.filter((place) => place !== ended);
    }
  }
  if (places.length === 0) return undefined;
  const cells = places.map((place) => [place, plainNumber(`c${place}`, sql, text.underscores)] as const);
  return copyPlain(scan, new Map(cells), { run: (query) => csv.scan(options.maxBadRows ?? 0, query), columns });
}

type Run = <T>(query: (from: string) => Promise<T>) => Promise<{ readonly result: T; readonly badRows: number }>;

/** Copies cells, by their column; a column with null among them, or a number past the exact ones, is given up. */
async function copyPlain(
  { db, csv, text }: Scan,
  cells: ReadonlyMap<number, string>,
  { run, columns }: { readonly run: Run; readonly columns: Map<number, Float64Array> },
): Promise<Scanned> {
  const selected = [...cells.values()];
  const { result, badRows } = await run(async (from) => {
    const values = selected.map((): Float64Array | undefined => new Float64Array(text.count));
    let rows = 0;
    await db.chunks(`select ${selected.join(', ')} from ${from}`, (chunk) => {
      for (const [k, column] of values.entries()) {
        if (column === undefined) continue;
        db.copyNumbers(chunk, k, column, rows);
        if (!isExact(column, rows, rows + chunk.rowCount)) values[k] = undefined;
      }
      rows += chunk.rowCount;
    });
    return { rows, values };
  });
  const { rows, values } = result;
  // A stream that fails in the middle ends like one that is done: rows are held against lines, or counted again.
  const { header, blankLines } = csv.dialect;
  if (rows + badRows !== text.count - blankLines - (header === undefined ? 0 : 1)) {
    const counts = selected.map((cell) => `count(${cell})`).join(', ');
    const counted = await run((from) => db.rows<{ m: number }>(`select count(*)::double as m, ${counts} from ${from}`));
    const { m } = counted.result[0]!;
    if (m !== rows) throw new Error(`${rows} of ${m} rows came through: DuckDB ended the stream early`);
  }
  for (const [k, place] of [...cells.keys()].entries()) {
    const column = values[k];
    if (column !== undefined) columns.set(place, column.subarray(0, rows));
  }
  return { rows, badRows };
}

/** Whether all are numbers of which float64 skips none: NaN, which stands for null as well, is not. */
function isExact(values: Float64Array, from: number, to: number): boolean {
  for (let i = from; i < to; i++) if (!(Math.abs(values[i]!) <= exactBelow)) return false;
  return true;
}

/**
 * A cell's number, null when it is spelled in a way that calls for a decision. DuckDB's cast also takes `1_000`
 * and `+-5`; a cell that begins below `+.`, with a space or a quote, is looked at more closely elsewhere, as is one that
 * begins with 0 and a digit.
 */
function plainNumber(c: string, sql: CellSql, underscores: boolean): string {
  const conditions = [
    `${c} >= '+.' and (${c} < '00' or ${c} >= '0:')`,
    ...(underscores ? [`not contains(${c}, '_')`] : []),
    ...(sql.numericToken ? [`not ${sql.missing(c)}`] : []),
  ];
  return `case when ${conditions.join(' and ')} then try_cast(${c} as double) end`;
}
