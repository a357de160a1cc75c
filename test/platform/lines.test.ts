/** Rows that other readers broke on: quotes, rows of other widths, blank lines, empty files, no header. */
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Table } from '../../src/data/table.ts';
import { LogisticError } from '../../src/errors.ts';
import { readTable } from '../../src/platform/read-table.ts';
import { t8Labels, t8X } from '../support/t8.ts';
import {
  cells,
  codes,
  column,
  failure,
  folder,
  lines,
  refused,
  rowsOf,
  t8,
  t8Rows,
  table,
  write,
} from '../support/text-files.ts';

describe('B20: quotes', () => {
  const texts = ['"a, b"', '"line1\nline2"', '"say ""hi"""'];
  const quoted = t8Rows.map((row, i) => `${row},${texts[i % 3]}`);
  test('delimiters, newlines and doubled quotes in quotes', async () => {
    const found = await table(lines('x,y,c', ...quoted));
    expect(found.rows).toBe(8);
    const it = column(found, 'c');
    expect(it.kind === 'categorical' && it.levels).toEqual(['a, b', 'line1\nline2', 'say "hi"']);
  });

  test.each([3000, 30_000])('%i plain rows before the first quote', async (plain) => {
    const found = await table(
      lines('x,y,c', ...Array.from({ length: plain }, (_, i) => `${i % 7},${i % 2},plain`), ...quoted),
    );
    expect(found.rows).toBe(plain + 8);
    expect(cells(found, 'c').at(-7)).toBe('line1\nline2');
  });

  const unclosed = lines('x,y,c', ...quoted, '1,0,"open', ...t8Rows.map((row) => `${row},z`));
  // The header is line 1, the eight rows end on line 12, since three of them take two lines.
  // Says line 10: a record with newlines in its quotes counts as one line.
  test('a quote that is never closed names the line where it opened', async () => {
    expect((await refused(unclosed)).message).toContain(':13: ');
  });

  test('a quote that is never closed is not one bad row to let go: it would take the rest of the file along', async () => {
    await refused(unclosed, {}, { maxBadRows: 1 });
  });

  test('a quote within an unquoted cell is text', async () => {
    const found = await table(lines('x,y,c', '1,0,5" pipe', '2,1,5" pipe'));
    expect(cells(found, 'c')).toEqual(['5" pipe', '5" pipe']);
  });

  test('rows of prediction keep the exact text, in order', async () => {
    const { rows } = await rowsOf(write(lines('x,y,c', ...quoted)));
    expect(rows.map((row) => row[2])).toEqual(t8Rows.map((_, i) => ['a, b', 'line1\nline2', 'say "hi"'][i % 3]));
  });
});

describe('B24: rows that do not fit', () => {
  test('a delimiter at the end of every row', async () => {
    const found = await table(lines('a,b,y', '1,4,1,', '2,5,0,', '3,6,1,'));
    expect(cells(found, 'y')).toEqual([1, 0, 1]);
    expect(cells(found, 'a')).toEqual([1, 2, 3]);
    expect(codes(found)).toContain('trailing-delimiter');
  });

  const ragged: [string, string, string[]][] = [
    ['at the end of the first row only', lines('a,b,y', '1,4,1,', '2,5,0', '3,6,1'), [':2: ', '3', '4']],
    ['at the end of a later row only', lines('a,b,y', '1,4,1', '2,5,0,', '3,6,1'), [':3: ', '3', '4']],
    ['too few fields', lines('a,b,y', '1,4,1', '2,5', '3,6,1'), [':3: ', '3', '2']],
    ['too many fields', lines('a,b,y', '1,4,1', '2,5,0,7,8', '3,6,1'), [':3: ', '3', '5']],
  ];
  test.each(ragged)('%s: line, expected and found', async (_, content, parts) => {
    const error = await refused(content);
    expect(error.code).toBe('bad-rows');
    for (const part of parts) expect(error.message).toContain(part);
    expect(error.hint).toContain('--max-bad-rows');
  });

  // Read as if the surplus delimiter were not there; without quotes in the line it is an error.
  test('a delimiter at the end of one row, in a line with quotes', async () => {
    const error = await refused(lines('a,b,y', '1,"4",1', '2,"5",0,', '3,6,1'));
    expect(error).toMatchObject({ code: 'bad-rows', message: expect.stringContaining(':3: ') });
  });

  // Says line 5: blank lines just before a bad row, and newlines in quotes, are not counted.
  test('lines are those of the file, past blank lines and newlines in quotes', async () => {
    const error = await refused(lines('"a', 'z",b,y', '1,"x', 'y', '', 'z",1', '', '', '1,2', '4,5,0'));
    expect(error.message).toContain(':9: ');
  });

  test('bad rows can be let go, and are counted', async () => {
    const found = await table(lines('a,b,y', '1,4,1', '2,5', '3,6,1', '4,7,8,9'), {}, { maxBadRows: 2 });
    expect(found).toMatchObject({ rows: 2, badRows: 2 });
    expect(cells(found, 'a')).toEqual([1, 3]);
    expect((await refused(lines('a,b,y', '1,4,1', '2,5', '4,7,8,9'), {}, { maxBadRows: 1 })).code).toBe('bad-rows');
  });

  test('rows of prediction: a bad row is always an error', async () => {
    const path = write(lines('a,b,y', '1,4,1', '2,5', '3,6,1'));
    expect(await failure(rowsOf(path, { maxBadRows: 5 }))).toMatchObject({ code: 'bad-rows' });
  });
});

