/**
 * Arrays of numbers → float64 columns of their own, every number looked at once: NaN is a missing cell, infinity an
 * error that names row and column. It knows no rows by n and no table.
 */
import { LogisticError } from '../errors.ts';
import { isBigIntArray, type TypedArray } from './kinds.ts';
import type { NumericColumn } from './table.ts';

/** A copy in float64 that has its buffer to itself. A bigint must be exact in float64. */
export function copyNumbers(values: TypedArray, name: string): Float64Array {
  if (!isBigIntArray(values)) return new Float64Array(values as ArrayLike<number>);
  return Float64Array.from(values, (value, row) => exactNumber(value, row, name));
}

/** A bigint as a number, which must be the same. */
export function exactNumber(value: bigint, row: number, name: string): number {
  const number = Number(value);
  if (Number.isFinite(number) && BigInt(number) === value) return number;
  throw new LogisticError(
    'not-a-number',
    `row ${row + 1}, column ${name}: ${value} is not a number that float64 holds exactly`,
    { hint: 'identifiers are given as strings, or left out', details: { row: row + 1, column: name } },
  );
}

/** Whether every number is finite: x − x is 0 for those, NaN for all others. Four sums, so that none waits for the last. */
export function allFinite(values: Float64Array): boolean {
  const whole = values.length - (values.length % 4);
  let a = 0;
  let b = 0;
  let c = 0;
  let d = 0;
  for (let i = 0; i < whole; i += 4) {
    a += values[i]! - values[i]!;
    b += values[i + 1]! - values[i + 1]!;
    c += values[i + 2]! - values[i + 2]!;
    d += values[i + 3]! - values[i + 3]!;
  }
  for (let i = whole; i < values.length; i++) a += values[i]! - values[i]!;
  return a + b + c + d === 0;
}

/** Missing cells while they are counted. */
export interface Missing {
  count: number;
  readonly tokens: Record<string, number>;
}

/** Counts a missing cell by its spelling. */
export function addMissing(missing: Missing, cell: unknown): void {
  const token = typeof cell === 'string' ? cell.trim() : typeof cell === 'number' ? 'NaN' : '';
  missing.tokens[token] = (missing.tokens[token] ?? 0) + 1;
  missing.count++;
}

/**
 * A column of numbers that is given away. `finite`: known to hold no NaN and no infinity; `found`: the cell as it was
 * given, where that may be no number.
 */
export function numericColumn(
  name: string,
  values: Float64Array,
  {
    finite = allFinite(values),
    found = (row) => values[row],
  }: { readonly finite?: boolean | undefined; readonly found?: (row: number) => unknown } = {},
): NumericColumn {
  const missing: Missing = { count: 0, tokens: {} };
  if (!finite) {
    for (let row = 0; row < values.length; row++) {
      const value = values[row]!;
      if (Number.isNaN(value)) addMissing(missing, found(row));
      else if (!Number.isFinite(value)) throw notFinite(name, row, value);
    }
  }
  return { kind: 'numeric', name, values, missing };
}

/** Refuses a missing cell. `found`: the cell as it was given, for the message. */
export function requireComplete({ name, values, missing }: NumericColumn, found?: (row: number) => unknown): void {
  if (missing.count === 0) return;
  const row = values.findIndex((value) => Number.isNaN(value));
  throw notFinite(name, row, found === undefined ? Number.NaN : found(row));
}

export function notFinite(name: string, row: number, value: unknown): LogisticError {
  const missing = value === null || value === undefined || Number.isNaN(value);
  return new LogisticError(
    'not-finite',
    `row ${row + 1}, column ${name}: ${missing ? value : String(value)} is not a finite number`,
    {
      hint: missing ? "set missing: 'drop' or 'impute' to treat it as missing" : 'remove the row, or fix the number',
      details: { row: row + 1, column: name },
    },
  );
}
