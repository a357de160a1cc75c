/**
 * Is a zstd file whole? DuckDB reads a cut-off one without a word and loses its rows, so the frames are
 * walked by their headers alone (RFC 8878, 3.1): nothing is decompressed here.
 */
import type { FileHandle } from 'node:fs/promises';
import { LogisticError } from '../errors.ts';

const frameMagic = 0xfd2fb528;
const skippableMagic = 0x184d2a50;

export async function checkZstdFrames(file: FileHandle, source: string): Promise<void> {
  const { size } = await file.stat();
  const bytes = async (at: number, count: number): Promise<Buffer> => {
    if (at + count > size) throw truncated(source);
    const { buffer } = await file.read(Buffer.alloc(count), 0, count, at);
    return buffer;
  };
  let at = 0;
  while (at < size) {
    const magic = (await bytes(at, 4)).readUInt32LE(0);
    if (magic === frameMagic) at = await endOfFrame(at + 4, bytes);
    else if ((magic & 0xfffffff0) >>> 0 === skippableMagic) at += 8 + (await bytes(at + 4, 4)).readUInt32LE(0);
    else
      throw new LogisticError('unreadable', `${source}: not a zstd file from byte ${at} on`, {
        hint: 'compress it anew',
      });
  }
  if (at > size) throw truncated(source);
}

async function endOfFrame(start: number, bytes: (at: number, count: number) => Promise<Buffer>): Promise<number> {
  const descriptor = (await bytes(start, 1))[0]!;
  const single = (descriptor & 0x20) !== 0;
  const contentSize = [single ? 1 : 0, 2, 4, 8][descriptor >> 6]!;
  const dictionary = [0, 1, 2, 4][descriptor & 3]!;
  let at = start + 1 + (single ? 0 : 1) + dictionary + contentSize;
  for (;;) {
    const header = (await bytes(at, 3)).readUIntLE(0, 3);
    const isRunLength = ((header >> 1) & 3) === 1;
    at += 3 + (isRunLength ? 1 : header >> 3);
    if ((header & 1) === 1) break;
  }
  if ((descriptor & 4) !== 0) at += 4;
  return at;
}

export function truncated(source: string): LogisticError {
  return new LogisticError('truncated', `${source}: the compressed file is cut off`, {
    hint: 'copy or download it again',
  });
}
