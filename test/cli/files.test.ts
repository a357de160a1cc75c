/**
 * Files that are a bit wrong, or right in an unusual way: names, quotes, numbers, missing cells, ragged
 * rows, identifiers, booleans, encodings, indexes. Each must give T8's closed form, or one clear line.
 */
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import type { NumericColumn } from '../../src/data/table.ts';
import { createRandom } from '../../src/math/random.ts';
import { readCells, readTable } from '../../src/platform/read-table.ts';
import { loadScorer } from '../../src/predict.ts';
import { folderHere, type TrainJson } from '../support/command.ts';
import { t8, t8Labels, t8X } from '../support/t8.ts';

const third = Math.log(3);
const rows = t8X.map((x, i) => [x, t8Labels[i]!] as const);
/** A file whose rows are made from T8's. */
const make = (header: string, row: (x: number, y: number, i: number) => string, copies = 1): string =>
  `${header}\n${Array.from({ length: copies }, (_, k) => rows.map(([x, y], i) => row(x, y, 8 * k + i)))
    .flat()
    .join('\n')}\n`;

async function trained(content: string | Uint8Array, options: string[] = [], name = 'd.csv'): Promise<TrainJson> {
  const folder = folderHere();
  folder.write(name, content);
  return folder.train(name, '--target', 'y', ...options);
}
const expectT8 = ({ intercept, coefficients }: TrainJson, term = 'x'): void => {
  expect(intercept).toBeCloseTo(-third, 9);
  expect(coefficients[term]).toBeCloseTo(2 * third, 9);
};
async function refused(
  content: string | Uint8Array,
  message: RegExp,
  options: string[] = [],
  name = 'd.csv',
): Promise<void> {
  const folder = folderHere();
  folder.write(name, content);
  const { code, stdout, stderr } = await folder.logit(['train', name, '--target', 'y', ...options]);
  expect(stderr).toMatch(message);
  expect(stderr.trim().split('\n')).toHaveLength(1);
  expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
}
const codes = ({ warnings }: TrainJson): string[] => warnings.map(({ code }) => code);

describe('B18: marks and spaces around names', () => {
  const marked = `\ufeff"y", x \r\n${rows.map(([x, y]) => `${y},${x}`).join('\r\n')}\r\n`;
  test('a byte order mark, quotes, spaces, CRLF', async () => expectT8(await trained(marked)));
  test('the same in gzip', async () => expectT8(await trained(gzipSync(marked), [], 'd.csv.gz')));
  test('a mark and no header', async () => {
    const folder = folderHere();
    folder.write('d.csv', `\ufeff${marked.split('\r\n').slice(1).join('\n')}`);
    expectT8(await folder.train('d.csv', '--target', 'c1', '--no-header'), 'c2');
  });
  test('a name that only looks right is shown as it is', () =>
    refused(
      make('x,y\u00a0\u200b', (x, y) => `${x},${y}`).replace('y\u00a0\u200b', 'y\u200b'),
      /column y not found; the columns are x, "y\\u200b"; did you mean/,
    ));
});

describe('B20: quotes', () => {
  const quoted = ['"a, b"', '"line1\nline2"', '"say ""hi"""'];
  test('hold delimiters, lines and quotes', async () => {
    const folder = folderHere();
    folder.write(
      'd.csv',
      make('x,y,t', (x, y, i) => `${x},${y},${quoted[i % 3]}`, 3),
    );
    const table = await readTable(`${folder.path}/d.csv`, { target: 'y' }, {});
    expect(table.rows).toBe(24);
    expect(table.columns[2]).toMatchObject({ kind: 'categorical', levels: ['a, b', 'line1\nline2', 'say "hi"'] });
  });
  test('may turn up late', async () => {
    const folder = folderHere();
    folder.write('d.csv', `${make('x,y,t', (x, y, i) => `${x},${y},${i % 2 ? 'u' : 'v'}`, 3000)}1,1,"a, b\nc"\n`);
    const table = await readTable(`${folder.path}/d.csv`, { target: 'y' }, {});
    expect(table.rows).toBe(24_001);
    expect(table.columns[2]).toMatchObject({ levels: ['a, b\nc', 'u', 'v'] });
  });
  test('must be closed: the line where it opened', async () => {
    await refused(`${t8}1,"1\n`, /d\.csv:10: a quote that opens here is never closed/);
    await refused('x,y,t\n0,0,a\n1,1,"b\n0,1,c\n1,0,d\n', /d\.csv:3: a quote/, ['--max-bad-rows', '5']);
  });
});

