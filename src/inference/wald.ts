/** Quadratic forms and determinants of parts of a covariance: joint Wald statistics and variance inflation factors. */
import { cholesky, choleskySolve, logDeterminant } from '../math/cholesky.ts';
import { dot } from '../math/vector.ts';
import { submatrix } from './covariance.ts';

/** wᵀ·V_ww⁻¹·w of the coefficients at some places; undefined where V_ww is singular. */
export function waldStatistic(
  covariance: Float64Array,
  order: number,
  { places, values }: { readonly places: readonly number[]; readonly values: readonly number[] },
): number | undefined {
  const l = cholesky(submatrix(covariance, order, places), places.length);
  const w = Float64Array.from(values);
  return l && dot(w, choleskySolve(l, w));
}

/**
 * GVIF of the coefficients at some places among others: det R_11·det R_22 / det R, with R the correlation of the
 * estimates without the intercept. Source: Fox & Monette, Generalized collinearity diagnostics, JASA 87 (1992).
 */
export function inflation(
  covariance: Float64Array,
  order: number,
  { own, all }: { readonly own: readonly number[]; readonly all: readonly number[] },
): number | null {
  const others = all.filter((at) => !own.includes(at));
  if (own.length === 0 || others.length === 0) return null;
  const parts = [own, others, all].map((places) =>
    logDeterminantOf(correlation(covariance, order, places), places.length),
  );
  const [first, second, whole] = parts as [number | undefined, number | undefined, number | undefined];
  return first === undefined || second === undefined || whole === undefined ? null : Math.exp(first + second - whole);
}

function correlation(covariance: Float64Array, order: number, places: readonly number[]): Float64Array {
  const own = submatrix(covariance, order, places);
  const n = places.length;
  return own.map((v, at) => v / Math.sqrt(own[Math.floor(at / n) * (n + 1)]! * own[(at % n) * (n + 1)]!));
}

function logDeterminantOf(a: Float64Array, order: number): number | undefined {
  const l = cholesky(a, order);
  return l && logDeterminant(l, order);
}
