/**
 * Tables from what a page has at hand: gzip is unpacked by fflate, which reads all members, as not every browser's own
 * does, and Parquet is read by hyparquet, loaded when it is needed.
 */
import { Gunzip } from 'fflate';
import type { ColumnRequest, ReadOptions, Table } from '../data/table.ts';
import { concatenate } from '../text/encoding.ts';
import { type Opened, openSource } from '../text/kinds.ts';
import { readDelimited } from '../text/read-delimited.ts';
import { readJson } from '../text/read-json.ts';
import type { Chunks } from '../text/source.ts';
import { type WebInput, webSource } from '../text/web-source.ts';

export async function readWebTable(input: WebInput, request: ColumnRequest, options: ReadOptions): Promise<Table> {
  const opened = await openSource(await webSource(input, options.signal), gunzip);
  const { source, format } = opened;
  try {
    if (format === 'text') return await readDelimited([source], request, options);
    if (format === 'json') return await readJson(source, request, options);
    const { readParquet } = await import('./parquet.ts');
    const blob = input instanceof Blob && !opened.packed ? input : await gather(opened, options.signal);
    return await readParquet({ label: source.label, blob }, request, options);
  } finally {
    await opened.close();
  }
}

/** All bytes, for Parquet, which is read from its end. */
async function gather({ source }: Opened, signal: AbortSignal | undefined): Promise<Blob> {
  const pieces: BlobPart[] = [];
  for await (const chunk of source.chunks) {
    signal?.throwIfAborted();
    pieces.push(chunk.slice() as Uint8Array<ArrayBuffer>);
  }
  return new Blob(pieces);
}

/** As fflate does it, which does not look at the end of a member: the size that stands there shows that it is whole. */
export async function* gunzip(chunks: Chunks): AsyncGenerator<Uint8Array> {
  let out: Uint8Array[] = [];
  let size = 0;
  let end: Uint8Array = new Uint8Array(0);
  const stream = new Gunzip((bytes) => {
    size += bytes.length;
    out.push(bytes);
  });
  stream.onmember = () => {
    size = 0;
  };
  for await (const chunk of chunks) {
    stream.push(chunk);
    end = concatenate([end, chunk.subarray(-4)]).slice(-4);
    yield* out;
    out = [];
  }
  stream.push(new Uint8Array(0), true);
  yield* out;
  if (end.length < 4 || new DataView(end.buffer).getUint32(0, true) !== size % 2 ** 32)
    throw new Error('unexpected end');
}
