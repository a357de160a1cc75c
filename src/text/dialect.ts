/**
 * What the first lines of a delimited text say about it: delimiter, header, width, and lines that are none of its
 * rows: `sep=;`, comments above the header, a row of units below it. It knows no types and reads no further.
 */
import { brief, type Warning } from '../errors.ts';
import { defaultMissingTokens, readNumber } from '../predict/cell.ts';
import type { TextKernel } from './kernel.ts';

export interface TextRecord {
  readonly fields: readonly string[];
  /** The byte where it begins and the lines before it; the same of what follows it. */
  readonly start: Place;
  readonly after: Place;
}

interface Place {
  readonly at: number;
  readonly lines: number;
}

export interface Dialect {
  readonly delimiter: string;
  /** The header's fields; undefined when the first line is data. */
  readonly header: readonly string[] | undefined;
  /** The first records below the header. */
  readonly sample: readonly TextRecord[];
  /** Fields in a row. */
  readonly width: number;
  /** Every row of the sample ends with a delimiter that the header lacks. */
  readonly trailing: boolean;
  /** Where the first row of data begins: its byte and the lines before it. */
  readonly start: Place;
  readonly warnings: readonly Warning[];
}

export interface DialectOptions {
  readonly delimiter?: string | undefined;
  readonly header: boolean;
  /** Whether these bytes are the whole text; otherwise the last record may be cut off. */
  readonly whole: boolean;
}

const candidates = [',', ';', '\t', '|'];
/** Rows that the delimiter is told by, and those of them whose fields are looked at. */
const [sampleRows, sampleRecords] = [1000, 100];

/** Undefined when there is no record at all. */
export function recogniseDialect(kernel: TextKernel, bytes: Uint8Array, options: DialectOptions): Dialect | undefined {
  const separator = separatorLine(bytes);
  const body = bytes.subarray(separator?.length ?? 0);
  const before = { at: separator?.length ?? 0, lines: separator === undefined ? 0 : 1 };
  const said = options.delimiter ?? separator?.delimiter;
  const best = bestReading(kernel, body, said === undefined ? candidates : [said], options);
  const [first, ...rest] = best.records;
  if (first === undefined) return undefined;
  const header = options.header ? first.fields : undefined;
  const units = header !== undefined && isUnitsRow(rest) ? rest.shift() : undefined;
  const sample = header === undefined ? best.records : rest;
  const trailing =
    header !== undefined &&
    rest.length > 0 &&
    rest.every(({ fields }) => fields.length === header.length + 1 && fields.at(-1) === '');
  const start = header === undefined ? first.start : (units ?? first).after;
  return {
    delimiter: best.delimiter,
    header,
    sample,
    width: header === undefined ? best.width : header.length + (trailing ? 1 : 0),
    trailing,
    start: { at: before.at + start.at, lines: before.lines + start.lines },
    warnings: warningsOf(best.comments, units, header, trailing, options),
  };
}

interface Reading {
  readonly delimiter: string;
  readonly records: readonly TextRecord[];
  readonly comments: number;
  readonly width: number;
}

/**
 * The delimiter that cuts most rows, the header among them, into the same number of fields; of equals, the one that
 * makes more of the fields numbers, and then the one that makes more fields.
 */
function bestReading(
  kernel: TextKernel,
  bytes: Uint8Array,
  delimiters: readonly string[],
  options: DialectOptions,
): Reading {
  const counted = delimiters.map((delimiter) => ({ delimiter, ...agreement(fieldCounts(kernel, bytes, delimiter)) }));
  const most = Math.max(...counted.map(({ share }) => share));
  const readings = counted
    .filter(({ share }) => share === most)
    .map((reading) => {
      const read = withoutComments(recordsOf(kernel, bytes, reading.delimiter, options.whole), options.header);
      const fields = read.records.flatMap((record) => record.fields);
      const numbers = fields.filter((field) => /^[+-]?\d*[.,]?\d+$/.test(field)).length;
      return { ...reading, ...read, numbers: numbers / Math.max(1, fields.length) };
    });
  return readings.reduce((a, b) => ((b.numbers - a.numbers || b.width - a.width) > 0 ? b : a));
}

/** Fields in each row. */
function fieldCounts(kernel: TextKernel, bytes: Uint8Array, delimiter: string): number[] {
  const ends = kernel.findEnds(kernel.put(bytes), delimiter.charCodeAt(0)) ?? new Uint32Array(0);
  const counts: number[] = [];
  for (const { cells } of kernel.rows(ends)) if (counts.push(cells.length) === sampleRows) break;
  return counts;
}

