/**
 * Delimited text → rows of texts in their order, for prediction: one row out for each row in. A row that is bad is an
 * error with its line, told when it is reached. It knows no types.
 */
import type { ReadOptions } from '../data/table.ts';
import { brief, type Warning } from '../errors.ts';
import { nextTask } from '../yielding.ts';
import { type Block, brokenBy, type Fault, reasonOf } from './block.ts';
import { BlockCutter } from './cutter.ts';
import { afterQuote, type RowPlace, type TextKernel } from './kernel.ts';
import { type OpenText, openText } from './open-text.ts';
import { Places } from './places.ts';
import { blockBytes } from './read-blocks.ts';
import type { ByteSource } from './source.ts';

export interface CellRows {
  readonly names: readonly string[];
  readonly warnings: readonly Warning[];
  /** Rows in chunks. Ends early only by throwing. */
  readonly rows: AsyncGenerator<string[][]>;
}

export async function readDelimitedCells(source: ByteSource, options: ReadOptions): Promise<CellRows> {
  const text = await openText(source, options, undefined);
  return { names: text.columns.names, warnings: text.warnings, rows: rowsOf(source, text, options) };
}

async function* rowsOf(source: ByteSource, text: OpenText, options: ReadOptions): AsyncGenerator<string[][]> {
  const { kernel, dialect } = text;
  const places = new Places(0);
  places.open(source.label, dialect.start);
  const delimiter = dialect.delimiter.charCodeAt(0);
  const cutter = new BlockCutter(kernel, { delimiter, blockBytes, tooLong: (inQuotes) => places.tooLong(inQuotes) });
  const read = function* (blocks: Iterable<Uint8Array>): Generator<string[][]> {
    for (const block of blocks) {
      const { block: counted, rows } = cutBlock(kernel, block, delimiter, dialect.width);
      places.add(counted, block.length);
      places.requireGoodRows();
      cutter.recycle(block.buffer as ArrayBuffer);
      if (rows.length > 0) yield rows;
    }
  };
  for await (const piece of text.rest) {
    options.signal?.throwIfAborted();
    yield* read(cutter.push(piece));
    await nextTask();
  }
  yield* read(cutter.finish());
}

/** The cells of a block as texts. */
function cutBlock(
  kernel: TextKernel,
  bytes: Uint8Array,
  delimiter: number,
  width: number,
): { block: Block; rows: string[][] } {
  const length = kernel.put(bytes);
  const ends = kernel.findEnds(length, delimiter);
  const broken = brokenBy(kernel, ends === undefined);
  const start = kernel.get('text');
  const lines = kernel.linesBefore(start + length);
  const nothing = { rows: 0, lines, jumps: new Uint32Array(0), faults: [], faultCount: 0, columns: [] };
  if (broken !== undefined) return { block: { ...nothing, broken }, rows: [] };
  // In plain ASCII a byte is a character, and a cell a piece of the text.
  const text = kernel.decode(start, start + length);
  const ascii = text.length === length;
  const cell = (from: number, to: number): string | undefined => {
    const [first, last] = [text.charCodeAt(from - start), text.charCodeAt(to - 1 - start)];
    const plain = ascii && (from === to || (first > 0x22 && last > 0x20));
    return plain ? text.slice(from - start, to - start) : kernel.cellText(from, to);
  };
  const rows: string[][] = [];
  const faults: Fault[] = [];
  for (const row of kernel.rows(ends!.slice())) {
    const fields = row.cells.map(([from, to]) => cell(from, to));
    const problem = problemOf(fields, width);
    if (problem === undefined) rows.push(fields as string[]);
    else faults.push(faultOf(kernel, row, reasonOf(problem, width)));
  }
  return { block: { ...nothing, faults, faultCount: faults.length }, rows };
}

/** What is wrong with a row, as the kernel tells it. */
function problemOf(fields: readonly (string | undefined)[], width: number): number | undefined {
  if (fields.length !== width) return fields.length;
  return fields.includes(undefined) ? afterQuote : undefined;
}

function faultOf(kernel: TextKernel, { start, end }: RowPlace, reason: string): Fault {
  return { line: kernel.linesBefore(start), reason, text: brief(kernel.decode(start, end)) };
}
