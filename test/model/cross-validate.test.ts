/**
 * Cross-validation on rows that are placed once equals as many separate fits, each to 1e-10: whatever a separate fit
 * decides on its own training rows (the scale under the penalty, levels that are not there) is decided alike.
 */
import { beforeEach, describe, expect, test, vi } from 'vitest';
import * as registry from '../../src/backends/registry.ts';
import { stratifiedFolds } from '../../src/data/split.ts';
import { LogisticRegression, type Options } from '../../src/index.ts';
import { createRandom } from '../../src/math/random.ts';
import type { RowSource } from '../../src/rows/contract.ts';

const placed: RowSource[] = [];
const { openPlace } = registry;
beforeEach(() => {
  placed.length = 0;
  vi.spyOn(registry, 'openPlace').mockImplementation(async (...args) => {
    const place = await openPlace(...args);
    return {
      ...place,
      place(source, ...more) {
        placed.push(source);
        return place.place(source, ...more);
      },
    };
  });
});

const folds = 10;
const seed = 5;

/** Rows of K overlapping classes with two numbers and a category, one level of which occurs in one row only. */
function rowsOf(K: number) {
  const random = createRandom(K);
  return Array.from({ length: 240 }, (_, i) => {
    const y = Math.floor(K * random());
    return {
      a: 100 + 10 * random() + 3 * y,
      b: random() ** 4 * (1 + y),
      g: i === 17 ? 'z once' : ['u', 'v', 'w'][Math.floor(3 * random())]!,
      y: `class ${y}`,
    };
  });
}

describe.each([2, 3])('%d classes', (K) => {
  const rows = rowsOf(K);
  const labels = rows.map(({ y }) => Number(y.slice(6)));

  test.each<[string, Options]>([
    ['no penalty', {}],
    ['a penalty on standardised features', { l2: 0.1 }],
    ['a penalty in raw units', { l2: 0.1, standardize: false }],
    ['no intercept', { l2: 0.05, intercept: false }],
  ])('equal separate fits: %s', async (_, options) => {
    const found = await new LogisticRegression(options).crossValidate(rows, 'y', { folds, seed });
    expect(placed).toHaveLength(1);
    expect(placed[0]!.rows).toBe(rows.length);

    const fold = await stratifiedFolds(Int32Array.from(rows.keys()), labels, { folds, seed });
    for (let f = 0; f < folds; f++) {
      const train = rows.filter((__, i) => fold[i] !== f);
      const held = rows.filter((__, i) => fold[i] === f);
      const separate = await new LogisticRegression({ ...options, unseen: 'ignore' }).fit(train, 'y');
      const z = separate.logOdds(held, { unseen: 'ignore' });
      const read = separate.labelReader();
      const truth = await separate.measure(
        z,
        held.map(({ y }) => read(y)!),
      );
      expect(found.folds[f]!.rows).toBe(held.length);
      expect(found.folds[f]!.outcome).toBe(separate.training.solver.outcome);
      expect(found.folds[f]!.outcome).toMatch(
        options.l2 === undefined ? /^(converged|quasi-separated)$/ : /^converged$/,
      );
      expect(Math.abs(found.folds[f]!.metrics.meanLogLoss! / truth.meanLogLoss! - 1)).toBeLessThanOrEqual(1e-10);
      expect(found.folds[f]!.metrics.accuracy).toBeCloseTo(truth.accuracy!, 14);
      expect(found.folds[f]!.metrics.confusion).toEqual(truth.confusion);
    }
    const losses = found.folds.map(({ metrics }) => metrics.meanLogLoss!);
    const mean = losses.reduce((sum, value) => sum + value, 0) / folds;
    const deviation = Math.sqrt(losses.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (folds - 1));
    expect(found.metrics.meanLogLoss).toEqual({ mean, standardDeviation: deviation, folds });
    expect(Object.keys(found.metrics)).toContain(K === 2 ? 'f1' : 'macro.f1');
  });
});

test('folds of a fit are stored with the model, beside a holdout that no fold sees', async () => {
  const rows = rowsOf(2);
  const model = await new LogisticRegression({ folds: 4, holdout: 0.25, seed: 2, l2: 0.01 }).fit(rows, 'y');
  expect(placed).toHaveLength(1);
  const { crossValidation, rows: counts } = model.training;
  expect(crossValidation!.folds.map((fold) => fold.rows).reduce((sum, count) => sum + count, 0)).toBe(counts.train);
  expect(counts.holdout).toBe(60);
  const alone = await new LogisticRegression({ holdout: 0.25, seed: 2, l2: 0.01 }).fit(rows, 'y');
  for (const [name, value] of Object.entries(model.coefficients)) {
    expect(Math.abs(value / alone.coefficients[name]! - 1)).toBeLessThan(1e-9); // the order of rows is that of the folds
  }
  expect(model.training.metrics.holdout!.meanLogLoss).toBeCloseTo(alone.training.metrics.holdout!.meanLogLoss!, 10);
  expect(alone.training.crossValidation).toBeNull();
});

