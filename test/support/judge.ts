/**
 * The oracle of the kernels' tests: plain loops with compensated sums. Short float64 blocks are more accurate
 * than one long float64 sum, and must not be judged by it.
 */
import type { Rows, Sums } from '../../src/backends/backend.ts';
import { curvature, logLoss, residual } from '../../src/math/logistic.ts';

export interface Judged {
  /** Loss, gradient and Hessian in one vector. */
  readonly sums: Float64Array;
  /** Σ|term| of each: what the roundings of a sum are proportional to. */
  readonly magnitudes: Float64Array;
}

/** The oracle's sums of all orders, with scores and sums compensated (Neumaier). */
export function judge({ count, columns, y, weights }: Rows & { columns: Float64Array[] }, theta: Float64Array): Judged {
  const n = columns.length;
  const size = n + 1;
  const sums = compensated(1 + size + size * size);
  const x = new Float64Array(size).fill(1);
  for (let i = 0; i < count; i++) {
    for (let j = 0; j < n; j++) x[j] = columns[j]![i]!;
    const score = compensated(1);
    for (let j = 0; j < size; j++) score.addProduct(0, theta[j]!, x[j]!);
    const z = score.values()[0]!;
    const s = weights?.[i] ?? 1;
    const r = s * residual(z, y[i]!);
    const d = s * curvature(z);
    sums.add(0, s * logLoss(z, y[i]!));
    for (let j = 0; j < size; j++) {
      sums.add(1 + j, r * x[j]!);
      for (let k = 0; k <= j; k++) sums.add(1 + size + j * size + k, d * x[j]! * x[k]!);
    }
  }
  const mirror = (lower: Float64Array): Float64Array =>
    lower.map((value, at) => {
      const j = Math.floor((at - 1 - size) / size);
      const k = (at - 1 - size) % size;
      return k > j && j >= 0 ? lower[1 + size + k * size + j]! : value;
    });
  return { sums: mirror(sums.values()), magnitudes: mirror(sums.magnitudes) };
}

/** Compensated sums, side by side, and the sums of the terms' magnitudes. */
function compensated(length: number) {
  const high = new Float64Array(length);
  const low = new Float64Array(length);
  const magnitudes = new Float64Array(length);
  const add = (at: number, term: number): void => {
    const before = high[at]!;
    const after = before + term;
    low[at]! += Math.abs(before) >= Math.abs(term) ? before - after + term : term - after + before;
    high[at] = after;
    magnitudes[at]! += Math.abs(term);
  };
  const addProduct = (at: number, a: number, b: number): void => {
    const product = a * b;
    add(at, product);
    low[at]! += productError(a, b, product);
  };
  return { add, addProduct, magnitudes, values: () => high.map((value, i) => value + low[i]!) };
}

/** a·b − fl(a·b) by T. Dekker's splitting (Numerische Mathematik 18, 1971). */
function productError(a: number, b: number, product: number): number {
  const split = (v: number): number => v * 134_217_729 - (v * 134_217_729 - v);
  const aHigh = split(a);
  const bHigh = split(b);
  const aLow = a - aHigh;
  const bLow = b - bHigh;
  return aLow * bLow - (product - aHigh * bHigh - aLow * bHigh - aHigh * bLow);
}

/** The largest error in units of Σ|term|; NaN where anything is not a number. */
export function worstError({ loss, gradient, hessian }: Sums, { sums, magnitudes }: Judged): number {
  const found = [loss, ...gradient!, ...hessian!];
  return sums.reduce((most, value, i) => {
    const error = Math.abs(found[i]! - value) / magnitudes[i]!;
    return Number.isNaN(error) ? Number.NaN : Math.max(most, error);
  }, 0);
}
