/**
 * Bytes of a text → UTF-8 without a byte order mark: UTF-16 is told by its mark and converted. Whether UTF-8 is valid
 * is the kernel's to see. It knows no lines.
 */
import { LogisticError } from '../errors.ts';

export async function* utf8Chunks(chunks: AsyncIterable<Uint8Array>, label: string): AsyncGenerator<Uint8Array> {
  let head: Uint8Array | undefined = new Uint8Array(0);
  let decoder: TextDecoder | undefined;
  const encoder = new TextEncoder();
  for await (const chunk of chunks) {
    let bytes = chunk;
    if (head !== undefined) {
      bytes = head.length === 0 ? chunk : concatenate([head, chunk]);
      if (bytes.length < 3) {
        head = new Uint8Array(bytes);
        continue;
      }
      head = undefined;
      const { encoding, mark } = encodingOf(bytes);
      if (encoding !== 'utf-8') decoder = new TextDecoder(encoding, { fatal: true });
      bytes = bytes.subarray(mark);
    }
    yield decoder === undefined ? bytes : encoder.encode(decoded(decoder, bytes, label));
  }
  if (head !== undefined) yield head.subarray(encodingOf(head).mark);
  if (decoder !== undefined) decoded(decoder, undefined, label);
}

/** `bytes`: undefined at the end of the text. */
function decoded(decoder: TextDecoder, bytes: Uint8Array | undefined, label: string): string {
  try {
    return bytes === undefined ? decoder.decode() : decoder.decode(bytes, { stream: true });
  } catch {
    throw new LogisticError('encoding', `${label}: the text is in UTF-16, and damaged or cut short`, {
      hint: 'save it again, best as UTF-8',
    });
  }
}

function encodingOf([a, b, c]: Uint8Array): { encoding: 'utf-8' | 'utf-16le' | 'utf-16be'; mark: number } {
  if (a === 0xff && b === 0xfe) return { encoding: 'utf-16le', mark: 2 };
  if (a === 0xfe && b === 0xff) return { encoding: 'utf-16be', mark: 2 };
  return { encoding: 'utf-8', mark: a === 0xef && b === 0xbb && c === 0xbf ? 3 : 0 };
}

export function concatenate(parts: readonly Uint8Array[]): Uint8Array {
  const all = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}
