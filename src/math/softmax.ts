/**
 * The scalar mathematics of one example with K classes, in float64: k = K − 1 scores against the reference class,
 * whose score is 0, → probabilities → loss, and what their derivatives come to. For K = 2 the formulas are those of
 * logistic.ts. docs/derivation.md derives each labelled formula; it knows no rows, no weights and no tensors.
 */

/** Score of class c: z_0 = 0, then the given ones. */
function scoreOf(z: ArrayLike<number>, c: number): number {
  return c === 0 ? 0 : z[c - 1]!;
}

/** The class with the largest score, the first of equal ones. */
export function largestScore(z: ArrayLike<number>): number {
  let largest = 0;
  for (let c = 1; c <= z.length; c++) if (scoreOf(z, c) > scoreOf(z, largest)) largest = c;
  return largest;
}

/** Σ e^(z_d − top) over all classes but `left`. */
function sumWithout(z: ArrayLike<number>, left: number, top: number): number {
  let sum = 0;
  for (let d = 0; d <= z.length; d++) if (d !== left) sum += Math.exp(scoreOf(z, d) - top);
  return sum;
}

/**
 * (B17) a_c = e^(z_c) / Σ_d e^(z_d), c = 0 … k, into `a` [K].
 *
 * Computed from e^(z_d − max z), each in [0, 1] and one of them 1: e^(z_d) itself overflows from z = 710.
 */
export function probabilities(z: ArrayLike<number>, a: Float64Array | number[]): void {
  const largest = largestScore(z);
  const top = scoreOf(z, largest);
  const total = 1 + sumWithout(z, largest, top);
  for (let c = 0; c <= z.length; c++) a[c] = Math.exp(scoreOf(z, c) - top) / total;
}

/** 1 − a_c of one class: Σ_{d≠c} e^(z_d) / Σ_d e^(z_d), never formed by subtraction. */
export function complement(z: ArrayLike<number>, c: number): number {
  const top = scoreOf(z, largestScore(z));
  const others = sumWithout(z, c, top);
  return others / (others + Math.exp(scoreOf(z, c) - top));
}

/**
 * (B18) ℓ(z, y) = −ln a_y = ln Σ_d e^(z_d) − z_y.
 *
 * Computed as (max z − z_y) + log1p(Σ_{d≠max} e^(z_d − max z)): exact to a few ulp however small the loss is.
 */
export function crossEntropy(z: ArrayLike<number>, y: number): number {
  const largest = largestScore(z);
  const top = scoreOf(z, largest);
  return top - scoreOf(z, y) + Math.log1p(sumWithout(z, largest, top));
}

/**
 * (B19) dz_c = ∂ℓ/∂z_c = a_c − [c = y], c = 1 … k, into `dz` [k].
 *
 * Where c = y computed as −(1 − a_c) by `complement`: the subtraction a_c − 1 is 0 long before dz is.
 */
export function residuals(
  z: ArrayLike<number>,
  y: number,
  a: Float64Array | number[],
  dz: Float64Array | number[],
): void {
  for (let c = 1; c <= z.length; c++) dz[c - 1] = c === y ? -complement(z, c) : a[c]!;
}

/** (B20) ∂²ℓ/∂z_c∂z_d = a_c·([c = d] − a_d), with 1 − a_c by `complement`. */
export function crossCurvature(z: ArrayLike<number>, a: ArrayLike<number>, c: number, d: number): number {
  return c === d ? a[c]! * complement(z, c) : -a[c]! * a[d]!;
}
