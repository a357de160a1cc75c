/** L-BFGS goes on where the loss cannot tell points apart any more: well-posed problems converge to the tolerance. */
import { describe, expect, test } from 'vitest';
import { maxNorm } from '../../src/math/vector.ts';
import { createObjective } from '../../src/objective/objective.ts';
import { referenceRows } from '../../src/rows/reference.ts';
import { lbfgs } from '../../src/solvers/lbfgs.ts';
import { minimise } from '../../src/solvers/solver.ts';
import { randomRows } from '../support/data.ts';

describe.each([2, 6])('%d classes', (classes) => {
  test.each(Array.from({ length: 10 }, (_, k) => k))('a penalised problem of noise, seed %d', async (seed) => {
    const rows = referenceRows(randomRows({ m: 200, n: 40, classes, seed: 50 + seed }));
    const objective = createObjective(rows, 'float64', { penalty: { l2: 0.01 }, intercept: true });
    const { name, point } = await minimise(lbfgs, objective, new Float64Array(objective.dimension), {
      maxIterations: 1000,
      tolerance: 1e-12,
    });
    expect(name).toBe('converged');
    expect(maxNorm(point.gradient)).toBeLessThanOrEqual(1e-12);
  });
});

test('a tolerance below rounding ends as stalled, soon', async () => {
  const rows = referenceRows(randomRows({ m: 200, n: 5, seed: 3 }));
  const objective = createObjective(rows, 'float64', { penalty: { l2: 0.01 }, intercept: true });
  const { name, iterations, point } = await minimise(lbfgs, objective, new Float64Array(6), {
    maxIterations: 1000,
    tolerance: 1e-300,
  });
  expect(name).toBe('stalled');
  expect(iterations).toBeLessThan(100);
  expect(maxNorm(point.gradient)).toBeLessThan(1e-14);
});