describe('B21: decimal commas and dressed-up numbers', () => {
  test('a comma is decimal when nothing else fits, and that is said', async () => {
    const report = await trained(make('x;y', (x, y) => `${x + 1},5;${y}`));
    expect(report.coefficients.x).toBeCloseTo(2 * third, 9);
    expect(report.intercept).toBeCloseTo(-third - 1.5 * 2 * third, 9);
    expect(codes(report)).toEqual(['decimal-comma']);
    expect((await trained(make('x\ty', (x, y) => `${120 + x},5\t${y}`))).coefficients.x).toBeCloseTo(2 * third, 9);
  });
  test('or when it is asked for, in prediction too', async () => {
    const folder = folderHere();
    folder.write(
      'd.csv',
      make('x;y', (x, y) => `${x},250;${y}`),
    );
    const { coefficients, warnings } = await folder.train(
      'd.csv',
      '--target',
      'y',
      '--decimal-comma',
      '--out',
      'm.json',
    );
    expect(coefficients.x).toBeCloseTo(2 * third, 9);
    expect(warnings).toEqual([]);
    const { stdout } = await folder.logit(['predict', 'm.json', 'd.csv']);
    expect(Number(stdout.split('\n')[1]!.split(',')[1])).toBeCloseTo(0.75, 9);
  });
  const dressed: [string, string, RegExp][] = [
    [
      'thousands in quotes',
      make('x,y', (x, y) => `"${x + 1},234",${y}`),
      /d\.csv:2: column x: `1,234` is not a number.*--decimal-comma/,
    ],
    [
      'thousands or decimals',
      make('x;y', (x, y) => `${x + 1},234;${y}`),
      /d\.csv:2: column x: `1,234` is not a number.*--decimal-comma/,
    ],
    ['a per cent sign', make('x,y', (x, y) => `${x + 12} %,${y}`), /d\.csv:2: column x: `12 %` is not a number/],
    ['a currency', make('x,y', (x, y) => `$${x + 5},${y}`), /d\.csv:2: column x: `\$5` is not a number/],
  ];
  test.each([
    ['3,500 beside 950', (x: number) => (x ? '"3,500"' : '950'), ',', 2 / 2550],
    ['3,500 beside decimal commas', (x: number) => `${x + 2},500;0,5`, ';', 2],
  ] as const)('the reading that was chosen is kept: %s', async (_, cell, delimiter, slope) => {
    const folder = folderHere();
    const header = delimiter === ',' ? 'x,y' : 'x;half;y';
    folder.write(
      'd.csv',
      make(header, (x, y) => `${cell(x)}${delimiter}${y}`),
    );
    const { coefficients } = await folder.train('d.csv', '--target', 'y', '--out', 'm.json');
    expect(coefficients.x).toBeCloseTo(slope * third, 12);
    const { stdout } = await folder.logit(['predict', 'm.json', 'd.csv']);
    expect(Number(stdout.split('\n')[1]!.split(',')[1])).toBeCloseTo(0.75, 9);
    const evaluated = await folder.logit(['evaluate', 'm.json', 'd.csv', '--json']);
    expect(JSON.parse(evaluated.stdout).meanLogLoss).toBeCloseTo(0.5623351446, 9);
    const [row] = cell(0).replaceAll('"', '').split(';');
    expect(loadScorer(folder.read('m.json')).predictProba([{ x: row!, half: '0,5' }])[0]![0]).toBeCloseTo(0.75, 9);
  });
  test('separators of thousands are read where nothing else fits, and that is said', async () => {
    const report = await trained(make('x;y', (x, y) => `${x + 1}.299,99;${y}`));
    expect(report.coefficients.x).toBeCloseTo((2 * third) / 1000, 12);
    expect(codes(report)).toEqual(['thousands']);
  });
  test.each(dressed)('%s', (_, content, message) => refused(content, message));
});

