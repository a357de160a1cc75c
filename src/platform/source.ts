/**
 * What a path holds, told by its first bytes and never by its name alone: text, Parquet, gzip, zstd, or
 * something that cannot be read here, with the reason. Standard input and gzip become temporary files,
 * because they are read more than once and because only a full unpacking shows that gzip is whole.
 */
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdtemp, open, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { LogisticError } from '../errors.ts';
import { checkText } from './text-bytes.ts';
import type { TextLines } from './text-lines.ts';
import { checkZstdFrames } from './zstd-frames.ts';

export interface Source {
  /** The file to read: the user's own, or a temporary copy. */
  readonly path: string;
  /** What messages call it. */
  readonly label: string;
  readonly format: 'text' | 'parquet' | 'json';
  readonly zstd: boolean;
  /** Of a text that is not packed and whose lines end as usual. */
  readonly lines: TextLines | undefined;
  dispose(): Promise<void>;
}

const magic: readonly { readonly bytes: readonly number[]; readonly is: string }[] = [
  { bytes: [0x1f, 0x8b], is: 'gzip' },
  { bytes: [0x28, 0xb5, 0x2f, 0xfd], is: 'zstd' },
  { bytes: [0x50, 0x41, 0x52, 0x31], is: 'parquet' },
  { bytes: [0x50, 0x4b, 0x03, 0x04], is: 'zip' },
  { bytes: [0xff, 0xfe], is: 'UTF-16' },
  { bytes: [0xfe, 0xff], is: 'UTF-16' },
];

export async function openSource(path: string, signal: AbortSignal | undefined): Promise<Source> {
  const label = path === '-' ? 'standard input' : path;
  const temporary: string[] = [];
  const dispose = async (): Promise<void> => {
    for (const folder of temporary.splice(0)) await rm(folder, { recursive: true, force: true });
  };
  const copy = async (from: NodeJS.ReadableStream, unpack: boolean): Promise<string> => {
    const folder = await mkdtemp(join(tmpdir(), 'tfjs-logistic-'));
    temporary.push(folder);
    const to = join(folder, 'data');
    const file = createWriteStream(to);
    await (unpack ? pipeline(from, createGunzip(), file, { signal }) : pipeline(from, file, { signal }));
    return to;
  };
  try {
    let place = path;
    if (path === '-') place = await copy(process.stdin, false);
    else await requireFile(path);
    let head = await firstBytes(place, label);
    if (head.kind === 'gzip') {
      place = await copy(createReadStream(place), true).catch((error: NodeJS.ErrnoException) => {
        if (error.code?.startsWith('Z_') !== true) throw error;
        throw new LogisticError('bad-gzip', `${label}: the gzip data are damaged or cut short (${error.message})`, {
          hint: 'fetch or make the file again',
        });
      });
      head = await firstBytes(place, label);
    }
    refuseForeign(head, label);
    if (head.kind === 'zstd') await checkZstd(place, label);
    const named = path.replace(/\.(gz|zst)$/i, '').toLowerCase();
    const json = /\.(jsonl|ndjson|json)$/.test(named);
    const lines = head.kind === 'text' ? await checkText(place, label, signal) : undefined;
    const format = head.kind === 'parquet' ? 'parquet' : json ? 'json' : 'text';
    return { path: place, label, format, zstd: head.kind === 'zstd', lines, dispose };
  } catch (error) {
    await dispose();
    signal?.throwIfAborted(); // its own reason, not the stream's
    throw error;
  }
}

async function requireFile(path: string): Promise<void> {
  const found = await stat(path).catch((error: NodeJS.ErrnoException) => error);
  if (found instanceof Error) {
    const why = found.code === 'ENOENT' ? 'there is no such file' : `cannot be read (${found.code})`;
    throw new LogisticError('unreadable', `${path}: ${why}`, {
      hint: 'give the path of a file, or - for standard input',
    });
  }
  if (found.isDirectory()) {
    throw new LogisticError('unreadable', `${path} is a folder`, { hint: 'give the path of a file' });
  }
}

async function checkZstd(path: string, label: string): Promise<void> {
  const file = await open(path);
  try {
    await checkZstdFrames(file, label);
  } finally {
    await file.close();
  }
}

interface Head {
  readonly kind: string;
  readonly bytes: Buffer;
}

async function firstBytes(path: string, label: string): Promise<Head> {
  const file = await open(path).catch((error: NodeJS.ErrnoException) => {
    throw new LogisticError('unreadable', `${label}: cannot be read (${error.code})`);
  });
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(65_536), 0, 65_536, 0);
    const bytes = buffer.subarray(0, bytesRead);
    const found = magic.find((known) => known.bytes.every((byte, i) => bytes[i] === byte));
    return { kind: found?.is ?? 'text', bytes };
  } finally {
    await file.close();
  }
}

function refuseForeign({ kind, bytes }: Head, label: string): void {
  const refuse = (message: string, hint: string): never => {
    throw new LogisticError('bad-file', `${label}: ${message}`, { hint });
  };
  if (bytes.length === 0) refuse('the file is empty', 'give a file with a header line and rows');
  if (kind === 'zip')
    refuse('this is a zip archive, as .xlsx files are, and no text', 'save the sheet as CSV, or unpack the archive');
  if (kind === 'UTF-16')
    refuse('the text is in UTF-16', 'convert it to UTF-8, for instance with iconv -f UTF-16 -t UTF-8');
  if (kind === 'gzip') refuse('gzip within gzip', 'unpack it first');
}
