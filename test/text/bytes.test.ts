/** Bytes that are no text are told with their line and offset, wherever pieces and blocks end; cut-off streams are errors. */
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { gunzip } from '../../src/platform/open-path.ts';
import { openSource } from '../../src/text/kinds.ts';
import { readDelimited } from '../../src/text/read-delimited.ts';
import { outcome, read, sourceOf } from './support.ts';

/** Rows of `bytes` in all, in blocks of 1 MiB. */
const block = 2 ** 20;
const rowsUpTo = (bytes: number): string => {
  const row = 'abcdefghijklmno\n';
  const whole = row.repeat(Math.floor(bytes / row.length));
  return whole + 'x'.repeat(bytes - whole.length);
};
const around = [-6, -5, -4, -3, -2, -1, 0, 1];

describe('UTF-8', () => {
  test.each(around)('a character may stand %d bytes from the end of a block', async (from) => {
    for (const char of ['é', '€', '𝕏']) {
      const text = `h\n${rowsUpTo(block + from)}${char}\nlast\n`;
      const { columns } = await read(text, { request: { categorical: ['h'] }, piece: 4099 });
      expect(columns[0]).toMatchObject({
        levels: expect.arrayContaining([expect.stringMatching(new RegExp(`${char}$`))]),
      });
      const cut = Buffer.from(`h\n${rowsUpTo(block + from)}${char}`).subarray(0, -1);
      expect(await outcome(cut, { piece: 4099 })).toMatchObject({
        code: 'encoding',
        message: expect.stringContaining(`(byte ${block + from + 2} of the text)`),
      });
    }
  });

  test.each([0, 0xff, 0xc0, 0xed])('the byte %d that is none is named', async (byte) => {
    for (const at of [0, 3, block - 1, block, block + 7]) {
      const bytes = Buffer.from(`h\n${rowsUpTo(block + 1000)}\n`);
      bytes[at + 2] = byte;
      const line = 1 + bytes.subarray(0, at + 2).filter((each) => each === 10).length;
      const where = new RegExp(`d\\.csv:${line}: .*\\(byte ${at + 2} of the text\\)`);
      expect(await outcome(bytes, { piece: 100_003 }), String(at)).toMatchObject({
        code: 'encoding',
        message: expect.stringMatching(where),
      });
    }
  });

  // The Unicode Standard, table 3-7, and what lies just outside it.
  test.each([
    ['c2 80', true],
    ['c1 bf', false],
    ['e0 a0 80', true],
    ['e0 9f bf', false],
    ['ed 9f bf', true],
    ['ed a0 80', false],
    ['ef bf bf', true],
    ['f0 90 80 80', true],
    ['f0 8f bf bf', false],
    ['f4 8f bf bf', true],
    ['f4 90 80 80', false],
    ['80', false],
    ['e2 82 41', false],
  ])('%s: %s', async (hex, valid) => {
    const bytes = Buffer.concat([
      Buffer.from('h,y\na'),
      Buffer.from(hex.replaceAll(' ', ''), 'hex'),
      Buffer.from('b,1\nc,0\n'),
    ]);
    expect('columns' in (await outcome(bytes))).toBe(valid);
  });
});

describe('gzip', () => {
  const text = `x,y\n${Array.from({ length: 5000 }, (_, i) => `${i * 7},${i % 2}\n`).join('')}`;
  const unpacked = async (bytes: Uint8Array, piece: number) => {
    const { source } = await openSource(sourceOf(bytes, piece), gunzip);
    return (await readDelimited([source], {}, {})).rows;
  };
  test('of several members, in pieces of any size', async () => {
    const two = Buffer.concat([gzipSync(text), gzipSync(text.slice(4))]);
    for (const piece of [1, 100, 65_536]) expect(await unpacked(two, piece)).toBe(10_000);
  });
  test('cut short anywhere is an error', async () => {
    const whole = gzipSync(text);
    for (const length of [10, 300, whole.length >> 1, whole.length - 8, whole.length - 1]) {
      await expect(unpacked(whole.subarray(0, length), 1000)).rejects.toMatchObject({ code: 'bad-gzip' });
    }
  });
});

test('an error of the source is its own', async () => {
  const source = sourceOf(gzipSync('x,y\n1,2\n'), 5);
  const reason = new Error('the disk is gone');
  async function* failing(): AsyncGenerator<Uint8Array> {
    for await (const chunk of source.chunks) yield chunk;
    throw reason;
  }
  const opening = openSource({ ...source, chunks: failing() }, gunzip).then((opened) =>
    readDelimited([opened.source], {}, {}),
  );
  await expect(opening).rejects.toBe(reason);
});
