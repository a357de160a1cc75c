/** The loop that drives every solver, and which of them `auto` is. */
import { expect, test } from 'vitest';
import type { Objective, Point } from '../../src/objective/objective.ts';
import { hessianServes } from '../../src/solvers/choose.ts';
import { type Algorithm, minimise } from '../../src/solvers/solver.ts';

/** A rule under which the loss becomes `factor` times itself. */
const growing = (factor: number): Algorithm => ({
  ...{ name: 'gd', order: 1 },
  begin: () => async (point) => ({ ...point, value: factor * point.value }),
});
const start: Point = { theta: Float64Array.of(0), value: 0.5, gradient: Float64Array.of(1) };
const objective = { separatedBelow: -Infinity, precision: 'float64' } as Objective;

test.each([
  [10, 4, 'diverged'],
  [10, 3, 'max-iterations'],
  [Number.POSITIVE_INFINITY, 1, 'diverged'],
  [Number.NaN, 1, 'diverged'],
])('a loss that becomes %d times itself in each of %d iterations: %s', async (factor, maxIterations, outcome) => {
  const { name, iterations } = await minimise(growing(factor), objective, start, { maxIterations, tolerance: 0.1 });
  expect({ name, iterations }).toEqual({ name: outcome, iterations: maxIterations });
});

test.each([
  [256, 2 ** 40, true],
  [257, 2 ** 32, false],
  [1024, 2 ** 12, true],
  [1024, 2 ** 12 + 1, false],
  [1025, 1, false],
])('%d parameters and %d rows: Hessians serve: %s', (dimension, rows, serve) => {
  expect(hessianServes({ dimension, rows })).toBe(serve);
});
