/**
 * Standardisation in float64, before any cast: x → (x − mean) / scale with weighted statistics, and the
 * way back from standardised coefficients to raw units. A column is constant relative to its own size.
 * It knows numbers only: no column's name, no category.
 */
import { dot, sum, tripleDot } from '../math/vector.ts';

export interface Scaling {
  readonly mean: number;
  readonly scale: number;
  readonly constant: boolean;
}

/** Columns whose values agree to this many units in the last place of the largest count as constant. */
const constantUlps = 8;

/**
 * Weighted mean and standard deviation (divided by Σs, ddof 0) of a column.
 *
 * Two passes: the mean first, then squares of deviations divided by the range, so that neither 1e300
 * nor 1e−100 overflows or vanishes. A deviation whose square vanishes in float64 counts as none.
 */
export function measure(x: Float64Array, weights: Float64Array | undefined): Scaling {
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < x.length; i++) {
    if (x[i]! < low) low = x[i]!;
    if (x[i]! > high) high = x[i]!;
  }
  const half = high / 2 - low / 2; // high − low itself may overflow
  const largest = Math.max(Math.abs(low), Math.abs(high));
  const constant = { mean: low, scale: 1, constant: true };
  if (half <= (constantUlps / 2) * Number.EPSILON * largest) return constant;
  const total = weights ? sum(weights) : x.length;
  const share = x.map((value) => (value / 2 - low / 2) / half); // from 0 to 1
  const offset = (weights ? dot(share, weights) : sum(share)) / total;
  for (let i = 0; i < share.length; i++) share[i]! -= offset;
  const variance = (weights ? tripleDot(share, share, weights) : dot(share, share)) / total;
  const scale = 2 * half * Math.sqrt(variance);
  if (scale * scale < 2 ** -1022) return constant;
  return { mean: low + 2 * offset * half, scale, constant: false };
}

/** x ← (x − mean) / scale, in place. */
export function standardise(x: Float64Array, { mean, scale }: Scaling): void {
  for (let i = 0; i < x.length; i++) x[i] = (x[i]! - mean) / scale;
}
