/**
 * The delimiter of a file, from the structure of its first lines alone: the one that cuts the header and
 * the lines into the same number of fields. The quote is always `"`, whether the sample shows one or not.
 * It reads no file and decides no type.
 */
import { readNumber } from '../predict/cell.ts';
import { type Record, RecordReader } from './records.ts';

const candidates = [',', ';', '\t', '|'] as const;

export interface Dialect {
  readonly delimiter: string;
  /** Records of the sample, the header first if the file has one. */
  readonly records: readonly Record[];
}

/** `complete`: the sample is the whole text; else its last record may be cut off and is not used. */
export function readDialect(sample: string, { delimiter, complete }: { delimiter?: string | undefined; complete: boolean }): Dialect {
  const read = (mark: string): Dialect => ({ delimiter: mark, records: readSample(sample, mark, complete) });
  if (delimiter !== undefined) return read(delimiter);
  const scored = candidates.map(read).map((dialect) => ({ dialect, score: scoreOf(dialect.records) }));
  const usable = scored.filter(({ score }) => score.width > 1);
  // A tie (`1,5;0` without a header) goes to the reading with more numbers, then with more fields.
  usable.sort((a, b) => b.score.even - a.score.even || b.score.numeric - a.score.numeric || b.score.width - a.score.width);
  return (usable[0] ?? scored[0]!).dialect;
}

function readSample(sample: string, delimiter: string, complete: boolean): Record[] {
  const reader = new RecordReader(delimiter);
  const records = reader.push(sample);
  return complete ? [...records, ...reader.end()] : records;
}

/** Width of the first record, share of records as wide (one empty field more allowed), share of numbers. */
function scoreOf(records: readonly Record[]): { width: number; even: number; numeric: number } {
  const width = records[0]?.fields.length ?? 0;
  const asWide = records.filter(({ fields }) => fields.length === width || (fields.length === width + 1 && fields.at(-1) === ''));
  const cells = records.slice(0, 100).flatMap(({ fields }) => fields);
  const numbers = cells.filter((cell) => readNumber(cell.trim()) !== undefined || readNumber(cell.trim(), true) !== undefined);
  return { width, even: asWide.length / Math.max(1, records.length), numeric: numbers.length / Math.max(1, cells.length) };
}
