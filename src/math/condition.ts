/**
 * How nearly singular a symmetric positive definite matrix is: λ_max / λ_min, by power iteration on it
 * and on its inverse. Source: Golub & Van Loan, Matrix Computations, 4th ed., section 8.2.
 */
import { cholesky, choleskySolve } from './cholesky.ts';
import { dot, norm } from './vector.ts';

const iterations = 60;

/** The condition number to about two digits; undefined when the matrix is not positive definite. */
export function conditionNumber(a: Float64Array, order: number): number | undefined {
  const l = cholesky(a, order);
  if (l === undefined) return undefined;
  return largestEigenvalue(a, order) * powerIteration((v) => choleskySolve(l, v), order);
}

/** λ_max of a symmetric positive semidefinite matrix to about two digits. */
export function largestEigenvalue(a: Float64Array, order: number): number {
  return powerIteration((v) => v.map((_, i) => dot(a.subarray(i * order, (i + 1) * order), v)), order);
}

function powerIteration(times: (v: Float64Array) => Float64Array, order: number): number {
  let v: Float64Array = Float64Array.from({ length: order }, (_, i) => 1 + 0.5 * Math.sin(i + 1)); // no symmetry to be caught in
  let value = 0;
  for (let i = 0; i < iterations; i++) {
    const size = norm(v);
    v = v.map((x) => x / size);
    const next = times(v);
    value = dot(v, next);
    v = next;
  }
  return value;
}
