/**
 * Rows of numbers, one after the other, → columns: a transposition, in blocks of rows that stay in the processor's
 * cache. All kinds of arrays go through one loop over float64, whether a number is finite is found on the way, and
 * only where one is not is it looked for. It knows neither labels nor missing cells' meaning.
 */
import { LogisticError } from '../errors.ts';
import { describe, isBigIntArray, isTypedArray, type NumericArray, wrongRow } from './kinds.ts';
import { exactNumber } from './numbers.ts';

export interface Transposed {
  /** [n][m], each with a buffer of its own; NaN for null and undefined. */
  readonly columns: readonly Float64Array[];
  /** Whether a column holds no NaN and no infinity. */
  readonly finite: readonly boolean[];
}

/** A name for each column, for messages; undefined where nobody wants the column, so that any cell will do. */
export type MatrixNames = readonly (string | undefined)[];

/** Rows that are transposed at a time: 256 kB for 32 columns. */
const blockRows = 1024;

/** m·n numbers row by row → n columns. */
export function flatColumns(values: NumericArray, m: number, names: MatrixNames): Transposed {
  const n = names.length;
  if (values instanceof Float64Array) {
    return transpose(m, n, (from, to) => values.subarray(from * n, to * n));
  }
  const block = new Float64Array(Math.min(m, blockRows) * n);
  if (isTypedArray(values) && !isBigIntArray(values)) {
    const typed = values as unknown as Float32Array; // of any type of number: only subarray and set are asked of it
    return transpose(m, n, (from, to) => {
      block.set(typed.subarray(from * n, to * n));
      return block;
    });
  }
  const cells = values as ArrayLike<unknown>;
  return transpose(m, n, (from, to) => {
    const [start, end] = [from * n, to * n];
    for (let i = start; i < end; i++) {
      const cell = cells[i];
      block[i - start] = typeof cell === 'number' ? cell : toNumber(cell, Math.floor(i / n), names[i % n]);
    }
    return block;
  });
}

/** Nested rows of as many numbers as there are names → columns. */
export function nestedColumns(rows: readonly NumericArray[], names: MatrixNames): Transposed {
  const n = names.length;
  const block = new Float64Array(Math.min(rows.length, blockRows) * n);
  return transpose(rows.length, n, (from, to) => {
    for (let row = from; row < to; row++) {
      const cells: unknown = rows[row];
      const start = (row - from) * n;
      if (Array.isArray(cells)) {
        if (cells.length !== n) throw ragged(row, cells.length, n);
        copyArray(cells, block, start, row, names);
      } else if (isTypedArray(cells)) {
        if (cells.length !== n) throw ragged(row, cells.length, n);
        if (isBigIntArray(cells)) for (let j = 0; j < n; j++) block[start + j] = toNumber(cells[j], row, names[j]);
        else copyTyped(cells as ArrayLike<number>, block, start);
      } else throw wrongRow(row, cells);
    }
    return block;
  });
}

function ragged(row: number, found: number, expected: number): LogisticError {
  return new LogisticError('ragged-rows', `row ${row + 1} has ${found} values; row 1 has ${expected}`, {
    hint: 'give every row the same number of values; null is a missing one',
    details: { row: row + 1, expected, found },
  });
}

// One loop for arrays and one for typed arrays: a loop that has seen both is slower for each.

function copyArray(
  cells: readonly unknown[],
  block: Float64Array,
  start: number,
  row: number,
  names: MatrixNames,
): void {
  for (let j = 0; j < cells.length; j++) {
    const cell = cells[j];
    block[start + j] = typeof cell === 'number' ? cell : toNumber(cell, row, names[j]);
  }
}

/** Rows are short: `set` would take longer to begin than to copy. */
function copyTyped(cells: ArrayLike<number>, block: Float64Array, start: number): void {
  for (let j = 0; j < cells.length; j++) block[start + j] = cells[j]!;
}

/** A cell of a matrix that is no number as it stands. */
function toNumber(cell: unknown, row: number, name: string | undefined): number {
  if (cell === null || cell === undefined || name === undefined) return Number.NaN;
  if (typeof cell === 'boolean') return cell ? 1 : 0;
  if (typeof cell === 'bigint') return exactNumber(cell, row, name);
  throw new LogisticError('not-a-number', `row ${row + 1}, column ${name}: ${describe(cell)} is not a number`, {
    hint: 'give rows with strings as objects, one key for each column',
    details: { row: row + 1, column: name },
  });
}

/** `read` gives rows from … to as one run of numbers, row by row. */
function transpose(m: number, n: number, read: (from: number, to: number) => Float64Array): Transposed {
  const columns = Array.from({ length: n }, () => new Float64Array(m));
  const finite = columns.map(() => true);
  const whole = n - (n % 4);
  for (let from = 0; from < m; from += blockRows) {
    const to = Math.min(m, from + blockRows);
    const block = read(from, to);
    for (let j = 0; j < whole; j += 4) {
      if (fourColumns(block, columns, j, from, to) !== 0) finite.fill(false, j, j + 4);
    }
    for (let j = whole; j < n; j++) if (oneColumn(block, columns, j, from, to) !== 0) finite[j] = false;
  }
  return { columns, finite };
}

// x − x is 0 for a finite number and NaN for any other, so that these give 0 or NaN.

function fourColumns(
  block: Float64Array,
  columns: readonly Float64Array[],
  j: number,
  from: number,
  to: number,
): number {
  const n = columns.length;
  const [a, b, c, d] = [columns[j]!, columns[j + 1]!, columns[j + 2]!, columns[j + 3]!];
  let w = 0;
  let x = 0;
  let y = 0;
  let z = 0;
  for (let row = from, at = j; row < to; row++, at += n) {
    const p = block[at]!;
    const q = block[at + 1]!;
    const r = block[at + 2]!;
    const s = block[at + 3]!;
    a[row] = p;
    b[row] = q;
    c[row] = r;
    d[row] = s;
    w += p - p;
    x += q - q;
    y += r - r;
    z += s - s;
  }
  return w + x + y + z;
}

function oneColumn(block: Float64Array, columns: readonly Float64Array[], j: number, from: number, to: number): number {
  const n = columns.length;
  const column = columns[j]!;
  let check = 0;
  for (let row = from, at = j; row < to; row++, at += n) {
    const value = block[at]!;
    column[row] = value;
    check += value - value;
  }
  return check;
}
