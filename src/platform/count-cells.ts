/**
 * About how many cells a file has, before it is read: of Parquet exactly, of delimited text by its first lines. Packed
 * text is taken to unpack to five times its size.
 */
import { open, stat } from 'node:fs/promises';
import { totalmem } from 'node:os';
import { openDatabase } from './duckdb.ts';
import { expandPath } from './open-path.ts';
import { describeParquet } from './relation.ts';

const headBytes = 2 ** 16;
const unpacked = 5;

/** Undefined where nothing is known: pipes, and what holds a file's bytes. */
export async function countCells(file: unknown): Promise<number | undefined> {
  if (typeof file !== 'string') return undefined;
  let cells = 0;
  for (const path of await expandPath(file)) {
    const found = await stat(path).catch(() => undefined);
    if (found?.isFile() !== true) return undefined;
    if (found.size > 0) cells += await cellsIn(path, found.size);
  }
  return cells;
}

async function cellsIn(path: string, size: number): Promise<number> {
  const file = await open(path);
  const head = Buffer.alloc(Math.min(size, headBytes));
  try {
    await file.read(head, 0, head.length, 0);
  } finally {
    await file.close();
  }
  if (head.toString('latin1', 0, 4) === 'PAR1') return parquetCells(path);
  const packed = (head[0] === 0x1f && head[1] === 0x8b) || head.readUIntLE(0, Math.min(4, head.length)) === 0xfd2fb528;
  if (packed) return (size * unpacked) / 8; // a cell of so many bytes
  const text = head.toString('latin1');
  const separators = text.match(/[,;\t|\n]/g)?.length ?? 0;
  return (size / head.length) * (separators + 1);
}

async function parquetCells(path: string): Promise<number> {
  const db = await openDatabase({});
  try {
    const { columns, rows } = await describeParquet(db, path);
    return columns.length * (await rows());
  } finally {
    await db.close();
  }
}

/** Bytes that rows may take where nobody says: half of what the machine, or the container, has. */
export function allowedMemory(): number {
  const limit = process.constrainedMemory();
  return Math.min(totalmem(), limit > 0 ? limit : Number.POSITIVE_INFINITY) / 2;
}
