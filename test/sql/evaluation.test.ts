/**
 * Queries against the oracle: what an engine sums must be what plain loops over the same rows sum, for any number of
 * classes, weights, categories and hostile names. DuckDB runs in this process.
 */
import { DuckDBInstance } from '@duckdb/node-api';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createRandom } from '../../src/math/random.ts';
import { duckdbConnection } from '../../src/platform/engines/duckdb.ts';
import type { RowSource } from '../../src/rows/contract.ts';
import { referenceRows } from '../../src/rows/reference.ts';
import { summarisePartitions } from '../../src/rows/source.ts';
import { dialects } from '../../src/sql/dialects.ts';
import type { Engine } from '../../src/sql/engine.ts';
import { evaluationStatements } from '../../src/sql/evaluation.ts';
import type { QueriedColumn, QueriedRows } from '../../src/sql/queried-rows.ts';
import { queriedRows } from '../../src/sql/rows.ts';
import { randomTheta } from '../support/data.ts';

/** Names and texts that SQL, or an engine's own templates, could read as something else. */
const hostile = [
  'a"b',
  "it's",
  'back\\slash',
  `${'$'}{x}`,
  'x0',
  'e1',
  'y',
  's',
  'q',
  'top',
  '--',
  ';drop',
  'ü🙂',
  'line\nend',
];

let engine: Engine;
let connection: Awaited<ReturnType<DuckDBInstance['connect']>>;
beforeAll(async () => {
  connection = await (await DuckDBInstance.create(':memory:')).connect();
  engine = await duckdbConnection(connection);
});
afterAll(() => connection.closeSync());

interface Problem {
  readonly seed: number;
  readonly m: number;
  readonly numbers: number;
  readonly levels: number;
  readonly classes: number;
  readonly weighted: boolean;
}

/** The same rows as a table of the engine and as a source for plain loops. */
async function problem({ seed, m, numbers, levels, classes, weighted }: Problem) {
  const random = createRandom(seed);
  const draw = (count: number): number => Math.floor(random() * count);
  const pick = <T>(from: readonly T[], count: number): T[] => {
    const left = [...from];
    return Array.from({ length: count }, () => left.splice(draw(left.length), 1)[0]!);
  };
  const [targetName, weightName, groupName, ...names] = pick(hostile, 3 + numbers) as [string, string, string];
  const labels = pick(hostile, classes);
  const texts = pick(hostile, levels);
  const columns = names.map(() => Float64Array.from({ length: m }, () => 1e3 + 40 * (random() - 0.5)));
  const codes = Int32Array.from({ length: m }, (_, i) => (i < classes ? i : draw(classes)));
  const groups = Int32Array.from({ length: m }, () => draw(levels));
  const weights = weighted ? Float64Array.from({ length: m }, () => 0.25 + random()) : undefined;

  const id = dialects.duckdb.identifier;
  const defined = [
    ...names.map((name) => `${id(name)} double`),
    `${id(groupName)} varchar`,
    `${id(targetName)} varchar`,
    `${id(weightName)} double`,
  ];
  await connection.run(`create or replace table t (${defined.join(', ')})`);
  const appender = await connection.createAppender('t');
  for (let i = 0; i < m; i++) {
    for (const x of columns) appender.appendDouble(x[i]!);
    appender.appendVarchar(texts[groups[i]!]!);
    appender.appendVarchar(labels[codes[i]!]!);
    appender.appendDouble(weights?.[i] ?? 7);
    appender.endRow();
  }
  appender.closeSync();

  const numeric = names.map((name): QueriedColumn => ({ name, kind: 'numeric' }));
  const group: QueriedColumn = { name: groupName, kind: 'categorical' };
  const rows: QueriedRows = {
    query: 'select * from t -- as the user wrote it',
    target: { name: targetName, kind: 'categorical' },
    labels,
    columns: [...numeric, group],
    weights: weighted ? weightName : undefined,
    missingTokens: [],
    classFactors: undefined,
    terms: [
      ...numeric.map((column) => ({ column, mean: 1e3, scale: 12 })),
      ...texts.slice(1).map((level) => ({ column: group, level, mean: 0.25, scale: 0.5 })),
    ],
  };
  const source: RowSource = {
    rows: m,
    classes,
    labels: codes,
    weights,
    columns: [
      ...columns.map((x) => ({
        kind: 'dense' as const,
        mean: 1e3,
        scale: 12,
        read: (from: number, into: Float64Array) => into.set(x.subarray(from, from + into.length)),
      })),
      {
        kind: 'levels' as const,
        fitted: texts.slice(1).map((_, k) => k + 1),
        means: new Float64Array(levels - 1).fill(0.25),
        scales: new Float64Array(levels - 1).fill(0.5),
        read: (from: number, into: Int32Array) => into.set(groups.subarray(from, from + into.length)),
      },
    ],
  };
  const [summary] = summarisePartitions(source);
  const census = { rows: m, codes: codes.reduce((sum, code) => sum + code, 0), summary: summary! };
  return { rows, source, census, queried: queriedRows(engine, [{ rows, census }]), expected: referenceRows(source) };
}

