/**
 * Bytes in pieces of any size → blocks of whole rows, so that each block can be read on its own, by any thread: what
 * is carried from one to the next is the beginning of a row. Whether a line end is within quotes is known here before
 * a block is read. It knows the delimiter and the quote, no column.
 */
import type { LogisticError } from '../errors.ts';
import type { TextKernel } from './kernel.ts';

const [lineFeed, carriageReturn, quote] = [10, 13, 34];
/** The most bytes that a row may have. */
export const longestRow = 64 * 2 ** 20;

export interface CutterOptions {
  readonly delimiter: number;
  /** Bytes of a block; longer where a row is. */
  readonly blockBytes: number;
  /** Refuses a row that is longer than can be; the lines before it, and whether it is so long because of its quotes. */
  readonly tooLong: (inQuotes: boolean) => LogisticError;
}

export class BlockCutter {
  readonly #kernel: TextKernel;
  readonly #options: CutterOptions;
  readonly #spare: ArrayBuffer[] = [];
  #room: Uint8Array;
  #filled = 0;
  /** Bytes of the room that the kernel's search for row ends has seen; it need not see a room without quotes. */
  #seen = 0;
  #quoted = false;

  constructor(kernel: TextKernel, options: CutterOptions) {
    this.#kernel = kernel;
    this.#options = options;
    this.#room = new Uint8Array(options.blockBytes);
  }

  /** The blocks that more bytes complete. Blocks are to be given back by `recycle`, or kept. */
  *push(bytes: Uint8Array): Generator<Uint8Array> {
    for (let from = 0; from < bytes.length; ) {
      const piece = bytes.subarray(from, from + this.#room.length - this.#filled);
      this.#room.set(piece, this.#filled);
      this.#quoted ||= piece.includes(quote);
      this.#filled += piece.length;
      from += piece.length;
      if (this.#filled < this.#room.length) return;
      const end = this.#lastRowEnd();
      if (end > 0) yield this.#take(end);
      else this.#grow();
    }
  }

  /** What is left: the last rows, whether or not a line end closes them. */
  *finish(): Generator<Uint8Array> {
    if (this.#filled > 0) yield this.#room.subarray(0, this.#filled);
    this.#filled = 0;
  }

  /** Takes back the memory of a block. */
  recycle(buffer: ArrayBuffer): void {
    if (buffer.byteLength === this.#options.blockBytes && this.#spare.length < 8) this.#spare.push(buffer);
  }

  #lastRowEnd(): number {
    const filled = this.#room.subarray(0, this.#filled);
    if (this.#quoted) {
      if (this.#seen === 0) this.#kernel.restart();
      const end = this.#kernel.lastRowEnd(filled.subarray(this.#seen), this.#options.delimiter);
      const found = end === 0 ? 0 : end + this.#seen;
      this.#seen = this.#filled;
      return found;
    }
    const feed = filled.lastIndexOf(lineFeed);
    if (feed >= 0) return feed + 1;
    // The last byte may be half of CRLF.
    return filled.subarray(0, -1).lastIndexOf(carriageReturn) + 1;
  }

  #take(end: number): Uint8Array {
    const block = this.#room.subarray(0, end);
    const rest = this.#room.subarray(end, this.#filled);
    const spare = this.#spare.pop();
    const bytes = Math.max(this.#options.blockBytes, 2 * rest.length);
    this.#room = spare !== undefined && spare.byteLength >= bytes ? new Uint8Array(spare) : new Uint8Array(bytes);
    this.#room.set(rest);
    this.#filled = rest.length;
    this.#seen = 0;
    this.#quoted = rest.includes(quote);
    return block;
  }

  #grow(): void {
    if (this.#filled >= longestRow) throw this.#options.tooLong(this.#quoted && this.#kernel.isOpen);
    const room = new Uint8Array(Math.min(longestRow, 2 * this.#room.length));
    room.set(this.#room);
    this.#room = room;
  }
}
