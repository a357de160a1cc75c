/**
 * Columns that merely count the rows: left out when nobody named them (a row index that was saved along),
 * kept with a warning when somebody did. It looks at numbers in row order and nothing else.
 */
import type { Warning } from '../errors.ts';
import type { Column, ColumnRequest } from './table.ts';

/** Fewer rows than this count up by chance. */
const countingRows = 10;

/** `rows`: how many there are; `counts`: whether a column counts them (countsUp). */
export function describeCounters<C extends { readonly name: string }>(
  columns: readonly C[],
  request: ColumnRequest,
  unnamed: ReadonlySet<string>,
  { rows, counts }: { readonly rows: number; readonly counts: (column: C) => boolean },
): { readonly columns: readonly C[]; readonly warnings: readonly Warning[] } {
  const asked = new Set([request.target, request.weights, ...(request.numeric ?? []), ...(request.only ?? [])]);
  const candidates = columns.filter((column) => !asked.has(column.name));
  const counting = candidates.filter(counts);
  const index = counting.filter(({ name }) => unnamed.has(name)).map(({ name }) => name);
  const likely = counting.filter(({ name }) => !unnamed.has(name) && rows >= countingRows).map(({ name }) => name);
  const nameless = candidates.map(({ name }) => name).filter((name) => unnamed.has(name) && !index.includes(name));
  const warnings: Warning[] = [];
  if (index.length > 0) {
    warnings.push({
      code: 'index-column',
      message: `an unnamed column counts the rows, so it is left out (it would be ${index.join(', ')})`,
      columns: index,
    });
  }
  if (nameless.length > 0) {
    warnings.push({
      code: 'unnamed-column',
      message: `columns without a name are called ${nameless.join(', ')}`,
      columns: nameless,
    });
  }
  if (likely.length > 0) {
    warnings.push({
      code: 'index-like',
      message: `${likely.join(', ')}: counts the rows, as an identifier does; --drop leaves it out`,
      columns: likely,
    });
  }
  return { columns: columns.filter(({ name }) => !index.includes(name)), warnings };
}

/** Whether each number is that of the row before and one. */
export function countsUp(column: Column): boolean {
  if (column.kind !== 'numeric' || column.values.length < 2 || !Number.isInteger(column.values[0])) return false;
  return column.values.every((value, i) => i === 0 || value - column.values[i - 1]! === 1);
}