const problems: fc.Arbitrary<Problem> = fc.record({
  seed: fc.integer({ min: 1, max: 1e6 }),
  m: fc.integer({ min: 5, max: 300 }),
  numbers: fc.integer({ min: 0, max: 4 }),
  levels: fc.integer({ min: 2, max: 4 }),
  classes: fc.integer({ min: 2, max: 5 }),
  weighted: fc.boolean(),
});

/** Two summations of m terms in different order, each within √m roundings of Σ|term| ≤ m·size. */
const close = (actual: ArrayLike<number>, expected: ArrayLike<number>, m: number, size: number): void => {
  const worst = Math.max(...Array.from(actual, (value, i) => Math.abs(value - expected[i]!)));
  expect(actual.length).toBe(expected.length);
  expect(worst).toBeLessThanOrEqual(16 * Math.sqrt(m) * 2 ** -53 * m * size);
};

test('sums of every order equal plain loops', async () => {
  await fc.assert(
    fc.asyncProperty(problems, async (shape) => {
      const { queried, expected, rows } = await problem(shape);
      const k = shape.classes - 1;
      const theta = randomTheta(rows.terms.length, shape.seed, 4, k);
      const [actual, wanted] = [
        await queried.evaluate(theta, 2, 'float64'),
        await expected.evaluate(theta, 2, 'float64'),
      ];
      close([actual.loss], [wanted.loss], shape.m, 40);
      close(actual.gradient!, wanted.gradient!, shape.m, 4);
      close(actual.hessian!, wanted.hessian!, shape.m, 8);
      expect((await queried.evaluate(theta, 0, 'float64')).loss).toBe(actual.loss);
    }),
    { seed: 13, numRuns: 60 },
  );
});

test('small losses keep their digits, and large scores neither overflow nor underflow', async () => {
  const { queried, expected, rows } = await problem({
    seed: 3,
    m: 40,
    numbers: 2,
    levels: 2,
    classes: 3,
    weighted: false,
  });
  for (const size of [60, 700, 5000]) {
    const theta = randomTheta(rows.terms.length, 5, size, 2);
    const [actual, wanted] = [
      await queried.evaluate(theta, 1, 'float64'),
      await expected.evaluate(theta, 1, 'float64'),
    ];
    close([actual.loss], [wanted.loss], 40, 4 * size);
    close(actual.gradient!, wanted.gradient!, 40, 4);
  }
});

test('measures equal those of scores', async () => {
  for (const classes of [2, 4]) {
    const { queried, expected, rows } = await problem({
      seed: 8,
      m: 500,
      numbers: 3,
      levels: 3,
      classes,
      weighted: true,
    });
    const theta = randomTheta(rows.terms.length, 9, 3, classes - 1);
    const [actual, wanted] = [await queried.measure(theta, 0.4), await expected.measure(theta, 0.4)];
    close([actual.loss], [wanted.loss], 500, 40);
    close(actual.confusion, wanted.confusion, 500, 1);
    expect(actual.histograms.length).toBe(wanted.histograms.length);
    actual.histograms.forEach(({ own, others }, h) => {
      // A probability at the edge of a bin may fall to either side: sums up to each edge, compared one bin apart.
      for (const [a, b] of [
        [own, wanted.histograms[h]!.own],
        [others, wanted.histograms[h]!.others],
      ] as const) {
        const moved = a.reduce((sum, weight, bin) => sum + Math.abs(weight - b[bin]!), 0);
        expect(moved).toBeLessThan(1e-9);
      }
    });
  }
});

