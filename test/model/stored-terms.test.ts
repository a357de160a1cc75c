/** Formulas over rows on disk: the terms, their bases and their coefficients are those of rows in memory. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createRandom } from '../../src/math/random.ts';
import type { LevelCounts } from '../../src/model/level-counts.ts';
import type { Options } from '../../src/model/options.ts';
import { LogisticRegression } from '../../src/node.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'logit-stored-terms-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

/** Numbers above 0 and around it, categories, a boolean, exposure, weights, gaps. */
function drawRows(seed: number, m: number, classes: number): string {
  const random = createRandom(seed);
  const below = (count: number): number => Math.floor(random() * count);
  const gap = (text: string | number): string | number => (random() < 0.01 ? '' : text);
  const rows = Array.from({ length: m }, () => {
    const [a, b, c] = [0.2 + 5 * random(), 3 * random() - 1.5, 40 + 10 * (random() + random())];
    const [level, flag] = [below(3), random() < 0.4];
    const score = Math.log(a) + b ** 2 - 0.05 * (c - 50) * level + Number(flag) - 1.5;
    const y = Math.max(0, Math.min(classes - 1, Math.floor(score + 2 * (random() + random() - 1) + classes / 2)));
    return [gap(a), b, gap(c), gap('pqr'[level]!), flag ? 'yes' : 'no', random(), 1 + below(3), `class ${y}`];
  });
  return [['a', 'b', 'c', 'level', 'flag', 'e', 's', 'y'], ...rows].map((row) => row.join(',')).join('\n');
}

const formulas = [
  'y ~ log(a) + b + level',
  'y ~ level*poly(b, 2) + sqrt(a)',
  'y ~ ns(c, df=3) + bs(b, df=4) + flag',
  'y ~ flag*level*center(c) + offset(e)',
  'y ~ (a + b + flag)^2 - 1 + offset(log(a))',
  'y ~ level - 1 + log1p(a):b',
  'y ~ poly(c, 3) + bs(a, knots=c(1, 3), degree=2)',
  'y ~ . - s + b:flag',
];

test.each(formulas.map((formula, k) => [formula, k + 1] as const))('%s', async (formula, seed) => {
  const random = createRandom(seed);
  const path = join(folder, `${seed}.csv`);
  writeFileSync(path, drawRows(seed, 1200, formula.includes('offset') || seed === 3 ? 2 : 3));
  const options: Options = {
    formula,
    ...(random() < 0.5 && { weights: 's' }),
    ...(random() < 0.4 && { holdout: 0.25 }),
    ...(random() < 0.3 && { l2: 0.01 }),
    ...(random() < 0.3 && { classWeight: 'balanced' as const }),
    ...(random() < 0.5 && {
      missing: 'impute' as const,
      imputation: random() < 0.5 ? ('mean' as const) : ('median' as const),
    }),
    inference: true,
    tolerance: 1e-13,
  };
  const fit = (rows: 'memory' | 'disk') => new LogisticRegression({ ...options, rows }).fit(path);
  const [memory, disk] = [await fit('memory'), await fit('disk')];
  expect(disk.training.rows).toEqual(memory.training.rows);
  expect(disk.warnings).toEqual(memory.warnings);
  const [actual, expected] = [disk.toJSON(), memory.toJSON()];
  expect(actual.features.map(({ impute, ...feature }) => feature)).toEqual(
    expected.features.map(({ impute, ...feature }) => feature),
  );
  const described = ({ terms }: typeof actual) =>
    terms.map(({ name, group, excluded, offset, factors }) => [
      name,
      group,
      excluded,
      offset,
      factors.map(({ column, basis }) => [column, basis.kind]),
    ]);
  expect(described(actual)).toEqual(described(expected));
  expect(farthest(numbersOf(actual), numbersOf(expected))).toBeLessThan(1e-10);
  const counts = [disk, memory].map(({ training }) => countsOf(training.counts!));
  expect(farthest(...(counts as [number[], number[]]))).toBeLessThan(1e-13);
  const [errors, ofMemory] = [actual, expected].map(errorsOf);
  expect(errors!.length).toBe(ofMemory!.length);
  if (errors!.length > 0) expect(farthest(errors!, ofMemory!)).toBeLessThan(1e-8);
});

/** Coefficients and all that the bases are made of. */
function numbersOf({
  terms,
  features,
  intercepts,
}: {
  readonly terms: readonly object[];
  readonly features: readonly object[];
  readonly intercepts: readonly number[];
}) {
  const found: number[] = [...intercepts];
  JSON.stringify([terms, features], (_, value: unknown) => {
    if (typeof value === 'number') found.push(value);
    return value;
  });
  return found;
}

