/**
 * The reference of the kernels' tests: plain loops over K classes with compensated sums. Short float64 blocks are more
 * accurate than one long float64 sum, and must not be measured by it.
 */
import { crossCurvature, crossEntropy, probabilities, residuals } from '../../src/math/softmax.ts';
import type { Sums } from '../../src/rows/contract.ts';
import type { TestRows } from './data.ts';

export interface CompensatedSums {
  /** Loss, gradient [k, n + 1] and Hessian [k·(n + 1), k·(n + 1)] in one vector. */
  readonly sums: Float64Array;
  /** Σ|term| of each: what the roundings of a sum are proportional to. */
  readonly magnitudes: Float64Array;
}

/** Sums of all orders, with scores and sums compensated (Neumaier). */
export function compensatedSums(
  { rows, numbers, labels, weights, classes }: TestRows,
  theta: Float64Array,
): CompensatedSums {
  const line = numbers.length + 1;
  const k = classes - 1;
  const size = k * line;
  const sums = compensated(1 + size + size * size);
  const x = new Float64Array(line).fill(1);
  const [z, a, dz] = [new Float64Array(k), new Float64Array(classes), new Float64Array(k)];
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < line - 1; j++) x[j] = numbers[j]![i]!;
    for (let c = 0; c < k; c++) {
      const score = compensated(1);
      for (let j = 0; j < line; j++) score.addProduct(0, theta[c * line + j]!, x[j]!);
      z[c] = score.values()[0]!;
    }
    const s = weights?.[i] ?? 1;
    probabilities(z, a);
    residuals(z, labels[i]!, a, dz);
    sums.add(0, s * crossEntropy(z, labels[i]!));
    for (let c = 0; c < k; c++) {
      for (let j = 0; j < line; j++) sums.add(1 + c * line + j, s * dz[c]! * x[j]!);
      for (let d = 0; d <= c; d++) {
        const curvature = s * crossCurvature(z, a, c + 1, d + 1);
        for (let j = 0; j < line; j++) {
          const row = 1 + size + (c * line + j) * size + d * line;
          for (let l = 0; l < (c === d ? j + 1 : line); l++) sums.add(row + l, curvature * x[j]! * x[l]!);
        }
      }
    }
  }
  const mirror = (lower: Float64Array): Float64Array =>
    lower.map((value, at) => {
      const j = Math.floor((at - 1 - size) / size);
      const l = (at - 1 - size) % size;
      return l > j && j >= 0 ? lower[1 + size + l * size + j]! : value;
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

/** The largest error in units of Σ|term|, 0 where both are 0; NaN where anything is not a number. */
export function worstError({ loss, gradient, hessian }: Sums, { sums, magnitudes }: CompensatedSums): number {
  const found = [loss, ...(gradient ?? []), ...(hessian ?? [])];
  return found.reduce((most, value, i) => {
    const difference = Math.abs(value - sums[i]!);
    const error = difference === 0 ? 0 : difference / magnitudes[i]!;
    return Number.isNaN(error) ? Number.NaN : Math.max(most, error);
  }, 0);
}

/** Whether two vectors are the same numbers: many of them take long to compare by `toEqual`, and longer to print. */
export const equalNumbers = (one: Float64Array, other: Float64Array): boolean =>
  one.length === other.length && one.every((value, i) => Object.is(value, other[i]!));
