/** A holdout of whole keys: the same rows in memory, in a file and in a database. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { md5Prefix } from '../../src/math/md5.ts';
import { createRandom } from '../../src/math/random.ts';
import type { Options } from '../../src/model/options.ts';
import { LogisticRegression } from '../../src/node.ts';

const random = createRandom(3);
/** 2,000 customers, whose rows are few; a text of each row, a category and a class. */
const rows = Array.from({ length: 6000 }, (_, i) => {
  const x = 10 * random();
  const plan = ['basic', 'plus', 'free'][Math.floor(random() * 3)]!;
  return { id: `é-${(i * 7919) % 2000}`, x, plan: i % 1999 === 5 ? 'seldom' : plan, y: x + 4 * random() > 7 ? 1 : 0 };
});
const heldBy = (seed: number, fraction: number) =>
  rows.filter(({ id }) => md5Prefix(`${seed}:${id}`) < fraction * 2 ** 32);

let connection: DuckDBConnection;
let folder: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'logit-holdout-'));
  const csv = ['id,x,plan,y', ...rows.map(({ id, x, plan, y }) => `${id},${x},${plan},${y}`)].join('\n');
  writeFileSync(join(folder, 'd.csv'), csv);
  connection = await (await DuckDBInstance.create(':memory:')).connect();
  await connection.run(`create table t as select * from read_csv('${join(folder, 'd.csv')}')`);
});
afterAll(() => {
  connection.closeSync();
  rmSync(folder, { recursive: true });
});

const options: Options = { holdout: 0.3, holdoutBy: 'id', seed: 4 };
const query = 'select * from t';

test('rows of a key are on one side, the same wherever they are', async () => {
  const held = heldBy(4, 0.3);
  const kept = rows.filter((row) => !held.includes(row));
  const sources = {
    objects: () => new LogisticRegression(options).fit(rows, 'y'),
    file: () => new LogisticRegression({ ...options, only: ['x', 'plan'] }).fit(join(folder, 'd.csv'), 'y'),
    pulled: () => new LogisticRegression(options).fit({ query, connection }, 'y'),
    disk: () => new LogisticRegression({ ...options, rows: 'disk' }).fit(join(folder, 'd.csv'), 'y'),
    'pulled to disk': () => new LogisticRegression({ ...options, rows: 'disk' }).fit({ query, connection }, 'y'),
    there: () => new LogisticRegression({ ...options, rows: 'there' }).fit({ query, connection }, 'y'),
  };
  // What the rows on both sides give by themselves.
  const alone = await new LogisticRegression({ only: ['x', 'plan'] }).fit(kept, 'y');
  const labels = held.map(({ y }) => y);
  const measured = await alone.evaluate(held, labels as number[] as never);
  expect(held.length / rows.length).toBeGreaterThan(0.25);
  // One after the other: a connection answers one query at a time.
  for (const [source, fit] of Object.entries(sources)) {
    const model = await fit();
    expect(model.columns, source).toEqual(['x', 'plan']);
    expect(model.training.rows).toMatchObject({ train: kept.length, holdout: held.length });
    const holdout = model.training.metrics.holdout!;
    expect(holdout.rows).toBe(held.length);
    expect(holdout.accuracy).toBe(measured.accuracy);
    expect(Math.abs(holdout.meanLogLoss! - measured.meanLogLoss!)).toBeLessThan(1e-10); // two fits to gradients of 1e-10
    for (const [name, value] of Object.entries(alone.coefficients)) {
      expect(Math.abs(model.coefficients[name]! - value)).toBeLessThan(1e-8);
    }
  }
});

test('categories that only held-out rows have are counted there as in memory', async () => {
  const seed = [1, 2, 3, 4, 5, 6, 7, 8].find((own) => {
    const held = new Set(heldBy(own, 0.6));
    return rows.every((row) => row.plan !== 'seldom' || held.has(row));
  })!;
  const some = { ...options, holdout: 0.6, seed };
  const here = await new LogisticRegression(some).fit(rows, 'y');
  const there = await new LogisticRegression({ ...some, rows: 'there' }).fit({ query, connection }, 'y');
  const unseen = ({ warnings }: typeof here) => warnings.filter(({ code }) => code === 'unseen-in-holdout');
  expect(unseen(here)).toHaveLength(1);
  expect(unseen(there)).toEqual(unseen(here));
  const disk = await new LogisticRegression({ ...some, rows: 'disk' }).fit({ query, connection }, 'y');
  expect(unseen(disk)).toEqual(unseen(here));
});

test.each<[string, string, Options, string]>([
  ['no fraction', query, { holdout: 0 }, 'bad-option'],
  ['a column that is not there', query, { holdoutBy: 'ids' }, 'unknown-column'],
  ['a key for all rows', "select x, plan, y, 'one' as id from t", {}, 'holdout-empty'],
  [
    'a class that is held out whole',
    "select x, plan, y, 'k' || y as id from t",
    { seed: 5, holdout: 0.5 },
    'holdout-empty',
  ],
  ['rows without a key', 'select x, plan, y, case when rowid <> 8 then id end as id from t', {}, 'missing-cell'],
  ['rows of a database without a key', query, { holdoutBy: undefined as never, rows: 'there' }, 'bad-option'],
])('%s: refused', async (_, selected, more, code) => {
  for (const place of more.rows === undefined ? (['memory', 'disk', 'there'] as const) : [more.rows]) {
    const fit = async () => {
      const estimator = new LogisticRegression({ ...options, ...more, rows: place });
      return estimator.fit({ query: selected, connection }, 'y');
    };
    await expect(fit()).rejects.toMatchObject({ code });
  }
});

test('folds that are given to crossValidate are of whole keys', async () => {
  const { by } = await new LogisticRegression({ holdoutBy: 'id' }).crossValidate(rows, 'y', { folds: 3 });
  expect(by).toBe('id');
});

test('rows without a key are counted', async () => {
  const rows = Array.from({ length: 40 }, (_, i) => ({ x: i % 7, y: i % 2, id: i < 3 ? null : `k${i}` }));
  await expect(new LogisticRegression({ holdoutBy: 'id', holdout: 0.3 }).fit(rows, 'y')).rejects.toMatchObject({
    code: 'missing-cell',
    message: '3 of 40 rows have no key in id, by which rows are kept together',
  });
});