function warningsOf(
  comments: number,
  units: TextRecord | undefined,
  header: readonly string[] | undefined,
  trailing: boolean,
  asked: DialectOptions,
): Warning[] {
  const warnings: Warning[] = [];
  if (comments > 0) {
    const lines = comments === 1 ? 'a line that begins' : `${comments} lines that begin`;
    warnings.push({ code: 'comment-lines', message: `${lines} with # above the header: not read` });
  }
  if (units !== undefined) {
    const message = `the row below the header holds units (${brief(units.fields.join(', '))}): not read`;
    warnings.push({ code: 'units-row', message });
  }
  if (header !== undefined && asked.header && header.length > 0 && header.every(isNumber)) {
    const message = `the first line looks like data (${brief(header.join(', '))}), and is read as the names of the columns; --no-header reads it as a row`;
    warnings.push({ code: 'header-like-data', message });
  }
  if (trailing) {
    const message = 'every row ends with a delimiter that the header lacks; the empty field is passed over';
    warnings.push({ code: 'trailing-delimiter', message });
  }
  return warnings;
}

const isNumber = (field: string): boolean => readNumber(field) !== undefined;

/** Excel's first line that names the delimiter. */
function separatorLine(bytes: Uint8Array): { delimiter: string; length: number } | undefined {
  const start = new TextDecoder().decode(bytes.subarray(0, 16));
  const found = /^"?sep=([ -~\t])"?(\r\n|\n|\r)/i.exec(start);
  return found === null ? undefined : { delimiter: found[1]!, length: found[0].length };
}

/** Records of a text, blank lines passed over; as many as the dialect is told by. */
function recordsOf(kernel: TextKernel, bytes: Uint8Array, delimiter: string, whole: boolean): TextRecord[] {
  const length = kernel.put(bytes);
  const ends = kernel.findEnds(length, delimiter.charCodeAt(0))?.slice() ?? new Uint32Array(0);
  const text = kernel.get('text');
  const records: TextRecord[] = [];
  let [lines, seen] = [0, text];
  for (const { cells, start, end } of kernel.rows(ends)) {
    if (records.length > sampleRecords || (!whole && end - text >= bytes.length)) break;
    lines += kernel.lineEnds(seen, start);
    seen = start;
    const fields = cells.map(([from, to]) => kernel.cellText(from, to) ?? kernel.decode(from, to).trim());
    const next = bytes[end - text] === 13 && bytes[end + 1 - text] === 10 ? end + 2 : end + 1;
    const after = { at: Math.min(next - text, bytes.length), lines: lines + kernel.lineEnds(start, next) };
    records.push({ fields, start: { at: start - text, lines }, after });
  }
  return records;
}

/** Comments are the first lines that begin with #, but for the last of them where it is a header. */
function withoutComments(records: TextRecord[], header: boolean): { records: TextRecord[]; comments: number } {
  let comments = records.findIndex(({ fields }) => !fields[0]!.startsWith('#'));
  if (comments < 0) comments = 0;
  const last = records[comments - 1];
  const next = records[comments];
  const isHeader = header && last?.fields.length === next?.fields.length && next?.fields.some(isNumber) === true;
  if (isHeader) comments--;
  return { records: records.slice(comments), comments };
}

/** The commonest number of fields above one, and the share of the rows that have it. */
function agreement(fields: readonly number[]): { share: number; width: number } {
  const counts = new Map<number, number>();
  for (const count of fields) counts.set(count, (counts.get(count) ?? 0) + 1);
  const [width, rows] = [...counts].filter(([count]) => count > 1).sort((a, b) => b[1] - a[1])[0] ?? [1, 0];
  return { share: rows / Math.max(1, fields.length), width };
}

const unit =
  '(?:[µumkMGdch]?(?:g|m|s|l|L|A|V|W|Pa|Hz|J|N|mol|K|bar|eV)|%|°[CF]?|ppm|ppb|min|h|d|days?|yrs?|years?|hours?|in|ft|lbs?|mph|mmHg|USD|EUR|GBP|[$€£])(?:[²³23]|\\^-?[0-9])?';
const unitPattern = new RegExp(`^[[(]?${unit}(?:[/·* ]${unit})*[\\])]?$`);
const missing = new Set(defaultMissingTokens);

/**
 * Whether the first record below the header holds units: in columns whose other cells are all numbers it has units or
 * nothing, one unit at least, and in all other columns nothing.
 */
function isUnitsRow([first, ...others]: readonly TextRecord[]): boolean {
  if (first === undefined || others.length === 0) return false;
  let units = 0;
  for (const [k, field] of first.fields.entries()) {
    if (missing.has(field)) continue;
    const numbers = others.every(({ fields }) => missing.has(fields[k] ?? '') || isNumber(fields[k]!));
    if (!numbers || !unitPattern.test(field)) return false;
    units++;
  }
  return units > 0;
}
