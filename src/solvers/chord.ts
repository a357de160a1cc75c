/**
 * Newton's method with a Hessian that is kept while it serves. Float64 refinement is this: it starts
 * where a float32 solve ended, with the float32 Hessian, and asks for the float64 Hessian only when a
 * step fails to shrink the gradient fourfold. Away from separation two or three gradients suffice.
 * Source: Kelley, Iterative Methods for Linear and Nonlinear Equations, section 5.4.1 (chord method).
 */
import { solveDamped } from '../math/cholesky.ts';
import { maxNorm, plus } from '../math/vector.ts';
import type { Objective, Point } from '../objective/objective.ts';
import { newton } from './newton.ts';
import type { Algorithm } from './solver.ts';

const wantedContraction = 1 / 4;

/**
 * `hessian`: one that is good enough near the starting point; without it the first step computes one. The
 * points it gives carry the Hessian that led to them.
 */
export function chord(hessian: Float64Array | undefined): Algorithm {
  return {
    name: 'newton',
    order: 1,
    async begin(objective: Objective, signal) {
      const newtonStep = await newton.begin(objective, signal);
      let kept = hessian;
      return async (point: Point) => {
        if (kept !== undefined) {
          const direction = solveDamped(
            kept,
            point.gradient.map((g) => -g),
          );
          const next = await objective.point(plus(point.theta, 1, direction), 1, signal);
          if (maxNorm(next.gradient) <= wantedContraction * maxNorm(point.gradient)) return { ...next, hessian: kept };
        }
        const full = await objective.point(point.theta, 2, signal);
        const next = await newtonStep(full);
        kept = next?.hessian;
        return next;
      };
    },
  };
}
