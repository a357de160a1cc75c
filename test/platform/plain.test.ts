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
import { createRandom } from '../../src/math/random.ts';
import { type CsvFile, openCsv } from '../../src/platform/csv.ts';
import { readPlainColumns } from '../../src/platform/csv-plain.ts';
import { cellSql } from '../../src/platform/csv-profile.ts';
import { openDatabase } from '../../src/platform/duckdb.ts';
import { readTable } from '../../src/platform/read-table.ts';
import { openSource } from '../../src/platform/source.ts';
import { defaultMissingTokens } from '../../src/predict/cell.ts';

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
    '+-5',
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

test('every number is the one that JavaScript reads, to the last bit', async () => {
  const random = createRandom(20261125);
  const bits = new DataView(new ArrayBuffer(8));
  const spell = (): string => {
    bits.setUint32(0, random() * 2 ** 32);
    bits.setUint32(4, random() * 2 ** 32);
    const any = bits.getFloat64(0);
    const exact = Math.abs(any) <= 2 ** 53; // half of all are beyond; subnormals are few
    const value = exact ? any : (random() - 0.5) * 10 ** Math.floor(random() * 16);
    const subnormal = Math.floor(random() * 2 ** 50) * 5e-324;
    const spellings = [
      String(value),
      value.toPrecision(15 + Math.floor(random() * 3)),
      value.toExponential(20),
      `${value.toPrecision(17).replace(/e.*/, '')}${Math.floor(random() * 1e15)}e-${Math.floor(random() * 330)}`,
      String(subnormal),
      `+${Math.abs(value)}`,
      `${Math.floor(random() * 2 ** 53)}.`,
      `.${Math.floor(random() * 1e17)}e-${Math.floor(random() * 330)}`,
      // halfway between two neighbours, and a digit that decides
      `${2 ** 52 + Math.floor(random() * 2 ** 52)}.5${random() < 0.5 ? '' : '0000000000000000000001'}`,
    ];
    return spellings[Math.floor(random() * spellings.length)]!;
  };
  const cells = Array.from({ length: 20_000 }, spell);
  const { plain, byText } = await onePass(['x,y', ...cells.map((cell, i) => `${cell},${i % 2}`)]);
  expect(byText).toBe(0);
  expect(Buffer.from(plain!.columns.get(0)!.buffer, 0, 8 * cells.length)).toEqual(
    Buffer.from(Float64Array.from(cells, Number).buffer),
  );
});

/** The columns of plain numbers, and how many scans went by texts and by DuckDB's numbers. */
async function onePass(lines: readonly string[], options: ReadOptions = {}) {
  const path = join(folder, 'one.csv');
  writeFileSync(path, lines.map((line) => `${line}\n`).join(''));
  const source = await openSource(path, undefined);
  const db = await openDatabase({});
  try {
    const csv = await openCsv(db, source, options, 'y');
    let [byText, byNumbers] = [0, 0];
    const counting: CsvFile = {
      ...csv,
      scan(most, query) {
        byText++;
        return csv.scan(most, query);
      },
      numbers(places, tokens) {
        byNumbers++;
        return csv.numbers(places, tokens);
      },
    };
    const asked = { as: undefined, decimalComma: false, delimiter: csv.dialect.delimiter };
    const plans = csv.columns.names.map((name, place) => ({ place, name, asked }));
    const tokens = ['', ...(options.missingTokens ?? defaultMissingTokens)];
    const plain = await readPlainColumns(db, source, counting, { plans, sql: cellSql(tokens), tokens, options });
    return { plain, places: [...(plain?.columns.keys() ?? [])], byText, byNumbers };
  } finally {
    await db.close();
    await source.dispose();
  }
}

