/**
 * Files that other readers broke on, as the cases B10 to B34 tell them: each is written to a folder of its
 * own and read as `logit` reads it.
 */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { DuckDBInstance } from '@duckdb/node-api';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Column, ColumnRequest, ReadOptions, Table } from '../../src/data/table.ts';
import { LogisticError } from '../../src/errors.ts';
import { readCells, readTable } from '../../src/platform/read-table.ts';
import type { Cell } from '../../src/predict/cell.ts';

let folder: string;
let files = 0;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'cases-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const t8Rows = ['0,0', '0,0', '0,0', '0,1', '1,0', '1,1', '1,1', '1,1'];
const t8 = ['x,y', ...t8Rows, ''].join('\n');
const t8X = [0, 0, 0, 0, 1, 1, 1, 1];
const t8Y = [0, 0, 0, 1, 0, 1, 1, 1];

function write(content: string | Uint8Array, name = '.csv'): string {
  const path = join(folder, `file${files++}${name}`);
  writeFileSync(path, content);
  return path;
}

const lines = (...rows: string[]): string => linesOf(rows);
/** For many rows: as arguments they would overflow the stack. */
const linesOf = (rows: readonly string[]): string => rows.map((row) => `${row}\n`).join('');

function table(content: string | Uint8Array, request: ColumnRequest = {}, options: ReadOptions = {}): Promise<Table> {
  return readTable(write(content), { target: 'y', ...request }, options);
}

