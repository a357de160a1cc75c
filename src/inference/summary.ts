/**
 * What R's summary says of a fit: standard errors, tests and intervals of every coefficient, tests of every column, and
 * the likelihood with what is made of it. It turns estimates, their covariance and log-likelihoods into numbers and
 * fits nothing.
 */
import type { SandwichType } from './sandwich.ts';
import { chiSquaredP, logTwoSidedP, normalQuantile, twoSidedP } from './tails.ts';
import { waldStatistic } from './wald.ts';

export type Interval = readonly [low: number, high: number];

/** An estimate against its standard error; null where it has none. */
export interface WaldNumbers {
  readonly standardError: number | null;
  /** estimate / standardError */
  readonly z: number | null;
  /** P(|Z| ≥ |z|), two-sided. */
  readonly p: number | null;
  /** ln p, which does not underflow. */
  readonly logP: number | null;
  readonly confidenceInterval: Interval | null;
}

/** Its standard error is √V_jj; null, like z, of a coefficient that has no finite estimate or was not estimated. */
export interface CoefficientSummary extends WaldNumbers {
  /** Of the term, or `(intercept)`. */
  readonly name: string;
  /** The column it belongs to; null of the intercept. */
  readonly term: string | null;
  /** More than two classes: the one whose log-odds against the reference it is of. */
  readonly class?: string | number | boolean;
  /** In raw units, as the model has it. */
  readonly estimate: number;
  /** That of the test which the interval agrees with: of a profile interval the likelihood-ratio test of the coefficient. */
  readonly p: number | null;
  /** P(|Z| ≥ |z|), two-sided, whatever the interval. */
  readonly waldP: number | null;
  /** An end may be ±Infinity, null in JSON. */
  readonly confidenceInterval: Interval | null;
  /** Whether an end is infinite. */
  readonly unbounded?: true;
  readonly ciMethod: 'profile' | 'wald' | null;
  /** e^estimate; null of the intercept. */
  readonly oddsRatio: number | null;
  /** e^ of the interval's ends. */
  readonly oddsRatioInterval: Interval | null;
  /** Units of the column that odds ratio and its interval are for; absent: 1. */
  readonly per?: number;
  /** Why there are no numbers, where there are none. */
  readonly note?: string;
}

export interface ChiSquaredTest {
  readonly statistic: number;
  readonly df: number;
  readonly p: number;
}

/** A column of the data, with all its levels. */
export interface TermSummary {
  readonly term: string;
  readonly df: number;
  /** Twice the log-likelihood that is lost without the column; null where the refits were not made. */
  readonly likelihoodRatio: ChiSquaredTest | null;
  /** wᵀ·V_ww⁻¹·w; null where a coefficient has no finite estimate. */
  readonly wald: ChiSquaredTest | null;
  /** Generalised variance inflation factor and its 1/(2·df)-th power; null for more than two classes and for one column. */
  readonly gvif: number | null;
  readonly adjustedGvif: number | null;
}

export interface Summary {
  /** Of the intervals. */
  readonly level: number;
  /** `model`, or the sandwich estimator that standard errors, z, p, Wald tests and intervals rest on. */
  readonly covarianceType: 'model' | SandwichType;
  /** The clusters whose rows are not taken to be independent, where there are any. */
  readonly clusters?: { readonly column: string; readonly count: number };
  /** Σs */
  readonly observations: number;
  readonly coefficients: readonly CoefficientSummary[];
  readonly terms: readonly TermSummary[];
  /** Number of coefficients that were estimated. */
  readonly parameters: number;
  /** Σ s·ln a_y; null, like all below, where weights are those of a sample. */
  readonly logLikelihood: number | null;
  /** Of the intercepts alone; without an intercept, of equal probabilities. */
  readonly nullLogLikelihood: number | null;
  readonly deviance: number | null;
  readonly nullDeviance: number | null;
  readonly aic: number | null;
  readonly bic: number | null;
  readonly pseudoR2: PseudoR2 | null;
  /** Of the model against the null model. */
  readonly likelihoodRatio: ChiSquaredTest | null;
  /** λ_max/λ_min of the information on standardised features. */
  readonly conditionNumber: number | null;
  /** What was left out and why, and what the numbers are to be doubted for. */
  readonly notes: readonly string[];
}

export interface PseudoR2 {
  /** 1 − ℓ/ℓ₀ */
  readonly mcFadden: number;
  /** 1 − e^(2(ℓ₀ − ℓ)/Σs) */
  readonly coxSnell: number;
  /** Cox and Snell's over its largest value, 1 − e^(2ℓ₀/Σs) */
  readonly nagelkerke: number;
  /** Mean probability of the positive class among its rows less that among the others; null for more than two classes. */
  readonly tjur: number | null;
}