describe('DuckDB reads the numbers itself where no spelling is doubtful', () => {
  test.each(['abc', '0x10', 'NA', '', '""', ' NA', '1e300', 'inf', 'nan'])(
    'without the column of a late %j',
    async (cell) => {
      const { plain, places, byText } = await onePass([header, ...rowsWith(cell, m - 2)]);
      expect({ places, byText }).toEqual({ places: [1, 2], byText: 0 });
      expect(plain).toMatchObject({ rows: m, badRows: 0 });
      expect([...plain!.columns.get(1)!]).toEqual(Array.from({ length: m }, (_, i) => (i * 37) % 101));
    },
  );

  test.each(['1.5', ' 12 ', '"7"', '-007', '1e-05'])('with a late %j', async (cell) => {
    const { places, byText } = await onePass([header, ...rowsWith(cell, m - 2)]);
    expect({ places, byText }).toEqual({ places: [0, 1, 2], byText: 0 });
  });

  test.each([
    ['a leading zero', [], '007', {}],
    ['an underscore', [], '1_000', {}],
    ['a sign twice', [], '+-5', {}],
    ['a number among the missing texts', [0], '1.5', { missingTokens: ['-999'] }],
  ])('by texts after %s', async (_, first, cell, options) => {
    const { places, byText } = await onePass([header, ...rowsWith(cell, m - 2)], options);
    expect({ places, byText }).toEqual({ places: [...first, 1, 2], byText: 1 });
  });

  test('by texts where a bad row is let go, and one that is bad twice over counts once', async () => {
    const rows = rowsWith('1.5', 1);
    const bad = (row: string): string[] => [header, ...rows.slice(0, 2000), row, ...rows.slice(2000)];
    for (const row of ['1,2', '1,2,3,4', 'abc,1,2,3', 'abc,1']) {
      const { plain, places, byText, byNumbers } = await onePass(bad(row), { maxBadRows: 1 });
      expect(plain, row).toMatchObject({ rows: m, badRows: 1 });
      expect({ places: places.slice(-2), byText }, row).toEqual({ places: [1, 2], byText: 1 });
      expect(byNumbers, row).toBe(row.startsWith('abc') ? 2 : 1);
      expect(await read(bad(row), { maxBadRows: 1 }), row).toEqual({ ...(await read([header, ...rows])), badRows: 1 });
      expect(await read(bad(row)), row).toMatchObject({ code: 'bad-rows', details: { rows: 1 } });
    }
  });

  test('by texts where many columns end it', async () => {
    const wide = Array.from({ length: m }, (_, i) => Array.from({ length: 6 }, (_, k) => (i === 1500 + k ? 'abc' : i)));
    const lines = ['a,b,c,d,e,f,y', ...wide.map((row, i) => `${row},${i % 2}`)];
    expect(await onePass(lines)).toMatchObject({ plain: { rows: m, badRows: 0 }, places: [6], byText: 1 });
  });

  test('a leading zero in a column that is not read changes nothing', async () => {
    const withThird = (cell: string): Promise<Table | LogisticError> =>
      read([`${header},t`, ...rowsWith('1.5', 1).map((row, i) => `${row},${i === m - 2 ? cell : 'b'}`)]);
    const columns = async (cell: string) => ((await withThird(cell)) as Table).columns.slice(0, 3);
    expect(await columns('007')).toEqual(await columns('a07'));
  });

  test('leading zeros are found between delimiters of any kind, and on a first line of data', async () => {
    const dashed = Array.from({ length: m }, (_, i) => (i === m - 2 ? '1-007' : `${i}-${i % 2}`));
    expect(await onePass(['x-y', ...dashed], { delimiter: '-' })).toMatchObject({
      places: [0],
      byText: 1,
    });
    const ones = ['007,1', ...Array.from({ length: m }, (_, i) => `${i},${i % 2}`)];
    expect(await onePass(ones, { header: false })).toMatchObject({ places: [1], byText: 0 });
  });

  test('a missing text that no cell could hold unquoted is no obstacle', async () => {
    const options = { missingTokens: ['N,A', '"', 'NA'] };
    expect(await onePass([header, ...rowsWith('NA', m - 2)], options)).toMatchObject({ places: [1, 2], byText: 0 });
    expect(await read([header, ...rowsWith('"N,A"', m - 2)], options)).toMatchObject({ rows: m, badRows: 0 });
  });
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
