/** Parquet by hyparquet, as a page reads it, is the table that DuckDB gives in Node: types, texts of types, nulls, codecs, refusals. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import * as browser from '../../src/browser.ts';
import type { ColumnRequest } from '../../src/data/table.ts';
import { LogisticError } from '../../src/errors.ts';
import { readTable } from '../../src/platform/read-table.ts';
import { t8 } from '../support/text-files.ts';
import { plain } from '../text/support.ts';

const folder = mkdtempSync(join(tmpdir(), 'logistic-'));
let db: DuckDBConnection;
beforeAll(async () => {
  db = await (await DuckDBInstance.create(':memory:')).connect();
  await db.run('select setseed(0.25)');
  await db.run(`create type word as enum ('no', 'maybe')`);
});
afterAll(() => {
  db.closeSync();
  rmSync(folder, { recursive: true });
});

let files = 0;

/** A file of a query's rows. */
async function write(query: string, options = ''): Promise<string> {
  const path = join(folder, `${files++}.parquet`);
  await db.run(`copy (${query}) to '${path}' (format parquet ${options})`);
  return path;
}

const said = (error: unknown) => {
  if (!(error instanceof LogisticError)) throw error;
  return { code: error.code, column: error.details.column, hint: error.hint };
};

/** Both readers' tables, or refusals, as JSON. */
async function both(path: string, request: ColumnRequest = {}): Promise<readonly [string, string]> {
  const file = new File([readFileSync(path)], path);
  const [here, there] = [readTable(path, request, {}), browser.readTable(file, request)];
  const [node, web] = await Promise.all([here.then(plain, said), there.then(plain, said)]);
  return [JSON.stringify(node), JSON.stringify(web)];
}

/** Columns of every type, by an index i: with a null in every seventh row of each. */
const columns: Readonly<Record<string, string>> = {
  tiny: '(i % 100)::tinyint',
  small: '(i * 7)::smallint',
  int: '(i * -1001)::integer',
  big: '(i * 4503599627371)::bigint',
  utiny: '(i % 256)::utinyint',
  usmall: '(i * 9)::usmallint',
  uint: '(4294967295 - i)::uinteger',
  ubig: '(18446744073709551615 - i)::ubigint',
  beyond: '(9007199254740993 + i)::bigint',
  float: '(random() * 10 ** (i % 60 - 30))::float',
  double: 'random() * 10 ** (i % 80 - 40)',
  whole: 'round(i / 3)::double',
  decimal4: '(i / 100)::decimal(4, 1)',
  decimal12: '(i * -1.001)::decimal(12, 3)',
  decimal19: '(12345678901234567.89 + i)::decimal(19, 2)',
  decimal38: '(-1234567890123456789012345.678901 * i)::decimal(38, 6)',
  bool: 'i % 3 = 0',
  text: `' né ' || (i % 50)`,
  yes: `case when i % 2 = 0 then 'Yes' else 'no' end`,
  na: `case when i % 5 = 0 then 'NA' else 'x' end`,
  word: `case when i % 2 = 0 then 'no' else 'maybe' end::word`,
  uuid: `md5((i % 100)::varchar)::uuid`,
};
const temporal: Readonly<Record<string, string>> = {
  date: `date '1969-12-25' + i::integer`,
  early: `date '0044-03-15 (BC)' + i::integer`,
  time: `time '12:34:56.789' + to_microseconds(i * 10)`,
  timestamp: `timestamp '1969-12-31 23:59:59.5' + to_microseconds(i * 1001)`,
  seconds: `(timestamp '2020-02-29 00:00:00' + to_seconds(i))::timestamp_s`,
  millis: `(timestamp '2020-01-01 01:02:03.120' + to_milliseconds(i))::timestamp_ms`,
  nanos: `make_timestamp_ns(1577840523123456700 + i)`,
  zoned: `timestamptz '2020-01-01 01:02:03.45+02' + to_hours(i)`,
};
const other: Readonly<Record<string, string>> = {
  json: `('{"a": ' || i || '}')::json`,
  blob: `unhex(printf('%02X', i % 256)) || 'b'::blob`,
};
const nested: Readonly<Record<string, string>> = {
  list: '[i, 2]',
  struct: `{'a': i, 'b': 'x'}`,
  map: `map {'k': i}`,
};

const rows = 2500;
const queryOf = (all: Readonly<Record<string, string>>): string => {
  const selected = Object.entries(all).map(
    ([name, value]) => `case when hash(i) % 7 = 0 then null else ${value} end as ${name}`,
  );
  return `select ${selected.join(', ')} from range(${rows}) r(i)`;
};

