/**
 * Values already in memory → Table: nested or typed arrays, arrays of objects, and anything that looks
 * like a TensorFlow.js tensor. Types are taken as they are: a text is a category even when it spells a
 * number. Tests go by ArrayBuffer.isView and by shape, never by instanceof, which another realm defeats.
 */
import { LogisticError } from '../errors.ts';
import type { Cell } from '../predict/cell.ts';
import type { NumericColumn, Table } from './table.ts';
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
export async function matrixColumns(matrix: Matrix, rows: number | undefined): Promise<Float64Array[]> {
  if (isTensor(matrix)) {
    const [m, n = 1] = matrix.shape;
    if (matrix.shape.length > 2 || m === undefined) {
      throw new LogisticError('bad-shape', `a tensor of shape [${matrix.shape}] is not rows by columns`);
    }
    return flatColumns(await matrix.data(), m, n);
  }
  if (matrix.length === 0) throw new LogisticError('empty', 'the data have no rows');
  const first = (matrix as readonly unknown[])[0];
  if (typeof first !== 'object' || first === null) {
    const m = rows ?? matrix.length;
    const n = matrix.length / m;
    if (!Number.isInteger(n)) {
      throw new LogisticError('bad-shape', `${matrix.length} values cannot be cut into ${m} rows of equal length`);
    }
    return flatColumns(matrix as NumericArray, m, n);
  }
  const nested = matrix as readonly NumericArray[];
  const n = nested[0]!.length;
  if (n === 0) throw new LogisticError('empty', 'row 1 has no values');
  const columns = Array.from({ length: n }, () => new Float64Array(nested.length));
  nested.forEach((row, i) => {
    if (row.length !== n) {
      throw new LogisticError('ragged-rows', `row ${i + 1} has ${row.length} values; row 1 has ${n}`, {
        details: { row: i + 1, expected: n, found: row.length },
      });
    }
    for (let j = 0; j < n; j++) columns[j]![i] = toNumber(row[j], i, j);
  });
  return columns;
}

function flatColumns(values: NumericArray, m: number, n: number): Float64Array[] {
  const columns = Array.from({ length: n }, () => new Float64Array(m));
  for (let i = 0; i < m; i++) for (let j = 0; j < n; j++) columns[j]![i] = toNumber(values[i * n + j], i, j);
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
export function requireFinite(columns: readonly Float64Array[], names: readonly string[]): void {
  columns.forEach((x, j) => {
    const row = x.findIndex((value) => !Number.isFinite(value));
    if (row < 0) return;
    throw new LogisticError('not-finite', `row ${row + 1}, column ${names[j]}: ${x[row]} is not a finite number`, {
      hint: Number.isNaN(x[row]) ? "set missing: 'drop' or 'impute' to treat NaN as missing" : 'remove it or mend it',
      details: { row: row + 1, column: names[j] },
    });
  });
}

export function numericColumn(name: string, values: Float64Array): NumericColumn {
  const count = values.reduce((missing, value) => missing + (Number.isNaN(value) ? 1 : 0), 0);
  return { kind: 'numeric', name, values, missing: { count, tokens: count > 0 ? { NaN: count } : {} } };
}

/** Objects → Table: the columns are all the keys that occur, in the order in which they occur. */
export function tableFromObjects(rows: ObjectRows, missingTokens: readonly string[]): Table {
  const names = new Set<string>();
  for (const row of rows) for (const name of Object.keys(row)) names.add(name);
  const columns = [...names].map((name) =>
    typedColumn(
      name,
      rows.map((row) => row[name]),
      missingTokens,
    ),
  );
  return { rows: rows.length, columns, source: 'objects', leftOut: [], badRows: 0, warnings: [] };
}
