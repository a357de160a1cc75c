/**
 * Data that other software stumbles over, in fits of arrays and objects: separation, constants, labels, scales,
 * columns that say the same. The inputs are small, the right outcomes closed forms where they exist.
 */
import { describe, expect, test } from 'vitest';
import { LogisticRegression } from '../../src/index.ts';
import { t8Labels, t8X } from '../support/t8.ts';
import '../support/tensorflow.ts';

const third = Math.log(3);
const X = t8X.map((x) => [x]);
const near = (found: number, truth: number, tolerance = 1e-10): void => {
  expect(Math.abs(found - truth)).toBeLessThanOrEqual(tolerance);
};

describe('B01: classes that a line separates', () => {
  test('with a penalty the answer is exact: w = 0.674832, P = 0.662584', async () => {
    // Σ losses + ½w² on raw x = ±1 (mean 0, deviation 1): l2 = 1/m.
    const model = await new LogisticRegression({ l2: 1 / 2 }).fit([[-1], [1]], [0, 1]);
    near(model.coefficients.x1!, 0.674832, 5e-7);
    near(model.intercept, 0);
    near((await model.predictProba([[1]]))[0]![1]!, 0.662584, 5e-7);
    // w solves w = 2·(1 − σ(w)): the gradient of the objective.
    near(model.coefficients.x1!, 2 / (1 + Math.exp(model.coefficients.x1!)), 1e-12);
  });

  test('several columns together separate: every row is on its side, whatever the backend', async () => {
    for (const backend of ['auto', 'tfjs-cpu', 'wasm'] as const) {
      const x = [
        [0, 0],
        [1, 3],
        [3, 2],
        [2, 0],
        [4, 5],
        [5, 3],
      ];
      const y = [0, 1, 0, 0, 1, 0]; // x2 > x1 for the ones only
      const model = await new LogisticRegression({ backend }).fit(x, y);
      expect(model.training.solver.outcome).toBe('separated');
      expect(await model.predict(x)).toEqual(y);
    }
  });
});

test('a target with another number in every row is refused, not looked up for minutes', async () => {
  const labels = Float64Array.from({ length: 600_000 }, (_, i) => i * 0.37);
  const fit = new LogisticRegression().fit(Float64Array.from(labels, Math.sin), labels);
  await expect(fit).rejects.toMatchObject({ code: 'continuous-target' });
});

describe('B04: next to nothing to learn from', () => {
  test('columns of dust count as constant; the intercept is the log-odds', async () => {
    const x = Array.from({ length: 30 }, (_, i) => [i === 0 ? 1e-200 : 0, 0]);
    const y = x.map((_, i) => (i < 18 ? 1 : 0));
    const model = await new LogisticRegression().fit(x, y);
    near(model.intercept, Math.log(18 / 12), 1e-12);
    expect(Object.values(model.coefficients)).toEqual([0, 0]);
    expect(model.warnings.find(({ code }) => code === 'constant-column')!.columns).toEqual(['x1', 'x2']);
    for (const [, p] of await model.predictProba(x)) near(p!, 0.6, 1e-12);
  });

  test('one predictor, one row: one probability for each class', async () => {
    const model = await new LogisticRegression().fit(X, t8Labels);
    const [row, ...rest] = await model.predictProba([[1]]);
    expect(rest).toEqual([]);
    near(row![0]!, 0.25);
    near(row![1]!, 0.75);
  });
});

describe('B05: labels of any kind', () => {
  test('labels keep value and type through the file', async () => {
    const kinds: [(string | number | boolean)[], (string | number | boolean)[]][] = [
      [
        [-1, 1],
        [-1, 1],
      ],
      [
        ['01', '1'],
        ['01', '1'],
      ],
      [
        [false, true],
        [false, true],
      ],
    ];
    for (const [labels, classes] of kinds) {
      const model = await new LogisticRegression().fit(
        X,
        t8Labels.map((y) => labels[y]!),
      );
      expect(model.classes).toEqual(classes);
      expect((await model.predict([[0], [1]])).map((label) => typeof label)).toEqual(
        classes.map((label) => typeof label),
      );
      expect(JSON.parse(JSON.stringify(model)).target.classes).toEqual(classes);
    }
  });
});

describe('B10: sizes beyond float32', () => {
  test('x of 1e30, and a value of 1e39 that float32 cannot hold', async () => {
    for (const backend of ['auto', 'tfjs-cpu', 'wasm'] as const) {
      const large = await new LogisticRegression({ backend }).fit(
        t8X.map((x) => [x === 0 ? 1e30 : 3e30]),
        t8Labels,
      );
      const [low, high] = await large.predictProba([[1e30], [3e30]]);
      near(low![1]!, 0.25);
      near(high![1]!, 0.75);
      const huge = await new LogisticRegression({ backend }).fit(
        t8X.map((x, i) => [i === 7 ? 1e39 : x]),
        t8Labels,
      );
      expect(Number.isFinite(huge.coefficients.x1)).toBe(true);
    }
  });
});