describe.each([
  ...['uncompressed', 'snappy', 'gzip', 'zstd', 'brotli', 'lz4_raw'].map((codec) => `codec ${codec}`),
  'row_group_size 2048',
])('%s', (option) => {
  test('numbers, booleans and texts', async () => {
    const path = await write(queryOf(columns), `, ${option}`);
    const [node, web] = await both(path);
    expect(web === node, firstDifference(node, web)).toBe(true);
    expect(JSON.parse(web)).toMatchObject({
      rows,
      leftOut: ['big', 'ubig', 'beyond'],
    });
  });
});

test('the encodings of version 2', async () => {
  const { uint, ...all } = columns;
  const [node, web] = await both(await write(queryOf(all), ', parquet_version v2'));
  expect(web === node, firstDifference(node, web)).toBe(true);
  const file = new File([readFileSync(await write(queryOf({ uint: uint! }), ', parquet_version v2'))], 'd.parquet');
  await expect(browser.readTable(file)).rejects.toMatchObject({
    code: 'bad-file',
    message:
      'd.parquet: column uint: numbers of the type UINTEGER in the encoding DELTA_BINARY_PACKED are read in Node only',
  });
});

test('any type as text', async () => {
  const all = { ...columns, ...temporal, ...other };
  const [node, web] = await both(await write(queryOf(all)), { categorical: Object.keys(all), target: 'bool' });
  expect(web === node, firstDifference(node, web)).toBe(true);
  const table = JSON.parse(web);
  expect(table).toMatchObject({ rows, leftOut: [] });
  // As prediction reads such a cell, which is a number there.
  const whole = table.columns.find(({ name }: { name: string }) => name === 'whole');
  expect(whole.levels.slice(0, 3)).toEqual(['0', '1', '10']);
});

test('required columns, whose cells have no nulls', async () => {
  const path = await write('select i::double as x, i::bigint as n, i % 2 = 0 as y from range(10) r(i)');
  const [node, web] = await both(path);
  expect(web).toBe(node);
});

/** The first column that is not the same. */
function firstDifference(node: string, web: string): string {
  const [a, b] = [JSON.parse(node), JSON.parse(web)];
  if (a.columns === undefined || b.columns === undefined) return `${node.slice(0, 300)} ${web.slice(0, 300)}`;
  for (const [k, column] of a.columns.entries()) {
    const [x, y] = [JSON.stringify(column), JSON.stringify(b.columns[k])];
    const at = [...x].findIndex((character, i) => y[i] !== character);
    if (at >= 0) return `${column.name}: ${x.slice(at - 40, at + 40)} is ${y.slice(at - 40, at + 40)}`;
  }
  return 'columns are the same';
}

test.each(Object.keys({ ...temporal, ...other, ...nested }))('%s is refused by name', async (name) => {
  const path = await write(queryOf({ x: 'i', [name]: { ...temporal, ...other, ...nested }[name]! }));
  const [node, web] = await both(path);
  expect(web).toBe(node);
  const date = name in temporal;
  expect(JSON.parse(web)).toMatchObject({ code: date ? 'date-column' : 'bad-type', column: name });
  expect(JSON.parse((await both(path, { drop: [name] }))[1])).toMatchObject({ leftOut: [name] });
});

test.each(Object.keys(nested))('%s is no text either', async (name) => {
  const [node, web] = await both(await write(queryOf({ x: 'i', [name]: nested[name]! })), { categorical: [name] });
  expect(web).toBe(node);
  expect(JSON.parse(web)).toMatchObject({ code: 'bad-type', column: name });
});

test('a model; packed, from a response, and cut short', async () => {
  const lines = t8.trim().split('\n').slice(1);
  const path = await write(`select * from (values ${lines.map((line) => `(${line})`).join(', ')}) t(x, y)`);
  const bytes = readFileSync(path);
  const inputs = [new Blob([bytes]), new Blob([gzipSync(bytes)]), new Response(bytes)];
  for (const input of inputs) {
    const model = await new browser.LogisticRegression().fit(input, 'y');
    expect(model.intercept).toBeCloseTo(-Math.log(3), 9);
  }
  const cut = browser.readTable(new File([bytes.subarray(0, -9)], 'cut.parquet'));
  await expect(cut).rejects.toMatchObject({ code: 'bad-file', message: expect.stringContaining('cut.parquet') });
});
