/** The pages of a stored table one after the other, with the class and weight of each row that is used. */
import { type PageOfTable, readPages } from '../data/read-pages.ts';
import type { PagedTable } from '../data/stored-table.ts';
import { type MarkedRows, type RowChoice, rowMarker } from '../rows/pages.ts';

/** A page and the marks of its rows, good until the next one. */
export interface MarkedPage extends MarkedRows, Pick<PageOfTable, 'from' | 'held'> {
  cells(at: number): Float64Array;
}

export interface PagePass {
  readonly table: PagedTable;
  readonly choice: RowChoice;
  /** What is read of a page beside the columns of the choice. */
  readonly columns: readonly number[];
  readonly signal: AbortSignal | undefined;
}

/** Calls visit with each page, until it gives false. */
export async function overMarkedPages(
  { table, choice, columns, signal }: PagePass,
  visit: (page: MarkedPage) => unknown,
): Promise<void> {
  const { pageRows } = table;
  const mark = rowMarker(choice);
  const { target, weights, required } = choice;
  const read = [...new Set([target, ...(weights === undefined ? [] : [weights]), ...required, ...columns])];
  for await (const { page, from, held } of readPages(table, read, signal)) {
    const cells = (at: number): Float64Array => page.subarray(at * pageRows, at * pageRows + held);
    if (visit({ ...mark(page, { pageRows, held }), from, held, cells }) === false) return;
  }
}
