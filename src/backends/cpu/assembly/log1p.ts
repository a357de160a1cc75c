// ln(1 + t) for t between 0 and 1, and for every t ≥ 0, on all lanes of a vector. It knows no rows.
import { add, constant, mul, splat, step, sub } from './lanes';

// Q from its highest power down.
// prettier-ignore
const table32: usize = memory.data<f32>([
  1.2144778332e-1, 1.0715370620e-1, 1.4308298342e-1, 1.9999444179e-1, 3.3333337750e-1,
]);
// prettier-ignore
const table64: usize = memory.data<f64>([
  8.504877546535819e-2, 4.172486363127905e-2, 6.052472266935102e-2, 6.650560718143901e-2, 7.693274193843003e-2,
  9.090872239663124e-2, 1.1111111976819685e-1, 1.428571427405905e-1, 2.0000000000077559e-1, 3.3333333333333154e-1,
]);

/**
 * log1p(e) = ln(1 + e) for e in [0, 1], with a small relative error however small e is.
 *
 * ln(1 + e) = 2·artanh(s) with s = e/(2 + e) in [0, 1/3], and artanh(s) = s + s·q·Q(q) with q = s² ≤ 1/9.
 * All terms are positive, so nothing cancels, and 1 + e, whose rounding is the loss that makes ln(1 + e)
 * useless for small e, is never formed. Below the normal range s = e/2 loses its last bit.
 * Q is the minimax polynomial of (artanh(√q)/√q − 1)/q, relative to the whole, by Remez's exchange in 60
 * digits: error 2^−33.1 (float32) and 2^−59.4 (float64). The series is Abramowitz and Stegun, Handbook of
 * Mathematical Functions, 4.1.27. Measured error where e is normal: 1.85 ulp (float32), 1.65 ulp (float64);
 * asserted in test/backends/cpu/lanes.test.ts.
 */
@inline
export function log1pOfUnit<T>(e: v128): v128 {
  const table: usize = sizeof<T>() == 4 ? table32 : table64;
  const s = v128.div<T>(e, add<T>(e, splat<T>(2)));
  const q = mul<T>(s, s);
  // Odd and even powers of q apart, as in exp.ts; the float32 polynomial has one power fewer.
  const square = mul<T>(q, q);
  let odd = constant<T>(table, sizeof<T>() == 8 ? 0 : 1);
  let even = constant<T>(table, sizeof<T>() == 8 ? 1 : 0);
  if (sizeof<T>() == 8) {
    odd = step<T>(odd, square, constant<T>(table, 2));
    even = step<T>(even, square, constant<T>(table, 3));
    odd = step<T>(odd, square, constant<T>(table, 4));
    even = step<T>(even, square, constant<T>(table, 5));
    odd = step<T>(odd, square, constant<T>(table, 6));
    even = step<T>(even, square, constant<T>(table, 7));
    odd = step<T>(odd, square, constant<T>(table, 8));
    even = step<T>(even, square, constant<T>(table, 9));
  } else {
    even = step<T>(even, square, constant<T>(table, 2));
    odd = step<T>(odd, square, constant<T>(table, 3));
    even = step<T>(even, square, constant<T>(table, 4));
  }
  const p = step<T>(odd, q, even);
  const twice = add<T>(s, s);
  return add<T>(twice, mul<T>(twice, mul<T>(q, p)));
}

// 2^23 or 2^52 · that and the bias of the exponent · ln 2.
// prettier-ignore
const split32: usize = memory.data<f32>([8388608, 8388735, 0.6931471805599453]);
// prettier-ignore
const split64: usize = memory.data<f64>([4503599627370496, 4503599627371519, 0.6931471805599453]);

/**
 * ln(1 + t) for any finite t ≥ 0, given u = 1 + t.
 *
 * For t ≤ 1 it is log1pOfUnit(t), which never sees the rounding of u. For t > 1, u = 2^p·f with 1 ≤ f < 2 and the
 * result is p·ln 2 + log1pOfUnit(f − 1), in which f − 1 is exact; the rounding of u, at most half a unit in its last
 * place, is then at most 0.8 of one in the result, which is at least ln 2.
 * p is read off the exponent of u: its bits, written over the last ones of 2^23 (float64: 2^52), are p and the bias.
 * Measured error: 1.85 ulp in either precision; asserted in test/backends/cpu/lanes.test.ts.
 */
@inline
export function log1pOfSum<T>(t: v128, u: v128): v128 {
  const table: usize = sizeof<T>() == 4 ? split32 : split64;
  const one = splat<T>(1);
  const large = v128.gt<T>(t, one);
  let exponent: v128;
  let mantissa: v128;
  if (sizeof<T>() == 4) {
    exponent = i32x4.shr_u(u, 23);
    mantissa = v128.and(u, i32x4.splat(0x7fffff));
  } else {
    exponent = i64x2.shr_u(u, 52);
    mantissa = v128.and(u, i64x2.splat(0xfffffffffffff));
  }
  const p = sub<T>(v128.or(exponent, constant<T>(table, 0)), constant<T>(table, 1));
  const fraction = sub<T>(v128.or(mantissa, one), one);
  const rest = log1pOfUnit<T>(v128.bitselect(fraction, t, large));
  return add<T>(rest, v128.and(mul<T>(p, constant<T>(table, 2)), large));
}
