/**
 * The bytes of a text file: are they all UTF-8, how do its first lines read, and on which line is one of
 * them? DuckDB does not look at columns it is not asked for, lets NUL pass, and counts lines wrongly past
 * quoted ones, so it is answered here, over pieces of the file. It knows no format.
 */
import { isUtf8 } from 'node:buffer';
import { createReadStream } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { LogisticError } from '../errors.ts';
import { openLineCounter, type TextLines } from './text-lines.ts';

const pieceBytes = 1 << 20;
const carried = 4; // bytes of the piece before that stand before a piece: a character cut off, a line end's two
const [lineFeed, carriageReturn] = [10, 13];

/** Throws where a byte is NUL or not UTF-8. Gives undefined where some line ends in \r alone. */
export async function checkText(path: string, source: string, signal?: AbortSignal): Promise<TextLines | undefined> {
  const file = await open(path);
  try {
    const lines = await openLineCounter(carried + pieceBytes);
    const read = (room: Buffer): Promise<number> => {
      const length = fill(file, room.subarray(carried));
      length.catch(() => {}); // told where it is awaited; after another error nobody awaits it
      return length;
    };
    let [room, other] = lines.rooms;
    let next = read(room);
    let [offset, begin] = [0, carried]; // in the text, in the room
    for (let length = pieceBytes; length === pieceBytes; [room, other] = [other, room]) {
      signal?.throwIfAborted();
      length = await next;
      if (length === pieceBytes) next = read(other); // while this piece is looked at
      const end = carried + length;
      const piece = room.subarray(begin, end);
      const nul = piece.indexOf(0);
      if (nul >= 0)
        throw await badByte({ path, source, offset: offset + nul, what: 'a NUL byte: this is not plain text' });
      const whole = length < pieceBytes ? piece.length : wholeCharacters(piece);
      if (!isUtf8(piece.subarray(0, whole))) throw await invalid(path, source, { bytes: piece, offset });
      lines.add(room, carried, end);
      offset += whole;
      begin = carried - (piece.length - whole);
      room.copy(other, 0, length, end);
    }
    return lines.finish();
  } finally {
    await file.close();
  }
}

/** As many bytes as there is room for, or as are left. */
async function fill(file: FileHandle, bytes: Buffer): Promise<number> {
  let length = 0;
  while (length < bytes.length) {
    const { bytesRead } = await file.read(bytes, length, bytes.length - length);
    if (bytesRead === 0) break;
    length += bytesRead;
  }
  return length;
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
