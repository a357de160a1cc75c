/**
 * A stored table with more columns, behind its own, which are computed from a page whenever it is read and kept nowhere. It
 * knows nothing of what they mean.
 */
import { type PagedTable, rowsPerPage, type StoredTable } from './stored-table.ts';

/** Rows of a table that follow one another, with their cells. */
export interface RowsOfPage {
  /** Number of the first of them. */
  readonly from: number;
  readonly count: number;
  /** The cells of a column of the stored table. */
  cells(at: number): Float64Array;
}

/** Some columns that are computed together. */
export interface ComputedColumns {
  readonly count: number;
  /** The columns of the stored table that they are computed from. */
  readonly of: readonly number[];
  /** The same text for the same cells of a stored table; absent: nobody can say, and nothing found of them is kept. */
  readonly key?: string | undefined;
  /** Writes the cells of the rows. */
  compute(rows: RowsOfPage, into: readonly Float64Array[]): void;
}

/** The columns follow those of the table in their order. Pages of many more columns have fewer rows. */
export function withComputed(table: StoredTable, computed: readonly ComputedColumns[]): PagedTable {
  const count = computed.reduce((sum, own) => sum + own.count, 0);
  if (count === 0) return table;
  const width = table.width + count;
  const pageRows = Math.min(table.pageRows, rowsPerPage(width));
  return {
    ...table,
    width,
    pageRows,
    key: computed.some(({ key }) => key === undefined) ? undefined : JSON.stringify(computed.map(({ key }) => key)),
    async read(page, into, columns) {
      const from = page * pageRows;
      const held = Math.min(pageRows, table.rows - from);
      const column = (at: number): Float64Array => into.subarray(at * pageRows, at * pageRows + held);
      const wanted = columns?.every((at) => at < table.width) ? [] : computed;
      const some = columns && new Set([...columns, ...wanted.flatMap(({ of }) => of)]);
      const stored = Array.from({ length: table.width }, (_, at) => at).filter((at) => some?.has(at) !== false);
      if (pageRows < table.pageRows) await readRows(table, from, new Map(stored.map((at) => [at, column(at)])));
      else await table.read(page, into.subarray(0, table.width * pageRows), some && stored);
      let next = table.width;
      for (const { count, compute } of wanted) {
        const first = next;
        const into = Array.from({ length: count }, (_, k) => column(first + k));
        compute({ from, count: held, cells: column }, into);
        next += count;
      }
      for (let at = 0; at < width; at++) into.fill(0, at * pageRows + held, (at + 1) * pageRows);
    },
  };
}

/** Reads the cells of rows, which may lie in two pages. */
async function readRows(table: StoredTable, from: number, columns: ReadonlyMap<number, Float64Array>): Promise<void> {
  const { pageRows } = table;
  const length = Math.max(0, ...[...columns.values()].map((cells) => cells.length));
  for (let done = 0; done < length; ) {
    const [page, start] = [Math.floor((from + done) / pageRows), (from + done) % pageRows];
    const count = Math.min(length - done, pageRows - start);
    for (const [at, cells] of columns) {
      await table.readColumn(page, at, cells.subarray(done, done + count), start);
    }
    done += count;
  }
}
