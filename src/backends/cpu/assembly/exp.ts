// The exponential of numbers that are not positive, on all lanes of a vector. It knows no rows.
import { add, mul, powerOfTwo, splat, step, sub } from './lanes';

/**
 * e^a for a ≤ 0, subnormal results included, 0 where even those end, NaN for NaN.
 *
 * a = k·ln 2 + r with k an integer and |r| ≤ ½ ln 2; e^a = 2^k·(1 + r + r²·P(r)).
 * k is read off the low bits of a·log2(e) + M: M = 1.5·2^(p − 1) makes the unit in the last place 1, and
 * the bias added to M turns those bits into the exponent of 2^(k + 64) (float64: 2^(k + 512)), which is a
 * normal number for every k that occurs; the last product brings it down with a single rounding.
 * ln 2 is subtracted in two parts, the first so short that k times it is exact (W. Cody and W. Waite,
 * Software Manual for the Elementary Functions, 1980, chapter 6; the parts are those of S. Moshier's Cephes).
 * P is the minimax polynomial of (e^r − 1 − r)/r², relative to e^r, by Remez's exchange in 60 digits: error
 * 2^−34.2 (float32) and 2^−57.9 (float64). Measured error of the whole where the result is normal:
 * EXP_ULPS; asserted in test/backends/cpu/lanes.test.ts.
 */
// @ts-ignore: decorator
@inline
export function expOfNegative<T>(a: v128): v128 {
  if (sizeof<T>() == 4) {
    const bounded = v128.pmax<T>(a, splat<T>(-104));
    const biased = step<T>(bounded, splat<T>(1.4426950408889634), 12582912 + 191);
    const k = sub<T>(biased, splat<T>(12582912 + 191));
    const r = reduce<T>(bounded, k, 0.693359375, -2.12194440e-4);
    let p = splat<T>(1.9790299977e-4);
    p = step<T>(p, r, 1.3944703673e-3);
    p = step<T>(p, r, 8.3334973370e-3);
    p = step<T>(p, r, 4.1666294363e-2);
    p = step<T>(p, r, 1.6666665867e-1);
    p = step<T>(p, r, 5.0000000678e-1);
    return scale<T>(p, r, powerOfTwo<T>(biased), 5.421010862427522e-20); // 2^−64
  }
  const bounded = v128.pmax<T>(a, splat<T>(-746));
  const biased = step<T>(bounded, splat<T>(1.4426950408889634), 6755399441055744 + 1535);
  const k = sub<T>(biased, splat<T>(6755399441055744 + 1535));
  const r = reduce<T>(bounded, k, 0.693145751953125, 1.42860682030941723212e-6);
  let p = splat<T>(2.500001637788809e-8);
  p = step<T>(p, r, 2.7630306247961874e-7);
  p = step<T>(p, r, 2.7557586811282347e-6);
  p = step<T>(p, r, 2.480149294966484e-5);
  p = step<T>(p, r, 1.984126950576604e-4);
  p = step<T>(p, r, 1.3888888943759893e-3);
  p = step<T>(p, r, 8.33333333349498e-3);
  p = step<T>(p, r, 4.166666666652973e-2);
  p = step<T>(p, r, 1.666666666666641e-1);
  p = step<T>(p, r, 5.000000000000011e-1);
  return scale<T>(p, r, powerOfTwo<T>(biased), 7.458340731200207e-155); // 2^−512
}

/** r = a − k·ln 2, with ln 2 = high + low. */
// @ts-ignore: decorator
@inline
function reduce<T>(a: v128, k: v128, high: f64, low: f64): v128 {
  return sub<T>(sub<T>(a, mul<T>(k, splat<T>(high))), mul<T>(k, splat<T>(low)));
}

/** (1 + r + r²·p)·up·down, the small terms added first. */
// @ts-ignore: decorator
@inline
function scale<T>(p: v128, r: v128, up: v128, down: f64): v128 {
  const value = add<T>(add<T>(mul<T>(mul<T>(p, r), r), r), splat<T>(1));
  return mul<T>(mul<T>(value, up), splat<T>(down));
}
