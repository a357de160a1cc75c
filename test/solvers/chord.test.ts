/** The step that float64 refinement is made of: it must converge by the Hessian it is given, without asking for another. */
import { expect, test } from 'vitest';
import { createObjective, type Objective } from '../../src/objective/objective.ts';
import { oracleRows } from '../../src/rows/oracle.ts';
import { chord } from '../../src/solvers/chord.ts';
import { newton } from '../../src/solvers/newton.ts';
import { minimise } from '../../src/solvers/solver.ts';
import { randomRows } from '../support/data.ts';

test('a Hessian that is nearly right serves to the end, and none is computed', async () => {
  const exact = createObjective(oracleRows(randomRows({ m: 500, n: 3, seed: 41 })), { l2: 0.01 }, true);
  const start = new Float64Array(exact.dimension);
  const best = await minimise(newton, exact, start, { maxIterations: 50, tolerance: 1e-12 });
  const near = best.point.theta.map((w, j) => w + 1e-4 * (j % 2 === 0 ? 1 : -1)); // where a float32 solve might end
  // 1 % too large: each step leaves 1 % of the error, so 1e−4 is 1e−12 in four steps or so.
  const hessian = best.point.hessian!.map((h) => 1.01 * h);
  let hessians = 0;
  const counted: Objective = {
    ...exact,
    point: (theta, order, signal) => {
      if (order === 2) hessians++;
      return exact.point(theta, order, signal);
    },
  };
  const refined = await minimise(chord(hessian), counted, near, { maxIterations: 10, tolerance: 1e-12 });
  expect(refined.name).toBe('converged');
  expect(hessians).toBe(0);
  expect(refined.iterations).toBeLessThanOrEqual(5);
});
