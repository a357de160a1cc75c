/**
 * Limited-memory BFGS: the direction −H⁻¹·g with H⁻¹ told by the last ten steps, then a Wolfe step.
 * Source: Nocedal & Wright, Numerical Optimization, 2nd ed., algorithms 7.4 and 7.5.
 */
import { dot, maxNorm, norm } from '../math/vector.ts';
import type { Point } from '../objective/objective.ts';
import { wolfeStep } from './line-search.ts';
import { type Pair, quasiNewtonDirection, withPair } from './secant-pairs.ts';
import { type Algorithm, roundingNoise } from './solver.ts';

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

      const direction = quasiNewtonDirection(pairs, point.gradient, scaled(pairs));
      const first = pairs.length > 0 ? 1 : Math.min(1, 1 / norm(point.gradient));
      const next = await wolfeStep(objective, point, direction, { first, signal });
      if (next === undefined) {
        const last = pairs.at(-1);
        if (last === undefined) return undefined;
        pairs = []; // steepest descent, once, before giving up
        const steepest = point.gradient.map((g) => -g);
        return wolfeStep(objective, point, steepest, { first: last.ys / dot(last.y, last.y), signal });
      }
      pairs = withPair(pairs, point, next);
      return next;
    };
  },
};

/** H⁻¹ starts from yᵀs/yᵀy of the last pair. */
function scaled(pairs: readonly Pair[]): (v: Float64Array) => Float64Array {
  const last = pairs.at(-1);
  const scale = last ? last.ys / dot(last.y, last.y) : 1;
  return (v) => v.map((value) => scale * value);
}
