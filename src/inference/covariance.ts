/**
 * The covariance of the maximum-likelihood estimates in raw units: V = T·I⁻¹·Tᵀ with I = Σs·H, the information at the
 * optimum on the standardised features, and T the way back to raw units. It knows coefficients by their place.
 */
import { cholesky, choleskyInverse } from '../math/cholesky.ts';

/** How the coefficients of one score vector stand to the standardised ones: w_j/scale_j, b − Σ_j w_j·mean_j/scale_j. */
export interface Scaling {
  /** Of each fitted feature, [n]. */
  readonly means: Float64Array;
  readonly scales: Float64Array;
  /** Whether there is an intercept, the last of each score vector. */
  readonly intercept: boolean;
}

/** Coefficients of one score vector: [w_1 … w_n, b], or without b. */
export const widthOf = ({ means, intercept }: Scaling): number => means.length + Number(intercept);

/** The row of T that gives the raw coefficient at a place of one score vector. */
export function contrastOf(scaling: Scaling, at: number): Float64Array {
  const { means, scales } = scaling;
  const n = means.length;
  const row = new Float64Array(widthOf(scaling));
  if (at < n) row[at] = 1 / scales[at]!;
  else {
    for (let j = 0; j < n; j++) row[j] = -means[j]! / scales[j]!;
    row[n] = 1;
  }
  return row;
}

/** A⁻¹ of a positive definite matrix; undefined where it is not. */
export function inverseOf(a: Float64Array, order: number): Float64Array | undefined {
  const l = cholesky(a, order);
  return l && choleskyInverse(l, order);
}

/** T·M·Tᵀ for a symmetric M over k score vectors. */
export function toRawUnits(matrix: Float64Array, order: number, scaling: Scaling): Float64Array {
  const half = transformRows(matrix, order, scaling); // M·Tᵀ
  return transformRows(transpose(half, order), order, scaling);
}

/** Every row times Tᵀ. */
function transformRows(matrix: Float64Array, order: number, scaling: Scaling): Float64Array {
  const { means, scales, intercept } = scaling;
  const n = means.length;
  const width = widthOf(scaling);
  const result = matrix.slice();
  for (let start = 0; start < order * order; start += width) {
    for (let j = 0; j < n; j++) {
      result[start + j] = matrix[start + j]! / scales[j]!;
      if (intercept) result[start + n]! -= result[start + j]! * means[j]!;
    }
  }
  return result;
}

function transpose(matrix: Float64Array, order: number): Float64Array {
  return matrix.map((_, at) => matrix[(at % order) * order + Math.floor(at / order)]!);
}

/** The rows and columns of a matrix at some places. */
export function submatrix(matrix: Float64Array, order: number, at: readonly number[]): Float64Array {
  return Float64Array.from(at.flatMap((i) => at.map((j) => matrix[i * order + j]!)));
}

/** √(gᵀ·V·g): the standard error of a quantity with derivatives g by the coefficients (the delta method). */
export function deltaError(gradient: Float64Array, covariance: readonly (readonly number[])[]): number {
  let form = 0;
  for (const [i, row] of covariance.entries()) {
    let sum = 0;
    for (let j = 0; j < row.length; j++) sum += row[j]! * gradient[j]!;
    form += gradient[i]! * sum;
  }
  return Math.sqrt(Math.max(0, form));
}
