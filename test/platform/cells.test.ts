/** Cells that other readers broke on: sizes of numbers, decimal commas, missing tokens, identifiers, booleans as words. */
import { describe, expect, test } from 'vitest';
import { readTable } from '../../src/platform/read-table.ts';
import { t8Labels, t8X } from '../support/t8.ts';
import {
  cells,
  codes,
  column,
  failure,
  lines,
  refused,
  t8,
  t8Rows,
  table,
  write,
  written,
} from '../support/text-files.ts';

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

  test('points between thousands and a decimal comma are the only reading of 1.299,99', async () => {
    const found = await table(lines('x;y', '1.299,99;0', '2.300,50;1', '7;0'));
    expect(cells(found, 'x')).toEqual([1299.99, 2300.5, 7]);
    expect(codes(found)).toContain('thousands');
  });

  const ambiguous: [string, string, string][] = [
    ['quoted thousands in a comma file', lines('x,y', '"1,234",0', '"2,345",1', '"3,456",0'), '1,234'],
    ['thousands or decimals', lines('x;y', '1,234;0', '2,345;1'), '1,234'],
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

  test.each<[string, (id: string) => string | Promise<string>]>([
    ['CSV', (id) => write(lines('id,x,y', `7,1,0`, `${id},2,1`, ',3,1'))],
    [
      'JSON',
      (id) => write(lines('{"id":7,"x":1,"y":0}', `{"id":${id},"x":2,"y":1}`, '{"id":null,"x":3,"y":1}'), '.jsonl'),
    ],
    [
      'Parquet',
      (id) => written(`from (values (7, 1, 0), (${id}, 2, 1), (null, 3, 1)) t(id, x, y)`, '.parquet', 'format parquet'),
    ],
  ])('%s: one that float64 cannot tell from its neighbour is enough', async (_, path) => {
    const leftOut = async (id: string) => (await readTable(await path(id), { target: 'y' }, {})).leftOut;
    expect(await leftOut('9007199254740993')).toEqual(['id']); // 2^53 + 1, which is read as 2^53
    expect(await leftOut('9007199254740991')).toEqual([]);
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
    const found = await table(lines('x,y', ...t8X.map((x, i) => `${x === 1 ? yes : no},${t8Labels[i]}`), ',1'));
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
