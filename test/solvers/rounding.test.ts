/** Where the loss cannot tell two points apart, or a line search comes to nothing: what a solver still does, and where it gives up. */
import { describe, expect, test } from 'vitest';
import type { Objective } from '../../src/objective/objective.ts';
import { lbfgs } from '../../src/solvers/lbfgs.ts';
import { newton } from '../../src/solvers/newton.ts';
import { minimise } from '../../src/solvers/solver.ts';

/** f = 1 + ½·(θ_1² + 4·θ_2²), whose Hessian is said to be so many times what it is. */
function bowl(times = 1): Objective {
  const point = async (theta: Float64Array) => {
    const [x, y] = theta as unknown as [number, number];
    const hessian = Float64Array.of(times, 0, 0, 4 * times);
    return { theta, value: 1 + (x * x + 4 * y * y) / 2, gradient: Float64Array.of(x, 4 * y), hessian };
  };
  return { dimension: 2, roundoff: 2 ** -53, precision: 'float64', separatedBelow: -Infinity, point } as never;
}
const options = { maxIterations: 50, tolerance: 1e-14 };

describe('newton, at 1e-9 from the optimum, where f is 1 everywhere', () => {
  const near = Float64Array.of(1e-9, -1e-9);

  test('takes a step that makes the gradient smaller', async () => {
    expect(await minimise(newton, bowl(), near, options)).toMatchObject({ name: 'converged', iterations: 1 });
  });

  test('takes none that leaves more than nine tenths of it', async () => {
    expect(await minimise(newton, bowl(20), near, options)).toMatchObject({ name: 'stalled', iterations: 0 });
  });
});

/** The next `trouble.left` points have a loss that no step may have. */
const trouble = { left: 0 };
const troubled: Objective = {
  ...bowl(),
  async point(theta, order) {
    const point = await bowl().point(theta, order);
    return trouble.left-- > 0 ? { ...point, value: point.value + 1 } : point;
  },
};

test.each([
  [40, 'converged'],
  [80, 'stalled'],
])('lbfgs, after %d trials for nothing: steepest descent once, then %s', async (trials, outcome) => {
  trouble.left = 0;
  const onIteration = ({ iteration }: { iteration: number }): void => {
    if (iteration === 2) trouble.left = trials; // 40 in a line search
  };
  const { name } = await minimise(lbfgs, troubled, Float64Array.of(1, 1), { ...options, onIteration });
  expect(name).toBe(outcome);
});
