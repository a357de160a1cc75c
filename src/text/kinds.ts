/**
 * What a file is, told by its first bytes and never by its name alone: text, JSON, Parquet, or packed, and what cannot
 * be read here with the command that unpacks it. Packed bytes are unpacked as they come; a stream that is cut off is
 * an error. It knows no delimiter.
 */
import { Decompress } from 'fzstd';
import { LogisticError } from '../errors.ts';
import { concatenate } from './encoding.ts';
import type { ByteSource, Chunks } from './source.ts';

type Kind = 'text' | 'parquet' | 'gzip' | 'zstd';

interface Foreign {
  readonly is: string;
  readonly hint: string;
}

const bytesOf = (text: string): number[] => Array.from(text, (character) => character.charCodeAt(0));

const known: readonly { readonly bytes: readonly number[]; readonly at?: number; readonly kind: Kind | Foreign }[] = [
  { bytes: [0x1f, 0x8b], kind: 'gzip' },
  { bytes: [0x28, 0xb5, 0x2f, 0xfd], kind: 'zstd' },
  { bytes: bytesOf('PAR1'), kind: 'parquet' },
  {
    bytes: [0x50, 0x4b, 0x03, 0x04],
    kind: { is: 'a zip archive, as .xlsx files are', hint: 'save the sheet as CSV, or unpack the archive with unzip' },
  },
  { bytes: [0xfd, ...bytesOf('7zXZ'), 0], kind: { is: 'packed by xz', hint: 'unpack it with xz -d' } },
  { bytes: bytesOf('BZh'), kind: { is: 'packed by bzip2', hint: 'unpack it with bzip2 -d' } },
  { bytes: bytesOf('ustar'), at: 257, kind: { is: 'a tar archive', hint: 'unpack it with tar -xf' } },
  { bytes: [0x37, 0x7a, 0xbc, 0xaf], kind: { is: 'a 7z archive', hint: 'unpack it with 7z x' } },
  { bytes: [0x04, 0x22, 0x4d, 0x18], kind: { is: 'packed by lz4', hint: 'unpack it with lz4 -d' } },
  { bytes: [0xd0, 0xcf, 0x11, 0xe0], kind: { is: 'an Excel workbook', hint: 'save the sheet as CSV' } },
];
/** Bytes by which all of them are told. */
const headBytes = 262;

/** Unpacks gzip, of several members too; throws an error whose message says what is wrong with the data. */
export type Gunzip = (chunks: Chunks) => AsyncGenerator<Uint8Array>;

export interface Opened {
  readonly format: 'text' | 'json' | 'parquet';
  readonly packed: boolean;
  readonly source: ByteSource;
  /** For who does not read it to its end; harmless otherwise. */
  close(): Promise<void>;
}

/** `source` again, unpacked, with what it holds. */
export async function openSource(source: ByteSource, gunzip: Gunzip): Promise<Opened> {
  const outer = await peek(source.chunks);
  let kind = kindOf(outer.head, source.label);
  let { chunks } = outer;
  const packed = kind === 'gzip' || kind === 'zstd';
  if (packed) {
    const inner = await peek(unpack(kind as 'gzip' | 'zstd', chunks, source.label, gunzip));
    const outerKind = kind;
    kind = kindOf(inner.head, source.label);
    if (kind === 'gzip' || kind === 'zstd') {
      throw new LogisticError('bad-file', `${source.label}: ${kind} within ${outerKind}`, { hint: 'unpack it first' });
    }
    chunks = inner.chunks;
  }
  const named = source.label.replace(/[?#].*$/, '').replace(/\.(gz|zst)$/i, '');
  const json = /\.(jsonl|ndjson|json)$/i.test(named);
  const format = kind === 'parquet' ? 'parquet' : json ? 'json' : 'text';
  const close = async (): Promise<void> => {
    await chunks.return?.();
  };
  return { format, packed, source: { ...source, chunks }, close };
}

/** The first bytes, and all of them again. Closing what is given closes where they come from. */
async function peek(chunks: Chunks): Promise<{ head: Uint8Array; chunks: AsyncIterableIterator<Uint8Array> }> {
  const iterator = chunks[Symbol.asyncIterator]();
  let head: Uint8Array = new Uint8Array(0);
  while (head.length < headBytes) {
    const { value, done } = await iterator.next();
    if (done === true) break;
    head = concatenate([head, value]);
  }
  let begun = false;
  const again: AsyncIterableIterator<Uint8Array> = {
    async next() {
      if (begun) return iterator.next();
      begun = true;
      return { value: head, done: false };
    },
    async return() {
      await iterator.return?.();
      return { value: undefined, done: true };
    },
    [Symbol.asyncIterator]: () => again,
  };
  return { head, chunks: again };
}

function kindOf(head: Uint8Array, label: string): Kind {
  const found = known.find(({ bytes, at = 0 }) => bytes.every((byte, k) => head[at + k] === byte));
  const kind = found?.kind ?? 'text';
  if (typeof kind === 'string') return kind;
  throw new LogisticError('bad-file', `${label}: this is ${kind.is}, and not text`, { hint: kind.hint });
}

async function* unpack(
  kind: 'gzip' | 'zstd',
  chunks: Chunks,
  label: string,
  gunzip: Gunzip,
): AsyncGenerator<Uint8Array> {
  const unpacked = kind === 'gzip' ? gunzip(told(chunks)) : unzstd(told(chunks));
  try {
    yield* unpacked;
  } catch (error) {
    if (error instanceof SourceError) throw error.cause;
    const code = kind === 'gzip' ? 'bad-gzip' : 'bad-zstd';
    throw new LogisticError(code, `${label}: the ${kind} data are damaged or cut short (${(error as Error).message})`, {
      hint: 'fetch or make the file again',
    });
  }
}

/** An error of the bytes' source, to be told from one of unpacking. */
class SourceError extends Error {}

async function* told(chunks: Chunks): AsyncGenerator<Uint8Array> {
  try {
    for await (const chunk of chunks) yield new Uint8Array(chunk); // its memory is the source's, and unpacking lags behind
  } catch (cause) {
    throw new SourceError('', { cause });
  }
}

async function* unzstd(chunks: Chunks): AsyncGenerator<Uint8Array> {
  let out: Uint8Array[] = [];
  const stream = new Decompress((bytes) => out.push(bytes));
  for await (const chunk of chunks) {
    stream.push(chunk);
    yield* out;
    out = [];
  }
  stream.push(new Uint8Array(0), true);
  yield* out;
}
