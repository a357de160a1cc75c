/**
 * PostgreSQL, ClickHouse, Spark and Trino as servers: rows pulled once and rows that stay give the coefficients of rows in memory;
 * cancelled, killed and changed in the middle of a fit, never a wrong model.
 */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createClient } from '@clickhouse/client';
import { DuckDBInstance } from '@duckdb/node-api';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Column, ColumnRequest } from '../../src/data/table.ts';
import { decideQueriedDesign } from '../../src/design/queried.ts';
import { createRandom } from '../../src/math/random.ts';
import { checkOptions } from '../../src/model/check-options.ts';
import { type FittedLogisticRegression, LogisticRegression, predictQuery } from '../../src/node.ts';
import { openConnection } from '../../src/platform/engines/connection.ts';
import { referenceRows } from '../../src/rows/reference.ts';
import { dialects } from '../../src/sql/dialects.ts';
import { sampleStatements } from '../../src/sql/profile.ts';
import { queriedRows } from '../../src/sql/rows.ts';
import { steadyConnection } from '../../src/sql/steady.ts';
import {
  executorsOf,
  freePort,
  hasClickHouse,
  hasPostgres,
  hasSpark,
  hasTrino,
  type Server,
  startClickHouse,
  startPostgres,
  startSpark,
  startTrino,
} from '../support/servers.ts';

/** Rows of [x, plan, flag, s, y, kind, id]; names and texts that SQL could misread. */
const names = ['x0', "pl'an", 'fl"ag', 's', 'y', 'kind', 'id'];
const random = createRandom(5);
const rows = Array.from({ length: 4000 }, (_, i) => {
  const x = 1e4 + 30 * random();
  const plan = ['basic', "it's", 'back\\slash', `${'$'}{x}`][Math.floor(random() * 4)]!;
  const flag = random() < 0.4;
  const z = 0.1 * (x - 10015) + (flag ? 0.8 : -0.5) + (plan === 'basic' ? 0.6 : 0) + 2 * (random() + random() - 1);
  return [
    i % 90 === 3 ? null : x,
    plan,
    flag,
    0.5 + random(),
    z > 0 ? 1 : 0,
    z > 1 ? 'a' : z > -1 ? 'b' : 'c',
    `é-${i % 97}`,
  ] as const;
});
const inMemory = Object.fromEntries(names.map((name, k) => [name, rows.map((row) => row[k] as never)]));

/** Spark and Trino plan each query for a second or two. */
const minutes = 300_000;

const fits = [
  { title: 'two classes', target: 'y', options: { drop: ['kind', 's', 'id'] } },
  { title: 'three classes', target: 'kind', options: { drop: ['y', 's', 'id'] } },
  { title: 'weights and a penalty', target: 'y', options: { drop: ['kind', 'id'], weights: 's', l2: 0.01 } },
  { title: 'a holdout by a key', target: 'y', options: { drop: ['kind', 's'], holdout: 0.3, holdoutBy: 'id' } },
] as const;

/** What the database predicts is what the scorer predicts of the same cells. */
async function expectPredicted(model: FittedLogisticRegression, address: string, query: string): Promise<void> {
  let [worst, seen] = [0, 0];
  await predictQuery(model, { query, connection: address }, async ({ names: columns, rows: chunks }) => {
    for await (const chunk of chunks) {
      for (const cells of chunk) {
        const row = Object.fromEntries(columns.map((name, k) => [name, cells[k]!]));
        const score = model.scoreRow(row);
        if ('problem' in score) expect(row.prediction).toBe('');
        else {
          expect(row.prediction).toBe(String(score.prediction));
          score.probabilities.forEach((p, k) => {
            worst = Math.max(worst, Math.abs(p - Number(row[`P(${model.classes[k]})`])));
          });
        }
        seen++;
      }
    }
  });
  expect(seen).toBe(rows.length);
  expect(worst).toBeLessThan(1e-12);
}

