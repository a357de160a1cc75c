// The exponential of numbers that are not positive, on all lanes of a vector. It knows no rows.
import { add, constant, mul, powerOfTwo, splat, step, sub } from './lanes';

// Least argument · log2(e) · M and bias · the two parts of ln 2 · 2^−64 or 2^−512 · P from its highest power down.
// prettier-ignore
const table32: usize = memory.data<f32>([
  -104, 1.4426950408889634, 12582912 + 191, 0.693359375, -2.12194440e-4, 5.421010862427522e-20,
  1.9790299977e-4, 1.3944703673e-3, 8.3334973370e-3, 4.1666294363e-2, 1.6666665867e-1, 5.0000000678e-1,
]);
// prettier-ignore
const table64: usize = memory.data<f64>([
  -746, 1.4426950408889634, 6755399441055744 + 1535, 0.693145751953125, 1.42860682030941723212e-6, 7.458340731200207e-155,
  2.500001637788809e-8, 2.7630306247961874e-7, 2.7557586811282347e-6, 2.480149294966484e-5, 1.984126950576604e-4,
  1.3888888943759893e-3, 8.33333333349498e-3, 4.166666666652973e-2, 1.666666666666641e-1, 5.000000000000011e-1,
]);

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
 * 0.94 ulp (float32), 1.0 ulp (float64); asserted in test/backends/cpu/lanes.test.ts.
 */
@inline
export function expOfNegative<T>(a: v128): v128 {
  const table: usize = sizeof<T>() == 4 ? table32 : table64;
  const bounded = v128.pmax<T>(a, constant<T>(table, 0));
  const biased = step<T>(bounded, constant<T>(table, 1), constant<T>(table, 2));
  const k = sub<T>(biased, constant<T>(table, 2));
  const high = sub<T>(bounded, mul<T>(k, constant<T>(table, 3)));
  const r = sub<T>(high, mul<T>(k, constant<T>(table, 4)));

  // Odd and even powers apart, in two chains of half the length that a processor runs side by side.
  const square = mul<T>(r, r);
  let odd = step<T>(constant<T>(table, 6), square, constant<T>(table, 8));
  let even = step<T>(constant<T>(table, 7), square, constant<T>(table, 9));
  odd = step<T>(odd, square, constant<T>(table, 10));
  even = step<T>(even, square, constant<T>(table, 11));
  if (sizeof<T>() == 8) {
    odd = step<T>(odd, square, constant<T>(table, 12));
    even = step<T>(even, square, constant<T>(table, 13));
    odd = step<T>(odd, square, constant<T>(table, 14));
    even = step<T>(even, square, constant<T>(table, 15));
  }
  const p = step<T>(odd, r, even);
  const mantissa = add<T>(step<T>(p, square, r), splat<T>(1));
  return mul<T>(mul<T>(mantissa, powerOfTwo<T>(biased)), constant<T>(table, 5));
}
