/**
 * Limited-memory BFGS: the direction −H⁻¹·g with H⁻¹ told by the last ten steps, then a Wolfe step.
 * Source: Nocedal & Wright, Numerical Optimization, 2nd ed., algorithms 7.4 and 7.5.
 */
import { addScaled, dot, norm, plus } from '../math/vector.ts';
import type { Point } from '../objective/objective.ts';
import { wolfeStep } from './line-search.ts';
import type { Algorithm } from './solver.ts';

const memory = 10;

interface Pair {
  /** θ_{k+1} − θ_k */
  readonly s: Float64Array;
  /** ∇f_{k+1} − ∇f_k */
  readonly y: Float64Array;
  /** yᵀs > 0 */
  readonly ys: number;
}

export const lbfgs: Algorithm = {
  name: 'lbfgs',
  order: 1,
  begin(objective, signal) {
    let pairs: Pair[] = [];
    return async (point: Point) => {
      const direction = twoLoop(pairs, point.gradient);
      const first = pairs.length > 0 ? 1 : Math.min(1, 1 / norm(point.gradient));
      const next = await wolfeStep(objective, point, direction, { first, signal });
      if (next === undefined) {
        if (pairs.length === 0) return undefined;
        pairs = []; // steepest descent, once, before giving up
        const steepest = point.gradient.map((g) => -g);
        return wolfeStep(objective, point, steepest, { first: 1, signal });
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
