/**
 * What a page or a server has at hand → sources of bytes: a Blob or File, a Response, a stream, a URL. It knows no
 * format.
 */
import { LogisticError, unexpected } from '../errors.ts';
import type { ByteSource } from './source.ts';

/** A file that was picked or dropped, an answer of fetch, a stream of bytes, or the address of a file. */
export type WebInput = Blob | Response | ReadableStream<Uint8Array> | URL | string;

export async function webSource(input: WebInput, signal: AbortSignal | undefined): Promise<ByteSource> {
  signal?.throwIfAborted();
  if (typeof input === 'string' || input instanceof URL) {
    const response = await fetch(input, signal === undefined ? {} : { signal });
    return fromResponse(response, String(input));
  }
  if (input instanceof Blob)
    return fromStream(input.stream(), 'name' in input ? String(input.name) : 'the file', input.size);
  if (input instanceof Response) return fromResponse(input, input.url || 'the response');
  if (input instanceof ReadableStream) return fromStream(input, 'the stream', undefined);
  throw unexpected('bad-argument', 'file', 'a File, a Blob, a Response, a ReadableStream or a URL', input);
}

function fromResponse(response: Response, label: string): ByteSource {
  if (!response.ok || response.body === null) {
    throw new LogisticError('unreadable', `${label}: ${response.status} ${response.statusText}`, {
      hint: 'check the address',
    });
  }
  // What the server packed for the way is unpacked already, and its length is that on the way.
  const length = response.headers.has('content-encoding') ? null : response.headers.get('content-length');
  return fromStream(response.body, label, length === null ? undefined : Number(length));
}

function fromStream(stream: ReadableStream<Uint8Array>, label: string, size: number | undefined): ByteSource {
  let given = 0;
  async function* chunks(): AsyncGenerator<Uint8Array> {
    const reader = stream.getReader();
    try {
      for (;;) {
        const { value, done } = await reader.read();
        if (done) return;
        given += value.length;
        yield value;
      }
    } finally {
      await reader.cancel().catch(() => {}); // told where it was read
    }
  }
  return { label, size, given: () => given, chunks: chunks() };
}
