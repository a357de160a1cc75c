/**
 * What the last steps tell of the inverse Hessian: pairs of steps and of the changes of the gradient along them, and the
 * quasi-Newton direction by the two-loop recursion from any first guess of the inverse Hessian.
 * Source: Nocedal & Wright, Numerical Optimization, 2nd ed., algorithm 7.4.
 */
import { addScaled, dot, norm, plus } from '../math/vector.ts';
import type { Point } from '../objective/objective.ts';

const memory = 10;

export interface Pair {
  /** θ_{k+1} − θ_k */
  readonly s: Float64Array;
  /** ∇f_{k+1} − ∇f_k */
  readonly y: Float64Array;
  /** yᵀs > 0 */
  readonly ys: number;
}

/** The pairs with that of one more step, ten at most; a step along which the gradient hardly changes tells nothing. */
export function withPair(pairs: readonly Pair[], from: Point, to: Point): Pair[] {
  const s = plus(to.theta, -1, from.theta);
  const y = plus(to.gradient, -1, from.gradient);
  const ys = dot(y, s);
  if (!(ys > 1e-10 * norm(y) * norm(s))) return [...pairs];
  return [...pairs.slice(1 - memory), { s, y, ys }];
}

/** −H⁻¹·g, with H⁻¹ from `first` on corrected by each pair. */
export function quasiNewtonDirection(
  pairs: readonly Pair[],
  gradient: Float64Array,
  first: (v: Float64Array) => Float64Array,
): Float64Array {
  const q = gradient.map((g) => -g);
  const alphas: number[] = [];
  for (const { s, y, ys } of pairs.toReversed()) {
    const alpha = dot(s, q) / ys;
    alphas.push(alpha);
    addScaled(q, -alpha, y);
  }
  const direction = first(q);
  for (const { s, y, ys } of pairs) addScaled(direction, alphas.pop()! - dot(y, direction) / ys, s);
  return direction;
}