describe('B11: columns on different scales, rows by the thousand', () => {
  test('scales do not matter', async () => {
    // T8 twice, the second time with both patterns turned over, so that nothing is separated.
    const twice = [...t8X, ...t8X];
    const labels = [...t8Labels, ...t8Labels];
    const pattern = (i: number): number => (i % 2 === 0 ? 1 : -1) * (i < 8 ? 1 : -1);
    const other = (i: number): number => (i % 4 < 2 ? 1 : -1) * (i < 8 ? 1 : -1);
    const fit = (a: number, b: number) =>
      new LogisticRegression({ solver: 'gd' }).fit(
        twice.map((x, i) => [x, a * pattern(i), b * other(i)]),
        labels,
      );
    const [scaled, plain] = [await fit(1e6, 1e-6), await fit(1, 1)];
    expect(scaled.training.solver.outcome).toBe('converged');
    near(plain.coefficients.x1!, 2 * third, 1e-8);
    near(scaled.coefficients.x1!, plain.coefficients.x1!, 1e-8);
    near(scaled.coefficients.x2! * 1e6, plain.coefficients.x2!, 1e-8);
    near(scaled.coefficients.x3! * 1e-6, plain.coefficients.x3!, 1e-8);
  });

  test('a thousand times the rows, the same rate, the same answer', async () => {
    const x = Array.from({ length: 8000 }, (_, i) => [t8X[i % 8]!]);
    const y = x.map((_, i) => t8Labels[i % 8]!);
    const model = await new LogisticRegression({ solver: 'gd', learningRate: 0.5 }).fit(x, y);
    near(model.intercept, -third, 1e-9);
    near(model.coefficients.x1!, 2 * third, 1e-9);
  });

  test('a limit that is reached is a warning with the gradient norm', async () => {
    const model = await new LogisticRegression({ solver: 'gd', learningRate: 0.01, maxIterations: 3 }).fit(X, t8Labels);
    expect(model.training.solver).toMatchObject({ outcome: 'max-iterations', iterations: 3 });
    expect(model.warnings[0]!.message).toMatch(
      /gradient max-norm 0\.\d{1,4} > 9\.54e-7, the tolerance of steps in float32, after 3 iterations; raise --max-iterations/,
    );
  });
});

describe('B15: columns that say the same', () => {
  test('a column twice', async () => {
    const model = await new LogisticRegression().fit(
      t8X.map((x) => ({ x, x2: x, y: t8Labels })).map((row, i) => ({ ...row, y: t8Labels[i]! })),
      'y',
    );
    expect(model.coefficients).toEqual({ x: expect.closeTo(2 * third, 10), x2: 0 });
    expect(model.warnings).toMatchObject([{ code: 'identical-columns', columns: ['x', 'x2'] }]);
    const shared = await new LogisticRegression({ l2: 0.1 }).fit(
      t8X.map((x, i) => ({ x, x2: x, y: t8Labels[i]! })),
      'y',
    );
    near(shared.coefficients.x!, shared.coefficients.x2!, 1e-12);
  });

  test('a category equal to a number', async () => {
    const model = await new LogisticRegression().fit(
      t8X.map((x, i) => ({ x, g: x === 0 ? 'a' : 'b', y: t8Labels[i]! })),
      'y',
    );
    const [low, high] = await model.predictProba([
      { x: 0, g: 'a' },
      { x: 1, g: 'b' },
    ]);
    near(low![1]!, 0.25);
    near(high![1]!, 0.75);
    for (const w of Object.values(model.coefficients)) expect(Math.abs(w)).toBeLessThan(10);
    expect(model.warnings).toMatchObject([{ code: 'identical-columns', columns: ['x', 'g'] }]);
  });

  test('a number that a category determines, as education_num in the census', async () => {
    const levels = ['a', 'b', 'c'];
    const random = [0, 2, 1, 1, 0, 2, 2, 0, 1, 0, 1, 2, 2, 1, 0, 0];
    const rows = random.map((k, i) => ({
      level: levels[k]!,
      grade: 10 - 3 * k * k,
      z: Math.sin(i),
      y: (i * 7) % 3 === 0 ? 'p' : 'q',
    }));
    const model = await new LogisticRegression().fit(rows, 'y');
    expect(model.training.solver.outcome).toBe('converged');
    expect(model.coefficients.grade).toBe(0);
    expect(model.toJSON().terms.find(({ name }) => name === 'grade')!.excluded).toBe('dependent');
    expect(model.warnings.find(({ code }) => code === 'dependent-columns')!.message).toContain(
      'grade is determined by level',
    );
    const without = await new LogisticRegression({ drop: ['grade'] }).fit(rows, 'y');
    near(model.intercept, without.intercept, 1e-9);
  });
});

describe('B16, B17: the holdout', () => {
  test('Math.random is not asked', async () => {
    const random = Math.random;
    Math.random = () => {
      throw new Error('asked');
    };
    try {
      const model = await new LogisticRegression({ holdout: 0.25 }).fit(X, t8Labels);
      expect(model.training.rows).toMatchObject({ train: 6, holdout: 2 });
    } finally {
      Math.random = random;
    }
  });
});
