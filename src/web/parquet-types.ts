/**
 * Types of Parquet columns by the names that DuckDB gives them, and stored cells as the numbers and texts that DuckDB's
 * casts make of them: so a file is the same table in Node and in a browser.
 */
import type { SchemaElement, SchemaTree } from 'hyparquet';
import { isFraction } from '../columnar/table.ts';

/** Nested columns have no more of a name than what they are. */
export function typeOf({ element, children }: SchemaTree): string {
  const { repetition_type, converted_type, logical_type } = element;
  if (repetition_type === 'REPEATED' || converted_type === 'LIST' || logical_type?.type === 'LIST') return 'LIST';
  if (converted_type === 'MAP' || logical_type?.type === 'MAP') return 'MAP';
  return children.length > 0 ? 'STRUCT' : leafType(element);
}

const integers: Readonly<Record<number, string>> = { 8: 'TINYINT', 16: 'SMALLINT', 32: 'INTEGER', 64: 'BIGINT' };
/** Of types by their annotation, old and new, else by what is stored. */
const named: Readonly<Record<string, string>> = {
  ...{
    UTF8: 'VARCHAR',
    STRING: 'VARCHAR',
    ENUM: 'VARCHAR',
    JSON: 'JSON',
    UUID: 'UUID',
    FLOAT16: 'FLOAT',
    DATE: 'DATE',
  },
  ...{ TIME_MILLIS: 'TIME', TIME_MICROS: 'TIME', TIMESTAMP_MILLIS: 'TIMESTAMP', TIMESTAMP_MICROS: 'TIMESTAMP' },
  ...{ BOOLEAN: 'BOOLEAN', INT32: 'INTEGER', INT64: 'BIGINT', INT96: 'TIMESTAMP', FLOAT: 'FLOAT', DOUBLE: 'DOUBLE' },
  ...{ INTERVAL: 'INTERVAL', BYTE_ARRAY: 'BLOB', FIXED_LEN_BYTE_ARRAY: 'BLOB' },
};

function leafType({ type, converted_type, logical_type, precision, scale = 0 }: SchemaElement): string {
  if (converted_type === 'DECIMAL') return `DECIMAL(${precision},${scale})`;
  const [, unsigned, bits] = /^(U?)INT_(\d+)$/.exec(converted_type ?? '') ?? [];
  if (bits !== undefined) return unsigned + integers[Number(bits)]!;
  switch (logical_type?.type) {
    case 'INTEGER':
      return (logical_type.isSigned ? '' : 'U') + integers[logical_type.bitWidth]!;
    case 'TIME':
      return logical_type.isAdjustedToUTC ? 'TIME WITH TIME ZONE' : 'TIME';
    case 'TIMESTAMP':
      if (logical_type.isAdjustedToUTC) return 'TIMESTAMP WITH TIME ZONE';
      return logical_type.unit === 'NANOS' ? 'TIMESTAMP_NS' : 'TIMESTAMP';
    default:
      return named[logical_type?.type ?? ''] ?? named[converted_type ?? ''] ?? named[type!] ?? type!;
  }
}

/** Copies cells to values[at, …), NaN for null, and returns the number of nulls. */
export function copyNumbers(
  element: SchemaElement,
  cells: ArrayLike<unknown>,
  values: Float64Array,
  at: number,
): number {
  const number = numberOf(element);
  let nulls = 0;
  for (let row = 0; row < cells.length; row++) {
    const cell = cells[row];
    if (cell !== undefined && cell !== null) values[at + row] = number(cell);
    else {
      values[at + row] = Number.NaN;
      nulls++;
    }
  }
  return nulls;
}

/** Number() rounds a bigint, and the digits of a decimal, to the nearest float64. */
function numberOf(element: SchemaElement): (cell: unknown) => number {
  if (element.converted_type !== 'DECIMAL') return Number;
  return (cell) => Number(decimalText(cell, element.scale ?? 0));
}

