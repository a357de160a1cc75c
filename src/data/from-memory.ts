/**
 * Values already in memory → Table: nested or typed arrays, arrays of objects, and anything that looks
 * like a TensorFlow.js tensor. Types are taken as they are: a text is a category even when it spells a
 * number. Tests go by ArrayBuffer.isView and by shape, never by instanceof, which another realm defeats.
 */
import { LogisticError } from '../errors.ts';
import type { Cell } from '../predict/cell.ts';
import type { Turns } from '../turns.ts';
import type { Column, NumericColumn, Table } from './table.ts';
import { typedColumn } from './typed-column.ts';

/** What is asked of a tensor: shape and an awaited copy of the values. No copy of tfjs is loaded for it. */
export interface TensorLike {
  readonly shape: readonly number[];
  data(): Promise<ArrayLike<number>>;
}

export type NumericArray = ArrayLike<number> | ArrayLike<bigint>;
/** m rows of n numbers: nested arrays, one flat array of m·n row by row, or a tensor [m, n]. */
export type Matrix = readonly NumericArray[] | NumericArray | TensorLike;
export type ObjectRows = readonly Readonly<Record<string, Cell>>[];

export function isTensor(value: unknown): value is TensorLike {
  return (
    typeof value === 'object' && value !== null && 'shape' in value && typeof (value as TensorLike).data === 'function'
  );
}

export function isObjectRows(value: unknown): value is ObjectRows {
  const first = Array.isArray(value) ? value[0] : undefined;
  return typeof first === 'object' && first !== null && !Array.isArray(first) && !ArrayBuffer.isView(first);
}

/** Columns of a matrix, n arrays of length m. `rows`: m where it is known, to cut a flat array. */
export async function matrixColumns(matrix: Matrix, rows: number | undefined, turns: Turns): Promise<Float64Array[]> {
  if (isTensor(matrix)) {
    const [m, n = 1] = matrix.shape;
    if (matrix.shape.length > 2 || m === undefined) {
      throw new LogisticError('bad-shape', `a tensor of shape [${matrix.shape}] is not rows by columns`);
    }
    return flatColumns(await matrix.data(), m, n, turns);
  }
  if (matrix.length === 0) throw new LogisticError('empty', 'the data have no rows');
  const first = (matrix as readonly unknown[])[0];
  if (typeof first !== 'object' || first === null) {
    const m = rows ?? matrix.length;
    const n = matrix.length / m;
    if (!Number.isInteger(n)) {
      throw new LogisticError('bad-shape', `${matrix.length} values cannot be cut into ${m} rows of equal length`);
    }
    return flatColumns(matrix as NumericArray, m, n, turns);
  }
  const nested = matrix as readonly NumericArray[];
  const n = nested[0]!.length;
  if (n === 0) throw new LogisticError('empty', 'row 1 has no values');
  return fillColumns(nested.length, n, turns, (columns, i) => {
    const row = nested[i]!;
    if (row.length !== n) {
      throw new LogisticError('ragged-rows', `row ${i + 1} has ${row.length} values; row 1 has ${n}`, {
        details: { row: i + 1, expected: n, found: row.length },
      });
    }
    for (let j = 0; j < n; j++) columns[j]![i] = toNumber(row[j], i, j);
  });
}

function flatColumns(values: NumericArray, m: number, n: number, turns: Turns): Promise<Float64Array[]> {
  return fillColumns(m, n, turns, (columns, i) => {
    for (let j = 0; j < n; j++) columns[j]![i] = toNumber(values[i * n + j], i, j);
  });
}

/** Rows that are filled at a time. */
const blockRows = 256;

/** n columns of length m, filled row by row. */
async function fillColumns(
  m: number,
  n: number,
  turns: Turns,
  fill: (columns: readonly Float64Array[], row: number) => void,
): Promise<Float64Array[]> {
  const columns = Array.from({ length: n }, () => new Float64Array(m));
  for (let from = 0; from < m; from += blockRows) {
    const to = Math.min(m, from + blockRows);
    for (let i = from; i < to; i++) fill(columns, i);
    await turns.spend((to - from) * n);
  }
  return columns;
}

/** A number as it is; a bigint when it fits in a double exactly. Anything else is no number. */
function toNumber(value: unknown, row: number, column: number): number {
  if (typeof value === 'number') return value;
  if (value === null || value === undefined) return Number.NaN;
  if (typeof value === 'boolean') return value ? 1 : 0;
  if (typeof value === 'bigint' && BigInt(Number(value)) === value) return Number(value);
  throw new LogisticError(
    'not-a-number',
    `row ${row + 1}, column ${column + 1}: ${JSON.stringify(String(value))} is not a number`,
    {
      hint: 'give texts as objects, one key a column',
    },
  );
}

/** Refuses NaN and infinity, naming row and column (both counted from 1). */
export async function requireFinite(column: ArrayLike<number>, name: string, turns: Turns): Promise<void> {
  await turns.over(column.length, (from, to) => {
    for (let row = from; row < to; row++) if (!Number.isFinite(column[row])) throw notFinite(row);
  });

  function notFinite(row: number): LogisticError {
    const value = column[row];
    return new LogisticError('not-finite', `row ${row + 1}, column ${name}: ${value} is not a finite number`, {
      hint: Number.isNaN(value) ? "set missing: 'drop' or 'impute' to treat NaN as missing" : 'remove it or mend it',
      details: { row: row + 1, column: name },
    });
  }
}

export async function numericColumn(name: string, values: Float64Array, turns: Turns): Promise<NumericColumn> {
  let count = 0;
  await turns.over(values.length, (from, to) => {
    for (let row = from; row < to; row++) if (Number.isNaN(values[row])) count++;
  });
  return { kind: 'numeric', name, values, missing: { count, tokens: count > 0 ? { NaN: count } : {} } };
}

/** Objects → Table: the columns are all the keys that occur, in the order in which they occur. */
export async function tableFromObjects(
  rows: ObjectRows,
  missingTokens: readonly string[],
  turns: Turns,
): Promise<Table> {
  const names = new Set<string>();
  await turns.over(rows.length, (from, to) => {
    for (let row = from; row < to; row++) for (const name of Object.keys(rows[row]!)) names.add(name);
  });
  const columns: Column[] = [];
  for (const name of names) {
    const cells = { length: rows.length, at: (row: number) => rows[row]![name] };
    columns.push(await typedColumn(name, cells, missingTokens, turns));
  }
  return { rows: rows.length, columns, source: 'objects', leftOut: [], badRows: 0, warnings: [] };
}
