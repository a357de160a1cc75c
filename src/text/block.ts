/**
 * What came of one block of whole rows, by column, with the rows that were left out and the lines that do not follow
 * rows one by one. All places are relative to the block. It is made by a kernel, here or in a worker, and is plain data.
 */
import { brief } from '../errors.ts';
import { afterQuote, notEmpty, type TextKernel, type Use, uses } from './kernel.ts';
import { formBits } from './spelling.ts';

/** A row that was left out. */
export interface Fault {
  /** Physical line, from 0. */
  readonly line: number;
  readonly reason: string;
  /** The row as it stands, cut when it is long. */
  readonly text: string;
}

/** The cells of a column: `values[r]` with its spelling, or where that is 0, in its lower half, a text's number. */
export interface BlockColumn {
  readonly values: Float64Array;
  readonly spellings: Uint8Array;
  /** Only where some number is long. */
  readonly deltas: Int16Array | undefined;
  /** Cells that are texts. */
  readonly texts: number;
  /** Which forms of numbers it has besides the common one: formBits. */
  readonly forms: number;
}

/** Why nothing of a block counts. */
export type Broken =
  | { readonly kind: 'byte'; readonly byte: number; readonly offset: number; readonly line: number }
  | { readonly kind: 'quote'; readonly line: number };

export interface Block {
  readonly rows: number;
  readonly lines: number;
  /** Pairs of a row and its line, where that is not the line after the row before. */
  readonly jumps: Uint32Array;
  /** The first few. */
  readonly faults: readonly Fault[];
  readonly faultCount: number;
  /** Undefined for a column that is not read. */
  readonly columns: readonly (BlockColumn | undefined)[];
  readonly broken?: Broken;
}

/** Reads a block; what it gives is in the kernel's memory, until the next one. */
export function readBlock(kernel: TextKernel, bytes: Uint8Array, columnUses: readonly Use[]): Block {
  const rows = kernel.readRows(kernel.put(bytes));
  const broken = brokenBy(kernel, rows < 0);
  if (broken !== undefined) {
    return { rows: 0, lines: 0, jumps: new Uint32Array(0), faults: [], faultCount: 0, columns: [], broken };
  }
  const { buffer } = kernel;
  const stride = kernel.get('stride');
  const texts = new Uint32Array(buffer, kernel.get('textCounts'), columnUses.length);
  const forms = new Uint8Array(buffer, kernel.get('formsSeen'), columnUses.length);
  const [cells, spellings, deltas] = [kernel.get('cells'), kernel.get('spellings'), kernel.get('deltas')];
  return {
    rows,
    lines: kernel.get('lines'),
    jumps: new Uint32Array(buffer, kernel.get('jumps'), 2 * kernel.get('jumpCount')),
    faults: faultsOf(kernel, columnUses.length),
    faultCount: kernel.get('faultCount'),
    columns: columnUses.map((use, k) => {
      if (use === uses.skipped || use === uses.mustBeEmpty) return undefined;
      const at = k * stride;
      return {
        values: new Float64Array(buffer, cells + 8 * at, rows),
        spellings: new Uint8Array(buffer, spellings + at, rows),
        deltas: (forms[k]! & formBits.long) === 0 ? undefined : new Int16Array(buffer, deltas + 2 * at, rows),
        texts: texts[k]!,
        forms: forms[k]!,
      };
    }),
  };
}

/** What is wrong with all of the block that was put, after its cells were looked for. */
export function brokenBy(kernel: TextKernel, badByte: boolean): Broken | undefined {
  if (badByte) {
    const at = kernel.get('badByte');
    const byte = new Uint8Array(kernel.buffer)[at]!;
    return { kind: 'byte', byte, offset: at - kernel.get('text'), line: kernel.linesBefore(at) };
  }
  const open = kernel.get('unclosed');
  return open === 0 ? undefined : { kind: 'quote', line: kernel.linesBefore(open) };
}

function faultsOf(kernel: TextKernel, width: number): Fault[] {
  const [at, bytes, text] = [kernel.get('faults'), kernel.get('faultBytes'), kernel.get('text')];
  const told = Math.min(kernel.get('faultCount'), 8);
  const words = new Uint32Array(kernel.buffer, at, (told * bytes) / 4);
  return Array.from({ length: told }, (_, k) => {
    const [line, found, start, end] = words.subarray(4 * k, 4 * k + 4) as unknown as [number, number, number, number];
    return {
      line,
      reason: reasonOf(found, width),
      text: brief(kernel.decode(text + start, text + Math.min(end, start + 4 * 60))),
    };
  });
}

export function reasonOf(found: number, width: number): string {
  if (found === afterQuote) return 'something follows a closing quote; a quote within quotes is doubled';
  if (found === notEmpty) return 'there is a field after the last column';
  return `${width} ${width === 1 ? 'field' : 'fields'} expected, ${found} found`;
}

/** A block without its cells, and where those lie in one buffer: what one thread sends to another. */
export interface PackedBlock {
  readonly block: Omit<Block, 'columns'>;
  readonly buffer: ArrayBuffer;
  /** Of each column: texts, forms; undefined for one that is not read. */
  readonly columns: readonly (readonly [number, number] | undefined)[];
}

/** A copy of a block in a buffer of its own, or in `reuse` where that is large enough. */
export function packBlock({ columns, ...block }: Block, reuse: ArrayBuffer | undefined): PackedBlock {
  const described = columns.map((column) => column && ([column.texts, column.forms] as const));
  const bytes = described.reduce((sum, column) => sum + bytesOf(column, block.rows), 0);
  const buffer = reuse !== undefined && reuse.byteLength >= bytes ? reuse : new ArrayBuffer(Math.ceil(1.125 * bytes));
  const packed: PackedBlock = { block: { ...block, jumps: block.jumps.slice() }, buffer, columns: described };
  for (const [k, column] of unpackBlock(packed).columns.entries()) {
    const from = columns[k];
    column?.values.set(from!.values);
    column?.spellings.set(from!.spellings);
    column?.deltas?.set(from!.deltas!);
  }
  return packed;
}

export function unpackBlock({ block, buffer, columns }: PackedBlock): Block {
  const { rows } = block;
  const room = rounded(rows);
  let at = 0;
  return {
    ...block,
    columns: columns.map((column): BlockColumn | undefined => {
      if (column === undefined) return undefined;
      const [texts, forms] = column;
      const values = new Float64Array(buffer, at, rows);
      const spellings = new Uint8Array(buffer, at + 8 * room, rows);
      const deltas = (forms & formBits.long) === 0 ? undefined : new Int16Array(buffer, at + 9 * room, rows);
      at += bytesOf(column, rows);
      return { values, spellings, deltas, texts, forms };
    }),
  };
}

const rounded = (rows: number): number => (rows + 7) & ~7;

function bytesOf(column: readonly [number, number] | undefined, rows: number): number {
  return column === undefined ? 0 : rounded(rows) * ((column[1] & formBits.long) === 0 ? 9 : 11);
}