/** The text of a cell that is not null. */
export function textOf(element: SchemaElement): (cell: unknown) => string {
  const type = leafType(element);
  const number = numberOf(element);
  const decoder = new TextDecoder();
  if (type === 'VARCHAR' || type === 'JSON') return (cell) => decoder.decode(cell as Uint8Array);
  if (isFraction(type)) return (cell) => String(number(cell));
  if (type === 'DATE') return (cell) => dateText(BigInt(cell as number));
  if (type === 'BLOB') return (cell) => blobText(cell as Uint8Array);
  if (/^TIME(STAMP.*)?$/.test(type)) return (cell) => timeText(cell as number | bigint, perSecond(element), type);
  if (/^(U?(TINYINT|SMALLINT|INTEGER|BIGINT)|BOOLEAN|UUID)$/.test(type)) return String;
  throw new Error(`cells of the type ${type} are not read as text here`);
}

/** A decimal is stored as a whole number, or as the bytes of one, the highest first. */
function decimalText(cell: unknown, scale: number): string {
  const value = cell instanceof Uint8Array ? integerOf(cell) : BigInt(cell as number | bigint);
  const digits = String(value < 0n ? -value : value).padStart(scale + 1, '0');
  const point = digits.length - scale;
  return `${value < 0n ? '-' : ''}${digits.slice(0, point)}${scale === 0 ? '' : `.${digits.slice(point)}`}`;
}

function integerOf(bytes: Uint8Array): bigint {
  const unsigned = bytes.reduce((value, byte) => value * 256n + BigInt(byte), 0n);
  return BigInt.asIntN(8 * bytes.length, unsigned);
}

const secondsPerDay = 86_400n;

/** How many of the stored units are a second. */
function perSecond({ type, converted_type, logical_type }: SchemaElement): bigint {
  const unit = logical_type !== undefined && 'unit' in logical_type ? logical_type.unit : converted_type;
  if (type === 'INT96' || unit === 'NANOS') return 1_000_000_000n;
  return unit?.endsWith('MILLIS') ? 1000n : 1_000_000n;
}

/** hh:mm:ss and what is left of a second without zeros at its end, after the date of a timestamp. */
function timeText(cell: number | bigint, second: bigint, type: string): string {
  const value = BigInt(cell);
  const day = floorOf(value, second * secondsPerDay);
  const within = value - day * second * secondsPerDay;
  const part = (unit: number, most: number): string =>
    String((within / second / BigInt(unit)) % BigInt(most)).padStart(2, '0');
  const fraction = String(within % second)
    .padStart(String(second).length - 1, '0')
    .replace(/0+$/, '');
  const time = `${part(3600, 24)}:${part(60, 60)}:${part(1, 60)}${fraction === '' ? '' : `.${fraction}`}`;
  if (type === 'TIME') return time;
  return `${dateText(day)} ${time}${type === 'TIMESTAMP WITH TIME ZONE' ? '+00' : ''}`;
}

const floorOf = (a: bigint, b: bigint): bigint => (a - (((a % b) + b) % b)) / b;

function dateText(days: bigint): string {
  const date = new Date(Number(days * secondsPerDay * 1000n));
  const year = date.getUTCFullYear();
  const [month, day] = [date.getUTCMonth() + 1, date.getUTCDate()].map((part) => String(part).padStart(2, '0'));
  return `${String(year > 0 ? year : 1 - year).padStart(4, '0')}-${month}-${day}${year > 0 ? '' : ' (BC)'}`;
}

/** Printable ASCII as it is but for quotes and the backslash, other bytes in hexadecimal. */
function blobText(bytes: Uint8Array): string {
  const texts = Array.from(bytes, (byte) => {
    const plain = byte >= 32 && byte < 127 && !`"'\\`.includes(String.fromCharCode(byte));
    return plain ? String.fromCharCode(byte) : `\\x${byte.toString(16).toUpperCase().padStart(2, '0')}`;
  });
  return texts.join('');
}
