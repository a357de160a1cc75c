/**
 * The step that float64 refinement is made of: a Hessian at hand serves as long as it serves well, then a rough one
 * is asked for, and the objective's own only when that fails too.
 */
import { expect, test } from 'vitest';
import { createObjective, type Objective } from '../../src/objective/objective.ts';
import { referenceRows } from '../../src/rows/reference.ts';
import { chord } from '../../src/solvers/chord.ts';
import { newton } from '../../src/solvers/newton.ts';
import { minimise } from '../../src/solvers/solver.ts';
import { randomRows } from '../support/data.ts';

const exact = createObjective(referenceRows(randomRows({ m: 500, n: 3, seed: 41 })), 'float64', {
  penalty: { l2: 0.01 },
  intercept: true,
});
const start = new Float64Array(exact.dimension);
const best = await minimise(newton, exact, start, { maxIterations: 50, tolerance: 1e-12 });
const near = best.point.theta.map((w, j) => w + 1e-4 * (j % 2 === 0 ? 1 : -1)); // where a float32 solve might end
const scaled = (factor: number): Float64Array => best.point.hessian!.map((h) => factor * h);

/** Refines from a point with a first Hessian and rough ones, and counts what it asked for. */
async function refine(from: Float64Array, first: Float64Array | undefined, rough: Float64Array) {
  const asked = { rough: 0, own: 0 };
  const counted: Objective = {
    ...exact,
    point: (theta, order, signal) => {
      if (order === 2) asked.own++;
      return exact.point(theta, order, signal);
    },
  };
  const roughly = async () => {
    asked.rough++;
    return rough;
  };
  const { name, iterations } = await minimise(chord(first, roughly), counted, from, {
    maxIterations: 30,
    tolerance: 1e-12,
  });
  return { name, iterations, ...asked };
}

test('a Hessian that is nearly right serves to the end, and no other is asked for', async () => {
  // 1 % too large: each step leaves 1 % of the error, so 1e−4 is 1e−12 in four steps or so.
  const refined = await refine(near, scaled(1.01), scaled(Number.NaN));
  expect(refined).toMatchObject({ name: 'converged', rough: 0, own: 0 });
  expect(refined.iterations).toBeLessThanOrEqual(5);
});

test('one that leaves a tenth of the gradient is replaced by a rough one after its step', async () => {
  const refined = await refine(near, scaled(1.1), scaled(1.001));
  expect(refined).toMatchObject({ name: 'converged', rough: 1, own: 0 });
  expect(refined.iterations).toBeLessThanOrEqual(4); // a tenth once, then a thousandth a step: 1e−4 · 0.1 · 1e−9
});

test('without one the first step asks for a rough one', async () => {
  expect(await refine(near, undefined, scaled(1.01))).toMatchObject({ name: 'converged', rough: 1, own: 0 });
});

test.each([
  ['too large', scaled(10)],
  ['too small', scaled(0.01)],
  ['not a number', scaled(Number.NaN)],
])('Hessians that fail, %s, are replaced by the one of the objective', async (_, useless) => {
  const refined = await refine(near, useless, useless);
  expect(refined).toMatchObject({ name: 'converged', rough: 1 });
  expect(refined.own).toBeGreaterThan(0);
});
