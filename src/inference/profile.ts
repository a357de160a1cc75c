/**
 * Intervals by profile likelihood: the values β of one coefficient at which the best likelihood of all others is not
 * significantly below the maximum, 2·(ℓ(θ̂) − max ℓ | cᵀθ = β) ≤ q². An end may be infinite.
 * Each maximum is found by Newton's method under the constraint cᵀθ = β (Nocedal & Wright, Numerical Optimization,
 * 2nd ed., section 18.1); the ends by Newton's method on the signed root of the deviance, whose derivative is the
 * Lagrange multiplier, kept within a bracket. It knows an objective and no rows.
 */
import { solveDamped } from '../math/cholesky.ts';
import { dot, plus } from '../math/vector.ts';
import type { Objective, Point } from '../objective/objective.ts';

export interface ProfileRequest {
  /** The mean negative log-likelihood, in float64. */
  readonly objective: Objective;
  /** Where it is smallest. */
  readonly optimum: Pick<Point, 'theta' | 'value'>;
  /** c: the coefficient is cᵀθ. */
  readonly contrast: Float64Array;
  /** Σs */
  readonly totalWeight: number;
  /** The deviance of the ends is its square. */
  readonly quantile: number;
  /** A first guess of how far the ends are. */
  readonly reach: number;
  readonly signal?: AbortSignal | undefined;
}

const maxTrials = 80;
const maxSteps = 100;
/** The signed root at an end is met to this fraction. */
const precision = 1e-11;

/** One end: sign −1 the lower, +1 the upper; ±Infinity where the likelihood never falls that far. */
export async function profileEnd(request: ProfileRequest, sign: 1 | -1): Promise<number> {
  const { optimum, contrast, quantile, reach } = request;
  const estimate = dot(contrast, optimum.theta);
  let inner = estimate;
  let outer = sign * Number.POSITIVE_INFINITY;
  let { theta } = optimum;
  let step = reach;
  let value = estimate + sign * step;
  for (let trial = 0; trial < maxTrials; trial++) {
    const at = await constrained(request, value, theta);
    const root = Math.sqrt(Math.max(0, 2 * request.totalWeight * (at.point.value - optimum.value)));
    if (Math.abs(root - quantile) <= precision * quantile) return value;
    if (root < quantile) inner = value;
    else outer = value;
    theta = at.point.theta;
    const newton = value + ((quantile - root) * root) / (request.totalWeight * at.multiplier);
    if (sign * newton > sign * inner && sign * newton < sign * outer && Math.abs(newton - value) < 8 * step)
      value = newton;
    else if (Number.isFinite(outer)) value = (inner + outer) / 2;
    else {
      step *= 2;
      value = inner + sign * step;
    }
    if (value === inner || value === outer) return value; // no number lies between
  }
  return Number.isFinite(outer) ? (inner + outer) / 2 : outer;
}

/** 2·(ℓ(θ̂) − max ℓ | cᵀθ = β) */
export async function profileDeviance(request: ProfileRequest, beta: number): Promise<number> {
  const { optimum, totalWeight } = request;
  const { point } = await constrained(request, beta, optimum.theta);
  return Math.max(0, 2 * totalWeight * (point.value - optimum.value));
}

/** The minimum of the objective under cᵀθ = β, and the derivative of that minimum by β. */
async function constrained(
  { objective, contrast, signal }: ProfileRequest,
  beta: number,
  start: Float64Array,
): Promise<{ readonly point: Point; readonly multiplier: number }> {
  let point = await objective.point(start, 2, signal);
  for (let step = 0; ; step++) {
    const { theta, gradient, hessian, value } = point;
    const descent = solveDamped(hessian!, gradient);
    const along = solveDamped(hessian!, contrast);
    const gap = beta - dot(contrast, theta);
    const multiplier = (gap + dot(contrast, descent)) / dot(contrast, along);
    const direction = along.map((c, j) => multiplier * c - descent[j]!);
    // On the plane, ∇f·d = −dᵀ·H·d: what is left to gain.
    const onPlane = Math.abs(gap) <= 1e-14 * Math.max(1, Math.abs(beta));
    const slope = dot(gradient, direction);
    if ((onPlane && -slope <= 1e-15 * Math.abs(value)) || step === maxSteps) return { point, multiplier };
    let next = await objective.point(plus(theta, 1, direction), 2, signal);
    for (let t = 0.5; onPlane && next.value > value + 1e-15 * Math.abs(value) && t > 1e-9; t /= 2) {
      next = await objective.point(plus(theta, t, direction), 2, signal);
    }
    point = next;
  }
}