/** A coefficient as the fit left it. */
export interface Estimate extends Pick<CoefficientSummary, 'name' | 'term' | 'class' | 'estimate'> {
  /** Its place in the covariance; undefined where it was not estimated. */
  readonly at: number | undefined;
  /** Why it has no standard error, where it has none. */
  readonly note?: string | undefined;
}

export interface Likelihood {
  readonly model: number;
  readonly null: number;
  readonly observations: number;
  /** Parameters of the model and of the null model. */
  readonly parameters: number;
  readonly nullParameters: number;
  readonly tjur: number | null;
}

/** z, its p and the interval ± q·se of an estimate; all null where it has no standard error. */
export function waldOf(estimate: number, standardError: number | null, level: number): WaldNumbers {
  if (standardError === null) return { standardError, z: null, p: null, logP: null, confidenceInterval: null };
  const z = estimate / standardError;
  const half = normalQuantile(level) * standardError;
  return {
    standardError,
    z,
    p: twoSidedP(z),
    logP: logTwoSidedP(z),
    confidenceInterval: [estimate - half, estimate + half],
  };
}

/** The interval by profile likelihood of a coefficient, and twice the log-likelihood that is lost where it is 0. */
export interface Profile {
  readonly interval: Interval;
  readonly statistic: number;
}

/** z, p and the interval ± q·se, or those by profile likelihood. */
export function summariseCoefficient(
  { at, note, ...named }: Estimate,
  {
    covariance,
    order,
    level,
    profile,
  }: Covariance & { readonly level: number; readonly profile?: Profile | undefined },
): CoefficientSummary {
  const { estimate, term } = named;
  const known = at !== undefined && note === undefined;
  const wald = waldOf(estimate, known ? Math.sqrt(covariance[at * order + at]!) : null, level);
  const confidenceInterval = profile?.interval ?? wald.confidenceInterval;
  const root = profile && Math.sqrt(profile.statistic);
  const slope = term !== null;
  return {
    ...named,
    ...wald,
    waldP: wald.p,
    ...(root !== undefined && { p: twoSidedP(root), logP: logTwoSidedP(root) }),
    confidenceInterval,
    ...(confidenceInterval?.every(Number.isFinite) === false && { unbounded: true as const }),
    ciMethod: confidenceInterval === null ? null : profile ? 'profile' : 'wald',
    oddsRatio: known && slope ? Math.exp(estimate) : null,
    oddsRatioInterval:
      confidenceInterval && slope ? [Math.exp(confidenceInterval[0]), Math.exp(confidenceInterval[1])] : null,
    ...(note === undefined ? {} : { note }),
  };
}

/** V in raw units, [order, order]. */
export interface Covariance {
  readonly covariance: Float64Array;
  readonly order: number;
}

/** The joint Wald test of some coefficients. */
export function waldTest(estimates: readonly Estimate[], { covariance, order }: Covariance): ChiSquaredTest | null {
  if (estimates.some(({ at, note }) => at === undefined || note !== undefined)) return null;
  const places = estimates.map(({ at }) => at!);
  const statistic = waldStatistic(covariance, order, { places, values: estimates.map(({ estimate }) => estimate) });
  return statistic === undefined ? null : chiSquared(statistic, places.length);
}

export function chiSquared(statistic: number, df: number): ChiSquaredTest {
  return { statistic, df, p: chiSquaredP(statistic, df) };
}

/** Everything that follows from the log-likelihoods. */
export function summariseLikelihood(likelihood: Likelihood) {
  const { model, null: none, observations, parameters, nullParameters, tjur } = likelihood;
  const statistic = Math.max(0, 2 * (model - none));
  const df = parameters - nullParameters;
  const coxSnell = -Math.expm1((-2 * (model - none)) / observations);
  return {
    logLikelihood: model,
    nullLogLikelihood: none,
    deviance: -2 * model,
    nullDeviance: -2 * none,
    aic: 2 * parameters - 2 * model,
    bic: parameters * Math.log(observations) - 2 * model,
    pseudoR2: {
      mcFadden: 1 - model / none,
      coxSnell,
      nagelkerke: coxSnell / -Math.expm1((2 * none) / observations),
      tjur,
    },
    likelihoodRatio: df > 0 ? chiSquared(statistic, df) : null,
  };
}
