/**
 * The bytes of a text file: are they all UTF-8, how do its first lines read, and on which line is one of
 * them? DuckDB does not look at columns it is not asked for, lets NUL pass, and counts lines wrongly past
 * quoted ones, so it is answered here, over pieces of the file. It knows no format.
 */
import { isUtf8 } from 'node:buffer';
import { createReadStream } from 'node:fs';
import { LogisticError } from '../errors.ts';

const pieceBytes = 1 << 20;
const [lineFeed, carriageReturn, underscore] = [10, 13, 95];

/** What the lines of a text look like from outside, where they end in \n or \r\n. */
export interface TextLines {
  /** Lines, the last one counted when it is not closed as well. */
  readonly count: number;
  /** The bytes that stand before a line end somewhere. */
  readonly lastBytes: ReadonlySet<number>;
  /** Whether an underscore, which DuckDB takes for a separator of digits, stands below the first line. */
  readonly underscores: boolean;
}

/** Throws where a byte is NUL or not UTF-8. Gives undefined where some line ends in \r alone. */
export async function checkText(path: string, source: string, signal?: AbortSignal): Promise<TextLines | undefined> {
  let offset = 0;
  let rest: Buffer = Buffer.alloc(0);
  const lines = new LineCounter();
  for await (const piece of pieces(path)) {
    signal?.throwIfAborted();
    lines.add(piece);
    const bytes = rest.length > 0 ? Buffer.concat([rest, piece]) : piece;
    const nul = bytes.indexOf(0);
    if (nul >= 0)
      throw await badByte({ path, source, offset: offset + nul, what: 'a NUL byte: this is not plain text' });
    const whole = wholeCharacters(bytes);
    if (!isUtf8(bytes.subarray(0, whole))) throw await invalid(path, source, { bytes, offset });
    offset += whole;
    rest = bytes.subarray(whole);
  }
  if (rest.length > 0) throw await invalid(path, source, { bytes: rest, offset });
  return lines.finish();
}

/** Looks at the bytes around line ends as pieces pass by. */
class LineCounter {
  #lineFeeds = 0;
  #closed = 0; // carriage returns right before a line feed
  #returns = 0;
  #last = [0, 0]; // the two bytes before the piece
  readonly #before = new Set<number>();
  #underscores = false;

  add(piece: Buffer): void {
    const below = this.#lineFeeds > 0 ? 0 : piece.indexOf(lineFeed) + 1;
    this.#underscores ||= (this.#lineFeeds > 0 || below > 0) && piece.includes(underscore, below);
    const byte = (at: number): number => (at < 0 ? this.#last[2 + at]! : piece[at]!);
    for (let at = piece.indexOf(lineFeed); at >= 0; at = piece.indexOf(lineFeed, at + 1)) {
      const isClosed = byte(at - 1) === carriageReturn;
      this.#lineFeeds++;
      if (isClosed) this.#closed++;
      this.#before.add(byte(at - (isClosed ? 2 : 1)));
    }
    for (let at = piece.indexOf(carriageReturn); at >= 0; at = piece.indexOf(carriageReturn, at + 1)) this.#returns++;
    this.#last = [byte(piece.length - 2), byte(piece.length - 1)];
  }

  finish(): TextLines | undefined {
    if (this.#returns !== this.#closed) return undefined;
    const open = this.#last[1] !== lineFeed;
    if (open) this.#before.add(this.#last[1]!);
    return {
      count: this.#lineFeeds + (open ? 1 : 0),
      lastBytes: this.#before,
      underscores: this.#underscores,
    };
  }
}

/**
 * The first `count` lines without their ends, blank ones included; of longer lines, those in the first
 * `most` bytes.
 */
export async function firstLines(path: string, count: number, most: number): Promise<string[]> {
  const head: Buffer[] = [];
  let length = 0;
  let ends = 0;
  for await (const piece of pieces(path)) {
    head.push(piece);
    length += piece.length;
    for (const byte of piece) if (byte === lineFeed || byte === carriageReturn) ends++;
    if (length >= most || ends > 2 * count) break; // a line end may be two bytes
  }
  const text = Buffer.concat(head)
    .toString('utf8')
    .replace(/^\ufeff/, '');
  const lines = text.split(/\r\n|\n|\r/);
  // What follows the last line end is no line, or one that is cut off.
  return lines.slice(0, lines.length > count || lines.at(-1) === '' ? Math.min(count, lines.length - 1) : count);
}

function pieces(path: string): AsyncIterable<Buffer> {
  return createReadStream(path, { highWaterMark: pieceBytes });
}

/** Length without a character that may be cut off at the end of the piece (at most 3 bytes). */
function wholeCharacters(bytes: Buffer): number {
  for (let back = 1; back <= Math.min(3, bytes.length); back++) {
    const byte = bytes[bytes.length - back]!;
    if ((byte & 0xc0) === 0x80) continue;
    const needs = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : byte >= 0xc0 ? 2 : 1;
    return needs > back ? bytes.length - back : bytes.length;
  }
  return bytes.length;
}

async function invalid(
  path: string,
  source: string,
  { bytes, offset }: { bytes: Buffer; offset: number },
): Promise<LogisticError> {
  let good = 0;
  let bad = bytes.length;
  // Validity of a prefix (cut at a character) is monotone, so the first bad byte is found by halving.
  while (bad - good > 1) {
    const middle = (good + bad) >> 1;
    const prefix = bytes.subarray(0, middle);
    if (isUtf8(prefix.subarray(0, wholeCharacters(prefix)))) good = middle;
    else bad = middle;
  }
  const end = wholeCharacters(bytes.subarray(0, good));
  const what = `byte 0x${(bytes[end] ?? 0).toString(16)} is not valid UTF-8`;
  return badByte({ path, source, offset: offset + end, what });
}

async function badByte(at: { path: string; source: string; offset: number; what: string }): Promise<LogisticError> {
  const line = await lineAt(at.path, at.offset);
  return new LogisticError('encoding', `${at.source}:${line}: ${at.what} (byte ${at.offset} of the text)`, {
    hint: 'convert the file to UTF-8, for instance with iconv -f LATIN1 -t UTF-8',
    details: { line, offset: at.offset },
  });
}

/** The line, from 1, of the byte at an offset; blank lines that begin there are passed over. */
export async function lineAt(path: string, offset: number): Promise<number> {
  let line = 1;
  let seen = 0;
  for await (const piece of pieces(path)) {
    for (let i = 0; i < piece.length; i++, seen++) {
      const lineEnd = piece[i] === 10;
      if (seen >= offset && !lineEnd && piece[i] !== 13) return line;
      if (lineEnd) line++;
    }
  }
  return line;
}
