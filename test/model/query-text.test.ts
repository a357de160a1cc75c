/** The queries that are shown are the queries that a fit asks, with placeholders for what only answers can tell. */
import { fileURLToPath } from 'node:url';
import { DuckDBInstance } from '@duckdb/node-api';
import { expect, test } from 'vitest';
import type { Options } from '../../src/model/options.ts';
import { LogisticRegression } from '../../src/node.ts';
import { dialects } from '../../src/sql/dialects.ts';

/** Everything that is asked of DuckDB while `work` runs, with bound texts in their places. */
async function asked(work: (connection: unknown) => Promise<unknown>): Promise<string[]> {
  const connection = await (await DuckDBInstance.create(':memory:')).connect();
  await connection.run(
    "create table t as select i % 97 as x, case when i % 3 = 0 then 'basic' else 'it''s' end as plan, i % 2 = 0 as flag, (i * 7919) % 11 > 4 as y, 1 + i % 2 as s, i % 50 as k from range(2000) t(i)",
  );
  const statements: string[] = [];
  for (const name of ['runAndReadAll', 'stream'] as const) {
    const real = connection[name].bind(connection) as (sql: string, texts?: string[]) => Promise<never>;
    connection[name] = (sql: string, texts: unknown = []) => {
      const bound = texts as string[];
      statements.push(sql.replace(/\$(\d+)/g, (_, k) => dialects.duckdb.text(bound[Number(k) - 1]!)));
      return real(sql, bound);
    };
  }
  try {
    await work(connection);
  } finally {
    connection.closeSync();
  }
  return statements.filter((sql) => !/^(select version|describe)/.test(sql));
}

/** Without what answers decide: numbers, levels, and how often a step is taken. */
const shapes = (sql: string[]): string[] =>
  [
    ...new Set(
      sql.map((text) =>
        text
          .replace(/\(-(\d\.\d+e[+-]\d+)\)|\d\.\d{16}e[+-]\d+|:number/g, '#')
          .replaceAll("= 'it''s'", '= :level')
          .replaceAll("not in ('basic', 'it''s')", 'not in (:level)')
          .replace(/ qualify .* < #/, ''),
      ),
    ),
  ].sort();

test.each<[string, Options]>([
  ['there', { rows: 'there' }],
  ['there, with weights of rows and classes', { rows: 'there', weights: 's', classWeight: 'balanced' }],
  ['there, some held out by a key', { rows: 'there', holdout: 0.4, holdoutBy: 'k' }],
])('rows %s', async (_, options) => {
  const query = `select x, plan, flag, y${options.weights ? ', s' : ''}${options.holdoutBy ? ', k' : ''} from t`;
  let text = '';
  const byShowing = await asked(async (connection) => {
    text = await new LogisticRegression(options).toSQL({ query, connection }, 'y');
  });
  expect(byShowing).toEqual([]);
  const fitting = await asked((connection) =>
    new LogisticRegression({ ...options, trainingMetrics: options.rows === 'there' }).fit({ query, connection }, 'y'),
  );
  const shown = text
    .split(/^-- \d+\. .*\n/m)
    .slice(1)
    .map((sql) => sql.trim().replace(/;$/, ''));
  expect(shapes(shown)).toEqual(shapes(fitting));
});

test.each(['memory', 'disk'] as const)('rows in %s are read by the query itself', async (rows) => {
  const connection = await (await DuckDBInstance.create(':memory:')).connect();
  const text = await new LogisticRegression({ rows }).toSQL({ query: 'select 1 as x, 2 as y;', connection }, 'y');
  const sql = text.replace(/^--.*\n/gm, '');
  expect((await connection.runAndReadAll(sql)).getRowsJS()).toEqual([[1, 2]]);
  connection.closeSync();
});

test('a file that is not Parquet has no SQL to show', async () => {
  const failing = new LogisticRegression().toSQL(fileURLToPath(import.meta.url), 'y');
  await expect(failing).rejects.toMatchObject({
    code: 'bad-option',
    message: expect.stringContaining('no SQL'),
    hint: expect.stringContaining('--show-sql'),
  });
});
