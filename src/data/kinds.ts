/**
 * What may be handed over in memory, told apart by shape: never by instanceof, which another realm or another copy of
 * a library defeats, so that neither TensorFlow.js nor Apache Arrow is loaded for it. It reads no cell.
 */
import { brief, LogisticError } from '../errors.ts';
import type { Cell } from '../predict/cell.ts';
import type { ObjectRow } from '../predict/read-row.ts';

/** What is asked of a tensor. */
export interface TensorLike {
  readonly shape: readonly number[];
  readonly isDisposed?: boolean;
  data(): Promise<ArrayLike<number> | ArrayLike<string>>;
}

/** What is asked of an Arrow vector. `get` gives null where a value is missing; `toArray` does not. */
export interface ArrowVectorLike {
  readonly length: number;
  readonly nullCount: number;
  readonly type?: unknown;
  get(row: number): unknown;
  toArray(): ArrayLike<unknown>;
}

/** What is asked of an Arrow table. */
export interface ArrowTableLike {
  readonly numRows: number;
  readonly schema: { readonly fields: readonly { readonly name: unknown }[] };
  getChild(name: string): ArrowVectorLike | null;
}

/** An array of numbers of one type; also one of another realm. */
export type TypedArray =
  | Int8Array
  | Uint8Array
  | Uint8ClampedArray
  | Int16Array
  | Uint16Array
  | Int32Array
  | Uint32Array
  | Float32Array
  | Float64Array
  | BigInt64Array
  | BigUint64Array;

export type NumericArray = readonly number[] | readonly bigint[] | TypedArray;
/** One value for each row. */
export type Vector = readonly Cell[] | TypedArray | ArrowVectorLike | TensorLike;
/** m rows of n numbers: nested arrays, one flat array of m·n numbers row by row, or a tensor [m, n]. */
export type Matrix = readonly NumericArray[] | NumericArray | TensorLike;
export type ObjectRows = readonly ObjectRow[];
/** Columns by name, all of one length. */
export type Columns = Readonly<Record<string, Vector>>;
/** Data whose columns have names. */
export type NamedData = ObjectRows | Columns | ArrowTableLike;

export function isTypedArray(value: unknown): value is TypedArray {
  return ArrayBuffer.isView(value) && 'length' in value; // a DataView has none
}

export function isBigIntArray(value: TypedArray): value is BigInt64Array | BigUint64Array {
  return typeof value[0] === 'bigint';
}

const has = (value: unknown, name: string, type: string): boolean =>
  typeof value === 'object' && value !== null && typeof (value as Record<string, unknown>)[name] === type;

export function isTensor(value: unknown): value is TensorLike {
  return has(value, 'data', 'function') && Array.isArray((value as TensorLike).shape);
}

export function isArrowVector(value: unknown): value is ArrowVectorLike {
  return (
    has(value, 'toArray', 'function') &&
    has(value, 'get', 'function') &&
    has(value, 'length', 'number') &&
    has(value, 'nullCount', 'number')
  );
}

export function isArrowTable(value: unknown): value is ArrowTableLike {
  return (
    has(value, 'getChild', 'function') &&
    has(value, 'numRows', 'number') &&
    has(value, 'schema', 'object') &&
    Array.isArray((value as ArrowTableLike).schema?.fields)
  );
}

export function isVector(value: unknown): value is Vector {
  return Array.isArray(value) || isTypedArray(value) || isArrowVector(value) || isTensor(value);
}

/** An object that is nobody's instance: `{ … }`, also of another realm, or one without a prototype. */
export function isPlainObject(value: unknown): value is Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null) return false;
  const prototype = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

export type KnownMatrix =
  | { readonly kind: 'tensor'; readonly data: TensorLike }
  | { readonly kind: 'flat'; readonly data: NumericArray }
  | { readonly kind: 'nested'; readonly data: readonly NumericArray[] };
export type KnownNamed =
  | { readonly kind: 'objects'; readonly data: ObjectRows }
  | { readonly kind: 'columns'; readonly data: Columns }
  | { readonly kind: 'Arrow table'; readonly data: ArrowTableLike };

export function isNamed(known: KnownMatrix | KnownNamed): known is KnownNamed {
  return known.kind === 'objects' || known.kind === 'columns' || known.kind === 'Arrow table';
}

/** What the data are, by their first row that is there; rows are checked where they are read. */
export function kindOf(data: unknown): KnownMatrix | KnownNamed {
  if (isTensor(data)) return { kind: 'tensor', data };
  if (isArrowTable(data)) return { kind: 'Arrow table', data };
  if (isTypedArray(data)) return { kind: 'flat', data };
  if (Array.isArray(data)) {
    const first: unknown = data.find((row) => row !== null && row !== undefined);
    if (Array.isArray(first) || isTypedArray(first)) return { kind: 'nested', data };
    if (first === undefined || ['number', 'bigint', 'boolean', 'string'].includes(typeof first)) {
      return { kind: 'flat', data };
    }
    if (typeof first !== 'object' || isTensor(first) || isArrowVector(first))
      throw wrongRow(data.indexOf(first), first);
    return { kind: 'objects', data };
  }
  if (isPlainObject(data) && Object.values(data).some(isVector)) return { kind: 'columns', data: data as Columns };
  throw new LogisticError('bad-data', `expected rows or columns, found ${describe(data)}`, { hint: hintFor(data) });
}

function hintFor(data: unknown): string {
  if (has(data, 'then', 'function')) return 'await it first';
  if (isArrowVector(data)) return 'a vector is one column: give an object of columns, { name: vector }';
  if (isPlainObject(data)) return 'one row goes into an array: [row]; columns are arrays by name';
  if (has(data, 'next', 'function') || data instanceof Map || data instanceof Set)
    return 'spread it into an array first';
  return 'give an array of objects, an object of columns, an Arrow table, nested or flat arrays of numbers, or a tensor';
}

/** The error of a row that is none. */
export function wrongRow(row: number, found: unknown): LogisticError {
  return new LogisticError('bad-data', `row ${row + 1} is ${describe(found)}, which is not a row`, {
    hint: isTensor(found) ? 'stack the rows into one tensor [m, n]' : 'give every row as an object or as an array',
    details: { row: row + 1 },
  });
}

/** A value as messages name it. */
export function describe(value: unknown): string {
  if (value === undefined || value === null) return String(value);
  if (typeof value === 'string') return `the string ${JSON.stringify(brief(value))}`;
  if (typeof value === 'number' || typeof value === 'bigint') return `the number ${value}`;
  if (typeof value === 'boolean') return String(value);
  if (typeof value !== 'object') return `a ${typeof value}`;
  if (isTensor(value)) return `a tensor of shape [${value.shape.join(', ')}]`;
  if (Array.isArray(value)) return value.length === 0 ? 'an empty array' : 'an array';
  const name: unknown = value.constructor?.name;
  if (typeof name !== 'string' || name === '' || name === 'Object') {
    return Object.keys(value).length === 0 ? 'an empty object' : 'an object';
  }
  return `${/^[AEIOU]/.test(name) ? 'an' : 'a'} ${name}`;
}
