/** The target of a stored table: its classes, and the class of each value that stands in the pages. */
import { readPages } from '../data/read-pages.ts';
import type { StoredColumn, StoredTable } from '../data/stored-table.ts';
import type { Label } from '../predict/model-file.ts';
import { keyOf } from '../rows/key.ts';
import { mostClasses, readTarget } from './labels.ts';
import { columnWith } from './stored-columns.ts';

export interface StoredTarget {
  readonly name: string;
  /** Sorted. */
  readonly classes: readonly Label[];
  /** The place among `classes` of each value. */
  readonly classOf: ReadonlyMap<number, number>;
}

/** Throws as readTarget does. */
export async function readStoredTarget(
  table: StoredTable,
  column: StoredColumn,
  signal: AbortSignal | undefined,
): Promise<StoredTarget> {
  const counts = await table.findings.find('values of the target', keyOf(column.at), () =>
    countValues(table, column.at, signal),
  );
  const values = [...counts.keys()];
  const { name, classes, codes } = await readTarget(
    columnWith(column, Float64Array.from(values)),
    Float64Array.from(counts.values()),
  );
  return { name, classes, classOf: new Map(values.map((value, i) => [value, codes[i]!])) };
}

/** Rows of each value; of a target with too many of them only some, which is enough to refuse it. */
async function countValues(
  table: StoredTable,
  at: number,
  signal: AbortSignal | undefined,
): Promise<ReadonlyMap<number, number>> {
  const small = new Float64Array(256);
  const others = new Map<number, number>();
  for await (const { page, held } of readPages(table, [at], signal)) {
    for (const value of page.subarray(at * table.pageRows, at * table.pageRows + held)) {
      if (small[value] !== undefined) small[value]!++;
      else if (!Number.isNaN(value)) others.set(value, (others.get(value) ?? 0) + 1);
    }
    if (others.size > mostClasses) break;
  }
  return new Map([...[...small.entries()].filter(([, count]) => count > 0), ...others]);
}
