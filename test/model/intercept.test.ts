/** A fit without an intercept: nothing is centred, and a constant column is one like any other. */
import { expect, test } from 'vitest';
import { LogisticRegression } from '../../src/index.ts';
import { t8Labels, t8X } from '../support/t8.ts';

const third = Math.log(3);

test.each(['newton', 'lbfgs', 'gd'] as const)('through the origin, by %s', async (solver) => {
  const model = await new LogisticRegression({ intercept: false, solver }).fit(
    t8X.map((x) => [x]),
    t8Labels,
  );
  // Rows with x = 0 say nothing; of the four with x = 1 three are positive: σ(w) = 3/4.
  expect(model.coefficients.x1).toBeCloseTo(third, 10);
  expect(model.intercept).toBe(0);
  expect((await model.predictProba([[0]]))[0]).toEqual([0.5, 0.5]);
});

test('a column of ones does what the intercept would', async () => {
  const model = await new LogisticRegression({ intercept: false }).fit(
    t8X.map((x) => [x, 1]),
    t8Labels,
  );
  expect(model.coefficients.x1).toBeCloseTo(2 * third, 10);
  expect(model.coefficients.x2).toBeCloseTo(-third, 10);
  expect(model.warnings).toEqual([]);
});
