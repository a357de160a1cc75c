/**
 * Whether probabilities fit the rows they are for: the test of Hosmer and Lemeshow, which depends on where groups are
 * cut, and that of the sum of squared errors, which does not and is recommended instead (Hosmer, Hosmer, le Cessie &
 * Lemeshow, Statistics in Medicine 16, 1997).
 */

import { chiSquaredP, twoSidedP } from '../inference/tails.ts';
import { curvature, residual } from '../math/logistic.ts';
import type { ProbabilityGroup } from './groups.ts';
import type { SortedRows } from './sorted.ts';

export interface HosmerLemeshow {
  /** Σ (O − E)² / (E·(1 − E/n)) over the groups */
  readonly statistic: number;
  /** The number of groups, less 2 on the rows that the model was fitted to. */
  readonly df: number;
  readonly p: number;
  readonly groups: readonly ProbabilityGroup[];
}

export interface SquaredErrors {
  /** Σ s·(y − P)² */
  readonly sum: number;
  /** Σ s·P(1 − P), what it is on average where the probabilities are right. */
  readonly expected: number;
  readonly standardDeviation: number;
  /** (sum − expected) / standardDeviation */
  readonly z: number;
  /** P(|Z| ≥ |z|), two-sided. */
  readonly p: number;
}

export function hosmerLemeshow(groups: readonly ProbabilityGroup[], inSample: boolean): HosmerLemeshow | string {
  const df = groups.length - (inSample ? 2 : 0);
  const statistic = groups.reduce((sum, { rows, observed, expected }) => {
    return sum + (observed - expected) ** 2 / (expected * (1 - expected / rows));
  }, 0);
  if (df <= 0 || !Number.isFinite(statistic)) return 'the probabilities make too few groups';
  return { statistic, df, p: chiSquaredP(statistic, df), groups };
}

/** √u of float64: a variance is a difference of sums that lose half their digits. */
const rounding = 2 ** -26;

/**
 * Σ s·(y − P)² − Σ s·P(1 − P) = Σ s·(y − P)(1 − 2P), of variance Σ s·(1 − 2P)²·P(1 − P) on new rows: Spiegelhalter's z.
 * On the rows of a fit by maximum likelihood the variance is less, by `explained`: what a regression of 1 − 2P on the
 * features, weighted by s·P(1 − P), explains of it (le Cessie & van Houwelingen 1991).
 */
export function squaredErrors({ z, p, y, s }: SortedRows, explained: number): SquaredErrors | string {
  let [sum, expected, difference, whole] = [0, 0, 0, 0];
  for (let i = 0; i < z.length; i++) {
    const [error, w, d] = [residual(z[i]!, y[i]!), curvature(z[i]!), 1 - 2 * p[i]!];
    sum += s[i]! * error ** 2;
    expected += s[i]! * w;
    difference -= s[i]! * error * d;
    whole += s[i]! * d ** 2 * w;
  }
  if (!(whole > 0)) return 'every probability is 0, ½ or 1';
  const variance = whole - explained;
  if (!(variance > rounding * whole)) return 'the probabilities differ too little';
  const standardDeviation = Math.sqrt(variance);
  const ratio = difference / standardDeviation;
  return { sum, expected, standardDeviation, z: ratio, p: twoSidedP(ratio) };
}
