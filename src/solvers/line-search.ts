/**
 * A step length that meets the weak Wolfe conditions, found by doubling and bisection:
 * f(θ + t·d) ≤ f(θ) + c₁·t·gᵀd and ∇f(θ + t·d)ᵀd ≥ c₂·gᵀd. Where f cannot tell the two points apart in its own precision,
 * the first condition is asked of the derivatives instead: ∇f(θ + t·d)ᵀd ≤ (2·c₁ − 1)·gᵀd.
 * Sources: Lewis & Overton, Nonsmooth optimization via quasi-Newton methods, Math. Program. 141 (2013), algorithm 2.6;
 * Hager & Zhang, A new conjugate gradient method with guaranteed descent, SIAM J. Optim. 16 (2005), equation 4.1.
 */
import { dot, plus } from '../math/vector.ts';
import type { Objective, Point } from '../objective/objective.ts';
import { roundingNoise } from './solver.ts';

const sufficientDecrease = 1e-4;
const sufficientCurvature = 0.9;
const maxTrials = 40;
/** Trials where f cannot tell the points apart. */
const maxNoisyTrials = 10;

/** The accepted point, or undefined when there is none along d that f or its derivatives can tell to be better. */
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
  let noisy = 0;
  for (let trial = 0; trial < maxTrials && noisy < maxNoisyTrials; trial++) {
    const next = await objective.point(plus(point.theta, t, direction), 1, signal);
    const slopeThere = dot(next.gradient, direction);
    const alike = Math.abs(next.value - point.value) <= noise;
    if (alike) noisy++;
    const lower = alike
      ? slopeThere <= (2 * sufficientDecrease - 1) * slope
      : next.value <= point.value + sufficientDecrease * t * slope;
    if (!lower) high = t;
    else if (slopeThere < sufficientCurvature * slope) low = t;
    else return next;
    t = Number.isFinite(high) ? (low + high) / 2 : 2 * low;
  }
  return undefined;
}
