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
  /** The columns that they are computed from. */
  readonly of: readonly number[];
  /** Identifies the cells among those computed of one table; absent: what is found of them cannot be kept. */
  readonly key?: string | undefined;
  /** Writes the cells of the rows. */
  compute(rows: RowsOfPage, into: readonly Float64Array[]): void;
}

/**
 * The columns follow those of the table in their order, and may be computed from those before them. Pages of many more
 * columns have fewer rows.
 */
export function withComputed(table: StoredTable, computed: readonly ComputedColumns[]): PagedTable {
  if (computed.length === 0) return table;
  let width = table.width;
  const sets = computed.map(({ count, ...set }) => {
    width += count;
    return { ...set, at: places(width - count, width) };
  });
  const pageRows = Math.min(table.pageRows, rowsPerPage(width));
  return {
    ...table,
    width,
    pageRows,
    key: computed.some(({ key }) => key === undefined) ? undefined : JSON.stringify(computed.map(({ key }) => key)),
    async read(page, into, columns = places(0, width)) {
      const from = page * pageRows;
      const held = Math.min(pageRows, table.rows - from);
      const column = (at: number): Float64Array => into.subarray(at * pageRows, at * pageRows + held);
      const needed = new Set(columns);
      const isNeeded = ({ at }: { readonly at: readonly number[] }): boolean => at.some((own) => needed.has(own));
      for (const set of [...sets].reverse()) if (isNeeded(set)) for (const at of set.of) needed.add(at);
      const stored = places(0, table.width).filter((at) => needed.has(at));
      if (pageRows < table.pageRows) await readRows(table, from, new Map(stored.map((at) => [at, column(at)])));
      else await table.read(page, into.subarray(0, table.width * pageRows), stored);
      for (const { at, compute } of sets.filter(isNeeded)) {
        compute({ from, count: held, cells: column }, at.map(column));
      }
      for (let at = 0; at < width; at++) into.fill(0, at * pageRows + held, (at + 1) * pageRows);
    },
  };
}

const places = (from: number, to: number): number[] => Array.from({ length: to - from }, (_, k) => from + k);

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
