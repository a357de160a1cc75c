// How rows come to lie as the kernels read them: four features that arrive in float64, one after the other, are
// standardised and written side by side in vectors of T. It knows neither blocks nor panels.
import { load, mul, narrow, sub, vectorBytes } from './lanes';

/**
 * Four features, `stride` bytes apart, → [vector of rows][4 features] at `target`, each (x − mean)·factor in float64
 * and then rounded to T. `moments`: the four means, then the four factors, in float64.
 */
@inline
export function interleave<T>(source: usize, stride: usize, vectors: usize, target: usize, moments: usize): void {
  for (const end = target + vectors * 4 * vectorBytes; target < end; target += 4 * vectorBytes) {
    v128.store(target, standardised<T>(source, moments));
    v128.store(target, standardised<T>(source + stride, moments + 8), 16);
    v128.store(target, standardised<T>(source + 2 * stride, moments + 16), 32);
    v128.store(target, standardised<T>(source + 3 * stride, moments + 24), 48);
    source += (vectorBytes / sizeof<T>()) * sizeof<f64>();
  }
}

/** The next vector of T from float64 numbers of the feature whose mean lies at `moment`. */
@inline
function standardised<T>(at: usize, moment: usize): v128 {
  const mean = v128.load64_splat(moment);
  const factor = v128.load64_splat(moment, 32);
  const low = mul<f64>(sub<f64>(load(at), mean), factor);
  if (sizeof<T>() == 8) return low;
  return narrow(low, mul<f64>(sub<f64>(v128.load(at, 16), mean), factor));
}
