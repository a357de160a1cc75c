/**
 * Terms of a stored table: those that are columns of its pages, with the scaling that is known of them, and products and
 * functions of columns, which are computed as of a table in memory, a page at a time, and summed once more.
 */
import type { ComputedColumns } from '../data/computed-columns.ts';
import type { PagedTable, StoredColumn } from '../data/stored-table.ts';
import type { Feature } from '../predict/model-file.ts';
import { keyOf, type RowChoice } from '../rows/pages.ts';
import type { ColumnValues } from './bases.ts';
import { encodingsOf, termReader } from './encode.ts';
import type { RawTerm } from './features.ts';
import { overMarkedPages } from './marked-pages.ts';
import { columnWith } from './stored-columns.ts';
import { indicatedColumn } from './terms.ts';

/** The numbers of a column in the rows of two choices. */
export function storedValues(
  table: PagedTable,
  { at }: StoredColumn,
  rows: { readonly training: RowChoice; readonly all: RowChoice; readonly count: number },
  signal: AbortSignal | undefined,
): ColumnValues {
  const values = new Float64Array(table.pageRows);
  return {
    training: rows.count,
    over: (which, visit) =>
      overMarkedPages({ table, choice: rows[which], columns: [at], signal }, ({ held, weights, cells }) => {
        const own = cells(at);
        let count = 0;
        for (let i = 0; i < held; i++) if (weights[i]! > 0) values[count++] = own[i]!;
        if (count > 0) visit(values.subarray(0, count));
      }),
  };
}

/** Whether a term is a column of the pages as it is. */
export const isColumn = (term: RawTerm): boolean => {
  const { factors } = term;
  return indicatedColumn(term) !== undefined || (factors.length === 1 && factors[0]!.basis.kind === 'identity');
};

/** The numbers of terms as columns behind those of the table: missing where they are not finite. */
export function termColumns(
  terms: readonly RawTerm[],
  { columns, features }: { readonly columns: readonly StoredColumn[]; readonly features: readonly Feature[] },
): ComputedColumns {
  const named = new Set(terms.flatMap(({ factors }) => factors.map(({ column }) => column)));
  const used = columns.filter(({ name }) => named.has(name));
  const became = features.filter(({ column }) => named.has(column));
  let ascending = new Int32Array(0);
  return {
    count: terms.length,
    of: used.map(({ at }) => at),
    key: keyOf([terms, became, used]),
    compute({ count, cells }, into) {
      if (ascending.length < count) ascending = Int32Array.from({ length: count }, (_, i) => i);
      const encodings = encodingsOf(
        became,
        used.map((column) => columnWith(column, cells(column.at))),
      );
      const list = { rows: ascending.subarray(0, count), ascending: true };
      terms.forEach((term, j) => {
        const numbers = into[j]!;
        termReader(term, encodings, list)(0, numbers);
        for (let i = 0; i < count; i++) if (!Number.isFinite(numbers[i])) numbers[i] = Number.NaN;
      });
    },
  };
}
