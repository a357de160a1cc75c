/**
 * What each row does to a maximum-likelihood fit of two classes: residuals, leverage, Cook's distance, and how the
 * coefficients would move without the row, by one Newton step from the optimum (Pregibon, Logistic regression
 * diagnostics, Annals of Statistics 9 (1981)). It sees numbers of the design and no column's name.
 *
 *   h = s·a(1 − a)·xᵀ·V·x    leverage, V = (Σ s·a(1 − a)·x·xᵀ)⁻¹
 *   r = √s·(y − a)/√(a(1 − a))   Pearson      d = ±√(2·s·ℓ)   deviance, of the sign of y − a
 *   r/√(1 − h), d/√(1 − h)   standardised      D = r²·h/(p·(1 − h)²)   Cook's distance
 *   DFBETA = V·x·s·(y − a)/(1 − h)   estimate less that without the row      DFBETAS = DFBETA/√V_jj
 */
import { cholesky, choleskyInverse, choleskySolve } from '../math/cholesky.ts';
import { curvature, logLoss, residual } from '../math/logistic.ts';
import { dot } from '../math/vector.ts';
import { contrastOf, type Scaling, toRawUnits, widthOf } from './covariance.ts';

export interface ObservedRow {
  /** The standardised features, and 1 where there is an intercept: [p]. */
  readonly x: Float64Array;
  readonly z: number;
  /** y */
  readonly label: number;
  /** s */
  readonly weight: number;
}

/** Diagnostics of one row. h < 1: a row that alone decided on a direction of x would leave it without a finite estimate. */
export interface Diagnostics {
  readonly leverage: number;
  readonly pearsonResidual: number;
  readonly devianceResidual: number;
  readonly standardizedPearsonResidual: number;
  readonly standardizedDevianceResidual: number;
  readonly cooksDistance: number;
  /** Change of each coefficient in raw units that the row brings about, the intercept first. */
  readonly dfbeta: readonly number[];
  /** The same in standard errors of the coefficients. */
  readonly dfbetas: readonly number[];
}

/** The diagnostics of every row; undefined where the information matrix of the rows is singular. */
export function influenceOf(rows: readonly ObservedRow[], scaling: Scaling): Diagnostics[] | undefined {
  const p = widthOf(scaling);
  const l = cholesky(informationOf(rows, p), p);
  if (l === undefined) return undefined;
  const covariance = toRawUnits(choleskyInverse(l, p), p, scaling);
  // Of the raw coefficients as a summary orders them, the intercept first.
  const order = scaling.intercept ? [p - 1, ...Array(p - 1).keys()] : [...Array(p).keys()];
  const contrasts = order.map((at) => contrastOf(scaling, at));
  const errors = order.map((at) => Math.sqrt(covariance[at * p + at]!));
  return rows.map(({ x, z, label, weight }) => {
    const step = choleskySolve(l, x);
    const c = curvature(z);
    const leverage = weight * c * dot(step, x);
    const score = -residual(z, label);
    const pearsonResidual = (Math.sqrt(weight) * score) / Math.sqrt(c);
    const devianceResidual = Math.sign(score) * Math.sqrt(2 * weight * logLoss(z, label));
    const left = 1 - leverage;
    const dfbeta = contrasts.map((contrast) => (dot(contrast, step) * weight * score) / left);
    return {
      leverage,
      pearsonResidual,
      devianceResidual,
      standardizedPearsonResidual: pearsonResidual / Math.sqrt(left),
      standardizedDevianceResidual: devianceResidual / Math.sqrt(left),
      cooksDistance: (pearsonResidual ** 2 * leverage) / (p * left ** 2),
      dfbeta,
      dfbetas: dfbeta.map((change, j) => change / errors[j]!),
    };
  });
}

/** Σ s·a(1 − a)·x·xᵀ, [p, p]. */
function informationOf(rows: readonly ObservedRow[], p: number): Float64Array {
  const information = new Float64Array(p * p);
  for (const { x, z, weight } of rows) {
    const factor = weight * curvature(z);
    for (let j = 0; j < p; j++) {
      for (let l = 0; l <= j; l++) information[j * p + l]! += factor * x[j]! * x[l]!;
    }
  }
  for (let j = 0; j < p; j++) for (let l = 0; l < j; l++) information[l * p + j] = information[j * p + l]!;
  return information;
}
