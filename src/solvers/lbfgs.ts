/**
 * Limited-memory BFGS: the direction −H⁻¹·g with H⁻¹ told by the last ten steps, then a Wolfe step.
 * Source: Nocedal & Wright, Numerical Optimization, 2nd ed., algorithms 7.4 and 7.5.
 */
import { addScaled, dot, maxNorm, norm, plus } from '../math/vector.ts';
import type { Point } from '../objective/objective.ts';
import { wolfeStep } from './line-search.ts';
import { type Algorithm, roundingNoise } from './solver.ts';

const memory = 10;

interface Pair {
  /** θ_{k+1} − θ_k */
  readonly s: Float64Array;
  /** ∇f_{k+1} − ∇f_k */
  readonly y: Float64Array;
  /** yᵀs > 0 */
  readonly ys: number;
}

/** Iterations without a lower loss or a gradient smaller by a tenth, after which only rounding is left. */
const patience = 20;

export const lbfgs: Algorithm = {
  name: 'lbfgs',
  order: 1,
  begin(objective, signal) {
    let pairs: Pair[] = [];
    const best = { value: Number.POSITIVE_INFINITY, size: Number.POSITIVE_INFINITY, since: 0 };
    return async (point: Point) => {
      const size = maxNorm(point.gradient);
      const lower = point.value < best.value - roundingNoise(objective, point);
      best.since = lower || size < 0.9 * best.size ? 0 : best.since + 1;
      best.value = Math.min(best.value, point.value);
      best.size = Math.min(best.size, size);
      if (best.since > patience) return undefined;

      const direction = twoLoop(pairs, point.gradient);
      const first = pairs.length > 0 ? 1 : Math.min(1, 1 / norm(point.gradient));
      const next = await wolfeStep(objective, point, direction, { first, signal });
      if (next === undefined) {
        const last = pairs.at(-1);
        if (last === undefined) return undefined;
        pairs = []; // steepest descent, once, before giving up
        const steepest = point.gradient.map((g) => -g);
        return wolfeStep(objective, point, steepest, { first: last.ys / dot(last.y, last.y), signal });
      }
      const s = plus(next.theta, -1, point.theta);
      const y = plus(next.gradient, -1, point.gradient);
      const ys = dot(y, s);
      if (ys > 1e-10 * norm(y) * norm(s)) pairs = [...pairs.slice(1 - memory), { s, y, ys }];
      return next;
    };
  },
};

/** −H⁻¹·g by the two-loop recursion, H⁻¹ starting from yᵀs/yᵀy of the last pair. */
function twoLoop(pairs: readonly Pair[], gradient: Float64Array): Float64Array {
  const direction = gradient.map((g) => -g);
  const alphas: number[] = [];
  for (const { s, y, ys } of pairs.toReversed()) {
    const alpha = dot(s, direction) / ys;
    alphas.push(alpha);
    addScaled(direction, -alpha, y);
  }
  const last = pairs.at(-1);
  if (last) {
    const scale = last.ys / dot(last.y, last.y);
    for (let j = 0; j < direction.length; j++) direction[j]! *= scale;
  }
  for (const { s, y, ys } of pairs) {
    addScaled(direction, alphas.pop()! - dot(y, direction) / ys, s);
  }
  return direction;
}
