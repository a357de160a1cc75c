// What each row of a block contributes when there are more than two classes: exponentials and loss, then the residuals
// of one score vector, the curvatures of two. rows.ts has the same for two classes, with less to do.
// It knows neither X nor theta, and neither where blocks lie nor how many there are.
import { expOfNegative } from './exp';
import { add, addOne, div, load, mul, splat, sub, vectorBytes } from './lanes';
import { log1pOfSum } from './log1p';

/**
 * From the scores z_1 … z_k of each row (z_0 = 0), its weight s and its class y: e_c = e^(z_c − max z), which replace
 * the scores; then, in the two lines that follow them, T = Σ_c e_c − 1 and 1/(1 + T).
 *
 * Adds Σ s·ℓ (B18) to the float64 sum at `lossSum`, ℓ = (max z − z_y) + ln(1 + T). At least one e_c is exactly 1; T is
 * the sum of those that are not and the number of those that are, less one: nothing cancels, so that a small loss keeps
 * its digits, and nothing overflows: scores of ±1000 give 1000 and 0.
 */
@inline
export function exponentials<T>(
  z: usize,
  k: usize,
  stride: usize,
  weights: usize,
  classes: usize,
  rowBytes: usize,
  lossSum: usize,
): void {
  const lines = z + k * stride;
  const zero = splat<T>(0);
  const one = splat<T>(1);
  let losses = zero;
  for (let i: usize = 0; i < rowBytes; i += vectorBytes) {
    const y = load(classes + i);
    let top = zero;
    let own = zero;
    let c = one;
    for (let at = z + i, end = lines + i; at < end; at += stride) {
      const score = load(at);
      top = v128.pmax<T>(top, score);
      own = v128.bitselect(score, own, v128.eq<T>(y, c));
      c = add<T>(c, one);
    }
    const reference = expOfNegative<T>(sub<T>(zero, top));
    let ones = v128.and(one, v128.eq<T>(reference, one));
    let rest = v128.andnot(reference, v128.eq<T>(reference, one));
    for (let at = z + i, end = lines + i; at < end; at += stride) {
      const e = expOfNegative<T>(sub<T>(load(at), top));
      v128.store(at, e);
      const isOne = v128.eq<T>(e, one);
      ones = add<T>(ones, v128.and(one, isOne));
      rest = add<T>(rest, v128.andnot(e, isOne));
    }
    rest = add<T>(rest, sub<T>(ones, one));
    const sum = add<T>(one, rest);
    const loss = add<T>(sub<T>(top, own), log1pOfSum<T>(rest, sum));
    losses = add<T>(losses, mul<T>(load(weights + i), loss));
    v128.store(lines + i, rest);
    v128.store(lines + stride + i, div<T>(one, sum));
  }
  addOne<T>(lossSum, losses);
}

/** Σ e_d over all classes but one whose e is given: T where e is 1, elsewhere 1 + T − e, which is at least (1 + T)/2. */
@inline
function others<T>(e: v128, rest: v128): v128 {
  const one = splat<T>(1);
  return v128.bitselect(rest, sub<T>(add<T>(one, rest), e), v128.eq<T>(e, one));
}

/**
 * s·dz_c (B19) of each row into `dz`, and Σ s·dz_c added to the float64 sum at `sum`:
 * s·e_c/(1 + T) where c ≠ y, and −s·(Σ_{d≠c} e_d)/(1 + T) where c = y; a_c − 1 is never formed.
 */
@inline
export function residuals<T>(
  z: usize,
  k: usize,
  stride: usize,
  weights: usize,
  classes: usize,
  rowBytes: usize,
  index: usize,
  dz: usize,
  sum: usize,
): void {
  const lines = z + k * stride;
  const line = z + index * stride;
  const c = splat<T>(<f64>(index + 1));
  let total = splat<T>(0);
  for (let i: usize = 0; i < rowBytes; i += vectorBytes) {
    const e = load(line + i);
    const isOwn = v128.eq<T>(load(classes + i), c);
    const numerator = v128.bitselect(v128.neg<T>(others<T>(e, load(lines + i))), e, isOwn);
    const scale = mul<T>(load(weights + i), load(lines + stride + i));
    const value = mul<T>(scale, numerator);
    v128.store(dz + i, value);
    total = add<T>(total, value);
  }
  addOne<T>(sum, total);
}

/**
 * s·a_c·([c = d] − a_d) (B20) of each row into `curvatures`, and its sum added to the float64 sum at `sum`;
 * 1 − a_c as (Σ_{d≠c} e_d)/(1 + T).
 */
@inline
export function crossCurvatures<T>(
  z: usize,
  k: usize,
  stride: usize,
  weights: usize,
  rowBytes: usize,
  first: usize,
  second: usize,
  curvatures: usize,
  sum: usize,
): void {
  const lines = z + k * stride;
  let total = splat<T>(0);
  for (let i: usize = 0; i < rowBytes; i += vectorBytes) {
    const e = load(z + first * stride + i);
    const inverse = load(lines + stride + i);
    const other = first == second ? others<T>(e, load(lines + i)) : v128.neg<T>(load(z + second * stride + i));
    const a = mul<T>(e, inverse);
    const value = mul<T>(mul<T>(load(weights + i), a), mul<T>(other, inverse));
    v128.store(curvatures + i, value);
    total = add<T>(total, value);
  }
  addOne<T>(sum, total);
}
