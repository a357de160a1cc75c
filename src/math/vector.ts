/**
 * Vectors of float64: the few operations that solvers and designs share. Long dot products are summed
 * in blocks, so that the rounding error grows with the block and the number of blocks, not with m.
 */

const blockLength = 4096;

/** Σ a_i·b_i, summed block by block. */
export function dot(a: Float64Array, b: Float64Array): number {
  let total = 0;
  for (let start = 0; start < a.length; start += blockLength) {
    const end = Math.min(start + blockLength, a.length);
    let sum = 0;
    for (let i = start; i < end; i++) sum += a[i]! * b[i]!;
    total += sum;
  }
  return total;
}

/** Σ a_i, summed block by block. */
export function sum(a: Float64Array): number {
  let total = 0;
  for (let start = 0; start < a.length; start += blockLength) {
    const end = Math.min(start + blockLength, a.length);
    let block = 0;
    for (let i = start; i < end; i++) block += a[i]!;
    total += block;
  }
  return total;
}

/** y ← y + alpha·x, in place. */
export function addScaled(y: Float64Array, alpha: number, x: Float64Array): void {
  for (let i = 0; i < y.length; i++) y[i]! += alpha * x[i]!;
}

/** a + alpha·b, a new vector. */
export function plus(a: Float64Array, alpha: number, b: Float64Array): Float64Array {
  const result = a.slice();
  addScaled(result, alpha, b);
  return result;
}

/** ‖a‖∞ = max |a_i|; NaN if any element is. */
export function maxNorm(a: Float64Array): number {
  let largest = 0;
  for (const value of a) {
    const size = Math.abs(value);
    if (!(size <= largest)) largest = size;
    if (Number.isNaN(size)) return size;
  }
  return largest;
}

/** ‖a‖₂ */
export function norm(a: Float64Array): number {
  return Math.sqrt(dot(a, a));
}
