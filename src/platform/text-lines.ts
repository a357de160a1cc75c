/**
 * What the lines of a text look like from outside, gathered as its bytes pass by in pieces: how many there
 * are, what they end in, and whether anything in them looks like a number that is spelled in a doubtful way.
 * It knows no format: a cell is whatever begins after a byte that no word or number continues from. The bytes
 * are looked at by a WebAssembly kernel, assembly/lines.ts.
 */
import { linesBase64 } from './lines.generated.ts';

/** Of a text whose lines end in \n or \r\n. */
export interface TextLines {
  /** Lines, the last one counted when it is not closed as well. */
  readonly count: number;
  /** Bytes of the longest line, its end included. */
  readonly longest: number;
  /** Whether a double quote, which may hide line ends, stands anywhere. */
  readonly quotes: boolean;
  /** The bytes that stand before a line end somewhere. */
  readonly lastBytes: ReadonlySet<number>;
  /** Whether an underscore, which DuckDB takes for a separator of digits, stands below the first line. */
  readonly underscores: boolean;
  /** Whether `+-`, which DuckDB takes for a minus, stands below the first line. */
  readonly doubleSigns: boolean;
  /** Whether 0 and a digit stand below the first line where a cell may begin: after a byte that is not `joining`. */
  readonly leadingZeros: boolean;
}

/** A character that what follows belongs to: the 0 of `10.00`, `-05`, `1e05` and `id_07` begins nothing. */
export const joining = /[\w.+\-\x80-\uffff]/;

const [lineFeed, quote] = [10, 34];
const lastBytes = 256;
/** Bytes that may be read past the end of a piece. */
const slack = 16;

/** The exports of assembly/lines.ts. */
interface Kernel {
  add(at: number, end: number): void;
  forget(): void;
  readonly lineFeeds: WebAssembly.Global;
  readonly longest: WebAssembly.Global;
  readonly returns: WebAssembly.Global;
  readonly closed: WebAssembly.Global;
  readonly underscores: WebAssembly.Global;
  readonly doubleSigns: WebAssembly.Global;
  readonly leadingZeros: WebAssembly.Global;
}

export interface LineCounter {
  /** Where pieces are put: the kernel's own memory. */
  readonly rooms: readonly [Buffer, Buffer];
  /** The bytes of a room from `begin` to `end`, with two bytes of what went before below them. */
  add(room: Buffer, begin: number, end: number): void;
  /** Undefined where some line ends in \r alone. */
  finish(): TextLines | undefined;
}

/** With two rooms of so many bytes. */
export async function openLineCounter(bytes: number): Promise<LineCounter> {
  const size = bytes + slack;
  const memory = new WebAssembly.Memory({ initial: Math.ceil((lastBytes + 2 * size) / 65_536) });
  const { instance } = await WebAssembly.instantiate(Buffer.from(linesBase64, 'base64'), { env: { memory } });
  const kernel = instance.exports as unknown as Kernel;
  let last = 0;
  let quotes = false;
  return {
    rooms: [Buffer.from(memory.buffer, lastBytes, bytes), Buffer.from(memory.buffer, lastBytes + size, bytes)],
    add(room, begin, end) {
      if (end === begin) return;
      const look = (from: number, to: number): void => kernel.add(room.byteOffset + from, room.byteOffset + to);
      quotes ||= room.subarray(begin, end).includes(quote);
      let from = begin;
      if (kernel.lineFeeds.value === 0) {
        const feed = room.subarray(begin, end).indexOf(lineFeed);
        from = feed < 0 ? end : begin + feed + 1;
        look(begin, from);
        kernel.forget(); // what stands on the first line does not count
      }
      look(from, end);
      last = room[end - 1]!;
    },
    finish() {
      const [feeds, returns, closed] = [kernel.lineFeeds.value, kernel.returns.value, kernel.closed.value];
      if (returns !== closed) return undefined;
      const open = last !== lineFeed;
      const before = new Uint8Array(memory.buffer, 0, lastBytes);
      if (open) before[last] = 1;
      return {
        count: feeds + (open ? 1 : 0),
        longest: kernel.longest.value,
        quotes,
        lastBytes: new Set([...before.keys()].filter((byte) => before[byte] === 1)),
        underscores: kernel.underscores.value !== 0,
        doubleSigns: kernel.doubleSigns.value !== 0,
        leadingZeros: kernel.leadingZeros.value !== 0,
      };
    },
  };
}
