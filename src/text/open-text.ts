/**
 * The beginning of a delimited text: its dialect, the names of its columns, and a cutter that stands before its first
 * row of data. What follows is read by read-delimited.ts or read-cells.ts.
 */
import { type ColumnNames, columnNames } from '../data/names.ts';
import type { ReadOptions } from '../data/table.ts';
import { LogisticError, type Warning } from '../errors.ts';
import { type Dialect, recogniseDialect } from './dialect.ts';
import { concatenate, utf8Chunks } from './encoding.ts';
import { compileTextKernel, TextKernel } from './kernel.ts';
import { badByte } from './places.ts';
import type { ByteSource } from './source.ts';

/** Text columns beyond this take seconds and gigabytes for a few rows. */
export const maxColumns = 10_000;
/** Lines and bytes that the dialect is told by; more where one line is longer. */
const [headLines, headBytes, mostHeadBytes] = [1100, 2 ** 20, 64 * 2 ** 20];

export interface OpenText {
  readonly kernel: TextKernel;
  readonly dialect: Dialect;
  readonly columns: ColumnNames;
  readonly warnings: readonly Warning[];
  /** All bytes from the first row of data on. */
  readonly rest: AsyncGenerator<Uint8Array>;
}

export async function openText(
  source: ByteSource,
  options: ReadOptions,
  target: string | undefined,
): Promise<OpenText> {
  const kernel = await TextKernel.open(await compileTextKernel());
  const chunks = utf8Chunks(source.chunks, source.label);
  const { head, whole } = await takeHead(chunks);
  const dialect = dialectOf(kernel, head, whole, { source, options });
  if (dialect.width > maxColumns) {
    throw new LogisticError(
      'too-many-columns',
      `${source.label}: ${dialect.width} columns; ${maxColumns} can be read`,
      { hint: 'split the file by columns, or store it as Parquet with the columns that matter' },
    );
  }
  const columns = columnNames(dialect.header, dialect.width - (dialect.trailing ? 1 : 0), target);
  async function* rest(): AsyncGenerator<Uint8Array> {
    yield head.subarray(dialect.start.at);
    yield* chunks;
  }
  return { kernel, dialect, columns, warnings: [...dialect.warnings, ...columns.warnings], rest: rest() };
}

/** The first lines, and whether they are all there is. */
async function takeHead(chunks: AsyncGenerator<Uint8Array>): Promise<{ head: Uint8Array; whole: boolean }> {
  const parts: Uint8Array[] = [];
  let [bytes, lines] = [0, 0];
  for (;;) {
    const { value, done } = await chunks.next();
    if (done === true) return { head: concatenate(parts), whole: true };
    parts.push(new Uint8Array(value)); // its memory is the source's
    bytes += value.length;
    for (let at = value.indexOf(10); at >= 0; at = value.indexOf(10, at + 1)) lines++;
    if (bytes >= mostHeadBytes || (bytes >= headBytes && lines >= 2) || lines >= headLines) {
      return { head: concatenate(parts), whole: false };
    }
  }
}

function dialectOf(
  kernel: TextKernel,
  head: Uint8Array,
  whole: boolean,
  { source: { label }, options }: { source: ByteSource; options: ReadOptions },
): Dialect {
  const fail = (code: string, message: string, hint: string): never => {
    throw new LogisticError(code, `${label}: ${message}`, { hint });
  };
  if (head.length === 0) fail('bad-file', 'the file is empty', 'give a file with a header line and rows');
  // A character may be cut off at the end.
  const known = whole
    ? head
    : head.subarray(0, Math.max(head.lastIndexOf(10), head.subarray(0, -1).lastIndexOf(13)) + 1);
  const { delimiter } = options;
  const header = options.header !== false;
  requireText(kernel, known, label);
  const dialect = recogniseDialect(kernel, known, { delimiter, header, whole });
  if (dialect === undefined && !whole)
    return fail('bad-rows', 'a first line of more than 64 MiB', 'check the line ends');
  if (dialect === undefined)
    return fail('bad-file', 'the file has only blank lines', 'give a file with a header line and rows');
  if (dialect.sample.length === 0 && whole) fail('no-rows', 'there is a header and no row', 'give a file with rows');
  return dialect;
}

function requireText(kernel: TextKernel, bytes: Uint8Array, label: string): void {
  if (kernel.findEnds(kernel.put(bytes), 44) !== undefined) return;
  const at = kernel.get('badByte');
  const line = kernel.linesBefore(at) + 1;
  throw badByte(`${label}:${line}`, new Uint8Array(kernel.buffer)[at]!, at - kernel.get('text'), { line });
}
