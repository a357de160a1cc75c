/**
 * A step length that meets the weak Wolfe conditions, found by doubling and bisection:
 * f(θ + t·d) ≤ f(θ) + c₁·t·gᵀd and ∇f(θ + t·d)ᵀd ≥ c₂·gᵀd.
 * Source: Lewis & Overton, Nonsmooth optimization via quasi-Newton methods, Math. Program. 141 (2013), algorithm 2.6.
 */
import { dot, maxNorm, plus } from '../math/vector.ts';
import type { Objective, Point } from '../objective/objective.ts';
import { roundingNoise } from './solver.ts';

const sufficientDecrease = 1e-4;
const sufficientCurvature = 0.9;
const maxTrials = 40;

/** The accepted point, or undefined when the loss cannot tell steps along d apart in its own precision. */
export async function wolfeStep(
  objective: Objective,
  point: Point,
  direction: Float64Array,
  { first, signal }: { first: number; signal?: AbortSignal | undefined },
): Promise<Point | undefined> {
  const slope = dot(point.gradient, direction);
  const noise = roundingNoise(objective, point);
  let low = 0;
  let high = Number.POSITIVE_INFINITY;
  let t = first;
  for (let trial = 0; trial < maxTrials; trial++) {
    const next = await objective.point(plus(point.theta, t, direction), 1, signal);
    if (-t * slope <= noise) return maxNorm(next.gradient) < maxNorm(point.gradient) ? next : undefined;
    if (!(next.value <= point.value + sufficientDecrease * t * slope)) high = t;
    else if (dot(next.gradient, direction) < sufficientCurvature * slope) low = t;
    else return next;
    t = Number.isFinite(high) ? (low + high) / 2 : 2 * low;
  }
  return undefined;
}
