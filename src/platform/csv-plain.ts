/**
 * Columns of plain numbers in delimited text, in one scan: what most columns of most files are. A column
 * is given back only when every cell of it, over all rows, is a number that needs no decision; any other
 * cell (missing, a text, a leading zero, beyond 2^53) and the column is left to profile and decision.
 */
import type { ReadOptions } from '../data/table.ts';
import { readNumber } from '../predict/cell.ts';
import type { CsvFile } from './csv.ts';
import { batches, type CellSql, exactBelow, type Plan } from './csv-profile.ts';
import type { Database } from './duckdb.ts';
import type { Source } from './source.ts';
import type { TextLines } from './text-bytes.ts';

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
  readonly options: ReadOptions;
  readonly text: TextLines;
}

/** Undefined where the first lines, or what was asked, leave nothing to hope for. */
export async function readPlainColumns(
  db: Database,
  source: Source,
  csv: CsvFile,
  { plans, sql, options }: { plans: readonly Plan[]; sql: CellSql; options: ReadOptions },
): Promise<PlainColumns | undefined> {
  const { sample } = csv.dialect;
  const likely = plans.filter(
    ({ place, asked }) =>
      asked.as !== 'categorical' &&
      !asked.decimalComma &&
      sample.every(({ fields }) => readNumber(fields[place] ?? '') !== undefined),
  );
  if (likely.length === 0 || source.lines === undefined) return undefined;
  const columns = new Map<number, Float64Array>();
  let scanned = { rows: 0, badRows: 0 };
  for (const batch of batches(likely))
    scanned = await scanBatch({ db, csv, sql, options, text: source.lines }, batch, columns);
  return { ...scanned, columns };
}

async function scanBatch(
  { db, csv, sql, options, text }: Scan,
  plans: readonly Plan[],
  columns: Map<number, Float64Array>,
): Promise<{ rows: number; badRows: number }> {
  const plain = plans.map(({ place }) => plainNumber(`c${place}`, { sql, underscores: text.underscores }));
  let rows = 0;
  const { badRows } = await csv.scan(options.maxBadRows ?? 0, async (from) => {
    rows = 0;
    for (const { place } of plans) columns.set(place, new Float64Array(text.count));
    await db.chunks(`select ${plain.join(', ')} from ${from}`, (chunk) => {
      plans.forEach(({ place }, k) => {
        const values = columns.get(place);
        if (values !== undefined && db.copyNumbers(chunk, k, values, rows) > 0) columns.delete(place);
      });
      rows += chunk.rowCount;
    });
  });
  // A stream that fails in the middle ends like one that is done: rows are held against lines, or counted again.
  const { header, blankLines } = csv.dialect;
  if (rows !== text.count - blankLines - (header === undefined ? 0 : 1)) {
    const counts = plain.map((number) => `count(${number})`).join(', ');
    const { result } = await csv.scan(badRows, (from) =>
      db.rows<{ m: number }>(`select count(*)::double as m, ${counts} from ${from}`),
    );
    const { m } = result[0]!;
    if (m !== rows) throw new Error(`${rows} of ${m} rows came through: DuckDB ended the stream early`);
  }
  for (const [place, values] of columns) columns.set(place, values.subarray(0, rows));
  return { rows, badRows };
}

/**
 * A cell's number, null when the cell is anything that calls for a decision. DuckDB's cast also takes `1_000`,
 * inf and nan; a cell that begins below `+`, with a space or a quote, is looked at more closely elsewhere, as
 * is one that begins with 0 and a digit.
 */
function plainNumber(c: string, { sql, underscores }: { sql: CellSql; underscores: boolean }): string {
  const conditions = [
    `abs(try_cast(${c} as double)) <= ${exactBelow}`,
    `${c} >= '+' and (${c} < '00' or ${c} >= '0:')`,
    ...(underscores ? [`not contains(${c}, '_')`] : []),
    ...(sql.numericToken ? [`not ${sql.missing(c)}`] : []),
  ];
  return `case when ${conditions.join(' and ')} then try_cast(${c} as double) end`;
}
