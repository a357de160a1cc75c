/**
 * What the bytes of a text tell before anything parses it. Pieces of a file are read one after the other, and where
 * one ends must never show.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { createRandom } from '../../src/math/random.ts';
import { checkText } from '../../src/platform/text-bytes.ts';

const folder = mkdtempSync(join(tmpdir(), 'text-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const check = (text: string | Buffer) => {
  const path = join(folder, 't.txt');
  writeFileSync(path, text);
  return checkText(path, 't.txt');
};

const piece = 1 << 20;
/** What is put so that it begins on a byte of the file, below a first line. */
const beginningAt = (byte: number, rest: string): string => `h\n${'a'.repeat(byte - 2)}${rest}`;
const around = [-6, -5, -4, -3, -2, -1, 0, 1];

describe('leading zeros', () => {
  const begin = ['07', '1,07', '1, 07', '"00"', '1;00.5', '1\t01', 'a|09', '00:05', '1,2\n03'];
  test.each(begin)('%j begins a cell with one, wherever it stands', async (text) => {
    for (let shift = 0; shift < 8; shift++) {
      expect(await check(`${'h'.repeat(shift)}\n${text}`), `${shift}`).toMatchObject({ leadingZeros: true });
      expect(await check(`h\n${'a'.repeat(shift)},${text},b\n`), `${shift}`).toMatchObject({ leadingZeros: true });
    }
  });

  const within = ['0', '0,7', '0.005', '10.00', '1e-05', '1e05', '2024-01-05', '-007', '+007', 'id_07', 'x07', 'é07'];
  test.each(within)('%j begins none', async (text) => {
    for (let shift = 0; shift < 8; shift++) {
      expect(await check(`h\n${'a'.repeat(shift)},${text},b\n`), `${shift}`).toMatchObject({ leadingZeros: false });
    }
  });

  test.each(around)('are seen %d bytes from the end of a piece', async (from) => {
    expect(await check(beginningAt(piece + from, ',07,1'))).toMatchObject({ leadingZeros: true });
    expect(await check(beginningAt(piece + from, '.07,0'))).toMatchObject({ leadingZeros: false });
  });

  test('do not count on the first line', async () => {
    for (let shift = 0; shift < 8; shift++)
      expect(await check(`${'h'.repeat(shift)},07,h\n1,2\n`), `${shift}`).toMatchObject({ leadingZeros: false });
    expect(await check('1,07')).toMatchObject({ leadingZeros: false });
  });
});

test('random texts tell what a plain loop over their bytes tells', async () => {
  const random = createRandom(5);
  const alphabet = [...'000719,,+-\n\n_a.-+eé "'];
  for (let k = 0; k < 300; k++) {
    const end = random() < 0.5 ? '\n' : '\r\n';
    const drawn = Array.from(
      { length: 1 + Math.floor(70 * random()) },
      () => alphabet[Math.floor(alphabet.length * random())]!,
    );
    const text = drawn.map((char) => (char === '\n' ? end : char)).join('');
    const below = text.includes('\n') ? text.slice(text.indexOf('\n') + 1) : '';
    const lines = text.split(end);
    const ended = text.endsWith(end) ? lines.slice(0, -1) : lines;
    // before the end of a blank line stands that of the line above, before that of a blank first line nothing
    const last = ended.map((line, i) => Buffer.from(line).at(-1) ?? (i === 0 ? 0 : 10));
    expect(await check(text), JSON.stringify(text)).toEqual({
      count: ended.length,
      longest: Math.max(...text.split(/(?<=\n)/).map((line) => Buffer.byteLength(line))),
      quotes: text.includes('"'),
      lastBytes: new Set(last.sort((a, b) => a - b)),
      underscores: below.includes('_'),
      doubleSigns: below.includes('+-'),
      leadingZeros: /(^|[^\w.+\-\x80-\uffff])0\d/.test(below),
    });
  }
});

describe('lines', () => {
  test.each(around)('are counted alike %d bytes from the end of a piece', async (from) => {
    for (const end of ['\n', '\r\n']) {
      const found = await check(beginningAt(piece + from, `;${end}${end}b_${end}c`));
      expect(found).toMatchObject({ count: 5, underscores: true, longest: piece + from - 2 + `;${end}`.length });
      // before the end of a blank line stands that of the line above
      expect(found?.lastBytes).toEqual(new Set([...'h;_c\n'].map((char) => char.charCodeAt(0))));
    }
    expect(await check(beginningAt(piece + from, 'a\rb\n'))).toBeUndefined();
  });
});

describe('UTF-8', () => {
  test.each(around)('a character may stand %d bytes from the end of a piece', async (from) => {
    for (const char of ['é', '€', '𝕏']) {
      expect(await check(beginningAt(piece + from, `${char}\n`))).toMatchObject({ count: 2 });
      const cut = Buffer.from(beginningAt(piece + from, char)).subarray(0, -1);
      await expect(check(cut), 'cut off at the end').rejects.toMatchObject({
        code: 'encoding',
        details: { line: 2, offset: piece + from },
      });
    }
  });

  test.each(around)('the byte that is none is named, %d bytes from the end of a piece', async (from) => {
    for (const byte of [0, 0xff]) {
      const bytes = Buffer.from(beginningAt(piece + from, '€ab\n'));
      bytes[piece + from + 3] = byte;
      await expect(check(bytes)).rejects.toMatchObject({
        code: 'encoding',
        details: { line: 2, offset: piece + from + 3 },
      });
    }
  });
});