describe('B33: empty files, blank lines, no header', () => {
  test.each([
    ['no byte', ''],
    ['blank lines only', '\n\n\n'],
    ['a header only', 'x,y\n'],
    ['a header without a line end', 'x,y'],
  ])('%s: one line that says so', async (_, content) => {
    const error = await refused(content);
    expect(error.message).not.toContain('\n');
  });

  test('a folder, and a path to nothing', async () => {
    mkdirSync(join(folder, 'sub'));
    expect((await failure(readTable(join(folder, 'sub'), {}, {}))).message).toMatch(/folder|directory/);
    expect((await failure(readTable(join(folder, 'nothing.csv'), {}, {}))).message).toContain('no such file');
  });

  test.each([
    ['between and at the end', lines('x,y', ...t8Rows.flatMap((row) => [row, '']), '', '')],
    ['at the start', lines('', '', 'x,y', ...t8Rows)],
    ['with CRLF', lines('x,y', '', ...t8Rows, '').replaceAll('\n', '\r\n')],
  ])('blank lines %s are passed over', async (_, content) => {
    const found = await table(content);
    expect(cells(found, 'x')).toEqual(t8X);
    expect(cells(found, 'y')).toEqual(t8Labels);
  });

  // A bad row: 2 fields expected, 1 found.
  test('lines of spaces are blank lines', async () => {
    expect((await table(lines('x,y', '0,0', '   ', ...t8Rows.slice(1)))).rows).toBe(8);
  });

  /** Read, or a mistake that the user can mend; a bare Error would be a bug. */
  const readOrRefused = async (content: string): Promise<void> => {
    const found = await table(content).catch((error: unknown) => error);
    if (found instanceof Error) expect(found).toBeInstanceOf(LogisticError);
    else expect(cells(found as Table, 'x')).toEqual(t8X);
  };

  // Both throw a bare Error of many lines: "The CSV Parser state machine reached an invalid state".
  test('a line that ends in another way, in the middle', () => readOrRefused(t8.replace('1,0\n', '1,0\r\n')));
  test('blank lines that end in two ways, at the start', () => readOrRefused(`\n\r\n${t8}`));

  test('a file without a header, read as if it had one', async () => {
    const error = await refused(lines(...t8Rows));
    expect(error.message).toMatch(/column y not found.*first line looks like data/);
    expect(`${error.message} ${error.hint}`).toMatch(/--no-header.*c1/s);
  });

  // Only numbers in the first line give it away.
  test('the same, where the cells are words', async () => {
    const error = await refused(lines('red,no', 'blue,yes', 'red,yes', 'red,no', 'blue,no'));
    expect(error.message).toMatch(/column y not found.*first line looks like data/);
  });

  test('read without a header, no row is used up', async () => {
    const found = await table(lines(...t8Rows), { target: 'c2' }, { header: false });
    expect(cells(found, 'c1')).toEqual(t8X);
  });

  const onWindows = process.platform === 'win32'; // where names hold no * or ?
  test.each(['[1].csv', "'.csv", ' .csv', ...(onWindows ? [] : ['*.csv', '?.csv'])])(
    'a name with %s is a name, not a pattern',
    async (name) => {
      write(lines('x,y', '9,0', '9,1'), 'x.csv');
      expect(cells(await readTable(write(t8, name), { target: 'y' }, {}), 'x')).toEqual(t8X);
    },
  );

  const inPartition = async (name: string, content: string): Promise<string[]> => {
    const path = join(folder, 'z=3', name);
    mkdirSync(join(folder, 'z=3'), { recursive: true });
    writeFileSync(path, content);
    return (await readTable(path, { target: 'y' }, {})).columns.map((each) => each.name);
  };
  test('a folder named z=3 adds no column to text', async () => {
    expect(await inPartition('a.csv', t8)).toEqual(['x', 'y']);
  });
  // Columns x, y and z: DuckDB takes the folder for a partition.
  test('a folder named z=3 adds no column to JSON lines', async () => {
    expect(await inPartition('a.jsonl', lines('{"x":1,"y":0}', '{"x":2,"y":1}'))).toEqual(['x', 'y']);
  });

  test('nothing is left in the current folder', async () => {
    await table(t8);
    expect(readdirSync('.').filter((name) => name === '.tmp')).toEqual([]);
  });
});
