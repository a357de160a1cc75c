/**
 * Average marginal effects: the mean over rows of what a change of one column does to P of a class, and its standard
 * error by the delta method, √(gᵀ·V·g) with g the derivative of the mean by all coefficients (covariance.ts).
 *
 *   of a number u          mean of ∂P_c/∂u = P_c·Σ_d P_d·(u_c − u_d), u_c = ∂z_c/∂u        (two classes: a(1 − a)·∂z/∂u)
 *   of a level             mean of P_c(x with the level) − P_c(x with the reference)
 *
 * Sources: Greene, Econometric Analysis, 8th ed., sections 17.2.6 and 18.2.1. It sees numbers of the design and no columns.
 */
import { crossCurvature, probabilities } from '../math/softmax.ts';

/** A row as the coefficients meet it, and its scores. */
export interface ScoredRow {
  /** [p] in raw units, 1 among them where there is an intercept. */
  readonly x: Float64Array;
  /** [k] */
  readonly z: ArrayLike<number>;
}

/** Sums over rows of one effect on P of the classes of these codes, and their derivatives by all coefficients, [k, p] each. */
export function effectSums(codes: readonly number[], { k, p }: { readonly k: number; readonly p: number }) {
  const effects = new Float64Array(codes.length);
  const gradients = codes.map(() => new Float64Array(k * p));
  const P = new Float64Array(k + 1);

  /** s times the derivative by a number; `dx` [p] is that of x, `dz` [k] that of z. */
  const addSlope = ({ x, z }: ScoredRow, dx: Float64Array, dz: ArrayLike<number>, s: number): void => {
    probabilities(z, P);
    const change = (c: number): number => (c === 0 ? 0 : dz[c - 1]!);
    // ∂P_c/∂u = P_c·relative(c)
    const relative = (c: number): number => P.reduce((sum, of, d) => sum + of * (change(c) - change(d)), 0);
    const all = Array.from(P, (_, c) => relative(c));
    for (const [at, c] of codes.entries()) {
      effects[at]! += s * P[c]! * all[c]!;
      for (let e = 1; e <= k; e++) {
        const own = crossCurvature(z, P, c, e);
        const bend = s * (own * all[c]! - P[c]! * P[e]! * all[e]!);
        const gradient = gradients[at]!.subarray((e - 1) * p, e * p);
        for (let j = 0; j < p; j++) gradient[j]! += bend * x[j]! + s * own * dx[j]!;
      }
    }
  };

  /** s times P of a row, to be taken with s of one row and −s of another. */
  const addProbability = ({ x, z }: ScoredRow, s: number): void => {
    probabilities(z, P);
    for (const [at, c] of codes.entries()) {
      effects[at]! += s * P[c]!;
      for (let e = 1; e <= k; e++) {
        const own = s * crossCurvature(z, P, c, e);
        const gradient = gradients[at]!.subarray((e - 1) * p, e * p);
        for (let j = 0; j < p; j++) gradient[j]! += own * x[j]!;
      }
    }
  };
  return { effects, gradients, addSlope, addProbability };
}
