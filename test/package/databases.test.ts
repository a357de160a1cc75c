/** The command with a database in place of a file: DuckDB's, which needs no server. */
import { DuckDBInstance } from '@duckdb/node-api';
import { expect, test } from 'vitest';
import { emptyFolder } from '../support/command.ts';

async function shop() {
  const folder = emptyFolder();
  const instance = await DuckDBInstance.create(`${folder.path}/shop.duckdb`);
  const connection = await instance.connect();
  await connection.run(
    `create table orders as select i as id, i % 97 as x, case when i % 3 = 0 then 'basic' else 'plus' end as plan,
     'c' || i % 400 as customer, (i * 7919) % 11 > 3 + i % 3 as paid from range(3000) t(i)`,
  );
  connection.closeSync();
  instance.closeSync();
  const database = (sql: string): string[] => ['--connection', 'duckdb:shop.duckdb', '--sql', sql];
  return { folder, database };
}

test('a model of rows that stay in the database, which then predicts its rows', async () => {
  const { folder, database } = await shop();
  const rows = database('select x, plan, customer, paid from orders');
  const options = ['--rows', 'there', '--timeout', '60s', '--holdout', '0.25', '--holdout-by', 'customer'];
  const shown = await folder.logit(['train', ...rows, '--target', 'paid', ...options, '--show-sql']);
  expect(shown.stderr).toBe('');
  expect(shown.stdout).toMatch(/^-- DuckDB .*, --rows there\n/);
  expect(shown.stdout).toContain(
    "substr(md5('1:' || trim(cast(q.\"customer\" as varchar), e' \\t\\n\\r\\f')), 1, 8) >= '40000000'",
  );

  const report = await folder.logit(['train', ...rows, '--target', 'paid', ...options, '--out', 'm.json', '--json']);
  const { rows: counted, coefficients } = JSON.parse(report.stdout);
  expect(Object.keys(coefficients)).toEqual(['x', 'plan=plus']);
  expect(counted.holdout / counted.used).toBeCloseTo(0.25, 1);

  const predicted = await folder.logit([
    'predict',
    'm.json',
    ...database('select id, x, plan from orders order by id'),
  ]);
  const [header, first, ...more] = predicted.stdout.trim().split('\n');
  expect(header).toBe('id,x,plan,prediction,P(false),P(true),note');
  expect(more).toHaveLength(2999);
  folder.write('rows.csv', 'id,x,plan\n0,0,basic\n');
  const [, alone] = (await folder.logit(['predict', 'm.json', 'rows.csv', '--quiet'])).stdout.trim().split('\n');
  const numbers = (line: string): number[] => line.split(',').slice(-3, -1).map(Number);
  expect(first!.split(',')[3]).toBe(alone!.split(',')[0]);
  numbers(first!).forEach((p, k) => {
    expect(Math.abs(p - numbers(alone!)[k]!)).toBeLessThan(1e-12);
  });
});

test.each<[string, string[], RegExp]>([
  [
    'a connection without a query',
    ['train', '--connection', 'duckdb:shop.duckdb', '--target', 'paid'],
    /a file or, in its place/,
  ],
  ['a file and a query', ['predict', 'm.json', 'a.csv', '--sql', 'select 1'], /a file or, in its place/],
  ['a time without its unit', ['train', 'a.csv', '--timeout', '60'], /500ms, 60s/],
  [
    'a key without a share',
    ['train', 'a.csv', '--target', 'y', '--holdout-by', 'id'],
    /--holdout-by says by what.*holdout/,
  ],
])('%s is told in one line', async (_, args, message) => {
  const { code, stdout, stderr } = await emptyFolder().logit(args);
  expect(code).toBe(1);
  expect(stdout).toBe('');
  expect(stderr.trim().split('\n')).toHaveLength(1);
  expect(stderr).toMatch(message);
});
