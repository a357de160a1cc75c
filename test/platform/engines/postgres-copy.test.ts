/** COPY's binary format against rows that are written here as PostgreSQL's manual describes it. */
import { describe, expect, test } from 'vitest';
import type { ColumnarChunk } from '../../../src/columnar/readers.ts';
import { copiedRows } from '../../../src/platform/engines/postgres-copy.ts';

const rows: (number | string | null)[][] = [
  [1.5, 'it "is"'],
  [null, ''],
  [Number.NaN, null],
  [-0, 'é🙂\n'],
  [Number.NEGATIVE_INFINITY, 'x'.repeat(300)],
];
const kinds = ['number', 'text'] as const;

function int(size: 2 | 4, value: number): Buffer {
  const bytes = Buffer.alloc(size);
  bytes.writeIntBE(value, 0, size);
  return bytes;
}
function field(cell: number | string | null): Buffer {
  if (cell === null) return int(4, -1);
  const bytes = Buffer.alloc(8);
  if (typeof cell === 'number') bytes.writeDoubleBE(cell);
  const value = typeof cell === 'number' ? bytes : Buffer.from(cell);
  return Buffer.concat([int(4, value.length), value]);
}
const head = Buffer.from('PGCOPY\n\xff\r\n\0', 'latin1');
const extension = Buffer.from('extension');
const copied = Buffer.concat([
  ...[head, int(4, 0), int(4, extension.length), extension],
  ...rows.flatMap((row) => [int(2, row.length), ...row.map(field)]),
  int(2, -1),
]);

async function* inPieces(bytes: Buffer, size: number): AsyncGenerator<Uint8Array> {
  for (let from = 0; from < bytes.length; from += size) yield bytes.subarray(from, from + size);
}

/** The cells of all chunks, and how many numbers are null. */
async function read(chunks: AsyncIterable<ColumnarChunk>) {
  const [numbers, texts]: [number[], (string | null)[]] = [[], []];
  let nulls = 0;
  for await (const chunk of chunks) {
    const values = new Float64Array(chunk.rows + 1);
    nulls += chunk.copyNumbers(0, values, 1);
    numbers.push(...values.subarray(1));
    const textAt = chunk.texts(1);
    for (let row = 0; row < chunk.rows; row++) texts.push(textAt(row));
  }
  return { numbers, texts, nulls };
}

describe('rows that are copied', () => {
  test.each([1, 2, 3, 7, 64, 4096])('in pieces of %d bytes', async (size) => {
    const { numbers, texts, nulls } = await read(copiedRows(inPieces(copied, size), kinds));
    expect(numbers).toEqual(rows.map(([x]) => x ?? Number.NaN));
    expect(texts).toEqual(rows.map(([, text]) => text));
    expect(nulls).toBe(1); // NaN is none
  });
  test('of more than one chunk', async () => {
    const [row] = rows;
    const many = 20_000;
    const body = Buffer.concat([int(2, 2), ...row!.map(field)]);
    const bytes = Buffer.concat([copied.subarray(0, 28), ...Array.from({ length: many }, () => body), int(2, -1)]);
    const { numbers, texts } = await read(copiedRows(inPieces(bytes, 65_536), kinds));
    expect([numbers.length, new Set(numbers).size]).toEqual([many, 1]);
    expect([texts.length, texts.at(-1)]).toEqual([many, row![1]]);
  });
  test('that end early are an error', async () => {
    const reading = read(copiedRows(inPieces(copied.subarray(0, copied.length - 5), 64), kinds));
    await expect(reading).rejects.toThrow('ended early');
  });
});
