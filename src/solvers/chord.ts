/**
 * The chord method, or lagged-Hessian Newton: Newton's method with a Hessian that is kept while it serves, corrected by
 * what the steps since then told of it (BFGS). Gradients are those of the objective itself; Hessians come from wherever
 * they are cheap, a sample of the rows or float32 sums. A step is taken when it halves the gradient and does not raise the
 * loss. Only when a step by a Hessian of its own point fails is the objective itself asked for one.
 * Source: Kelley, Iterative Methods for Linear and Nonlinear Equations, section 5.4.1 (chord method) and chapter 7 (Broyden
 * and BFGS corrections).
 */
import { solveDamped } from '../math/cholesky.ts';
import { maxNorm, plus } from '../math/vector.ts';
import type { Objective, Point } from '../objective/objective.ts';
import { newton } from './newton.ts';
import { type Pair, quasiNewtonDirection, withPair } from './secant-pairs.ts';
import { type Algorithm, roundingNoise } from './solver.ts';

/** A step that leaves more of the gradient than this is not taken. Newton's own leaves 1/e where rows are separated. */
const wantedContraction = 1 / 2;
/** After a step that leaves more than this, a Hessian at the new point spares more gradients than it costs. */
const goodContraction = 1 / 16;

/** A Hessian that need not be exact. */
export type RoughHessian = (theta: Float64Array, signal?: AbortSignal) => Promise<Float64Array>;

/** `first`: a Hessian that is good enough near the starting point. The points that it gives carry the next direction. */
export function chord(first: Float64Array | undefined, rough: RoughHessian): Algorithm {
  return {
    name: 'chord',
    order: 1,
    async begin(objective: Objective, signal) {
      const newtonStep = await newton.begin(objective, signal);
      let kept = first;
      let pairs: readonly Pair[] = [];
      let contraction = 0;
      const direction = ({ gradient }: Point): Float64Array =>
        quasiNewtonDirection(pairs, gradient, (v) => solveDamped(kept!, v));
      return async (point: Point) => {
        for (let fresh = false; !fresh; ) {
          fresh = kept === undefined || !(contraction <= goodContraction);
          if (fresh) {
            kept = await rough(point.theta, signal);
            pairs = [];
          }
          const step = fresh ? direction(point) : (point.direction ?? direction(point));
          const next = await objective.point(plus(point.theta, 1, step), 1, signal);
          contraction = maxNorm(next.gradient) / maxNorm(point.gradient);
          const lower = next.value <= point.value + roundingNoise(objective, point);
          if (lower && contraction <= wantedContraction) {
            pairs = withPair(pairs, point, next);
            return { ...next, direction: direction(next) };
          }
          contraction = 1;
        }
        const next = await newtonStep(await objective.point(point.theta, 2, signal));
        kept = next?.hessian;
        pairs = [];
        contraction = 0;
        return next;
      };
    },
  };
}