/** A quarter of the rows is drawn, again by the same seed, others by another one. */
async function expectDrawn(address: string, query: string): Promise<void> {
  const connection = steadyConnection(await openConnection(address), { timeout: undefined, passes: 0 });
  const asked = {
    query,
    target: { name: 'y', kind: 'numeric' },
    labels: [0, 1],
    columns: [
      { name: 'x0', kind: 'numeric' },
      { name: "pl'an", kind: 'categorical' },
    ],
    weights: undefined,
    missingTokens: [],
  } as const;
  const drawn = async (seed: number): Promise<string[]> => {
    let answer: readonly (readonly unknown[])[] = [];
    for (const statement of sampleStatements(connection.dialect, asked, { share: 0.25, seed, most: 4000 })) {
      answer = await connection.run(statement);
    }
    return answer.map(String).sort();
  };
  const [first, again, other] = [await drawn(3), await drawn(3), await drawn(4)];
  await connection.close();
  expect(Math.abs(first.length - rows.length / 4)).toBeLessThan(5 * Math.sqrt((rows.length * 3) / 16)); // deviations
  expect(first.join('\n') === again.join('\n')).toBe(true);
  expect(first.join('\n') === other.join('\n')).toBe(false);
}

async function expectEqual(
  address: string,
  query: string,
  some: readonly (typeof fits)[number][] = fits,
): Promise<void> {
  for (const { target, options } of some) {
    const expected = (
      await new LogisticRegression({ ...options, missing: 'drop' } as never).fit(inMemory, target)
    ).toJSON();
    for (const place of ['memory', 'disk', 'there'] as const) {
      const estimator = new LogisticRegression({ ...options, rows: place } as never);
      const fitted = await estimator.fit({ query, connection: address }, target);
      if (place === 'there') await expectPredicted(fitted, address, query);
      const model = fitted.toJSON();
      expect(model.certificate.outcome).toBe('converged');
      expect((model.training as { rows: unknown }).rows).toEqual((expected.training as { rows: unknown }).rows);
      expect(model.terms.map(({ name }) => name)).toEqual(expected.terms.map(({ name }) => name));
      const worst = Math.max(
        ...model.terms.flatMap(({ standardized }, j) =>
          standardized.map((w, c) => Math.abs(w - expected.terms[j]!.standardized[c]!)),
        ),
      );
      expect(worst).toBeLessThan(1e-8); // both gradients are below 1e-10, and the condition is below 1e2
    }
  }
}

/**
 * Of more columns than a query of the engine takes sums of, and of two classes more: statistics and sums are those of plain
 * loops over the same rows, all of which are in the sample.
 */
async function expectWide(address: string, columns: number, numbered: string, order: 1 | 2): Promise<void> {
  const connection = steadyConnection(await openConnection(address), { timeout: undefined, passes: 0 });
  const m = 600; // more than columns, or they depend on one another
  const names = Array.from({ length: columns }, (_, j) => `x${j}`);
  const query = `select ${names.map((name, j) => `sin(i * ${j + 1}) as ${name}`).join(', ')}, i % 3 as y from ${numbered}`;
  const { design, parts, sample } = await decideQueriedDesign(connection, query, 'y', checkOptions({}), undefined);
  expect(design.counts).toMatchObject({ used: m });
  design.terms.forEach(({ mean, scale }, j) => {
    const values = Array.from({ length: m }, (_, i) => Math.sin(i * (j + 1)));
    const expected = values.reduce((sum, value) => sum + value, 0) / m;
    const deviation = Math.sqrt(values.reduce((sum, value) => sum + (value - expected) ** 2, 0) / m);
    expect(Math.abs(mean - expected) + Math.abs(scale - deviation)).toBeLessThan(1e-12); // sines are within an ulp or two
  });
  const theta = Float64Array.from({ length: 2 * (columns + 1) }, () => (random() - 0.5) / columns);
  const actual = await queriedRows(connection, parts).evaluate(theta, order, 'float64');
  const wanted = await referenceRows(sample).evaluate(theta, order, 'float64');
  for (const of of ['gradient', 'hessian'] as const) {
    if (wanted[of] === undefined) continue;
    const worst = Math.max(...Array.from(wanted[of], (value, k) => Math.abs(value - actual[of]![k]!)));
    expect(worst).toBeLessThan(1e-9); // sums of 600 terms of a size of about 2, less than 1e-12 apart
  }
  await connection.close();
}

/** Cells of a table by column: numbers as they are, of texts and booleans their levels, null where one is missing. */
async function pulled(address: string, query: string, more: ColumnRequest = {}): Promise<Record<string, unknown[]>> {
  const connection = await openConnection(address);
  const request = { target: 'target', categorical: ['code'], ...more };
  const table = await connection.pull(query, request, {}).finally(() => connection.close());
  const cells = (column: Column): unknown[] => {
    if (column.kind === 'numeric') return [...column.values].map((value) => (Number.isNaN(value) ? null : value));
    const levels: readonly string[] = column.kind === 'boolean' ? column.words : column.levels;
    return [...column.codes].map((code) => (code < 0 ? null : levels[code]));
  };
  return Object.fromEntries(table.columns.map((column) => [column.name, cells(column)]));
}