test('parts add: those that are named, or all', async () => {
  const shape = { seed: 9, m: 60, numbers: 2, levels: 2, classes: 3, weighted: true };
  const { queried, rows, census } = await problem(shape);
  const twice = queriedRows(engine, [
    { rows, census },
    { rows, census },
  ]);
  const theta = randomTheta(rows.terms.length, 2, 1, 2);
  const [one, both] = [await queried.evaluate(theta, 2, 'float64'), await twice.evaluate(theta, 2, 'float64')];
  const doubled = (values: Float64Array): number[] => Array.from(values, (value) => 2 * value);
  expect(both.loss).toBe(2 * one.loss);
  expect([...both.gradient!]).toEqual(doubled(one.gradient!));
  expect([...both.hessian!]).toEqual(doubled(one.hessian!));
  expect((await twice.evaluate(theta, 0, 'float64', { partitions: [1] })).loss).toBe(one.loss);
  const [some, all] = [await twice.measure(theta, 0.5, { partitions: [0] }), await twice.measure(theta, 0.5)];
  expect([...all.confusion]).toEqual(doubled(some.confusion));
  await expect(twice.evaluate(theta, 0, 'float64', { range: [0, 5] })).rejects.toMatchObject({ code: 'bad-option' });
});

describe('guards', () => {
  test('rows that come or go during a fit end it', async () => {
    const { queried, rows } = await problem({ seed: 4, m: 30, numbers: 1, levels: 2, classes: 2, weighted: false });
    const theta = randomTheta(rows.terms.length);
    await queried.evaluate(theta, 1, 'float64');
    await connection.run('delete from t where rowid = 7');
    await expect(queried.evaluate(theta, 1, 'float64')).rejects.toMatchObject({ code: 'rows-changed' });
    await expect(queried.measure(theta, 0.5)).rejects.toMatchObject({ code: 'rows-changed' });
  });

  test('no text of the data stands in the SQL', async () => {
    const { rows } = await problem({ seed: 5, m: 30, numbers: 1, levels: 4, classes: 3, weighted: false });
    const [{ sql, texts }] = evaluationStatements(engine.dialect, rows, randomTheta(rows.terms.length, 1, 1, 2), 1) as [
      { sql: string; texts: readonly string[] },
    ];
    const expected = ['', ...rows.labels, ...rows.terms.flatMap(({ level }) => level ?? [])];
    expect([...texts].sort()).toEqual([...new Set(expected)].sort());
    // What is left in quotes is the name of a column, and the characters that a text is trimmed of.
    const names = [rows.target, ...rows.columns].map(({ name }) => engine.dialect.identifier(name));
    const quoted = [...names, String.raw`e' \t\n\r\f'`];
    expect(quoted.reduce((left, name) => left.replaceAll(name, ''), sql)).not.toMatch(/['"]/);
  });

  test('a query wider than the engine takes is asked in parts', async () => {
    const { rows } = await problem({ seed: 6, m: 30, numbers: 4, levels: 4, classes: 4, weighted: false });
    const narrow = { ...engine.dialect, mostSums: 10 };
    const theta = randomTheta(rows.terms.length, 1, 1, 3);
    const answers = [];
    for (const statement of evaluationStatements(narrow, rows, theta, 2))
      answers.push((await engine.run(statement))[0]!);
    const whole = await engine.run(evaluationStatements(engine.dialect, rows, theta, 2)[0]!);
    expect(answers.length).toBeGreaterThan(10);
    expect(answers.flatMap((answer) => answer.slice(2))).toEqual(whole[0]!.slice(2));
  });
});
