/**
 * The WebAssembly kernel of delimited text (assembly/) with names for its memory: a block of whole rows goes in, cells
 * by column come out. One instance has one dictionary of distinct texts, which only grows. It decides nothing.
 */
import { textKernelBase64 } from './kernel.generated.ts';

/** The exports of assembly/index.ts. */
interface Exports {
  intern(column: number, at: number, length: number): number;
  allocate(bytes: number): number;
  cut(start: number, end: number): number;
  describe(columns: number, delimiter: number): void;
  readRows(length: number): number;
  reserve(bytes: number): void;
  findEnds(length: number, delimiter: number): number;
  countLineEnds(from: number, to: number): number;
  isOpen(): number;
  restart(): void;
  scan(from: number, to: number, delimiter: number): void;
}
type Address =
  | 'text'
  | 'ends'
  | 'uses'
  | 'cells'
  | 'spellings'
  | 'deltas'
  | 'textCounts'
  | 'formsSeen'
  | 'jumps'
  | 'faults';
type Count = 'stride' | 'texts' | 'jumpCount' | 'lines' | 'faultCount' | 'lastRowEnd' | 'unclosed' | 'badByte';
type Other = 'entries' | 'cellStart' | 'cellEnd' | 'fives' | 'reach' | 'faultBytes';
type Numbers = Readonly<Record<Address | Count | Other, WebAssembly.Global>>;

let compiled: Promise<WebAssembly.Module> | undefined;

/** The module, compiled when first asked for. */
export function compileTextKernel(): Promise<WebAssembly.Module> {
  compiled ??= WebAssembly.compile(Uint8Array.from(atob(textKernelBase64), (character) => character.charCodeAt(0)));
  return compiled;
}

/** What a column's cells are read for; as assembly/rows.ts has it. */
export const uses = { skipped: 0, numbersAndTexts: 1, textsOnly: 2, mustBeEmpty: 3 } as const;
export type Use = (typeof uses)[keyof typeof uses];

/** Found in place of a number of cells: something after a closing quote, or in a column that must be empty. */
export const afterQuote = 0xffff_ffff;
export const notEmpty = 0xffff_fffe;

/** Bytes from which on the kernel's start function writes tables. */
const initialPages = 2;

const [lineFeed, carriageReturn] = [10, 13];

/** Addresses of a row and its cells. */
export interface RowPlace {
  readonly cells: readonly (readonly [number, number])[];
  readonly start: number;
  readonly end: number;
}

export class TextKernel {
  readonly #memory: WebAssembly.Memory;
  readonly #exports: Exports & Numbers;
  readonly #decoder = new TextDecoder();
  #scanRoom = 0;
  #scanBytes = 0;

  private constructor(memory: WebAssembly.Memory, exports: Exports & Numbers) {
    this.#memory = memory;
    this.#exports = exports;
    writePowersOfFive(new DataView(memory.buffer, this.get('fives')), this.get('reach'));
  }

  static async open(module: WebAssembly.Module): Promise<TextKernel> {
    const memory = new WebAssembly.Memory({ initial: initialPages });
    const instance = await WebAssembly.instantiate(module, { env: { memory } });
    return new TextKernel(memory, instance.exports as unknown as Exports & Numbers);
  }