describe('B23: missing tokens', () => {
  const xs = ['?', 'NA', 'nan', '-', 'NULL', '-999', '', '7'];
  const data = make('c,x,y', (_, y, i) => `${['NA', 'NE', 'NC'][i % 3]},${xs[(i * 3) % 8]},${y}`, 6);
  test('are counted by column and spelling; −999 is a number; a common token is doubted', async () => {
    const report = await trained(data, ['--missing', 'impute']);
    expect(report.missing.x).toEqual({ count: 36, tokens: { '': 6, '?': 6, '-': 6, NA: 6, nan: 6, NULL: 6 } });
    expect(report.missing.c).toEqual({ count: 16, tokens: { NA: 16 } });
    expect(report.warnings.find(({ code }) => code === 'missing-token-share')!.message).toContain(
      '`NA` is read as missing in 16 of 48 rows',
    );
    expect(report.coefficients).toHaveProperty('x');
  });
  test('are the user’s to choose', async () => {
    const report = await trained(data, ['--missing', 'impute', '--missing-tokens', '?,nan,-,NULL', '--drop', 'x']);
    expect(Object.keys(report.coefficients)).toEqual(['c=NC', 'c=NE']);
    expect(report.missing).toEqual({});
  });
});

describe('B24: delimiters at line ends, rows of other widths', () => {
  test('on every row: passed over, with a note and no shift', async () => {
    const report = await trained(make('x,y', (x, y) => `${x},${y},`));
    expectT8(report);
    expect(codes(report)).toEqual(['trailing-delimiter']);
  });
  test('on one row, or rows too short or too long: an error with line and counts', async () => {
    await refused(
      make('a,b,y', (x, y, i) => `${x},${i},${y}${i === 0 ? ',' : ''}`),
      /d\.csv:2: 3 fields expected, 4 found/,
    );
    await refused('a,b,y\n1,4,1\n\n1,2\n2,5,0\n', /d\.csv:4: 3 fields expected, 2 found/);
    await refused('a,b,y\n1,4,1\n1,2,3,4,5\n2,5,0\n', /d\.csv:3: 3 fields expected, 5 found.*--max-bad-rows 1/);
  });
  test('--max-bad-rows lets them go, counted', async () => {
    const report = await trained(`${t8}1,2,3\n7\n`, ['--max-bad-rows', '2']);
    expectT8(report);
    expect(report.rows).toMatchObject({ read: 10, used: 8, dropped: { bad: 2 } });
  });
});

describe('B25: names that come twice', () => {
  test('are numbered, past the names that are taken; all values are kept', async () => {
    const folder = folderHere();
    folder.write('d.csv', 'c,c,c,c_2,y\n1,2,3,4,0\n5,6,7,8,1\n');
    const { columns, warnings } = await readTable(`${folder.path}/d.csv`, { target: 'y' }, {});
    expect(columns.map((column) => [column.name, column.kind === 'numeric' ? [...column.values] : []])).toEqual([
      ['c', [1, 5]],
      ['c_3', [2, 6]],
      ['c_4', [3, 7]],
      ['c_2', [4, 8]],
      ['y', [0, 1]],
    ]);
    expect(warnings[0]!.message).toContain('column 2: c → c_3, column 3: c → c_4');
  });
  test('but not for the target', () => refused('x,y,y\n1,1,1\n0,0,0\n', /the target "y" names 2 columns/));
});

