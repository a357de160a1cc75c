/**
 * What the lines of a text look like from outside, gathered as its bytes pass by in pieces: how many there
 * are, what they end in, and whether anything in them looks like a number that is spelled in a doubtful way.
 * It knows no format: a cell is whatever begins after a byte that no word or number continues from.
 */

/** Of a text whose lines end in \n or \r\n. */
export interface TextLines {
  /** Lines, the last one counted when it is not closed as well. */
  readonly count: number;
  /** The bytes that stand before a line end somewhere. */
  readonly lastBytes: ReadonlySet<number>;
  /** Whether an underscore, which DuckDB takes for a separator of digits, stands below the first line. */
  readonly underscores: boolean;
  /** Whether 0 and a digit stand below the first line where a cell may begin: after a byte that is not `joining`. */
  readonly leadingZeros: boolean;
}

/** A character that what follows belongs to: the 0 of `10.00`, `-05`, `1e05` and `id_07` begins nothing. */
export const joining = /[\w.+\-\x80-\uffff]/;

const [lineFeed, carriageReturn, underscore] = [10, 13, 95];

/**
 * What each pair of bytes says, by the pair as a number, its first byte below: 1 the second opens a cell, 2 the
 * first does and the second is 0, 4 a 0 and a digit, 8 the first is a digit, 16 one is a line end. So 4 after 1 and
 * 8 after 2 are leading zeros. One look-up for two bytes takes half the time of two.
 */
const pairs = Uint8Array.from({ length: 1 << 16 }, (_, pair) => {
  const [first, second] = [pair & 255, pair >> 8];
  const opens = (byte: number): boolean => !joining.test(String.fromCharCode(byte));
  const isDigit = (byte: number): boolean => byte >= 48 && byte <= 57;
  const isLineEnd = (byte: number): boolean => byte === lineFeed || byte === carriageReturn;
  return (
    (opens(second) ? 1 : 0) |
    (opens(first) && second === 48 ? 2 : 0) |
    (first === 48 && isDigit(second) ? 4 : 0) |
    (isDigit(first) ? 8 : 0) |
    (isLineEnd(first) || isLineEnd(second) ? 16 : 0)
  );
});

interface Seen {
  /** What the last pair said. */
  pair: number;
  /** Not 0 where leading zeros were. */
  zeros: number;
  /** Whether all of it was on the first line. */
  first: boolean;
}

/** The next four bytes with a line end. A function of its own, and the table a local of it, for speed. */
function look(fours: Int32Array, from: number, seen: Seen): number {
  const says = pairs;
  let before = seen.pair;
  let zeros = seen.zeros;
  let k = from;
  for (; k < fours.length; k++) {
    const four = fours[k]!;
    const first = says[four & 0xffff]!;
    const second = says[four >>> 16]!;
    zeros |= (before & (first >> 2)) | (first & (second >> 2));
    before = second;
    if (((first | second) & 16) !== 0) {
      if (seen.first) zeros = first & (second >> 2); // what stood on the first line does not count
      seen.first = false;
      break;
    }
  }
  seen.pair = before;
  seen.zeros = zeros;
  return k;
}

export class LineCounter {
  #lineFeeds = 0;
  #closed = 0; // carriage returns right before a line feed
  #returns = 0;
  readonly #seen: Seen = { pair: 0, zeros: 0, first: true };
  #last = 0;
  readonly #before = new Uint8Array(256);
  #underscores = false;

  /**
   * The bytes from `begin`, a multiple of 4 with two bytes of what went before below it, to `end`. Pieces but the
   * last are whole fours of bytes; the last one is filled up with NUL.
   */
  add(bytes: Buffer, begin: number, end: number): void {
    if (end === begin) return;
    const fours = new Int32Array(bytes.buffer, bytes.byteOffset + begin, (end - begin + 3) >> 2);
    bytes.fill(0, end, begin + 4 * fours.length);
    const piece = bytes.subarray(begin, end);
    const below = this.#lineFeeds > 0 ? 0 : piece.indexOf(lineFeed) + 1;
    this.#underscores ||= (this.#lineFeeds > 0 || below > 0) && piece.includes(underscore, below);
    for (let k = look(fours, 0, this.#seen); k < fours.length; k = look(fours, k + 1, this.#seen)) {
      for (let at = begin + 4 * k; at < begin + 4 * k + 4; at++) this.#end(bytes, at);
    }
    this.#last = bytes[end - 1]!;
  }

  #end(bytes: Buffer, at: number): void {
    const byte = bytes[at]!;
    if (byte === carriageReturn) this.#returns++;
    if (byte !== lineFeed) return;
    const isClosed = bytes[at - 1] === carriageReturn;
    this.#lineFeeds++;
    if (isClosed) this.#closed++;
    this.#before[bytes[at - (isClosed ? 2 : 1)]!] = 1;
  }

  /** Undefined where some line ends in \r alone. */
  finish(): TextLines | undefined {
    if (this.#returns !== this.#closed) return undefined;
    const open = this.#last !== lineFeed;
    if (open) this.#before[this.#last] = 1;
    return {
      count: this.#lineFeeds + (open ? 1 : 0),
      lastBytes: new Set(Array.from(this.#before.keys()).filter((byte) => this.#before[byte] === 1)),
      underscores: this.#underscores,
      // on the first line, where there is no other
      leadingZeros: this.#lineFeeds > 0 && (this.#seen.zeros & 3) !== 0,
    };
  }
}