/** Rows and events of all levels, in their order. */
const countsOf = ({ all, levels }: LevelCounts): number[] =>
  [all, ...Object.values(levels)].flatMap(({ rows, events }) => [rows, ...events]);

/** None where there is no summary. */
const errorsOf = (file: object): number[] =>
  ((file as { summary?: { coefficients: { standardError: number }[] } }).summary?.coefficients ?? []).map(
    ({ standardError }) => standardError,
  );

const farthest = (some: readonly number[], others: readonly number[]): number =>
  some.length === others.length
    ? Math.max(...some.map((x, i) => Math.abs(x - others[i]!) / Math.max(1, Math.abs(others[i]!))))
    : Number.POSITIVE_INFINITY;

test('terms of several pages, and pages that are cut for them', async () => {
  const path = join(folder, 'pages.csv');
  writeFileSync(path, drawRows(3, 70_000, 2)); // a page holds 65,536 rows at most
  const formula = 'y ~ bs(b, df=6)*level + log(c)';
  const fit = (rows: 'memory' | 'disk') => new LogisticRegression({ rows, formula, tolerance: 1e-12 }).fit(path);
  const [memory, disk] = [await fit('memory'), await fit('disk')];
  expect(disk.training.rows).toEqual(memory.training.rows);
  expect(farthest(numbersOf(disk.toJSON()), numbersOf(memory.toJSON()))).toBeLessThan(1e-9);
});

test('weights that count rows have standard errors, others none', async () => {
  const path = join(folder, 'weights.csv');
  const rows = drawRows(4, 500, 2).split('\n');
  const fit = (rows: 'memory' | 'disk') =>
    new LogisticRegression({ rows, weights: 's', only: ['b', 'e'], inference: true }).fit(path, 'y');
  writeFileSync(path, rows.join('\n'));
  const [memory, disk] = [errorsOf((await fit('memory')).toJSON()), errorsOf((await fit('disk')).toJSON())];
  expect(disk).toHaveLength(3);
  expect(farthest(disk, memory)).toBeLessThan(1e-8);
  writeFileSync(path, [...rows, '1,0.5,50,p,no,0.5,1.5,class 1'].join('\n'));
  const reason = async (rows: 'memory' | 'disk') =>
    ((await fit(rows)).toJSON() as { summaryRefused?: string }).summaryRefused;
  expect(await reason('disk')).toMatch(/no whole numbers/);
  expect(await reason('disk')).toBe(await reason('memory'));
});

test('columns whose numbers hardly differ are constant as in memory', async () => {
  const path = join(folder, 'tiny.csv');
  const random = createRandom(5);
  const rows = Array.from({ length: 400 }, () => {
    const x = random();
    return `${x},${1e-160 * random()},${1e-315 * random()},${1e-150 * (x + random())},${Number(x + random() > 1)}`;
  });
  writeFileSync(path, ['x,small,least,enough,y', ...rows].join('\n'));
  const fit = (rows: 'memory' | 'disk') => new LogisticRegression({ rows, tolerance: 1e-12 }).fit(path, 'y');
  const [memory, disk] = [await fit('memory'), await fit('disk')];
  const excluded = ({ warnings }: typeof disk) => warnings.flatMap(({ columns = [] }) => columns);
  expect(excluded(disk)).toEqual(['small', 'least']);
  expect(excluded(memory)).toEqual(['small', 'least']);
  const [own, ofMemory] = [disk, memory].map((model) =>
    model.toJSON().terms.map(({ standardized }) => standardized[0]!),
  );
  expect(farthest(own!, ofMemory!)).toBeLessThan(1e-9);
});

describe('mistakes are those of memory', () => {
  test.each([
    ['y ~ log(b)', 'outside-domain'],
    ['y ~ ns(s, df=6)', 'bad-term'],
    ['y ~ poly(s, 3)', 'bad-term'],
    ['y ~ log(level)', 'bad-term'],
    ['y ~ a + offset(level)', 'bad-term'],
    ['y ~ a + offset(e)', 'two-classes-only'],
    ['y ~ d', 'unknown-column'],
  ])('%s', async (formula, code) => {
    const path = join(folder, 'mistakes.csv');
    writeFileSync(path, drawRows(9, 300, 3));
    const errors = [];
    for (const rows of ['memory', 'disk'] as const) {
      errors.push(await new LogisticRegression({ rows, formula }).fit(path).catch((error: unknown) => error));
    }
    expect(errors[0]).toMatchObject({ code });
    expect(errors[1]).toMatchObject({ code, message: (errors[0] as Error).message });
  });
});