describe('B28: what looks like a number and is none', () => {
  const data = make(
    'id,zip,txt,x,y',
    (x, y, i) => `${208310224003697457n + BigInt(i) * 13n},${['01001', '1001'][(i >> 1) % 2]},text${i},${x},${y}`,
    2,
  );
  test('identifiers are left out and named; codes keep their zeros', async () => {
    const report = await trained(data);
    const ofReading = codes(report).filter((code) => code !== 'quasi-separation');
    expect(ofReading).toEqual(['id-like', 'leading-zeros', 'id-like']);
    expect(Object.keys(report.coefficients)).toEqual(['zip=1001', 'x']);
    const folder = folderHere();
    folder.write('d.csv', data);
    const { columns } = await readTable(`${folder.path}/d.csv`, { target: 'y', categorical: ['id'] }, {});
    expect(columns.find(({ name }) => name === 'zip')).toMatchObject({ levels: ['01001', '1001'] });
    expect(columns.find(({ name }) => name === 'id')).toMatchObject({
      kind: 'categorical',
      levels: expect.arrayContaining(['208310224003697457', '208310224003697470']),
    });
  });
  test('a date is an error that names it, until it is dropped or kept as text', async () => {
    const dates = make('when,x,y', (x, y, i) => `2024/12/${10 + i},${x},${y}`);
    await refused(dates, /d\.csv:2: column when: `2024\/12\/10` is a date.*--drop when/);
    await refused(
      make('when,x,y', (x, y, i) => `${10 + i}-12-2024,${x},${y}`),
      /is a date/,
    );
    expectT8(await trained(dates, ['--drop', 'when']));
  });
  test('a category has a bounded width', () =>
    refused(
      make('t,y', (_, y, i) => `w${i >> 1},${y}`, 300),
      /column t has 1200 different texts; a category may have 1000; leave it out \(--drop t\)/,
    ));
  test('a late cell that is no number is an error with its line', () =>
    refused(
      `x,y\n${Array.from({ length: 30_000 }, (_, i) => `${i % 11},${i % 2}`).join('\n')}\noops,1\n`,
      /d\.csv:30002: column x: `oops` is not a number, in a column where 30000 of 30001 cells are/,
    ));
  test('a start of blanks decides nothing', async () =>
    expectT8(await trained(`x,y\n${',1\n'.repeat(25_000)}${t8.slice(4)}`)));
  test('numbers are JavaScript’s numbers, digit for digit', async () => {
    const random = createRandom(9);
    const texts = Array.from(
      { length: 2000 },
      () =>
        `${random() < 0.5 ? '-' : ''}${(random() * 10 ** Math.floor(40 * random() - 20)).toPrecision(1 + Math.floor(17 * random()))}`,
    );
    texts.push('.5', '5.', '+1e-7', '1E5', '5e-324', '1.7976931348623157e308', '0.1000000000000000055511151231257827');
    const folder = folderHere();
    folder.write('d.csv', `x,y\n${texts.map((text, i) => `${text},${i % 2}`).join('\n')}\n`);
    const { columns } = await readTable(`${folder.path}/d.csv`, { target: 'y', numeric: ['x'] }, {});
    expect([...(columns[0] as NumericColumn).values]).toEqual(texts.map(Number));
  });
  test.each(['1_000', '+-5', '0x1A', '1e999', 'inf', '1 000'])('%s is no number', (cell) =>
    refused(`${t8}${cell},1\n`, /d\.csv:10: column x: .* is not a number/),
  );
});

describe('B30: booleans as words', () => {
  test.each([
    ['False', 'True'],
    ['FALSE', 'TRUE'],
    ['false', 'TRUE'],
    ['no', 'yes'],
    ['f', 't'],
    ['n', 'Y'],
    ['off', 'on'],
  ])('%s/%s', async (no, yes) => {
    const report = await trained(`${make('x,y', (x, y) => `${x ? yes : no},${y}`)},1\n`);
    expectT8(report, `x=${yes}`);
    expect(report.rows.dropped.missing).toBe(1);
  });
  test('0/1 are numbers', async () => expectT8(await trained(`${t8},1\n`)));
  test('a mix of pairs is text, with a warning', async () => {
    const report = await trained(make('x,y', (x, y, i) => `${i % 3 ? (x ? 'yes' : 'no') : x},${y}`, 4));
    expect(codes(report)).toContain('mixed-booleans');
    expect(Object.keys(report.coefficients)).toEqual(['x=1', 'x=no', 'x=yes']);
  });
});