/** The rows as a folder of Parquet files. */
async function writeParquet(path: string, files: number): Promise<void> {
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  await connection.run(
    `create table t (x0 double, "pl'an" varchar, "fl""ag" boolean, s double, y integer, kind varchar, id varchar)`,
  );
  const appender = await connection.createAppender('t');
  for (const [x, plan, flag, s, y, kind, id] of rows) {
    if (x === null) appender.appendNull();
    else appender.appendDouble(x);
    appender.appendVarchar(plan);
    appender.appendBoolean(flag);
    appender.appendDouble(s);
    appender.appendInteger(y);
    appender.appendVarchar(kind);
    appender.appendVarchar(id);
    appender.endRow();
  }
  appender.closeSync();
  mkdirSync(path);
  for (let k = 0; k < files; k++) {
    await connection.run(
      `copy (select * from t where rowid % ${files} = ${k}) to '${path}/${k}.parquet' (format parquet)`,
    );
  }
  connection.closeSync();
  instance.closeSync();
}

describe.runIf(hasPostgres)('PostgreSQL', () => {
  let server: Server;
  let client: pg.Client;
  const query = 'select * from t';
  const fill =
    'insert into t select * from unnest($1::float8[], $2::text[], $3::boolean[], $4::float8[], $5::integer[], $6::text[], $7::text[])';
  beforeAll(async () => {
    server = await startPostgres();
    client = await connected();
    await client.query(
      `create table t ("x0" double precision, "pl'an" text, "fl""ag" boolean, s double precision, y integer, kind text, id text)`,
    );
    await client.query(
      fill,
      names.map((_, k) => rows.map((row) => row[k])),
    );
  });
  afterAll(async () => {
    await client.end().catch(() => {});
    await server.stop();
  });
  async function connected(): Promise<pg.Client> {
    for (let k = 0; ; k++) {
      const attempt = new pg.Client({ connectionString: server.address });
      try {
        await attempt.connect();
        attempt.on('error', () => {});
        return attempt;
      } catch (error) {
        if (k > 100) throw error;
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    }
  }

  test('the models are those of rows in memory', () => expectEqual(server.address, query));

  test('cells of every type are read once as what they are', async () => {
    const typed = `select * from (values
      (1::smallint, 2::bigint, 0.1::real, 0.1::float8, 12345.678::numeric, true, ' it''s "é🙂" ', 'a'::char(3), 7.50::numeric(4,2), 1, timestamp '2026-01-02 03:04:05', array[1, 2]),
      (null, null, null, null, null, null, null, null, null, 0, null, null),
      (-3, -9007199254740991, '-1e-30', 'NaN', 1e-7, false, '', 'NA', 10, 1, date '2026-01-02', '{}')
    ) t(small, "Big ""one""", real, double, "decimal", flag, text, "char", code, target, moment, list)`;
    const cells = await pulled(server.address, typed, { drop: ['moment', 'list'] });
    expect(cells).toEqual({
      small: [1, null, -3],
      'Big "one"': [2, null, -9007199254740991],
      real: [Math.fround(0.1), null, Math.fround(-1e-30)],
      double: [0.1, null, null],
      decimal: [12345.678, null, 1e-7],
      flag: ['true', null, 'false'],
      text: ['it\'s "é🙂"', null, null],
      char: ['a', null, null],
      code: ['7.5', null, '10'],
      target: [1, 0, 1],
    });
    const texts = await pulled(server.address, typed, { only: ['moment', 'list'], categorical: ['moment', 'list'] });
    expect(texts.moment).toEqual(['2026-01-02 03:04:05', null, '2026-01-02 00:00:00']);
    expect(texts.list).toEqual(['{1,2}', null, '{}']);
    await expect(pulled(server.address, typed)).rejects.toMatchObject({ code: 'date-column' });
    await expect(pulled(server.address, `${typed} where false`, { only: ['small'] })).rejects.toMatchObject({
      code: 'no-rows',
    });
  });

  test('a sample is drawn by its seed', () => expectDrawn(server.address, query));

  // 4 sums a column are more than the 1664 items of a select; so are the products of a Hessian that is carried as a whole.
  test('wide designs are summed in parts', async () => {
    await expectWide(server.address, 420, 'generate_series(0, 599) t(i)', 1);
    await expectWide(server.address, 40, 'generate_series(0, 599) t(i)', 2);
  });

  test("the user's own client is used, and left open and writable", async () => {
    const model = await new LogisticRegression({ rows: 'there', drop: ['kind', 's', 'id'] }).fit(
      { query, connection: client },
      'y',
    );
    expect(model.toJSON().madeBy.detail).toMatch(/^PostgreSQL \d+.*rows summed there$/);
    await client.query('create table after_all (x integer)');
  });

  test('rows that others delete meanwhile are still there in every evaluation', async () => {
    const before = await new LogisticRegression({ rows: 'there', drop: ['kind', 's', 'id'] }).fit(
      { query, connection: server.address },
      'y',
    );
    let deleted = false;
    const during = await new LogisticRegression({ rows: 'there', drop: ['kind', 's', 'id'] }).fit(
      { query, connection: server.address },
      'y',
      {
        onIteration: () => {
          if (!deleted) void client.query('begin; delete from t where y = 1; commit');
          deleted = true;
        },
      },
    );
    expect(deleted).toBe(true);
    expect(during.training.rows).toEqual(before.training.rows);
    await client.query('delete from t');
    await client.query(
      fill,
      names.map((_, k) => rows.map((row) => row[k])),
    );
  });

  test('a backend that is terminated in the middle is an error', async () => {
    const connection = await openConnection(server.address);
    const terminate = `select pg_terminate_backend(pid) from pg_stat_activity where query like '%count%' and pid <> pg_backend_pid()`;
    const slow = connection.run({ sql: 'select count(*), pg_sleep(20) from t', texts: [] });
    const ended = expect(slow).rejects.toMatchObject({ code: 'rows-lost' });
    await new Promise((resolve) => setTimeout(resolve, 200));
    await client.query(terminate);
    await ended;
    await connection.close().catch(() => {});
  });

  test('an abort cancels the query in the server', async () => {
    const connection = await openConnection(server.address);
    const aborting = new AbortController();
    const slow = connection.run({ sql: 'select pg_sleep(30)', texts: [] }, aborting.signal);
    const ended = expect(slow).rejects.toBe(aborting.signal.reason ?? slow);
    setTimeout(() => aborting.abort(), 100);
    await ended.catch(() => {});
    await expect(slow).rejects.toBe(aborting.signal.reason);
    // The error is sent a moment before the server counts its query as ended.
    const active =
      "select count(*) as n from pg_stat_activity where query like '%pg_sleep(30)%' and state = 'active' and pid <> pg_backend_pid()";
    await expect.poll(async () => Number((await client.query(active)).rows[0].n)).toBe(0);
    await connection.close();
  });

  test('writing is refused', async () => {
    const connection = await openConnection(server.address);
    await expect(connection.run({ sql: 'delete from t', texts: [] })).rejects.toMatchObject({
      code: 'query-failed',
      message: expect.stringContaining('read-only'),
    });
    await connection.close();
  });

  test('a password is not shown', async () => {
    const wrong = new LogisticRegression().fit(
      { query, connection: `postgres://tester:s3cret@127.0.0.1:${await freePort()}/x` },
      'y',
    );
    await expect(wrong).rejects.toMatchObject({
      code: 'connection-failed',
      message: expect.not.stringContaining('s3cret'),
    });
  });
});

describe.runIf(hasClickHouse)('ClickHouse', () => {
  const servers: Server[] = [];
  const command = async ({ port }: Server, query: string): Promise<void> => {
    const client = createClient({ url: `http://127.0.0.1:${port}` });
    await client.command({ query });
    await client.close();
  };
  const columns = `x0 Nullable(Float64), "pl'an" String, "fl\\"ag" UInt8, s Float64, y Int32, kind String, id String`;
  const fill = async (server: Server, some: typeof rows): Promise<void> => {
    await command(server, `create table t (${columns}) engine = MergeTree() partition by tuple() order by s`);
    const cell = (value: unknown): string =>
      value === null
        ? '\\N'
        : typeof value === 'boolean'
          ? String(Number(value))
          : String(value).replaceAll('\\', '\\\\');
    const lines = some.map((row) => row.map(cell).join('\t'));
    await command(server, `insert into t format TabSeparated\n${lines.join('\n')}`);
  };
  beforeAll(async () => {
    const ports = await Promise.all(Array.from({ length: 4 }, freePort));
    const shards = [ports[1]!, ports[3]!];
    servers.push(await startClickHouse({ http: ports[0]!, tcp: ports[1]!, shards }));
    servers.push(await startClickHouse({ http: ports[2]!, tcp: ports[3]!, shards }));
    await fill(servers[0]!, rows.slice(0, 2500));
    await fill(servers[1]!, rows.slice(2500));
    await command(servers[0]!, `create table both (${columns}) engine = Distributed(two, default, t)`);
  });
  afterAll(() => Promise.all(servers.map((server) => server.stop())));
  const query = 'select * from both';

  test('the models of a table on two shards are those of rows in memory', async () => {
    const flag = `"fl\\"ag"`;
    await expectEqual(
      servers[0]!.address,
      `select x0, "pl'an", if(${flag} = 1, 'true', 'false') as ${flag}, s, y, kind, id from both`,
    );
  });

  test('cells of every type are read once as what they are', async () => {
    const of = (type: string, ...cells: string[]): string =>
      `cast(multiIf(number = 0, ${cells[0]}, number = 1, null, ${cells[1]}) as Nullable(${type}))`;
    const typed = `select cast(number as UInt8) as small, ${of('Int64', '2', '-9007199254740991')} as \`Big "one"\`,
      ${of('Float32', '0.1', '-0.5')} as single, ${of('Float64', '0.1', 'nan')} as double, toDecimal64('7.50', 2) as code,
      ${of('String', "' it\\'s é🙂 '", "''")} as text, cast('b' as Enum8('a' = 1, 'b' = 2)) as enum,
      toUUID('00000000-0000-0000-0000-00000000000a') as id, number % 2 as target, toDate('2026-01-02') as day from numbers(3)`;
    expect(await pulled(servers[0]!.address, typed, { drop: ['day'] })).toEqual({
      small: [0, 1, 2],
      'Big "one"': [2, null, -9007199254740991],
      single: [Math.fround(0.1), null, -0.5],
      double: [0.1, null, null],
      code: ['7.5', '7.5', '7.5'],
      text: ["it's é🙂", null, null],
      enum: ['b', 'b', 'b'],
      id: Array(3).fill('00000000-0000-0000-0000-00000000000a'),
      target: [0, 1, 0],
    });
    const texts = await pulled(servers[0]!.address, typed, { only: ['day'], categorical: ['day'] });
    expect(texts.day).toEqual(Array(3).fill('2026-01-02'));
    await expect(pulled(servers[0]!.address, typed)).rejects.toMatchObject({ code: 'date-column' });
  });

  test('more rows than a block has come whole', async () => {
    const { n, text } = await pulled(
      servers[0]!.address,
      "select number as n, concat('t', toString(number % 3)) as text, 1 as target from numbers(200000)",
      { categorical: [] },
    );
    expect(n!.length).toBe(200_000);
    expect(n!.every((value, i) => value === i)).toBe(true);
    expect(text!.every((value, i) => value === `t${i % 3}`)).toBe(true);
  });

  test('a sample is drawn by its seed', () => expectDrawn(servers[0]!.address, query));

  test('wide designs are summed in parts', () =>
    expectWide(servers[0]!.address, 130, '(select number as i from numbers(600)) t', 1));

  test('nothing is written', async () => {
    const connection = await openConnection(servers[0]!.address);
    await expect(connection.run({ sql: 'drop table t', texts: [] })).rejects.toMatchObject({ code: 'query-failed' });
    await connection.close();
  });

  test('a shard that is killed in the middle is an error and no model', async () => {
    let killed = false;
    const fitting = new LogisticRegression({ rows: 'there', drop: ['kind', 's', 'id'] }).fit(
      { query, connection: servers[0]!.address },
      'y',
      {
        onIteration: () => {
          if (!killed) servers[1]!.process.kill('SIGKILL');
          killed = true;
        },
      },
    );
    await expect(fitting).rejects.toMatchObject({ code: expect.stringMatching(/^(query-failed|rows-changed)$/) });
    expect(killed).toBe(true);
  });
});

describe.runIf(hasSpark)('Spark Connect with two executors', () => {
  let server: Server;
  let folder: string;
  let query: string;
  beforeAll(async () => {
    server = await startSpark(2);
    folder = mkdtempSync(join(tmpdir(), 'logit-spark-rows-'));
    const path = join(folder, 'rows.parquet');
    await writeParquet(path, 4); // several files, which executors share
    query = `select * from parquet.\`${path}\``;
  });
  afterAll(async () => {
    await server.stop();
    rmSync(folder, { recursive: true });
  });

  test('the models are those of rows in memory', () => expectEqual(server.address, query, fits.slice(1, 2)), minutes);

  test(
    'one executor that is killed in the middle changes nothing',
    async () => {
      const options = { ...fits[3].options, missing: 'drop' } as const;
      const expected = await new LogisticRegression(options).fit(inMemory, 'y');
      let killed = 0;
      const model = await new LogisticRegression({ ...options, rows: 'there' }).fit(
        { query, connection: server.address },
        'y',
        {
          onIteration: () => {
            if (killed > 0) return;
            killed = executorsOf(server)[0]!;
            process.kill(killed, 'SIGKILL');
          },
        },
      );
      expect(killed).toBeGreaterThan(0);
      expect(executorsOf(server)).not.toContain(killed);
      expect(model.training.rows).toEqual(expected.training.rows);
      for (const [name, value] of Object.entries(expected.coefficients)) {
        expect(Math.abs(model.coefficients[name]! - value)).toBeLessThan(1e-8);
      }
    },
    minutes,
  );

  test(
    'wide designs are summed in parts',
    () => expectWide(server.address, 30, '(select id as i from range(600)) t', 1),
    minutes,
  );

  test('an abort interrupts the query, and the session goes on', async () => {
    const connection = await openConnection(server.address);
    const aborting = new AbortController();
    const reason = new Error('enough');
    const slow = connection.run(
      { sql: 'select sum(sin(a.id * b.id)) from range(20000) a cross join range(20000) b', texts: [] },
      aborting.signal,
    );
    setTimeout(() => aborting.abort(reason), 1000);
    await expect(slow).rejects.toBe(reason);
    expect(await connection.run({ sql: 'select 1 as one', texts: [] })).toEqual([[1]]);
    await connection.close();
  });

  test('texts are bound and nothing in them is replaced', async () => {
    const connection = await openConnection(server.address);
    const texts = ["it's", 'back\\slash', `${'$'}{x}`, '--', 'ü🙂'];
    const sql = `select ${texts.map((_, k) => `:p${k} as t${k}`).join(', ')}`;
    expect(await connection.run({ sql, texts })).toEqual([texts]);
    await connection.close();
  });

  test('what Spark refuses is one line', async () => {
    const failing = new LogisticRegression().fit({ query: 'select * from nowhere', connection: server.address }, 'y');
    await expect(failing).rejects.toMatchObject({
      code: 'query-failed',
      message: expect.stringMatching(/^Spark: \[TABLE_OR_VIEW_NOT_FOUND\][^\n]*$/),
    });
  });
});

describe.runIf(hasTrino)('Trino', () => {
  let server: Server;
  beforeAll(async () => {
    server = await startTrino();
    const connection = steadyConnection(await openConnection(server.address), { timeout: undefined, passes: 0 });
    const columns = `x0 double, "pl'an" varchar, "fl""ag" boolean, s double, y integer, kind varchar, id varchar`;
    await connection.run({ sql: `create table t (${columns})`, texts: [] });
    const cell = (value: unknown): string =>
      typeof value === 'string'
        ? dialects.trino.text(value)
        : typeof value === 'number'
          ? value.toExponential()
          : String(value);
    for (let from = 0; from < rows.length; from += 1000) {
      const values = rows.slice(from, from + 1000).map((row) => `(${row.map(cell).join(', ')})`);
      await connection.run({
        sql: `insert into t select a, b, c, d, cast(e as integer), f, g from (values ${values.join(', ')}) v(a, b, c, d, e, f, g)`,
        texts: [],
      });
    }
  }, minutes);
  afterAll(() => server.stop());

  test('the models are those of rows in memory', () => expectEqual(server.address, 'select * from t'), minutes);

  test('a sample is drawn by its seed', () => expectDrawn(server.address, 'select * from t'));

  test('an abort cancels the query in the server', async () => {
    const connection = await openConnection(server.address);
    const aborting = new AbortController();
    const reason = new Error('enough');
    const from =
      'unnest(sequence(1, 9000)) a(i) cross join unnest(sequence(1, 9000)) b(j) cross join unnest(sequence(1, 9000)) c(k)';
    const slow = connection.run({ sql: `select sum(sin(i * j * k)) from ${from}`, texts: [] }, aborting.signal);
    setTimeout(() => aborting.abort(reason), 1000);
    await expect(slow).rejects.toBe(reason);
    const states = await connection.run({
      sql: "select error_code from system.runtime.queries where query like 'select sum(sin(%'",
      texts: [],
    });
    expect(states).toEqual([['USER_CANCELED']]);
    await connection.close();
  });
});
