/**
 * Is this file UTF-8 text, all of it? DuckDB does not look at bytes of columns it was not asked for, and
 * lets NUL pass, so every byte is looked at here first, in pieces: UTF-16, NUL and invalid UTF-8 become
 * an error with line and byte. It knows no format.
 */
import { isUtf8 } from 'node:buffer';
import { createReadStream } from 'node:fs';
import { LogisticError } from '../errors.ts';

const pieceBytes = 1 << 20;

export async function checkText(path: string, source: string, signal?: AbortSignal): Promise<void> {
  let offset = 0;
  let rest: Buffer = Buffer.alloc(0);
  for await (const piece of pieces(path)) {
    signal?.throwIfAborted();
    const bytes = rest.length > 0 ? Buffer.concat([rest, piece]) : piece;
    if (offset === 0) refuseUtf16(bytes, source);
    const nul = bytes.indexOf(0);
    if (nul >= 0) throw await badByte({ path, source, offset: offset + nul, what: 'a NUL byte: this is not plain text' });
    const whole = wholeCharacters(bytes);
    if (!isUtf8(bytes.subarray(0, whole))) throw await invalid(path, source, { bytes, offset });
    offset += whole;
    rest = bytes.subarray(whole);
  }
  if (rest.length > 0) throw await invalid(path, source, { bytes: rest, offset });
}

function pieces(path: string): AsyncIterable<Buffer> {
  return createReadStream(path, { highWaterMark: pieceBytes });
}

function refuseUtf16(bytes: Buffer, source: string): void {
  const mark = bytes.length >= 2 ? bytes.readUInt16BE(0) : 0;
  if (mark !== 0xfffe && mark !== 0xfeff) return;
  const name = mark === 0xfffe ? 'UTF-16LE' : 'UTF-16BE';
  throw new LogisticError('encoding', `${source}: the text is ${name}; expected UTF-8`, {
    hint: `convert it: iconv -f UTF-16 -t UTF-8 FILE > NEW`,
  });
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

async function invalid(path: string, source: string, { bytes, offset }: { bytes: Buffer; offset: number }): Promise<LogisticError> {
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
  let line = 1;
  let seen = 0;
  for await (const piece of pieces(at.path)) {
    const part = piece.subarray(0, Math.max(0, at.offset - seen));
    for (let i = part.indexOf(10); i >= 0; i = part.indexOf(10, i + 1)) line++;
    seen += piece.length;
    if (seen >= at.offset) break;
  }
  return new LogisticError('encoding', `${at.source}:${line}: ${at.what} (byte ${at.offset} of the text)`, {
    hint: 'convert the file to UTF-8, for instance with iconv -f LATIN1 -t UTF-8',
    details: { line, offset: at.offset },
  });
}
