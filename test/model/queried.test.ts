/**
 * Rows that stay in a database are fitted like rows in memory: the same coefficients, classes, warnings and refusals.
 * DuckDB runs in this process; test/services has the servers.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { decideQueriedDesign } from '../../src/design/queried.ts';
import { createRandom } from '../../src/math/random.ts';
import { checkOptions } from '../../src/model/check-options.ts';
import type { Options } from '../../src/model/options.ts';
import { LogisticRegression } from '../../src/node.ts';
import { openConnection } from '../../src/platform/engines/connection.ts';
import type { Pass } from '../../src/sql/steady.ts';

let connection: DuckDBConnection;
beforeAll(async () => {
  connection = await (await DuckDBInstance.create(':memory:')).connect();
  const random = createRandom(11);
  await connection.run(
    'create table t (x double, "the flag" boolean, plan varchar, s double, y integer, kind varchar, label varchar)',
  );
  const appender = await connection.createAppender('t');
  for (let i = 0; i < 3000; i++) {
    const x = 1e4 + 30 * random();
    const flag = random() < 0.3;
    const plan = ['basic', "it's", 'plus "x"'][Math.floor(random() * 3)]!;
    const z = 0.1 * (x - 10015) + (flag ? 0.7 : -0.4) + (plan === 'basic' ? 0.5 : 0) + 2 * (random() + random() - 1);
    if (i % 100 === 7) appender.appendNull();
    else appender.appendDouble(x);
    appender.appendBoolean(flag);
    appender.appendVarchar(i % 250 === 3 ? ' NA ' : plan);
    appender.appendDouble(i % 50 === 9 ? 0 : 0.5 + random());
    if (i % 500 === 1) appender.appendNull();
    else appender.appendInteger(z > 0 ? 1 : 0);
    appender.appendVarchar(z > 1 ? 'high' : z > -1 ? 'middle' : 'low');
    appender.appendVarchar(z > 0 ? 'yes' : 'no');
    appender.endRow();
  }
  appender.closeSync();
});
afterAll(() => connection.closeSync());

const fitted = (target: string, options: Options, query: string) =>
  new LogisticRegression({ trainingMetrics: true, ...options }).fit({ query, connection }, target);

const features = 'x, "the flag", plan';
describe.each<[string, string, string, Options]>([
  ['two classes', 'y', features, {}],
  ['labels of text, the other reference', 'label', features, { positive: 'no' }],
  ['weights', 'y', `${features}, s`, { weights: 's' }],
  ['balanced classes', 'y', features, { classWeight: 'balanced' }],
  ['a penalty', 'y', features, { l2: 0.02 }],
  ['a penalty on raw units', 'y', features, { l2: 1e-4, standardize: false }],
  ['no intercept', 'y', '"the flag", plan', { intercept: false }],
  ['other reference levels', 'y', features, { referenceLevels: { plan: "it's", 'the flag': true } }],
  ['a formula of columns', 'y', `${features}, s`, { formula: 'y ~ x + C(plan, ref="plus \\"x\\"")' }],
  ['three classes', 'kind', features, {}],
  ['three classes, weights and a penalty', 'kind', `${features}, s`, { weights: 's', l2: 0.01, reference: 'middle' }],
])('%s', (_, target, columns, options) => {
  test.each(['there', 'disk'] as const)('%s: the model is that of rows in memory', async (rows) => {
    const query = `select ${columns}, ${target} from t`;
    const there = await fitted(target, { ...options, rows }, query);
    const here = await fitted(target, { ...options, rows: 'memory' }, query);
    expect(there.certificate.outcome).toBe('converged');
    expect(there.classes).toEqual(here.classes);
    expect(there.reference).toEqual(here.reference);
    expect(there.training.rows).toEqual(here.training.rows);
    const [own, expected] = [there.toJSON(), here.toJSON()];
    expect(own.terms.map(({ name }) => name)).toEqual(expected.terms.map(({ name }) => name));
    // Both have converged to gradients of 1e-10; the worst condition here is about 1e2.
    const worst = Math.max(
      ...own.terms.flatMap(({ standardized }, j) =>
        standardized.map((w, c) => Math.abs(w - expected.terms[j]!.standardized[c]!)),
      ),
      ...own.standardizedIntercepts.map((b, c) => Math.abs(b - expected.standardizedIntercepts[c]!)),
    );
    expect(worst).toBeLessThan(1e-8);
    expect(Math.abs(there.training.meanLogLoss - here.training.meanLogLoss)).toBeLessThan(1e-13);
    const [a, b] = [there.training.metrics.train!, here.training.metrics.train!];
    expect(a.accuracy).toBeCloseTo(b.accuracy!, 12);
    if (target !== 'kind') expect(a.undefined.averagePrecision).toMatch(/evaluate computes it for rows in memory$/);
    expect(Math.abs(a.auc! - b.auc!)).toBeLessThanOrEqual(a.aucError! + 1e-12);
  });
});

test('the rows are described in the terms of the engine', async () => {
  const { detail, backend } = (await fitted('y', { rows: 'there' }, 'select x, y from t')).toJSON().madeBy;
  expect(backend).toBe('duckdb');
  expect(detail).toMatch(/^DuckDB v\d.*rows summed there$/);
});

test('a Parquet file whose rows are kept on disk or summed by DuckDB', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'logit-parquet-'));
  const path = join(folder, "it's [1].parquet");
  try {
    await connection.run(`copy (select x, plan, y from t) to '${path.replaceAll("'", "''")}'`);
    const fit = (rows: 'memory' | 'disk' | 'there') => new LogisticRegression({ rows }).fit(path, 'y');
    const [memory, disk, there] = [await fit('memory'), await fit('disk'), await fit('there')];
    for (const model of [disk, there]) {
      for (const [name, value] of Object.entries(memory.coefficients)) {
        expect(Math.abs(model.coefficients[name]! - value)).toBeLessThan(1e-8 * Math.max(1, Math.abs(value)));
      }
      expect(model.training.source).toBe(path);
    }
    expect(disk.toJSON().madeBy.detail).toMatch(/on disk$/);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('dependent columns are named as in memory, also where the sample alone would mistake a rare level for one', async () => {
  const query =
    "select x, 2 * x + 3 as twice, plan, case when rowid = 17 then 'rare' else 'usual' end as seldom, y from t where x is not null";
  const there = await fitted('y', { rows: 'there' }, query);
  const here = await fitted('y', { rows: 'memory' }, query);
  const excluded = (model: typeof there) =>
    model.toJSON().terms.flatMap(({ name, excluded: why }) => (why ? [`${name}: ${why}`] : []));
  expect(excluded(there)).toEqual(['twice: dependent']);
  expect(excluded(here)).toEqual(excluded(there));
});

test.each<[string, Options, string[], string[]]>([
  [
    'of a formula',
    { formula: 'y ~ twice + s + plan + x' },
    ['twice', 's', "plan=it's", 'plan=plus "x"', 'x'],
    ['x: dependent'],
  ],
  [
    'of a formula, the rest where it is asked for',
    { formula: 'y ~ twice + .' },
    ['twice', 's', 'x', "plan=it's", 'plan=plus "x"'],
    ['x: dependent'],
  ],
  ['of the query', {}, ['s', 'x', "plan=it's", 'plan=plus "x"', 'twice'], ['twice: dependent']],
])('terms are in the order %s, and the later of two columns is left out', async (_, options, names, excluded) => {
  const query = 'select s, x, plan, 2 * x + 3 as twice, y from t where x is not null';
  for (const rows of ['memory', 'disk', 'there'] as const) {
    const { terms } = (await fitted('y', { ...options, rows }, query)).toJSON();
    expect(terms.map(({ name }) => name)).toEqual(names);
    expect(terms.flatMap(({ name, excluded: why }) => (why ? [`${name}: ${why}`] : []))).toEqual(excluded);
  }
});

test.each(['disk', 'there'] as const)('the null model needs no warm start, rows %s', async (rows) => {
  const model = await fitted('y', { formula: 'y ~ 1', rows }, 'select y from t');
  expect(model.certificate.outcome).toBe('converged');
  expect(model.training.solver.warmStart).toBeNull();
});

test('what is missing is counted and said, and a query may end in a semicolon', async () => {
  const query = 'select x, plan, y from t; ';
  const here = await fitted('y', {}, query);
  for (const rows of ['there', 'disk'] as const) {
    const model = await fitted('y', { rows }, query);
    expect(model.training.missing.x).toEqual({ count: 30, tokens: { '': 30 } });
    const dropped = ({ warnings }: typeof here) => warnings.filter(({ code }) => code === 'dropped-rows');
    expect(dropped(model)).toHaveLength(1);
    expect(dropped(model)).toEqual(dropped(here));
  }
});

test.each(['memory', 'disk', 'there'] as const)('a label that is NaN is none: %s', async (rows) => {
  const query = "select x, case when rowid % 10 = 0 then 'NaN'::double else y end as y from t where x is not null";
  const model = await fitted('y', { rows }, query);
  const expected = await fitted('y', {}, `select * from (${query}) where not isnan(y)`);
  const { read, used, dropped } = model.training.rows;
  expect([used, dropped.noTarget]).toEqual([expected.training.rows.used, read - used]);
  expect(Math.abs(model.training.meanLogLoss - expected.training.meanLogLoss)).toBeLessThan(1e-13);
});

test.each([
  ['numbers', 'i % 25'],
  ['texts', "'label ' || i % 3"],
  ['one row', '(i = 7)::integer'],
])('classes are warned of as in memory: %s', async (_, target) => {
  const query = `select i % 7 as x, case when i = 50 then 'single' else (${target})::varchar end as text, ${target} as y from range(200) r(i)`;
  const options: Options = { only: ['x'], maxIterations: 3 };
  for (const column of ['y', 'text']) {
    const warned = async (rows: 'memory' | 'there') =>
      (await fitted(column, { ...options, rows }, query)).warnings.filter(({ code }) => /class/.test(code));
    const here = await warned('memory');
    expect(await warned('there')).toEqual(here);
    expect(here.length).toBe(Number(column === 'text' || !target.startsWith("'")));
  }
});

describe('numbers whose squares over- or underflow', () => {
  const query = (factor: string) =>
    `select x, (x - 10015) * ${factor} as far, x % 2 as z, y from t where x is not null`;

  test.each(['1e200', '1e307'])('a refusal there: %s', async (factor) => {
    const failing = fitted('y', { rows: 'there' }, query(factor));
    await expect(failing).rejects.toMatchObject({ code: 'not-finite', hint: expect.stringContaining('--drop far') });
  });

  test('constant there', async () => {
    const { terms } = (await fitted('y', { rows: 'there', drop: ['x'] }, query('1e-200'))).toJSON();
    expect(terms.map(({ excluded }) => excluded)).toEqual(['constant', undefined]);
  });

  test.each(['1e200', '1.1e307'])('on disk the fit of memory: %s', async (factor) => {
    const fit = (rows: 'disk' | 'memory') => fitted('y', { rows, drop: ['x'] }, query(factor));
    const [disk, memory] = [(await fit('disk')).toJSON().terms[0]!, (await fit('memory')).toJSON().terms[0]!];
    expect(Math.abs(disk.scale / memory.scale - 1)).toBeLessThan(1e-12); // sums of 3,000 roundings
    expect(Math.abs(disk.standardized[0]! - memory.standardized[0]!)).toBeLessThan(1e-8);
  });
});

test.each(['disk', 'there'] as const)('words of a boolean in any case: %s', async (rows) => {
  const query =
    "select x, case when rowid % 3 = 0 then 'Yes' when rowid % 7 = 0 then e' yes\\t' else 'no' end as paid, y from t";
  const fit = async (rows: 'memory' | 'disk' | 'there') => (await fitted('y', { rows }, query)).coefficients;
  const [own, expected] = [await fit(rows), await fit('memory')];
  expect(Object.keys(own)).toEqual(['x', 'paid=Yes']);
  expect(Object.keys(own)).toEqual(Object.keys(expected));
  for (const name of ['x', 'paid=Yes']) expect(Math.abs(own[name]! - expected[name]!)).toBeLessThan(1e-8);
});

test('words of a boolean as a target in any case, by the spelling that most rows have', async () => {
  const query =
    "select x, case when y = 1 then case when rowid % 5 = 0 then 'YES' else ' Yes' end when rowid % 7 = 0 then 'No' else 'no' end as paid from t";
  const [there, here] = [await fitted('paid', { rows: 'there' }, query), await fitted('paid', {}, query)];
  expect(there.classes).toEqual(['Yes', 'no']);
  expect(here.classes.map((label) => String(label).toLowerCase()).sort()).toEqual(['no', 'yes']);
  expect(there.training.rows).toEqual(here.training.rows);
  expect(Math.abs(there.training.meanLogLoss - here.training.meanLogLoss)).toBeLessThan(1e-13);
  expect(there.training.metrics.train!.accuracy).toBe(here.training.metrics.train!.accuracy);
});

test('a column that alone tells the classes apart in almost every row is named as in memory', async () => {
  const query =
    'select x, case when rowid = (select min(rowid) from t where y = 1 and x is not null) then 0.2 else y + x % 1 / 2 end as later, plan, y from t where x is not null';
  const leaks = async (rows: 'memory' | 'there') =>
    (await fitted('y', { rows }, query)).warnings.filter(({ code }) => code === 'possible-leak');
  const here = await leaks('memory');
  expect(here).toHaveLength(1);
  expect(await leaks('there')).toEqual(here);
});

test.each(['memory', 'disk', 'there'] as const)(
  'a pair of words that is asked for as a category or a key is no boolean: %s',
  async (rows) => {
    const query = "select x, case when rowid % 3 = 0 then 'yes' else 'no' end as word, y from t where x is not null";
    const { features } = (await fitted('y', { rows, categorical: ['word'] }, query)).toJSON();
    expect(features.at(-1)).toEqual({ kind: 'categorical', column: 'word', levels: ['no', 'yes'], impute: null });
    const held = await fitted('y', { rows, holdout: 0.5, holdoutBy: 'word', seed: 1 }, query);
    const { train, holdout } = held.training.rows;
    expect(Math.min(train, holdout) / Math.max(train, holdout)).toBeCloseTo(0.5, 1);
  },
);

test.each(['categorical', 'holdoutBy'] as const)('fractions are no texts there: %s', async (option) => {
  const more = option === 'categorical' ? { categorical: ['s'] } : { holdoutBy: 's', holdout: 0.5 };
  await expect(fitted('y', { rows: 'there', ...more }, 'select x, s, y from t')).rejects.toMatchObject({
    code: 'bad-type',
    message: 'column s of the query has the type DOUBLE, which is no category or key',
  });
});

// The sample of seed 3 has none of the two: the moments are asked for again, about the means.
test.each([
  ['many', 'i % 1000 = 7', 1],
  ['two', 'i in (7, 8)', 3],
])('a deviation keeps its digits where %s rows far from all others have the weight', async (_, heavy, seed) => {
  const query = `select case when ${heavy} then 1e6 + i % 3 else i % 5 end as x, case when ${heavy} then 1e9 else 1e-9 end as s, i % 2 as y from range(200000) t(i)`;
  const scaling = async (rows: 'memory' | 'there') =>
    (await fitted('y', { rows, seed, weights: 's', maxIterations: 1 }, query)).toJSON().terms[0]!;
  const [there, here] = [await scaling('there'), await scaling('memory')];
  expect(Math.abs(there.mean / here.mean - 1)).toBeLessThan(1e-14);
  expect(Math.abs(there.scale / here.scale - 1)).toBeLessThan(1e-9);
});

describe('standard errors', () => {
  const query = 'select x, "the flag", plan, ceil(s * 3) as w, s, y from t';
  test('by whole weights are those of memory', async () => {
    const fit = (rows: 'memory' | 'there') => fitted('y', { rows, weights: 'w', drop: ['s'], inference: true }, query);
    const models = [await fit('there'), await fit('memory')] as const;
    const counted = models.map(({ training }) => training.counts);
    const [there, here] = [models[0].summary(), models[1].summary()];
    expect(there.observations).toBe(here.observations);
    expect(counted[0]).toEqual(counted[1]);
    there.coefficients.forEach(({ name, standardError, p }, j) => {
      const expected = here.coefficients[j]!;
      expect(name).toBe(expected.name);
      // The coefficients agree to 1e-8 of their standard deviations' scale, and the Hessian moves with them.
      expect(Math.abs(standardError! / expected.standardError! - 1)).toBeLessThan(1e-7);
      expect(Math.abs(p! - expected.p!)).toBeLessThan(1e-6);
    });
  });
  test.each(['memory', 'there'] as const)('are refused where weights count no rows: %s', async (rows) => {
    const model = await fitted('y', { rows, weights: 's', drop: ['w'], inference: true }, query);
    expect(() => model.summary()).toThrow('the weights are no whole numbers');
  });
});

test('the rows of an only class are counted', async () => {
  const query = 'select x, y from t where y = 1';
  const refusal = (rows: 'memory' | 'there') => fitted('y', { rows }, query).catch(({ message }: Error) => message);
  const here = await refusal('memory'); // one after the other: they share a connection
  const there = await refusal('there');
  const rows = await connection.runAndReadAll(`select count(*)::integer from (${query}) where x is not null`);
  expect(here).toContain('one class');
  expect(there).toBe(`the target y has one class only: 1 (${rows.getRows()[0]![0]} rows)`);
});

test('a level that one class has alone is named as in memory', async () => {
  const query = "select x, case when rowid % 100 = 8 and y = 1 then 'only' else 'both' end as odd, y from t";
  const [there, here] = [await fitted('y', { rows: 'there' }, query), await fitted('y', {}, query)];
  const separation = ({ warnings }: typeof here) => warnings.filter(({ code }) => code === 'quasi-separation');
  expect(separation(there)).toHaveLength(1);
  expect(separation(there)).toEqual(separation(here));
});

test('a seed draws its sample again, another one another', async () => {
  const query = 'select i % 1009 as x, (i * 7919) % 11 > 4 + (i % 1009) / 300 as y from range(200000) t(i)';
  const asked: string[] = [];
  const drawn = async (seed: number) => {
    const real = connection.runAndReadAll.bind(connection);
    const samples: string[] = [];
    connection.runAndReadAll = async (...given) => {
      const answer = await real(...given);
      if (/row_number/.test(String(given[0]))) samples.push(String(answer.getRowsJS()));
      return answer;
    };
    await fitted('y', { rows: 'there', seed }, query);
    connection.runAndReadAll = real;
    asked.push(...samples);
    return samples;
  };
  const [first, again, other] = [await drawn(1), await drawn(1), await drawn(2)];
  expect(asked).toHaveLength(3);
  expect(first[0] === again[0]).toBe(true);
  expect(first[0] === other[0]).toBe(false);
});

test('a query that takes longer than its limit ends the fit', async () => {
  const query = 'select a.i % 7 as x, b.i % 2 as y from range(300000) a(i), range(300000) b(i)';
  await expect(fitted('y', { rows: 'there', timeout: 100 }, query)).rejects.toMatchObject({ code: 'query-timeout' });
});

test('progress tells which query it is of about how many', async () => {
  const passes: number[] = [];
  let about = 0;
  await new LogisticRegression({ rows: 'there' }).fit({ query: 'select x, plan, y from t', connection }, 'y', {
    onProgress(_, pass) {
      if (passes.at(-1) !== pass!.pass) passes.push(pass!.pass);
      about = pass!.about;
    },
  });
  expect(passes).toEqual(passes.map((_, k) => k + 1));
  expect(passes.length).toBeGreaterThan(8);
  expect(about).toBeGreaterThanOrEqual(passes.length);
});

describe('refused, and said', () => {
  test.each(['memory', 'disk', 'there'] as const)('what the database refuses, rows in %s', async (rows) => {
    const failing = fitted('y', { rows }, 'select * from nowhere');
    await expect(failing).rejects.toMatchObject({ code: 'query-failed', message: expect.not.stringContaining('\n') });
  });

  test.each<[string, Options, string, string]>([
    ['a holdout', { holdout: 0.2 }, 'select x, y from t', 'bad-option'],
    ['imputation', { missing: 'impute' }, 'select x, y from t', 'bad-option'],
    ['missing cells that are to be an error', { missing: 'error' }, 'select x, y from t', 'bad-option'],
    ['a backend by name', { backend: 'wasm' }, 'select x, y from t', 'bad-option'],
    ["Firth's likelihood", { firth: true }, 'select x, y from t', 'bad-option'],
    ['an offset', { offset: 'x' }, 'select x, s, y from t', 'bad-option'],
    ['a function of a column', { formula: 'y ~ poly(x, 2)' }, 'select x, y from t', 'bad-option'],
    ['a level that is not there', { referenceLevels: { plan: 'gold' } }, 'select x, plan, y from t', 'unknown-level'],
    ['a column that is not there', {}, 'select x, y as z from t', 'unknown-column'],
    ['a type that is no feature', {}, "select date '2020-01-01' as d, x, y from t", 'bad-type'],
    [
      'infinite numbers',
      {},
      "select x, y, case when rowid = 5 then 'inf'::double else x end as far from t",
      'not-finite',
    ],
    ['NaN', {}, "select x, y, case when rowid = 5 then 'nan'::double else x end as far from t", 'not-finite'],
    ['an infinite label', {}, "select x, case when rowid = 5 then 'inf'::double else y end as y from t", 'not-finite'],
    ['one class', {}, 'select x, y from t where y = 1', 'one-class'],
    ['no rows', {}, 'select x, y from t where false', 'no-rows'],
    ['a query that is none', {}, 'select from where', 'query-failed'],
    ['negative weights', { weights: 's' }, 'select x, y, s - 1 as s from t', 'bad-weights'],
  ])('%s', async (_, options, query, code) => {
    await expect(fitted('y', { ...options, rows: 'there' }, query)).rejects.toMatchObject({ code });
  });

  test.each<[string, Options, string]>([
    ['where rows on disk would do', { missing: 'impute' }, 'disk or memory'],
    ['where rows on disk would do', { holdout: 0.2 }, 'disk or memory'],
    ['where only rows in memory do', { firth: true }, 'memory'],
  ])('with the place to name: %s', async (_, options, places) => {
    const failing = fitted('y', { ...options, rows: 'there' }, 'select x, y from t');
    await expect(failing).rejects.toMatchObject({ hint: expect.stringContaining(`(--rows ${places})`) });
    if (places !== 'memory') await fitted('y', { ...options, rows: 'disk' }, 'select x, y from t');
  });

  test('the target as a term', async () => {
    const failing = fitted('y', { formula: 'y ~ x + y', rows: 'there' }, 'select x, y from t');
    await expect(failing).rejects.toMatchObject({ code: 'bad-term' });
  });
});

describe('a model as an SQL expression', () => {
  const query = `select * from t where true`;
  const scored = async (model: { toSQL(dialect: 'duckdb', label?: never): string }, label?: string) => {
    const sql = `select ${model.toSQL('duckdb', label as never)} as p, x, "the flag", plan from (${query}) r`;
    return (await connection.runAndReadAll(sql)).getRowObjectsJS();
  };
  test.each<[string, string, Options]>([
    ['two classes', 'y', {}],
    ['imputed cells and unseen categories that are ignored', 'y', { missing: 'impute', unseen: 'ignore' }],
    ['three classes', 'kind', {}],
  ])('%s: what the scorer gives', async (_, target, options) => {
    const model = await fitted(target, { ...options, only: ['x', 'the flag', 'plan'] }, query);
    for (const label of target === 'kind' ? ['high', 'low', 'middle'] : [undefined]) {
      let worst = 0;
      let predicted = 0;
      for (const { p, ...row } of await scored(model, label)) {
        const score = model.scoreRow(row as never);
        if ('problem' in score) {
          expect(p).toBeNull();
          continue;
        }
        predicted++;
        worst = Math.max(worst, Math.abs((p as number) - model.probability(row as never, label)));
      }
      expect(predicted).toBeGreaterThan(2900);
      expect(worst).toBeLessThan(1e-12);
    }
  });

  test('extreme rows neither overflow nor lose their sign', async () => {
    const model = await fitted('y', { only: ['x'] }, 'select x, y from t');
    const sql = `select ${model.toSQL('duckdb')} as p from (select unnest([-1e9, 1e9]) as x) r`;
    const [low, high] = (await connection.runAndReadAll(sql)).getRowObjectsJS() as [{ p: number }, { p: number }];
    expect(low.p).toBeLessThan(1e-300);
    expect(high.p).toBe(1);
  });

  test.each<Options>([{}, { missing: 'impute' }])('null where the scorer predicts nothing: %j', async (options) => {
    const model = await fitted('y', { only: ['x'], ...options }, 'select x, y from t');
    const cells = [10000, null, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
    const values = cells.map((x) => (x === null ? 'null' : `'${x}'::double`)).join(', ');
    const sql = `select ${model.toSQL('duckdb')} as p from (select unnest([${values}]) as x) r`;
    const found = (await connection.runAndReadAll(sql)).getRowObjectsJS();
    cells.forEach((x, i) => {
      const score = model.scoreRow({ x });
      if ('problem' in score) expect(found[i]!.p).toBeNull();
      else expect(Math.abs((found[i]!.p as number) - score.probabilities[1]!)).toBeLessThan(1e-12);
    });
    expect(found.filter(({ p }) => p === null)).toHaveLength(options.missing === 'impute' ? 2 : 4);
  });

  test('what is no dialect or class is refused', async () => {
    const model = await fitted('y', { only: ['x'] }, 'select x, y from t');
    expect(() => model.toSQL('mysql' as never)).toThrow('one of duckdb, postgres, clickhouse, spark, trino');
    expect(() => model.toSQL('duckdb', 'maybe' as never)).toThrow('one of the classes');
  });
});

describe('wide designs', () => {
  const numbers = (n: number): string =>
    `select ${Array.from({ length: n }, (_, j) => `sin(i * ${j + 1}) as x${j}`).join(', ')}, (i * 7) % 5 > 2 as y from range(400) r(i)`;

  test.each([
    ['numbers', numbers(1001)],
    ['levels', "select 'a' || i % 600 as a, 'b' || i % 601 as b, i % 2 as y from range(3000) r(i)"],
  ])('more columns than an engine sums are refused: %s', async (_, query) => {
    await expect(fitted('y', { rows: 'there' }, query)).rejects.toMatchObject({
      code: 'too-many-terms',
      message: expect.stringMatching(
        /^the design has \d+ columns; while the rows stay in DuckDB .*, there may be 1000$/,
      ),
      hint: expect.stringContaining('--rows disk'),
    });
  });

  test('a costly Hessian is told, with its queries in the progress', async () => {
    const passes: Pass[] = [];
    const onProgress = (_: number, pass?: Pass): void => void (pass && passes.push(pass));
    const fit = (n: number) =>
      new LogisticRegression({ rows: 'there', l2: 0.1 }).fit({ query: numbers(n), connection }, 'y', { onProgress });
    expect((await fit(64)).warnings).toEqual([]);
    passes.length = 0;
    const [warning] = (await fit(70)).warnings;
    // 1 + 71 + 71·72/2 sums, of which 2000 are in a query.
    expect(warning).toMatchObject({
      code: 'costly-hessian',
      message: expect.stringMatching(/^the design has 70 columns: .* takes 2 queries of up to 2000 sums in DuckDB/),
    });
    expect(passes[0]!.about).toBe(14);
    expect(passes.at(-1)!.about).toBe(15);
  });

  test('statistics are asked in parts where one query takes few sums', async () => {
    const engine = await openConnection(connection);
    const options = checkOptions({ weights: 's', drop: ['kind', 'label'] });
    const query = 'select *, rowid * 7919 % 101 as one, rowid * 104729 % 97 as other from t';
    const decide = async (mostSums: number) => {
      let asked = 0;
      const run: typeof engine.run = (...given) => {
        asked++;
        return engine.run(...given);
      };
      const narrow = { ...engine, run, dialect: { ...engine.dialect, mostSums } };
      const { design, parts, missing } = await decideQueriedDesign(narrow, query, 'y', options, undefined);
      return { asked, decided: { design, parts, missing } };
    };
    const [whole, parts] = [await decide(2000), await decide(8)];
    expect(parts.asked).toBe(whole.asked + 3); // 15 counts are two queries, moments of 3 columns three
    expect(parts.decided).toEqual(whole.decided);
  });
});