test('more folds than rows, one fold, an unknown option', async () => {
  const rows = rowsOf(2).slice(0, 6);
  const estimator = new LogisticRegression({ l2: 1 });
  await expect(estimator.crossValidate(rows, 'y', { folds: 7 })).rejects.toMatchObject({ code: 'bad-option' });
  await expect(estimator.crossValidate(rows, 'y', { folds: 1 })).rejects.toMatchObject({ code: 'bad-option' });
  await expect(estimator.crossValidate(rows, 'y', { fold: 5 } as object)).rejects.toMatchObject({
    code: 'unknown-option',
    hint: 'did you mean folds?',
  });
});

test('rows that a fold does not converge on are said', async () => {
  const rows = [...rowsOf(2), ...Array.from({ length: 3 }, () => ({ a: 100, b: 0, g: 'u', y: 'class 0' }))];
  const separable = rows.map((row) => ({ ...row, b: row.y === 'class 0' ? 0 : 1 }));
  const model = await new LogisticRegression({ folds: 3, only: ['b'] }).fit(separable, 'y');
  expect(model.warnings.map(({ code }) => code)).toContain('folds-not-converged');
});

test('many rows, of which a sample is placed beside', async () => {
  const random = createRandom(4);
  const m = 2 ** 17;
  const columns = Object.fromEntries(
    Array.from({ length: 8 }, (_, j) => [`x${j}`, Float64Array.from({ length: m }, random)]),
  );
  const y = Uint8Array.from({ length: m }, (_, i) => Number(random() < columns.x0![i]!));
  const { folds: found } = await new LogisticRegression({ threads: 2 }).crossValidate(columns, y, { folds: 3 });
  expect(placed.map(({ rows }) => rows)).toEqual([m / 16, m]);
  expect(found.map(({ rows }) => rows).reduce((sum, count) => sum + count)).toBe(m);
  for (const { outcome, metrics } of found) {
    expect(outcome).toBe('converged');
    expect(metrics.auc).toBeGreaterThan(0.7);
  }
});

test('a fold knows nothing of its held-out rows, whatever the fit of all rows knew', async () => {
  // One row of class 2, the only one at x = 5: without it nothing tells that class.
  const rows = [...rowsOf(2).slice(0, 60), { a: 100, b: 5, g: 'u', y: 'class 2' }];
  for (const l2 of [0, 0.01]) {
    const { folds: found } = await new LogisticRegression({ only: ['a', 'b'], l2 }).crossValidate(rows, 'y', {
      folds: 5,
      seed: 1,
    });
    const losses = found.map(({ metrics }) => metrics.meanLogLoss!);
    // Its probability is below 1e-9 there, so that one of 12 rows adds 20/12 to the mean.
    expect(Math.max(...losses)).toBeGreaterThan(1.5);
    expect(losses.filter((loss) => loss > 1.5)).toHaveLength(1);
  }
});

test('folds are fitted by the solver that was asked for, in its iterations', async () => {
  const estimator = new LogisticRegression({ solver: 'gd', maxIterations: 3, l2: 0.01, only: ['a', 'b'] });
  const { folds: found } = await estimator.crossValidate(rowsOf(2), 'y', { folds: 3 });
  expect(found.map(({ outcome }) => outcome)).toEqual(Array(3).fill('max-iterations'));
});

test("the estimator's own folds are the default", async () => {
  const { folds: found } = await new LogisticRegression({ folds: 3, l2: 1 }).crossValidate(rowsOf(2), 'y');
  expect(found).toHaveLength(3);
});

test('a constant column without an intercept is penalised as in a fit of its own', async () => {
  const rows = rowsOf(2).map((row) => ({ ...row, one: 1 }));
  const options = { only: ['a', 'one'], l2: 0.1, intercept: false };
  const labels = rows.map(({ y }) => Number(y.slice(6)));
  const found = await new LogisticRegression(options).crossValidate(rows, 'y', { folds: 3, seed });
  const fold = await stratifiedFolds(Int32Array.from(rows.keys()), labels, { folds: 3, seed });
  for (let f = 0; f < 3; f++) {
    const separate = await new LogisticRegression(options).fit(
      rows.filter((_, i) => fold[i] !== f),
      'y',
    );
    const held = rows.filter((_, i) => fold[i] === f);
    const truth = await separate.evaluate(
      held,
      held.map(({ y }) => y),
    );
    expect(Math.abs(found.folds[f]!.metrics.meanLogLoss! / truth.meanLogLoss! - 1)).toBeLessThanOrEqual(1e-10);
  }
});
