/** What may be handed to fit() and predict() in memory: kinds of arrays, holes in them, shapes. */
import vm from 'node:vm';
import { describe, expect, test } from 'vitest';
import { LogisticRegression } from '../../src/index.ts';
import { backendsHere } from '../support/backends.ts';
import { t8Labels, t8X } from '../support/t8.ts';
import { tf } from '../support/tensorflow.ts';

const third = Math.log(3);

describe('B45: arrays of every kind', () => {
  const kinds: [string, unknown][] = [
    ['number[][]', t8X.map((x) => [x])],
    ['Float32Array', Float32Array.from(t8X)],
    ['Float64Array', Float64Array.from(t8X)],
    ['Int16Array', Int16Array.from(t8X)],
    ['Uint32Array', Uint32Array.from(t8X)],
    ['BigInt64Array', BigInt64Array.from(t8X, BigInt)],
    ['Float64Array[]', t8X.map((x) => Float64Array.of(x))],
    ['a Float32Array of another realm', vm.runInNewContext(`Float32Array.from(${JSON.stringify(t8X)})`)],
    ['a nested array of another realm', vm.runInNewContext(JSON.stringify(t8X.map((x) => [x])))],
  ];
  test.each(kinds)('%s', async (_, x) => {
    const model = await new LogisticRegression().fit(x as number[][], Uint8Array.from(t8Labels));
    expect(model.intercept).toBeCloseTo(-third, 12);
    expect(model.coefficients.x1).toBeCloseTo(2 * third, 12);
    expect(await model.predict(x as number[][])).toEqual([0, 0, 0, 0, 1, 1, 1, 1]);
  });

  const wrong: [string, unknown, unknown, RegExp][] = [
    ['ragged rows', [[1, 2], [3]], [0, 1], /row 2 has 1 values; row 1 has 2/],
    ['no rows', [], [], /no rows/],
    ['a row of nothing', [[]], [1], /row 1 has no values/],
    ['texts', [['a'], ['b']], [0, 1], /row 1, column x1: the string "a" is not a number/],
    ['too few labels', [[1], [2]], [0], /2 rows and 1 labels/],
    ['a flat array that does not divide', Float32Array.of(1, 2, 3), [0, 1], /3 values cannot be cut into 2 rows/],
    ['a bigint beyond float64', [[2n ** 60n + 1n], [1n]], [0, 1], /1152921504606846977.*is not a number/],
  ];
  test.each(wrong)('%s', async (_, x, y, message) => {
    await expect(new LogisticRegression().fit(x as number[][], y as number[])).rejects.toMatchObject({
      name: 'LogisticError',
      message: expect.stringMatching(message),
    });
  });

  test('objects that do not agree', async () => {
    const rows = [
      { a: 1, y: 0 },
      { a: 'one', y: 1 },
    ];
    await expect(new LogisticRegression().fit(rows, 'y')).rejects.toMatchObject({
      code: 'mixed-types',
      message: 'row 2, a: found a string in a column of numbers',
    });
  });

  test('options that do not exist, or are out of range', () => {
    expect(() => new LogisticRegression({ maxIteration: 5 } as object)).toThrow(/no option "maxIteration"/);
    expect(() => new LogisticRegression({ l2: Number.NaN })).toThrow(/l2 must be a number of at least 0/);
    expect(() => new LogisticRegression({ solver: 'sgd' as 'gd' })).toThrow(
      /solver must be one of auto, newton, lbfgs, gd/,
    );
  });
});

describe('B42: NaN and infinity', () => {
  const holes: [string, number[], (number | null)[], string][] = [
    [
      'NaN in X',
      t8X.map((x, i) => (i === 3 ? Number.NaN : x)),
      t8Labels,
      'row 4, column x1: NaN is not a finite number',
    ],
    [
      'infinity in X',
      t8X.map((x, i) => (i === 3 ? Number.POSITIVE_INFINITY : x)),
      t8Labels,
      'row 4, column x1: Infinity is not a finite number',
    ],
    [
      'NaN in y',
      t8X,
      t8Labels.map((y, i) => (i === 2 ? Number.NaN : y)),
      'row 3, column y: NaN is not a finite number',
    ],
  ];
  test.each(backendsHere)('the same error, with row and column, before anything is uploaded: %s', async (backend) => {
    const before = tf.memory().numTensors;
    for (const [, x, y, message] of holes) {
      const fit = new LogisticRegression({ backend }).fit(Float32Array.from(x), Float64Array.from(y as number[]));
      await expect(fit).rejects.toMatchObject({ code: 'not-finite', message });
      const plain = new LogisticRegression({ backend }).fit(
        x.map((value) => [value]),
        y,
      );
      await expect(plain).rejects.toMatchObject({
        name: 'LogisticError',
        message: expect.stringMatching(/row [34], column/),
      });
    }
    expect(tf.memory().numTensors).toBe(before);
  });

  test('asked for, NaN is missing: its row is dropped, or filled', async () => {
    const x = [...t8X, Number.NaN].map((value) => [value]);
    const y = [...t8Labels, 1];
    const dropped = await new LogisticRegression({ missing: 'drop' }).fit(x, y);
    expect(dropped.training.rows).toMatchObject({ read: 9, used: 8, dropped: { missing: 1 } });
    expect(dropped.intercept).toBeCloseTo(-third, 12);
    const filled = await new LogisticRegression({ missing: 'impute' }).fit(x, y);
    expect(filled.toJSON().features).toEqual([{ kind: 'numeric', column: 'x1', impute: 0.5, binary: true }]);
    expect((await filled.predictProba([[Number.NaN]]))[0]).toEqual((await filled.predictProba([[0.5]]))[0]);
  });

  test.each(backendsHere)('a rate that overflows stops as diverged at a step: %s', async (backend) => {
    const fit = new LogisticRegression({ backend, solver: 'gd', learningRate: 1e308 }).fit(
      t8X.map((x) => [x]),
      t8Labels,
    );
    await expect(fit).rejects.toMatchObject({
      code: 'diverged',
      message: expect.stringMatching(/diverged at step \d+ with learning rate 1e\+308/),
    });
  });
});

describe('missing cells of objects', () => {
  const rows = t8X.map((x, i) => ({
    x: x as number | null,
    g: (i % 2 === 0 ? 'u' : 'v') as string | null,
    y: t8Labels[i]!,
  }));
  test('imputation: mean or median, the most frequent level, weights respected, stored in the model', async () => {
    const holes = [...rows, { x: 9, g: 'v', y: 1 }, { x: null, g: null, y: 0 }];
    const mean = await new LogisticRegression({ missing: 'impute' }).fit(holes, 'y');
    expect(mean.toJSON().features.map(({ impute }) => impute)).toEqual([13 / 9, 'v']);
    const median = await new LogisticRegression({ missing: 'impute', imputation: 'median' }).fit(holes, 'y');
    expect(median.toJSON().features[0]!.impute).toBe(1);
    const weighted = holes.map((row, i) => ({ ...row, s: i === 8 ? 0 : 1 }));
    const without = await new LogisticRegression({ missing: 'impute', weights: 's' }).fit(weighted, 'y');
    expect(without.toJSON().features[0]!.impute).toBe(0.5);
  });

  test("'error' names the row and the column", async () => {
    const fit = new LogisticRegression({ missing: 'error' }).fit([...rows, { x: null, g: 'u', y: 1 }], 'y');
    await expect(fit).rejects.toMatchObject({ code: 'missing-cell', message: 'row 9, column x: missing' });
  });
});
