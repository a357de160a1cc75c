/**
 * Newton's method with step halving: θ ← θ − t·H⁻¹·g, t = 1, ½, ¼, … until the loss has fallen enough.
 * Source: Boyd & Vandenberghe, Convex Optimization, algorithm 9.5, with Armijo's condition (9.21).
 */
import { solveDamped } from '../math/cholesky.ts';
import { dot, maxNorm, plus } from '../math/vector.ts';
import type { Objective, Point } from '../objective/objective.ts';
import type { Algorithm, Step } from './solver.ts';

/** Armijo's share of the slope that a step must earn. */
const sufficientDecrease = 1e-4;
const smallestStep = 2 ** -30;

export const newton: Algorithm = {
  name: 'newton',
  order: 2,
  begin: (objective, signal) => newtonStep(objective, signal),
};

function newtonStep(objective: Objective, signal?: AbortSignal): Step {
  return async (point: Point) => {
    const direction = solveDamped(
      point.hessian!,
      point.gradient.map((g) => -g),
    );
    const slope = dot(point.gradient, direction);
    // Below this the loss cannot tell a better point from a worse one, and the gradient decides.
    const blur = 8 * objective.roundoff * Math.abs(point.value);
    for (let t = 1; t >= smallestStep; t /= 2) {
      const next = await objective.point(plus(point.theta, t, direction), 2, signal);
      if (-t * slope <= blur) return maxNorm(next.gradient) < 0.9 * maxNorm(point.gradient) ? next : undefined;
      if (next.value <= point.value + sufficientDecrease * t * slope) return next;
    }
    return undefined;
  };
}
