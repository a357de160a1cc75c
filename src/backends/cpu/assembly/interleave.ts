// How rows come to lie as the kernels read them: four features that arrive in float64, one after the other,
// side by side in vectors of T. It knows neither blocks nor panels.
import { load, narrow, vectorBytes } from './lanes';

/** Four features, `stride` bytes apart, → [vector of rows][4 features] at `target`. */
@inline
export function interleave<T>(source: usize, stride: usize, vectors: usize, target: usize): void {
  for (const end = target + vectors * 4 * vectorBytes; target < end; target += 4 * vectorBytes) {
    v128.store(target, rounded<T>(source));
    v128.store(target, rounded<T>(source + stride), 16);
    v128.store(target, rounded<T>(source + 2 * stride), 32);
    v128.store(target, rounded<T>(source + 3 * stride), 48);
    source += (vectorBytes / sizeof<T>()) * sizeof<f64>();
  }
}

/** The next vector of T from float64 numbers. */
@inline
function rounded<T>(at: usize): v128 {
  if (sizeof<T>() == 8) return load(at);
  return narrow(load(at), v128.load(at, 16));
}