describe('B31: size', () => {
  test('1,000 columns are read; too many are refused with the limit', async () => {
    const wide = (n: number): string =>
      `${Array.from({ length: n }, (_, j) => `v${j}`).join(',')},y\n${[0, 1, 0, 1].map((y, i) => `${`${i * i},`.repeat(n)}${y}`).join('\n')}\n`;
    const folder = folderHere();
    folder.write('d.csv', wide(1000));
    expect((await readTable(`${folder.path}/d.csv`, { target: 'y' }, {})).columns).toHaveLength(1001);
    await refused(wide(10_000), /10001 columns; 10000 can be read/);
  });
});

describe('B32: compression and encodings', () => {
  test('gzip by its bytes, and several members', async () => {
    expectT8(await trained(gzipSync(t8)));
    const two = await trained(Buffer.concat([gzipSync(t8), gzipSync(t8.slice(4))]));
    expect(two.rows.used).toBe(16);
    expectT8(two);
  });
  const foreign: [string, Uint8Array | string, RegExp][] = [
    [
      'a cut gzip',
      gzipSync(make('x,y', (x, y, i) => `${x + i},${y}`, 500)).subarray(0, -20),
      /gzip data are damaged or cut short/,
    ],
    [
      'Latin-1',
      Buffer.from(
        make('c,x,y', (x, y, i) => `${i % 2 ? 'é' : 'e'},${x},${y}`),
        'latin1',
      ),
      /d\.csv:3: byte 0xe9 is not valid UTF-8 \(byte 12 of the text\)/,
    ],
    ['a NUL byte', 'c,x,y\na\0,1,1\nb,0,0\n', /d\.csv:2: a NUL byte.*\(byte 7 of the text\)/],
    ['a workbook', 'PK\x03\x04 and so on', /zip archive, as \.xlsx/],
  ];
  test.each(foreign)('%s', (_, content, message) => refused(content, message));
  test('UTF-16 is converted', async () => expectT8(await trained(Buffer.from(`\ufeff${t8}`, 'utf16le'))));
  test('accents are kept', async () => {
    const report = await trained(make('c,x,y', (x, y, i) => `${i % 3 ? 'é' : 'e'},${x},${y}`, 3));
    expect(Object.keys(report.coefficients)).toEqual(['c=é', 'x']);
  });
});

describe('B33: little or nothing in the file', () => {
  const little: [string, string, RegExp][] = [
    ['no bytes', '', /d\.csv: the file is empty/],
    ['only a header', 'x,y\n', /d\.csv: there is a header and no row/],
    ['only blank lines', '\n\n', /d\.csv: the file has only blank lines/],
    [
      'no header',
      t8.slice(4),
      /column y not found; the first line looks like data; use --no-header and a column number/,
    ],
  ];
  test.each(little)('%s', (_, content, message) => refused(content, message));
  test('blank lines are passed over', async () => {
    const report = await trained(`\n\nx,y\n\n${t8.slice(4).replaceAll('\n', '\n\n')}\n\n`);
    expect(report.rows.read).toBe(8);
    expectT8(report);
  });
});

describe('B34: indexes and leaks', () => {
  const sorted = [...rows].sort((a, b) => a[1] - b[1]);
  test('an unnamed column that counts is left out', async () => {
    const report = await trained(`,x,y\n${sorted.map(([x, y], i) => `${i},${x},${y}`).join('\n')}\n`);
    expectT8(report);
    expect(codes(report)).toEqual(['index-column']);
  });
  test('a copy of the target is named', async () => {
    for (const copy of ['y_text', 'Y']) {
      const report = await trained(make(`x,y,${copy}`, (x, y) => `${x},${y},${copy === 'Y' ? y : ['no', 'yes'][y]}`));
      expect(report.warnings.find(({ code }) => code === 'perfect-predictor')!.message).toContain(
        `${copy}: alone tells the classes apart`,
      );
    }
  });
  test('a column that is missing exactly in one class says so when it is the end of that class', () =>
    refused(
      make('x,m,y', (x, y, i) => `${x},${y ? i % 3 : ''},${y}`),
      /y has one class only, 1 \(4 rows\), once rows with a missing cell in m are dropped/,
    ));
});

