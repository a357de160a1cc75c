/** Columns that are computed from pages: the same cells however the pages are cut, and whichever columns are read. */
import { expect, test } from 'vitest';
import { withComputed } from '../../src/data/computed-columns.ts';
import { Findings } from '../../src/data/findings.ts';
import type { StoredTable } from '../../src/data/stored-table.ts';

/** Cell (row, at) is 10·row + at. */
function tableOf(rows: number, pageRows: number): StoredTable {
  const readColumn: StoredTable['readColumn'] = async (page, at, into, from = 0) => {
    for (let i = 0; i < into.length; i++) {
      const row = page * pageRows + from + i;
      into[i] = row < rows ? 10 * row + at : 0;
    }
  };
  return {
    rows,
    pageRows,
    width: 2,
    columns: [],
    leftOut: [],
    source: 'numbers',
    badRows: 0,
    warnings: [],
    key: '',
    findings: new Findings(),
    readColumn,
    async read(page, into, columns = [0, 1]) {
      for (const at of columns) await readColumn(page, at, into.subarray(at * pageRows, (at + 1) * pageRows));
    },
    openBeside: () => Promise.reject(new Error('no file')),
    close: async () => {},
  };
}

/** Column 2 + k is the second column plus k; the last one is the number of the row. */
const more = (count: number) => [
  {
    count,
    of: [1],
    compute: ({ count, cells }: { count: number; cells(at: number): Float64Array }, into: readonly Float64Array[]) =>
      into.forEach((own, k) => {
        for (let i = 0; i < count; i++) own[i] = cells(1)[i]! + k;
      }),
  },
  {
    count: 1,
    of: [],
    compute: ({ from }: { from: number }, [into]: readonly Float64Array[]) => {
      into!.forEach((_, i) => {
        into![i] = from + i;
      });
    },
  },
];

test.each([
  [3000, 1024, 3],
  [3000, 1536, 1500], // pages of 512 rows
  [3000, 700, 1500], // pages of 512 rows, which lie in two pages of the table
])('%i rows in pages of %i, %i columns more', async (rows, pageRows, count) => {
  const table = withComputed(tableOf(rows, pageRows), more(count));
  expect(table.width).toBe(2 + count + 1);
  expect(table.pageRows).toBe(count === 3 ? pageRows : 512);
  const page = new Float64Array(table.width * table.pageRows);
  const at = [0, 1, 2, 1 + count, 2 + count];
  const expected = (row: number): number[] =>
    row < rows ? [10 * row, 10 * row + 1, 10 * row + 1, 10 * row + count, row] : [0, 0, 0, 0, 0];
  const cell = (k: number, i: number): number => page[k * table.pageRows + i]!;
  for (const [number, columns] of [
    [0, undefined],
    [1, at],
    [Math.floor(rows / table.pageRows), undefined],
  ] as const) {
    page.fill(-1);
    await table.read(number, page, columns);
    let wrong = 0;
    for (let i = 0; i < table.pageRows; i++) {
      const own = expected(number * table.pageRows + i);
      wrong += at.filter((k, j) => cell(k, i) !== own[j]).length;
    }
    expect(wrong).toBe(0);
  }
  // Of some columns, the others are not read.
  page.fill(-1);
  await table.read(0, page, [0]);
  expect([cell(0, 1), cell(1, 1), cell(2, 1)]).toEqual([10, -1, -1]);
  await table.read(0, page, [2 + count]);
  expect([cell(2 + count, 1), cell(1, 1)]).toEqual([1, -1]);
  await table.read(0, page, [2]); // which is computed from column 1
  expect([cell(2, 1), cell(1, 1)]).toEqual([11, 11]);
});
