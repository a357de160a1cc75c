/**
 * Newton's method with step halving: θ ← θ − t·H⁻¹·g, t = 1, ½, ¼, … until the loss has fallen enough.
 * Source: Boyd & Vandenberghe, Convex Optimization, algorithm 9.5, with Armijo's condition (9.21).
 */
import { solveDamped } from '../math/cholesky.ts';
import { dot, maxNorm, plus } from '../math/vector.ts';
import type { Objective, Point } from '../objective/objective.ts';
import { type Algorithm, roundingNoise, type Step } from './solver.ts';

/** Armijo's fraction of the slope that a step must earn. */
const sufficientDecrease = 1e-4;
const smallestStep = 2 ** -30;

export const newton: Algorithm = {
  name: 'newton',
  order: 2,
  begin: (objective, signal) => newtonStep(objective, signal),
};

/** −H⁻¹·g, by a Hessian of whatever origin. */
export function newtonDirection(hessian: Float64Array, gradient: Float64Array): Float64Array {
  return solveDamped(
    hessian,
    gradient.map((g) => -g),
  );
}

function newtonStep(objective: Objective, signal?: AbortSignal): Step {
  return async (point: Point) => {
    const direction = newtonDirection(point.hessian!, point.gradient);
    const slope = dot(point.gradient, direction);
    // Below this the loss cannot tell a better point from a worse one, and the gradient decides.
    const noise = roundingNoise(objective, point);
    for (let t = 1; t >= smallestStep; t /= 2) {
      const next = await objective.point(plus(point.theta, t, direction), 2, signal);
      if (-t * slope <= noise) return maxNorm(next.gradient) < 0.9 * maxNorm(point.gradient) ? next : undefined;
      if (next.value <= point.value + sufficientDecrease * t * slope) return next;
    }
    return undefined;
  };
}