describe('other kinds of files', () => {
  test('JSON lines, their types decided on all rows', async () => {
    const lines = rows
      .map(([x, y], i) => JSON.stringify({ x, g: i % 2 ? 'u' : 'v', b: i % 3 === 0, y: y === 1 }))
      .join('\n');
    const report = await trained(`${lines}\n`, ['--only', 'x'], 'd.jsonl');
    expectT8(report);
    expect(report.classes).toEqual([false, true]);
    await refused(`${lines}\n{"x":"late","g":"u","b":true,"y":true}\n`, /x/, ['--numeric', 'x'], 'd.jsonl');
  });
  test('Parquet and zstd, written by DuckDB', async () => {
    const folder = folderHere();
    folder.write('t8.csv', t8);
    const { DuckDBInstance } = await import('@duckdb/node-api');
    const connection = await (await DuckDBInstance.create(':memory:')).connect();
    const source = `(select x::integer as x, case when y = 1 then 'yes' else 'no' end as y, ['a'] as nested from read_csv('${folder.path}/t8.csv'))`;
    await connection.run(`copy ${source} to '${folder.path}/t8.parquet' (format parquet)`);
    await connection.run(
      `copy (select x, y from read_csv('${folder.path}/t8.csv')) to '${folder.path}/t8.csv.zst' (format csv, compression zstd)`,
    );
    connection.closeSync();
    expectT8(await folder.train('t8.parquet', '--target', 'y', '--drop', 'nested', '--out', 'm.json'));
    expectT8(await folder.train('t8.csv.zst', '--target', 'y'));
    const nested = await folder.logit(['train', 't8.parquet', '--target', 'y']);
    expect(nested.stderr).toMatch(/column nested is nested, .*--drop nested/);
    expect((await folder.logit(['predict', 'm.json', 't8.parquet'])).stdout).toContain('no,0.75');
  });
  test('cells for prediction come whole and in order', async () => {
    const folder = folderHere();
    folder.write(
      'd.csv',
      make('x,y', (x, _, i) => `${x},${i}`, 3000),
    );
    const { names, rows: chunks } = await readCells(`${folder.path}/d.csv`, {});
    const seen: unknown[] = [];
    for await (const chunk of chunks) seen.push(...chunk.map((row) => Number(row[1])));
    expect(names).toEqual(['x', 'y']);
    expect(seen).toEqual(Array.from({ length: 24_000 }, (_, i) => i));
  });
});

test('reading that is aborted rejects with the signal’s reason and leaves nothing behind', async () => {
  const folder = folderHere();
  folder.write('d.csv', gzipSync(make('x,y', (x, y, i) => `${x + i},${y}`, 20_000)));
  const { readdirSync } = await import('node:fs');
  const { tmpdir } = await import('node:os');
  const left = (): string[] => readdirSync(tmpdir()).filter((name) => /^tfjs-logistic-(duckdb-)?\w{6}$/.test(name));
  const before = new Set(left());
  const reason = new Error('enough');
  for (const calls of [0, 1]) {
    const abort = new AbortController();
    let seen = 0;
    const onProgress = (): void => {
      if (++seen === calls) abort.abort(reason);
    };
    if (calls === 0) abort.abort(reason);
    const options = { signal: abort.signal, onProgress };
    await expect(readTable(`${folder.path}/d.csv`, { target: 'y' }, options)).rejects.toBe(reason);
  }
  expect(left().filter((name) => !before.has(name))).toEqual([]);
});
