/** Names of columns that other readers broke on: marks, spaces, names that come twice, an index saved along. */
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { argument, requireNames } from '../../src/data/names.ts';
import { cells, codes, lines, refused, t8Rows, table } from '../support/text-files.ts';

describe('B18: marks and spaces around names', () => {
  const marked = '\ufeff"y", x \r\n0,0\r\n1,1\r\n';
  test.each([
    ['plain', marked],
    ['gzip', gzipSync(marked)],
  ])('byte order mark, quotes, spaces, CRLF: %s', async (_, content) => {
    const found = await table(content);
    expect(found.columns.map(({ name }) => name)).toEqual(['y', 'x']);
    expect(cells(found, 'y')).toEqual([0, 1]);
  });

  test('a byte order mark without a header', async () => {
    const found = await table('\ufeff0,0\n1,1\n2,1\n', { target: 'c2' }, { header: false });
    expect(cells(found, 'c1')).toEqual([0, 1, 2]);
  });

  test('a name that is not found: odd characters are made visible, the nearest name is given', async () => {
    const error = await refused(lines('x\u200b,outcome', '0,0', '1,1'), { target: 'outcom' });
    expect(error.message).toContain('x\\u200b');
    expect(error.hint).toContain('outcome');
  });
});

describe('B25: names that come twice', () => {
  test('four columns, no value lost, no real column taken', async () => {
    const found = await table(lines('c,c,c,c_1,y', '1,2,3,4,0', '1,2,3,4,1'));
    const features = found.columns.filter(({ name }) => name !== 'y');
    expect(new Set(features.map(({ name }) => name)).size).toBe(4);
    expect(features.map(({ name }) => cells(found, name)[0])).toEqual([1, 2, 3, 4]);
    expect(found.columns.find(({ name }) => name === 'c_1')).toMatchObject({ values: Float64Array.of(4, 4) });
    expect(codes(found)).toContain('duplicate-names');
  });

  test('a renamed column does not take the name of a real one', async () => {
    const found = await table(lines('c,c,c_2,y', '1,2,3,0', '1,2,3,1'));
    expect(cells(found, 'c_2')).toEqual([3, 3]);
    expect(found.columns).toHaveLength(4);
  });

  test('names that differ in case are different', async () => {
    expect(cells(await table(lines('x,X,y', '1,2,0', '3,4,1')), 'X')).toEqual([2, 4]);
  });

  test('a target twice is an error', async () => {
    expect((await refused(lines('x,y,y', '1,0,0', '2,1,1'))).message).toContain('y');
  });
});

describe('B34: a row index saved along', () => {
  test.each([0, 1])('an unnamed column that counts up from %i is left out, with a note', async (from) => {
    const found = await table(lines(',x,y', ...t8Rows.map((row, i) => `${i + from},${row}`)));
    expect(found.columns.map(({ name }) => name)).toEqual(['x', 'y']);
    expect(codes(found)).toContain('index-column');
  });

  test('an unnamed column that holds something else is kept, under a name', async () => {
    const found = await table(lines(',x,y', ...t8Rows.map((row, i) => `${(i * 5) % 8},${row}`)));
    expect(cells(found, 'c1')).toEqual([0, 5, 2, 7, 4, 1, 6, 3]);
    expect(found.warnings.some(({ message }) => message.includes('c1'))).toBe(true);
  });

  test('a named column that counts up is kept, with a warning', async () => {
    const found = await table(
      lines('PassengerId,x,y', ...Array.from({ length: 12 }, (_, i) => `${i + 1},${i % 5},${i % 2}`)),
    );
    expect(cells(found, 'PassengerId')).toHaveLength(12);
    expect(found.warnings.find(({ code }) => code === 'index-like')?.columns).toEqual(['PassengerId']);
  });

  test('the target that counts up stays', async () => {
    const found = await table(lines(',x', ...Array.from({ length: 12 }, (_, i) => `${i + 1},${i % 5}`)), {
      target: 'c1',
    });
    expect(cells(found, 'c1')).toHaveLength(12);
  });
});

describe('T11: names in hints are spelled as a command line takes them', () => {
  test.each([
    ['age', 'age'],
    ['Größe', 'Größe'],
    ['Why or why not?', '"Why or why not?"'],
    ['x, in kg', `'"x, in kg"'`],
    ['say "hi"', `'"say ""hi"""'`],
    ['$5', `'$5'`],
    ["it's $5", `'it'\\''s $5'`],
  ])('%s', (name, spelled) => expect(argument(name)).toBe(spelled));

  test('and a list item that is a part of a name is told so', () => {
    const names = ['x, in kg', 'y'];
    for (const part of ['x', 'in kg', 'x\\']) {
      const run = () => requireNames({ only: [part] }, names);
      expect(run).toThrow(expect.objectContaining({ hint: expect.stringContaining(`'"x, in kg"'`) }));
    }
  });
});
