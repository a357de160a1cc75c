/** The rows of a query, predicted by DuckDB, are those that the scorer predicts. */
import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { FittedLogisticRegression } from '../../src/model/fitted.ts';
import type { Options } from '../../src/model/options.ts';
import { LogisticRegression, predictQuery } from '../../src/node.ts';

let connection: DuckDBConnection;
beforeAll(async () => {
  connection = await (await DuckDBInstance.create(':memory:')).connect();
  await connection.run(
    `create table t as select i as id, ' it''s, "' || i as "p of it", case when i % 50 = 7 then null else i % 97 end as x,
     case when i % 3 = 0 then 'basic' when i % 70 = 1 then 'seldom' else 'it''s' end as plan,
     (i * 7919) % 11 > 3 + i % 2 as y, ['a', 'b', 'c "d"'][1 + (i * 31) % 7 % 3] as kind from range(600) t(i)`,
  );
});
afterAll(() => connection.closeSync());

async function predicted(model: FittedLogisticRegression, query: string, options = {}) {
  let names: readonly string[] = [];
  const rows: Record<string, string>[] = [];
  await predictQuery(
    model,
    { query, connection },
    async (predictions) => {
      names = predictions.names;
      for await (const chunk of predictions.rows) {
        rows.push(...chunk.map((row) => Object.fromEntries(names.map((name, k) => [name, row[k]!]))));
      }
    },
    options,
  );
  return { names, rows };
}

test.each<[string, string, Options, object]>([
  ['two classes', 'y', {}, {}],
  ['another threshold', 'y', { positive: false as never }, { threshold: 0.4 }],
  ['categories that training never saw, ignored', 'y', {}, { unseen: 'ignore' }],
  ['imputed cells', 'y', { missing: 'impute' }, {}],
  ['three classes', 'kind', {}, {}],
])('%s', async (_, target, options, scoring) => {
  const model = await new LogisticRegression({ ...options, only: ['x', 'plan'] }).fit(
    { query: "select * from t where plan <> 'seldom'", connection },
    target,
  );
  const { names, rows } = await predicted(model, 'select id, "p of it", x, plan from t order by id; ', scoring);
  expect(names).toEqual(['id', 'p of it', 'x', 'plan', 'prediction', ...model.classes.map((label) => `P(${label})`)]);
  expect(rows.map(({ id }) => Number(id))).toEqual(rows.map((__, i) => i));
  let [worst, left] = [0, 0];
  for (const row of rows) {
    const score = model.scoreRow(row, scoring);
    if ('problem' in score) {
      expect([row.prediction, ...model.classes.map((label) => row[`P(${label})`])].join('')).toBe('');
      left++;
      continue;
    }
    expect(row.prediction).toBe(String(score.prediction));
    model.classes.forEach((label, k) => {
      worst = Math.max(worst, Math.abs(Number(row[`P(${label})`]) - score.probabilities[k]!));
    });
  }
  expect(worst).toBeLessThan(1e-12); // products of ten roundings, and a scale of 100 in x
  expect(left).toBe(model.toJSON().missing === 'impute' ? 6 : 'unseen' in scoring ? 12 : 18);
  expect(rows[9]!['p of it']).toBe(` it's, "9`);
});

test.each([
  ['a column that the query lacks', 'select x, plan as plans from t', 'missing-column'],
  ['a column that predictions take', "select x, plan, 'a' as prediction from t", 'duplicate-names'],
  ['a query that is none', 'select from where', 'query-failed'],
])('%s is refused', async (_, query, code) => {
  const model = await new LogisticRegression({ only: ['x', 'plan'] }).fit(
    { query: 'select * from t', connection },
    'y',
  );
  await expect(predicted(model, query)).rejects.toMatchObject({ code });
});
