/**
 * Tail probabilities of the normal and the χ² distribution, to relative 1e−12 however small they are: never 1 − P. The
 * special functions are @stdlib's.
 */
import erfc from '@stdlib/math-base-special-erfc';
import erfcinv from '@stdlib/math-base-special-erfcinv';
import gammainc from '@stdlib/math-base-special-gammainc';

/** P(|Z| ≥ |z|) = erfc(|z|/√2) for a standard normal Z; 0 from |z| = 38.6 on, where the logarithm goes on. */
export function twoSidedP(z: number): number {
  return erfc(Math.abs(z) / Math.SQRT2);
}

/**
 * ln P(|Z| ≥ |z|). From x = |z|/√2 = 20 on by the asymptotic series erfc(x) = e^(−x²)/(x√π)·(1 − 1/(2x²) + 3/(2x²)² − …),
 * whose next term is below 1e−13 there (Abramowitz & Stegun 7.1.23).
 */
export function logTwoSidedP(z: number): number {
  const x = Math.abs(z) / Math.SQRT2;
  if (x < 20) return Math.log(erfc(x));
  const u = 1 / (2 * x * x);
  return -x * x - Math.log(x * Math.sqrt(Math.PI)) + Math.log1p(-u * (1 - 3 * u * (1 - 5 * u * (1 - 7 * u))));
}

/** q with P(|Z| ≤ q) = level. */
export function normalQuantile(level: number): number {
  return Math.SQRT2 * erfcinv(1 - level);
}

/** P(X ≥ x) for X ~ χ² with df degrees of freedom. */
export function chiSquaredP(x: number, df: number): number {
  return x > 0 ? gammainc(x / 2, df / 2, true, true) : 1;
}
