/**
 * Newton's method with a Hessian that is kept while it serves. Refinement in float64 is this: gradients of the
 * objective itself, and Hessians from wherever they are cheap, a sample of the rows or float32 sums. Only when a
 * step fails to halve the gradient with such a Hessian at its own point is the objective asked for one.
 * Source: Kelley, Iterative Methods for Linear and Nonlinear Equations, section 5.4.1 (chord method).
 */
import { solveDamped } from '../math/cholesky.ts';
import { maxNorm, plus } from '../math/vector.ts';
import type { Objective, Point } from '../objective/objective.ts';
import { newton } from './newton.ts';
import type { Algorithm } from './solver.ts';

/** A step that leaves more of the gradient than this is not taken. Newton's own leaves 1/e where rows are separated. */
const wantedContraction = 1 / 2;
/** After a step that leaves more than this, a Hessian at the new point spares more gradients than it costs. */
const goodContraction = 1 / 64;

/** A Hessian that need not be exact. */
export type RoughHessian = (theta: Float64Array, signal?: AbortSignal) => Promise<Float64Array>;

/**
 * `first`: a Hessian that is good enough near the starting point. The points that it gives carry the Hessian that
 * led to them.
 */
export function chord(first: Float64Array | undefined, rough: RoughHessian): Algorithm {
  return {
    name: 'newton',
    order: 1,
    async begin(objective: Objective, signal) {
      const newtonStep = await newton.begin(objective, signal);
      let kept = first;
      let contraction = 0;
      return async (point: Point) => {
        for (let fresh = false; !fresh; ) {
          fresh = kept === undefined || !(contraction <= goodContraction);
          if (fresh) kept = await rough(point.theta, signal);
          const direction = solveDamped(
            kept!,
            point.gradient.map((g) => -g),
          );
          const next = await objective.point(plus(point.theta, 1, direction), 1, signal);
          contraction = maxNorm(next.gradient) / maxNorm(point.gradient);
          if (contraction <= wantedContraction) return { ...next, hessian: kept! };
        }
        const next = await newtonStep(await objective.point(point.theta, 2, signal));
        kept = next?.hessian;
        contraction = 0;
        return next;
      };
    },
  };
}
