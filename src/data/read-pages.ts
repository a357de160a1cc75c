/** The pages of a stored table one after the other; while one is looked at, the next one is read. */
import { nextTask } from '../yielding.ts';
import type { PagedTable } from './stored-table.ts';

/** A page, good until the next one. */
export interface PageOfTable {
  readonly number: number;
  /** Number of its first row in the table, and how many there are. */
  readonly from: number;
  readonly held: number;
  /** [width, pageRows] */
  readonly page: Float64Array;
}

/** `columns`: those that are read; absent: all. */
export async function* readPages(
  table: PagedTable,
  columns: readonly number[] | undefined,
  signal: AbortSignal | undefined,
): AsyncGenerator<PageOfTable> {
  const { rows, pageRows, width } = table;
  const spare = [new Float64Array(width * pageRows), new Float64Array(width * pageRows)];
  const read = async (number: number): Promise<PageOfTable | undefined> => {
    const from = number * pageRows;
    if (from >= rows) return undefined;
    const page = spare[number % 2]!;
    await table.read(number, page, columns);
    return { number, from, held: Math.min(pageRows, rows - from), page };
  };
  let next = read(0);
  try {
    for (let page = await next; page !== undefined; page = await next) {
      signal?.throwIfAborted();
      next = read(page.number + 1);
      next.catch(() => {}); // told where it is awaited
      yield page;
      await nextTask();
    }
  } finally {
    await next.catch(() => {}); // the file may be closed when nobody reads any more
  }
}
