/**
 * Columns of plain numbers are read in one scan, others in three; which it is must never show. A cell that
 * ends the hope of the one scan late in the file is the same cell early in the file.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import type { ReadOptions, Table } from '../../src/data/table.ts';
import { LogisticError } from '../../src/errors.ts';
import { readTable } from '../../src/platform/read-table.ts';

const folder = mkdtempSync(join(tmpdir(), 'plain-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const read = async (
  lines: readonly string[],
  options: ReadOptions = {},
  end = '\n',
): Promise<Table | LogisticError> => {
  const path = join(folder, 'd.csv');
  writeFileSync(path, lines.map((line) => line + end).join(''));
  return readTable(path, { target: 'y' }, options).catch((error: LogisticError) => error);
};

/** More rows than the sample that the dialect is read from. */
const m = 3000;
const plain = (i: number): string => (Math.sin(i) * 1000).toPrecision(1 + (i % 15));
const rowsWith = (cell: string, at: number): string[] =>
  Array.from({ length: m }, (_, i) => `${i === at ? cell : plain(i)},${(i * 37) % 101},${i % 2}`);
const header = 'x,z,y';

/** What does not depend on the order of the rows. */
function unordered(result: Table | LogisticError) {
  if (result instanceof LogisticError) return { code: result.code, hint: result.hint };
  const columns = result.columns.map((column) => {
    const cells = column.kind === 'numeric' ? [...column.values] : [...column.codes];
    return { ...column, values: undefined, codes: undefined, cells: Float64Array.from(cells).sort() };
  });
  return { ...result, columns };
}

describe('a cell in the last rows decides as it does in the first', () => {
  test.each([
    '1.5',
    '',
    'NA',
    '  ',
    '?',
    '007',
    '-007',
    ' 12 ',
    '9007199254740993',
    '1e300',
    '1_000',
    'abc',
    'inf',
    'nan',
    '0x10',
    '1e400',
    '"7"',
    'true',
  ])('%j', async (cell) => {
    const early = rowsWith(cell, 1);
    const late = early.toReversed();
    const [first, last] = [await read([header, ...early]), await read([header, ...late])];
    expect(unordered(last)).toEqual(unordered(first));
    // The column beside it is the one scan's in both, in the order of the file.
    if (first instanceof LogisticError || last instanceof LogisticError) return;
    const z = last.columns.find(({ name }) => name === 'z');
    expect(z?.kind === 'numeric' && [...z.values]).toEqual(late.map((row) => Number(row.split(',').at(-2))));
  });
});

test('lines that end in \\r alone are read the slow way, and as well', async () => {
  const lines = [header, ...rowsWith('1.5', 1)];
  expect(unordered(await read(lines, {}, '\r'))).toEqual(unordered(await read(lines)));
  expect(await read([header, ...rowsWith('1_000', m - 2)], {}, '\r')).toMatchObject({ code: 'not-a-number' });
});

test('an error names the line of a late cell', async () => {
  expect(await read([header, ...rowsWith('abc', m - 2)])).toMatchObject({
    code: 'not-a-number',
    message: expect.stringMatching(new RegExp(`:${m}: column x: .abc.`)),
  });
});

test('every number is the one that JavaScript reads', async () => {
  const table = (await read([header, ...rowsWith('0.1', 5)])) as Table;
  const x = table.columns.find(({ name }) => name === 'x');
  const truth = Array.from({ length: m }, (_, i) => (i === 5 ? 0.1 : Number(plain(i))));
  expect(x?.kind === 'numeric' && [...x.values]).toEqual(truth);
});

describe('rows are counted whatever the lines look like', () => {
  const rows = rowsWith('1.5', 1);
  test.each([
    ['blank lines at the end', [...rows, '', ''], 0],
    ['CRLF', rows.map((row) => `${row}\r`), 0],
    ['bad rows that are let go', [...rows.slice(0, 2000), '1,2', ...rows.slice(2000), '1,2,3,4'], 2],
  ])('%s', async (_, lines, bad) => {
    const table = (await read([lines[0]!.endsWith('\r') ? `${header}\r` : header, ...lines], {
      maxBadRows: 2,
    })) as Table;
    expect(table).toMatchObject({ rows: m, badRows: bad, columns: [{ kind: 'numeric' }, { kind: 'numeric' }, {}] });
    const z = table.columns[1]!;
    expect(z.kind === 'numeric' && z.values.length).toBe(m);
  });

  test('a quoted line end in a column of texts beside', async () => {
    const lines = rows.map((row, i) => `${row},"${i % 3 === 0 ? 'two\nlines' : 'one'}"`);
    const table = (await read([`${header},t`, ...lines])) as Table;
    expect(table.rows).toBe(m);
    expect(table.columns.map(({ kind }) => kind)).toEqual(['numeric', 'numeric', 'numeric', 'categorical']);
  });

  test('a surplus delimiter at the end of a late row is refused', async () => {
    const lines = rows.map((row, i) => (i === m - 5 ? `${row},` : row));
    expect(await read([header, ...lines])).toMatchObject({ code: 'bad-rows' });
  });
});
