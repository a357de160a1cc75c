/**
 * Columns of plain numbers in delimited text, in one scan: what most columns of most files are. A column
 * is given back only when every cell of it, over all rows, is a number that needs no decision; any other
 * cell (missing, a text, a leading zero, beyond 2^53) and the column is left to profile and decision.
 */
import type { ReadOptions } from '../data/table.ts';
import { readNumber } from '../predict/cell.ts';
import type { CsvFile } from './csv.ts';
import { batches, type CellSql, exactBelow, leadingZero, type Plan } from './csv-profile.ts';
import type { Database } from './duckdb.ts';
import type { Source } from './source.ts';

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
  /** At least as many as rows. */
  readonly lines: number;
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
  const lines = source.lines.count;
  const columns = new Map<number, Float64Array>();
  let scanned = { rows: 0, badRows: 0 };
  for (const batch of batches(likely)) scanned = await scanBatch({ db, csv, sql, options, lines }, batch, columns);
  return { ...scanned, columns };
}

async function scanBatch(
  { db, csv, sql, options, lines }: Scan,
  plans: readonly Plan[],
  columns: Map<number, Float64Array>,
): Promise<{ rows: number; badRows: number }> {
  const numbers = plans.map(({ place }) => `${sql.number(`c${place}`, false)} as v${place}`);
  const plain = plans.map(({ place }) => {
    const [c, v] = [`c${place}`, `v${place}`];
    return `case when abs(${v}) <= ${exactBelow} and not (${leadingZero(c)}) then ${v} end`;
  });
  const names = plans.map(({ place }) => `c${place}`).join(', ');
  let rows = 0;
  const { badRows } = await csv.scan(options.maxBadRows ?? 0, async (from) => {
    rows = 0;
    for (const { place } of plans) columns.set(place, new Float64Array(lines));
    const select = `select ${plain.join(', ')} from (select ${names}, ${numbers.join(', ')} from ${from})`;
    await db.chunks(select, (chunk) => {
      plans.forEach(({ place }, k) => {
        const values = columns.get(place);
        if (values !== undefined && db.copyNumbers(chunk, k, values, rows) > 0) columns.delete(place);
      });
      rows += chunk.rowCount;
    });
  });
  await requireAll(db, csv, { rows, badRows, lines });
  for (const [place, values] of columns) columns.set(place, values.subarray(0, rows));
  return { rows, badRows };
}

/** A stream that fails in the middle ends like one that is done: rows are held against lines, or counted again. */
async function requireAll(db: Database, csv: CsvFile, read: { rows: number; badRows: number; lines: number }) {
  const { header, blankLines } = csv.dialect;
  if (read.rows === read.lines - blankLines - (header === undefined ? 0 : 1)) return;
  const { result } = await csv.scan(read.badRows, (from) =>
    db.rows<{ m: number }>(`select count(*)::double as m from ${from}`),
  );
  if (result[0]!.m !== read.rows)
    throw new Error(`${read.rows} of ${result[0]!.m} rows came through: DuckDB ended the stream early`);
}