  get(name: keyof Numbers): number {
    return (this.#exports[name].value as number) >>> 0;
  }

  get buffer(): ArrayBuffer {
    return this.#memory.buffer;
  }

  /** Puts a block where the kernel reads it, closed by a line end; returns its length. */
  put(block: Uint8Array): number {
    this.#exports.reserve(block.length + 1);
    const text = new Uint8Array(this.buffer, this.get('text'), block.length + 1);
    text.set(block);
    if (endsLine(block)) return block.length;
    text[block.length] = 10;
    return block.length + 1;
  }

  /** What the columns are read for, before the first block. */
  describe(columns: readonly Use[], delimiter: number): void {
    this.#exports.describe(columns.length, delimiter);
    new Uint8Array(this.buffer).set(columns, this.get('uses'));
  }

  /** Reads the block that was put: its rows, or −1 after a bad byte. */
  readRows(length: number): number {
    return this.#exports.readRows(length);
  }

  /** Where cells end in the block that was put, relative to its start; undefined after a bad byte. */
  findEnds(length: number, delimiter: number): Uint32Array | undefined {
    const count = this.#exports.findEnds(length, delimiter);
    if (count < 0) return undefined;
    return new Uint32Array(this.buffer, this.get('ends'), count);
  }

  /** The text of a cell between two addresses, without its quotes; undefined where something follows them. */
  cellText(start: number, end: number): string | undefined {
    if (this.#exports.cut(start, end) === 0) return undefined;
    return this.decode(this.get('cellStart'), this.get('cellEnd'));
  }

  decode(from: number, to: number): string {
    return this.#decoder.decode(new Uint8Array(this.buffer, from, to - from));
  }

  /** The rows of the block that was put, from the ends of its cells; blank lines are passed over. */
  *rows(ends: Uint32Array): Generator<RowPlace> {
    let bytes = new Uint8Array(this.buffer);
    const byteAt = (address: number): number => {
      if (bytes.length === 0) bytes = new Uint8Array(this.buffer); // the memory has grown
      return bytes[address]!;
    };
    let start = this.get('text');
    let cells: [number, number][] = [];
    let from = start;
    for (const end of ends) {
      const byte = byteAt(end);
      if (
        byte === lineFeed &&
        end === start &&
        cells.length === 0 &&
        end > this.get('text') &&
        byteAt(end - 1) === carriageReturn
      ) {
        start = from = end + 1; // the second half of CRLF
        continue;
      }
      cells.push([from, end]);
      from = end + 1;
      if (byte !== lineFeed && byte !== carriageReturn) continue;
      if (cells.length > 1 || !this.#isBlank(start, end)) yield { cells, start, end };
      start = from;
      cells = [];
    }
  }

  #isBlank(from: number, to: number): boolean {
    return new Uint8Array(this.buffer, from, to - from).every((byte) => byte === 0x20 || byte === 9);
  }

  /** Line ends between two addresses. */
  lineEnds(from: number, to: number): number {
    return this.#exports.countLineEnds(from, to);
  }

  /** Line ends in the block that was put, before an address in it. */
  linesBefore(address: number): number {
    return this.lineEnds(this.get('text'), address);
  }

  /** Begins to look for the ends of rows. */
  restart(): void {
    this.#exports.restart();
  }

  /** Looks at more bytes; returns where in them the last row ends, 0 where none does. */
  lastRowEnd(bytes: Uint8Array, delimiter: number): number {
    if (bytes.length > this.#scanBytes) {
      this.#scanBytes = bytes.length;
      this.#scanRoom = this.#exports.allocate(bytes.length) >>> 0;
    }
    new Uint8Array(this.buffer).set(bytes, this.#scanRoom);
    this.#exports.scan(this.#scanRoom, this.#scanRoom + bytes.length, delimiter);
    const end = this.get('lastRowEnd');
    return end === 0 ? 0 : end - this.#scanRoom;
  }

  /** Whether the bytes looked at end within quotes. */
  get isOpen(): boolean {
    return this.#exports.isOpen() !== 0;
  }

  /** A copy of the dictionary's texts from a number on. */
  textsFrom(first: number): PackedTexts {
    const entries = new Uint32Array(this.buffer, this.get('entries') + 12 * first, 3 * (this.get('texts') - first));
    const described = new Uint32Array((2 * entries.length) / 3);
    const runs: [from: number, to: number][] = []; // texts follow one another, but where a page of memory ended
    let bytes = 0;
    for (let k = 0, run: [number, number] = [0, 0]; 3 * k < entries.length; k++) {
      const [at, length] = [entries[3 * k]!, entries[3 * k + 1]!];
      described[2 * k] = length;
      described[2 * k + 1] = entries[3 * k + 2]!;
      if (at !== run[1]) {
        run = [at, at];
        runs.push(run);
      }
      run[1] += roomOf(length);
      bytes += roomOf(length);
    }
    const packed = new Uint8Array(bytes);
    let to = 0;
    for (const [from, end] of runs) {
      packed.set(new Uint8Array(this.buffer, from, end - from), to);
      to += end - from;
    }
    return { described, bytes: packed };
  }

  /** The number of each of these texts in the dictionary, into `numbers` from a place on. */
  intern({ described, bytes }: PackedTexts, numbers: Uint32Array, place: number): void {
    this.#exports.reserve(bytes.length + 16);
    let at = this.get('text');
    new Uint8Array(this.buffer).set(bytes, at);
    for (let k = 0; k < described.length; k += 2) {
      numbers[place + k / 2] = this.#exports.intern(described[k + 1]!, at, described[k]!);
      at += roomOf(described[k]!);
    }
  }

  textOf(number: number): string {
    const [at, length] = new Uint32Array(this.buffer, this.get('entries') + 12 * number, 2);
    return this.decode(at!, at! + length!);
  }
}

/** What a text takes in the dictionary's memory, as assembly/dictionary.ts has it. */
const roomOf = (length: number): number => (length + 8) & ~7;

/** Texts of a dictionary, to go to another. */
export interface PackedTexts {
  /** Of each its length and its column. */
  readonly described: Uint32Array<ArrayBuffer>;
  /** One after the other, each in `roomOf` bytes. */
  readonly bytes: Uint8Array<ArrayBuffer>;
}

export function endsLine(bytes: Uint8Array): boolean {
  const last = bytes[bytes.length - 1];
  return last === 10 || last === 13;
}

/** 5^q, −reach ≤ q ≤ reach, as 128 bits with the highest one set; rounded up where q is negative (see numbers.ts). */
function writePowersOfFive(view: DataView, reach: number): void {
  const bits = (value: bigint): number => value.toString(2).length;
  for (let q = -reach; q <= reach; q++) {
    const power = 5n ** BigInt(Math.abs(q));
    let words: bigint;
    if (q < 0) {
      const inverse = (1n << BigInt(bits(power) + (q < -27 ? bits(power) + 128 : 127))) / power + 1n;
      words = inverse >> BigInt(bits(inverse) - 128);
    } else {
      const shift = 128 - bits(power);
      words = shift < 0 ? power >> BigInt(-shift) : power << BigInt(shift);
    }
    view.setBigUint64(16 * (q + reach), words & (2n ** 64n - 1n), true);
    view.setBigUint64(16 * (q + reach) + 8, words >> 64n, true);
  }
}
