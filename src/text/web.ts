/**
 * Tables from what a page has at hand, with an unpacker of gzip that reads all members,
 * which not every browser's own does. Parquet is read by hyparquet, loaded when it is needed.
 */
import { Gunzip } from 'fflate';
import type { ColumnRequest, ReadOptions, Table } from '../data/table.ts';
import { LogisticError } from '../errors.ts';
import { concatenate } from './encoding.ts';
import { openSource } from './kinds.ts';
import { readDelimited } from './read-delimited.ts';
import { readJson } from './read-json.ts';
import type { Chunks } from './source.ts';
import { type WebInput, webSource } from './web-source.ts';

export async function readWebTable(input: WebInput, request: ColumnRequest, options: ReadOptions): Promise<Table> {
  const opened = await openSource(await webSource(input, options.signal), gunzip);
  try {
    if (opened.format === 'text') return await readDelimited([opened.source], request, options);
    if (opened.format === 'json') return await readJson(opened.source, request, options);
    throw new LogisticError('bad-file', `${opened.source.label}: Parquet is read in Node only`, {
      hint: 'convert it to CSV, or read it in Node',
    });
  } finally {
    await opened.close();
  }
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