/** The error, which must be one that its user can mend: a LogisticError of one line before its list of rows. */
async function failure(promise: Promise<unknown>): Promise<LogisticError> {
  const error = await promise.then(
    (found) => expect.fail(`nothing thrown; found ${JSON.stringify(found).slice(0, 300)}`),
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(LogisticError);
  return error as LogisticError;
}

const refused = (content: string | Uint8Array, request: ColumnRequest = {}, options: ReadOptions = {}) =>
  failure(table(content, request, options));

function column(found: Table, name: string): Column {
  return found.columns.find((each) => each.name === name) ?? expect.fail(`no column ${name}`);
}

/** Cells as a person would say them: numbers, words, null where missing. */
function cells(found: Table, name: string): (number | string | null)[] {
  const it = column(found, name);
  if (it.kind === 'numeric') return Array.from(it.values, (value) => (Number.isNaN(value) ? null : value));
  const words = it.kind === 'boolean' ? it.words : it.levels;
  return Array.from(it.codes, (code) => (code < 0 ? null : words[code]!));
}

const codes = (found: Table): string[] => found.warnings.map(({ code }) => code);

async function rowsOf(path: string, options: ReadOptions = {}): Promise<{ names: readonly string[]; rows: Cell[][] }> {
  const { names, rows } = await readCells(path, options);
  const all: Cell[][] = [];
  for await (const chunk of rows) for (const row of chunk) all.push(row);
  return { names, rows: all };
}

/** A file that DuckDB itself writes: Parquet, or text under zstd. */
async function written(select: string, name: string, format: string): Promise<string> {
  const path = join(folder, `file${files++}${name}`);
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  await connection.run(`copy (${select}) to '${path}' (${format})`);
  connection.closeSync();
  instance.closeSync();
  return path;
}

describe('B10: sizes of numbers', () => {
  test('1e30 and 1e39 are numbers', async () => {
    const found = await table(lines('x,y', '1e30,0', '3e30,1', '1e39,0', '5e-324,1'));
    expect(cells(found, 'x')).toEqual([1e30, 3e30, 1e39, 5e-324]);
  });

  test.each(['Infinity', '-inf', '1e999'])('%s is an error that names row and column', async (cell) => {
    const error = await refused(lines('x,y', '1,0', '2,1', `${cell},0`, '4,1'));
    expect(error.message).toMatch(/:4: .*\bx\b/);
    expect(error.message).toContain(cell);
  });

  test('digits are read as JavaScript reads them', async () => {
    const hard = [
      '0.1',
      '2.2250738585072011e-308',
      '9007199254740993e0',
      '1.7976931348623157e308',
      '123456789012345680.0',
      '8.41e21',
      '.5',
      '5.',
      '+7',
    ];
    const found = await table(lines('x,y', ...hard.map((digits, i) => `${digits},${i % 2}`)));
    expect(cells(found, 'x')).toEqual(hard.map(Number));
  });

  test.each(['1_000', '0x1A', '+-5'])('%s is no number', async (cell) => {
    const error = await refused(lines('x,y', '1,0', '2,1', `${cell},0`, '4,1'));
    expect(error).toMatchObject({ code: 'not-a-number' });
    expect(error.message).toMatch(/:4: .*\bx\b/);
  });

  test('an infinite float in Parquet is an error that names the column', async () => {
    const path = await written(
      `select * from (values (1.5::double, 0), ('inf'::double, 1)) t(x, y)`,
      '.parquet',
      'format parquet',
    );
    expect((await failure(readTable(path, { target: 'y' }, {}))).message).toMatch(/\bx\b/);
  });
});

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

describe('B21: decimal commas and dressed numbers', () => {
  test('semicolons with decimal commas', async () => {
    const found = await table(lines('x;y', '1,5;0', '2,5;1', '3;0'));
    expect(cells(found, 'x')).toEqual([1.5, 2.5, 3]);
    expect(codes(found)).toContain('decimal-comma');
  });

  test('tabs with decimal commas', async () => {
    expect(cells(await table(lines('x\ty', '120,5\t0', '99,25\t1')), 'x')).toEqual([120.5, 99.25]);
  });

  // Cut at the comma: c1 is 1, 2, 3 and c2 is `5;0`, without a warning.
  test('without a header the delimiter is still the semicolon', async () => {
    const found = await table(lines('1,5;0', '2,5;1', '3,5;0'), { target: 'c2' }, { header: false });
    expect(cells(found, 'c1')).toEqual([1.5, 2.5, 3.5]);
  });

  test('said outright, 1,234 is one and a bit', async () => {
    expect(cells(await table(lines('x;y', '1,234;0', '2,345;1'), {}, { decimalComma: true }), 'x')).toEqual([
      1.234, 2.345,
    ]);
  });

  const ambiguous: [string, string, string][] = [
    ['quoted thousands in a comma file', lines('x,y', '"1,234",0', '"2,345",1', '"3,456",0'), '1,234'],
    ['thousands or decimals', lines('x;y', '1,234;0', '2,345;1'), '1,234'],
    ['both marks', lines('x;y', '1.299,99;0', '2.300,50;1'), '1.299,99'],
    ['per cent', lines('x,y', '12 %,0', '13 %,1'), '12 %'],
    ['dollars', lines('x,y', '$5,0', '$6,1'), '$5'],
    ['euros', lines('x,y', '€5,0', '€6,1'), '€5'],
    ['spaced thousands', lines('x,y', '1 000,0', '2 000,1'), '1 000'],
  ];
  test.each(ambiguous)('%s: an error with column, line and the option', async (_, content, cell) => {
    const error = await refused(content);
    expect(error).toMatchObject({ code: 'not-a-number' });
    expect(error.message).toMatch(/:2: .*\bx\b/);
    expect(error.message).toContain(cell);
    expect(error.hint).toMatch(/--(decimal-comma|categorical|drop)/);
  });
});

describe('B23: missing tokens', () => {
  const rows = Array.from(
    { length: 20 },
    (_, i) => `${['NA', 'NE', 'NC'][i % 3]},${['1', '?', '-999', 'nan', '-', 'NULL', '2'][i % 7]},${i % 2}`,
  );
  test('the tokens of a column are counted, −999 is a number, a frequent token is remarked upon', async () => {
    const found = await table(lines('c,x,y', ...rows));
    expect(column(found, 'x').missing).toEqual({ count: 12, tokens: { '?': 3, nan: 3, '-': 3, NULL: 3 } });
    expect(cells(found, 'x').slice(0, 4)).toEqual([1, null, -999, null]);
    expect(column(found, 'c').missing).toEqual({ count: 7, tokens: { NA: 7 } });
    const warning = found.warnings.find(({ code }) => code === 'missing-token-share');
    expect(warning).toMatchObject({ columns: ['c'], message: expect.stringContaining('--missing-tokens') });
  });

  test('the list can be replaced; an empty cell stays missing', async () => {
    const found = await table(lines('c,x,y', 'NA,-999,0', 'NE,2,1', ',3,0'), {}, { missingTokens: ['-999'] });
    expect(cells(found, 'c')).toEqual(['NA', 'NE', null]);
    expect(cells(found, 'x')).toEqual([null, 2, 3]);
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

describe('B28: what only looks like a number', () => {
  const ids = Array.from({ length: 8 }, (_, i) => `2083102240036974${57 + i}`);
  const with8 = (name: string, texts: readonly string[]): string =>
    lines(`x,y,${name}`, ...t8Rows.map((row, i) => `${row},${texts[i]}`));

  test('integers beyond 2^53 are left out, or kept as exact text', async () => {
    const found = await table(with8('id', ids));
    expect(found.leftOut).toContain('id');
    expect(codes(found)).toContain('id-like');
    expect(cells(await table(with8('id', ids), { categorical: ['id'] }), 'id')).toEqual(ids);
  });

  test.each([{}, { categorical: ['zip'] }])('codes keep their leading zeros %o', async (request) => {
    const found = await table(
      with8('zip', ['01001', '1001', '01001', '1001', '01001', '1001', '01001', '1001']),
      request,
    );
    const it = column(found, 'zip');
    expect(it.kind === 'categorical' && it.levels).toEqual(['01001', '1001']);
  });

  test.each(['2024/12/12', '12-10-2024', '2024-12-12T10:00:00'])('dates like %s are an error', async (date) => {
    const dates = Array.from({ length: 8 }, () => date);
    const error = await refused(with8('day', dates));
    expect(error).toMatchObject({ code: 'date-column' });
    expect(error.message).toContain('day');
    expect(error.hint).toMatch(/--drop day.*--categorical day/s);
    expect((await table(with8('day', dates), { drop: ['day'] })).columns).toHaveLength(2);
    expect(cells(await table(with8('day', dates), { categorical: ['day'] }), 'day')).toEqual(dates);
  });

  test('a new text in every row is left out, or kept when asked for', async () => {
    const names = ['Ann', 'Bob', 'Cyd', 'Dan', 'Eve', 'Fay', 'Gus', 'Hal'];
    const found = await table(with8('who', names));
    expect(found.leftOut).toContain('who');
    expect(cells(await table(with8('who', names), { categorical: ['who'] }), 'who')).toEqual(names);
  });

  const manyTexts = lines('c,y', ...Array.from({ length: 3000 }, (_, i) => `t${i % 1500},${i % 2}`));
  test('more levels than a category may have are a clear error', async () => {
    expect(await refused(manyTexts)).toMatchObject({
      code: 'too-many-levels',
      hint: expect.stringContaining('--drop c'),
    });
  });

  test('a typed source: BIGINT ids are left out, dates are an error', async () => {
    const path = await written(
      `select 208310224003697457 + i as id, i as x, i % 2 as y, date '2024-12-12' as day from range(8) t(i)`,
      '.parquet',
      'format parquet',
    );
    expect(await failure(readTable(path, { target: 'y' }, {}))).toMatchObject({ code: 'date-column' });
    expect((await readTable(path, { target: 'y', drop: ['day'] }, {})).leftOut).toEqual(['id', 'day']);
  });

  test('a word late in a column of numbers is an error with its line', async () => {
    const rows = Array.from({ length: 25_000 }, (_, i) => `${i === 24_000 ? 'oops' : (i * 7) % 11},${i % 2}`);
    const error = await refused(lines('x,y', ...rows));
    expect(error.code).toBe('not-a-number');
    expect(error.message).toContain(':24002: ');
    expect(error.message).toContain('oops');
  });
});

describe('B30: booleans as words', () => {
  const pairs: [string, string][] = [
    ['False', 'True'],
    ['FALSE', 'TRUE'],
    ['false', 'true'],
    ['no', 'yes'],
    ['f', 't'],
    ['n', 'y'],
    ['Off', 'On'],
  ];
  test.each(pairs)('%s and %s, and a blank', async (no, yes) => {
    const found = await table(lines('x,y', ...t8X.map((x, i) => `${x === 1 ? yes : no},${t8Y[i]}`), ',1'));
    expect(column(found, 'x')).toMatchObject({
      kind: 'boolean',
      words: [no, yes],
      typed: false,
      missing: { count: 1 },
    });
    expect(cells(found, 'x')).toEqual([...t8X.map((x) => (x === 1 ? yes : no)), null]);
  });

  test('0 and 1 are numbers', async () => {
    expect(column(await table(t8), 'x').kind).toBe('numeric');
  });

  test('one word alone: the other is spelled in the like case', async () => {
    expect(column(await table(lines('x,y', 'YES,0', 'YES,1')), 'x')).toMatchObject({ words: ['NO', 'YES'] });
  });

  test.each([
    ['yes', '1'],
    ['true', 'no'],
    ['0', 'true'],
  ])('%s and %s are text, with a warning', async (a, b) => {
    const found = await table(lines('x,y', ...Array.from({ length: 6 }, (_, i) => `${i % 2 ? a : b},${i % 2}`)));
    expect(column(found, 'x').kind).toBe('categorical');
    expect(codes(found)).toContain('mixed-booleans');
  });

  test('booleans of JSON are booleans, and mixed types an error that names the column', async () => {
    const path = write(lines('{"x":true,"y":0}', '{"x":false,"y":1}', '{"x":null,"y":1}'), '.jsonl');
    expect(column(await readTable(path, { target: 'y' }, {}), 'x')).toMatchObject({
      kind: 'boolean',
      typed: true,
      codes: Int32Array.of(1, 0, -1),
    });
    const mixed = write(lines('{"x":1,"y":0}', '{"x":"b","y":1}'), '.jsonl');
    expect((await failure(readTable(mixed, { target: 'y' }, {}))).message).toMatch(/\bx\b/);
  });
});

describe('B31: sizes of files', () => {
  test('300,000 rows', async () => {
    const found = await table(
      linesOf(['x,y', ...Array.from({ length: 300_000 }, (_, i) => `${(i * 37) % 1009},${i % 2}`)]),
    );
    const it = column(found, 'x');
    expect(found.rows).toBe(300_000);
    expect(it.kind === 'numeric' && it.values[299_999]).toBe((299_999 * 37) % 1009);
  });

  test('5,000 columns', async () => {
    const width = 5000;
    const names = [...Array.from({ length: width }, (_, j) => `x${j}`), 'y'];
    const rows = Array.from({ length: 200 }, (_, i) =>
      [...Array.from({ length: width }, (_, j) => (i * j) % 97), i % 2].join(','),
    );
    const found = await table(lines(names.join(','), ...rows));
    expect(found.columns).toHaveLength(width + 1);
    expect(cells(found, 'x4999')[199]).toBe((199 * 4999) % 97);
  }, 120_000);

  test('70,000 columns are refused, with the limit', async () => {
    const names = [...Array.from({ length: 70_000 }, (_, j) => `x${j}`), 'y'];
    const error = await refused(lines(names.join(','), names.map(() => '1').join(',')));
    expect(error).toMatchObject({ code: 'too-many-columns', message: expect.stringContaining('70001') });
  });

  test.each([3e5, 1.5e6, 5e6, 40e6])('a cell of %d bytes, bare and quoted', async (size) => {
    for (const quote of ['', '"']) {
      const found = await table(lines('x,y,c', `1,0,${quote}${'z'.repeat(size)}${quote}`, '2,1,b'));
      expect(cells(found, 'c').map((text) => String(text).length)).toEqual([size, 1]);
      expect([...cells(found, 'x')]).toEqual([1, 2]);
    }
  });

  test('no row of prediction is lost among many', async () => {
    const { rows } = await rowsOf(write(lines('x,y', ...Array.from({ length: 60_000 }, (_, i) => `${i},${i % 2}`))));
    expect(rows).toHaveLength(60_000);
    expect(rows.every((row, i) => row[0] === String(i))).toBe(true);
  });

  test('a reading that is called off throws the reason and leaves nothing behind', async () => {
    const controller = new AbortController();
    const path = write(linesOf(['x,y', ...Array.from({ length: 300_000 }, (_, i) => `${i},${i % 2}`)]));
    const reason = new Error('enough');
    const reading = readTable(path, { target: 'y' }, { signal: controller.signal });
    setTimeout(() => controller.abort(reason), 20);
    await expect(reading).rejects.toBe(reason);
  });
});

describe('B32: compression and encoding', () => {
  test('gzip under another name', async () => {
    expect(cells(await table(gzipSync(t8)), 'x')).toEqual(t8X);
  });

  test('members of gzip joined together are all read', async () => {
    const joined = Buffer.concat([gzipSync(t8), gzipSync(lines(...t8Rows))]);
    expect((await table(joined)).rows).toBe(16);
  });

  const long = lines('x,y', ...Array.from({ length: 50_000 }, (_, i) => `${(i * 37) % 1009},${i % 2}`));
  test('a gzip file that is cut off is an error', async () => {
    const whole = gzipSync(long);
    await refused(whole.subarray(0, whole.length >> 1));
    await refused(whole.subarray(0, whole.length - 3));
  });

  test('zstd, whole, joined and cut off', async () => {
    const path = await written(
      'select (i * 37) % 1009 as x, i % 2 as y from range(50000) t(i)',
      '.zst',
      'format csv, header, compression zstd',
    );
    const found = await readTable(path, { target: 'y' }, {});
    expect(found.rows).toBe(50_000);
    const whole = readFileSync(path);
    await refused(whole.subarray(0, whole.length - 3));
    await refused(whole.subarray(0, whole.length >> 1));
  });

  test.each([
    ['UTF-16LE', Buffer.from(`\ufeff${t8}`, 'utf16le')],
    ['UTF-16BE', Buffer.from(`\ufeff${t8}`, 'utf16le').swap16()],
  ])('%s says to convert', async (_, content) => {
    const error = await refused(content);
    expect(`${error.message} ${error.hint}`).toMatch(/UTF-16.*UTF-8/s);
  });

  const latin1 = Buffer.from(lines('x,y,c', '1,0,caf\u00e9', '2,1,the'), 'latin1');
  test('text that is not UTF-8 is an error with its line or byte', async () => {
    expect((await refused(latin1)).message).toMatch(/:2: |byte \d+/);
  });

  // Reads two rows: DuckDB does not look at bytes of columns that it need not hand out.
  test('text that is not UTF-8 in a column that is not asked for', async () => {
    await refused(latin1, { drop: ['c'] });
  });

  test('also when bad rows may be let go', async () => {
    await refused(latin1, {}, { maxBadRows: 1 });
  });

  test('also in a name', async () => {
    await refused(Buffer.from(lines('x,y,caf\u00e9', '1,0,1', '2,1,2'), 'latin1'));
  });

  test('text that is not UTF-8 in a row of prediction', async () => {
    await failure(rowsOf(write(latin1)));
  });

  const nul = lines('x,y,c', '1,0,a\0b', '2,1,the');
  test('a NUL byte is an error', async () => {
    expect(await refused(nul)).toMatchObject({ message: expect.stringContaining('NUL') });
  });

  const lateNul = lines('x,y,c', ...Array.from({ length: 20_000 }, (_, i) => `${i % 5},${i % 2},the`), '1,0,a\0b');
  test('a NUL byte late in the file is an error', async () => {
    await refused(lateNul);
  });

  // The column is passed over and the NUL with it.
  test('a NUL byte in a column that is not asked for', async () => {
    await refused(lateNul, { drop: ['c'] });
  });

  // The cell is handed out with the NUL in it.
  test('a NUL byte in a row of prediction', async () => {
    await failure(rowsOf(write(lateNul)));
  });

  test('a workbook under the name of a CSV file is named', async () => {
    expect((await refused(Buffer.from('PK\x03\x04rest of an archive', 'latin1'))).message).toMatch(/zip|xlsx/);
  });

  test('JSON lines and Parquet, plain and packed', async () => {
    const json = lines('{"x":1,"y":0}', '', '{"x":2.5,"y":1}');
    for (const path of [
      write(json, '.ndjson'),
      write(gzipSync(json), '.jsonl.gz'),
      write('[{"x":1,"y":0},{"x":2.5,"y":1}]', '.json'),
    ]) {
      expect(cells(await readTable(path, { target: 'y' }, {}), 'x')).toEqual([1, 2.5]);
    }
    const parquet = await written('select * from (values (1.0, 0), (2.5, 1)) t(x, y)', '.csv', 'format parquet');
    expect(cells(await readTable(parquet, { target: 'y' }, {}), 'x')).toEqual([1, 2.5]);
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
    expect(cells(found, 'y')).toEqual(t8Y);
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

  test.each(['[1].csv', '*.csv', '?.csv', "'.csv", ' .csv'])(
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
