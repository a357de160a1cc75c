/** Tail probabilities against 25 digits of mpmath, down to where doubles end. */
import { expect, test } from 'vitest';
import { chiSquaredP, logTwoSidedP, normalQuantile, twoSidedP } from '../../src/inference/tails.ts';

// Rounding of z²/2 alone is worth z²·u in a tail.
const allowed = (z: number): number => (8 + 4 * z * z) * 2 ** -53;
const near = (found: number, truth: number, tolerance: number): void =>
  expect(Math.abs(found / truth - 1), `${found} against ${truth}`).toBeLessThanOrEqual(tolerance);

test.each([
  [0.5, 0.6170750774519738, -0.4827645810336733],
  [1.959963984540054, 0.050000000000000024, -2.9957322735539904],
  [5, 5.733031437583878e-7, -14.37185121342878],
  [10, 1.523970604832105e-23, -52.53813796995252],
  [20, 5.5072482372124675e-89, -203.22400819053732],
  [28, 1.6247738939318855e-172, -395.5592673310711],
  [28.5, 1.1714282507612675e-178, -409.70192282146564],
  [35, 2.2498214129448125e-268, -616.2819540813625],
  [37, 1.1451142445049154e-299, -688.3374383963306],
] as const)('normal, z = %d', (z, p, logP) => {
  near(twoSidedP(z), p, allowed(z));
  near(twoSidedP(-z), p, allowed(z));
  near(logTwoSidedP(z), logP, 1e-13);
});

test.each([
  [40, -803.9152948331938],
  [100, -5004.831061513645],
  [1000, -500007.1335476316],
] as const)('the logarithm goes on, z = %d', (z, logP) => {
  near(logTwoSidedP(z), logP, 1e-14);
});

test.each([
  [0.1, 1, 0.7518296340458492],
  [24.053648469412714, 1, 9.368857374858899e-7],
  [3, 2, 0.22313016014842982],
  [50, 7, 1.4444852779215405e-8],
  [1300, 3, 1.4717437106980104e-281],
  [1, 40, 1.0],
  [700, 96, 1.6514547727238267e-92],
] as const)('chi-squared, x = %d on %d', (x, df, p) => {
  near(chiSquaredP(x, df), p, 1e-12 + x * 2 ** -52);
});

test.each([
  [0.5, 0.6744897501960817],
  [0.9, 1.6448536269514726],
  [0.95, 1.9599639845400543],
  [0.99, 2.575829303548901],
  [0.999, 3.290526731491895],
] as const)('the quantile of %d', (level, z) => {
  near(normalQuantile(level), z, 4e-15);
});

test('nothing is beyond nothing', () => {
  expect(twoSidedP(0)).toBe(1);
  expect(chiSquaredP(0, 3)).toBe(1);
});
