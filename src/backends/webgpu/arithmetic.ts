/**
 * Elementary functions of the kernels, in WGSL. Those of the language will not do: its exp may be off by 3 + 2·|x| units
 * in the last place and is, and its log by 2⁻²¹ absolutely near 1, so that ln(1 + e) loses every small loss
 * (WebGPU Shading Language, section "Floating point accuracy"). Each has a twin in the tests, which measure it.
 */

/**
 * `expNegative(a)` = e^(−a), a ≥ 0, within 2 units in the last place; 0 where it is no normal number.
 *
 * a = k·ln 2 − r with |r| ≤ ½ ln 2, ln 2 in two parts (W. Cody and W. Waite, Software Manual for the Elementary Functions,
 * 1980); e^r by the polynomial of S. Moshier's Cephes, expf; 2^(−k) through the bits of the exponent.
 *
 * `log1p(e)` = ln(1 + e), 0 ≤ e ≤ 1, within 4 units: 2·artanh(e / (2 + e)), a series of positive terms,
 * so that no digit is lost however small e is. `log1pAny` also takes e > 1, where the language's log is good.
 */
export const arithmetic = /* wgsl */ `
fn expNegative(a: vec4f) -> vec4f {
  let x = min(a, vec4f(87.0));
  let k = round(x * 1.44269504);
  let r = fma(k, vec4f(-2.12194440e-4), fma(k, vec4f(0.693359375), -x));
  var p = fma(vec4f(1.9875691500e-4), r, vec4f(1.3981999507e-3));
  p = fma(p, r, vec4f(8.3334519073e-3));
  p = fma(p, r, vec4f(4.1665795894e-2));
  p = fma(p, r, vec4f(1.6666665459e-1));
  p = fma(p, r, vec4f(5.0000001201e-1));
  let power = bitcast<vec4f>((vec4i(127) - vec4i(k)) << vec4u(23u));
  return select((fma(p * r, r, r) + 1.0) * power, vec4f(0.0), a > vec4f(87.0));
}

fn log1p(e: vec4f) -> vec4f {
  let twice = e * (2.0 / (2.0 + e)); // half of it may be no normal number
  let q = 0.25 * twice * twice;
  var p = fma(vec4f(1.0 / 13.0), q, vec4f(1.0 / 11.0));
  p = fma(p, q, vec4f(1.0 / 9.0));
  p = fma(p, q, vec4f(1.0 / 7.0));
  p = fma(p, q, vec4f(1.0 / 5.0));
  p = fma(p, q, vec4f(1.0 / 3.0));
  return twice * fma(p, q, vec4f(1.0));
}

fn log1pAny(e: vec4f) -> vec4f {
  return select(log1p(min(e, vec4f(1.0))), log(1.0 + e), e > vec4f(1.0));
}
`;
