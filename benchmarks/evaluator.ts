/**
 * The evaluator of all fits: the objective in plain float64 loops (src/rows/reference.ts) over the standardised
 * columns, for any number of classes. It finds the best theta by Newton steps, to the end of what those sums resolve,
 * and says of any other theta how far its objective is above and how far its coefficients are off.
 */
import { createFusedPlace } from '../src/backends/cpu/fused.ts';
import { sourceOf } from '../src/bench/problem.ts';
import { referenceObjective } from '../src/bench/truth.ts';
import { maxNorm, plus } from '../src/math/vector.ts';
import { createObjective, type Objective, type Point } from '../src/objective/objective.ts';
import type { RowSource } from '../src/rows/contract.ts';
import { newton, newtonDirection } from '../src/solvers/newton.ts';
import { minimise } from '../src/solvers/solver.ts';
import type { Data } from './contender.ts';

/** A contender has solved the problem when f(theta) − f* is at most this share of f*. */
export const gapAllowed = 1e-8;

export interface Verdict {
  /** (f(theta) − f*) / f* */
  readonly gap: number;
  /** max |theta_j − theta*_j| / |theta*_j| */
  readonly coefficientError: number;
}

export interface Evaluator {
  /** Max-norm of the gradient at the best theta: how exact it is. */
  readonly gradientNorm: number;
  evaluate(theta: ArrayLike<number>): Promise<Verdict>;
}

export async function createEvaluator(data: Data): Promise<Evaluator> {
  const source = sourceOf(data, data.problem.classes);
  const objective = referenceObjective(source, { l2: data.problem.l2 });
  const best = await polish(objective, await nearOptimum(source, data.problem.l2));
  return {
    gradientNorm: maxNorm(best.gradient),
    async evaluate(theta) {
      const full = Float64Array.from(theta);
      if (full.length !== objective.dimension)
        throw new Error(`${full.length} coefficients, not ${objective.dimension}`);
      const value = await objective.value(full);
      const errors = full.map((w, j) => Math.abs(w - best.theta[j]!) / Math.abs(best.theta[j]!));
      return { gap: (value - best.value) / best.value, coefficientError: maxNorm(errors) };
    },
  };
}

/** Newton's method on the fused kernels in float64: what it finds is where the reference begins. */
async function nearOptimum(source: RowSource, l2: number): Promise<Point> {
  const place = await createFusedPlace();
  if (place === undefined) throw new Error('WebAssembly SIMD is missing');
  try {
    const rows = await place.place(source, 'float64');
    const objective = createObjective(rows, 'float64', { penalty: { l2 }, intercept: true });
    const zero = new Float64Array(objective.dimension);
    return (await minimise(newton, objective, zero, { maxIterations: 100, tolerance: 1e-12 })).point;
  } finally {
    await place.close();
  }
}

/** Steps by the Hessian near the optimum and gradients of the reference, while they halve those gradients. */
async function polish(objective: Objective, { theta, hessian }: Point): Promise<Point> {
  let point = await objective.point(theta, 1);
  for (;;) {
    const next = await objective.point(plus(point.theta, 1, newtonDirection(hessian!, point.gradient)), 1);
    if (!(maxNorm(next.gradient) < maxNorm(point.gradient) / 2)) return point;
    point = next;
  }
}
