/**
 * What is fitted again for a summary, on the same placed rows: without a column, for its likelihood-ratio test, and along
 * one coefficient, for its interval by profile likelihood.
 */
import type { FitHooks } from '../fitting/options.ts';
import type { Solution } from '../fitting/solution.ts';
import { contrastOf, type Scaling } from '../inference/covariance.ts';
import { profileDeviance, profileEnd } from '../inference/profile.ts';
import { type Covariance, chiSquared, type Estimate, type Interval, type Profile } from '../inference/summary.ts';
import { normalQuantile } from '../inference/tails.ts';
import { fixedAtZero } from '../objective/fixed.ts';
import type { Objective, Point } from '../objective/objective.ts';
import type { RowSums } from '../rows/contract.ts';
import { newton } from '../solvers/newton.ts';
import { minimise } from '../solvers/solver.ts';
import type { CheckedOptions } from './options.ts';
import type { Placed } from './placed.ts';
import type { SeparationReport } from './separation.ts';

/** Of every interval. */
export const level = 0.95;
/** Gradient at which a refit has ended: its loss is right to the square of that. */
const refitTolerance = 1e-12;
export interface InferenceRequest {
  readonly placed: Placed;
  readonly solution: Solution;
  readonly separation: SeparationReport | null;
  readonly options: CheckedOptions;
  readonly hooks: FitHooks;
}

/** What the numbers of a summary are made of. */
export interface InferenceContext extends InferenceRequest {
  readonly rows: RowSums;
  readonly scaling: Scaling;
  readonly order: number;
  readonly observations: number;
  readonly m: number;
  /** What was minimised, and where it is smallest. */
  readonly objective: Objective;
  readonly optimum: Pick<Point, 'theta' | 'value'>;
}

/**
 * Intervals and tests of coefficients by profile likelihood; of a coefficient that alone has no finite estimate, the one
 * end that is finite.
 */
export async function profilesOf(
  estimates: readonly Estimate[],
  context: InferenceContext & Covariance,
): Promise<Map<Estimate, Profile>> {
  const { objective, optimum, separation, scaling, order, covariance, observations, hooks } = context;
  const quantile = normalQuantile(level);
  const shared = { objective, optimum, totalWeight: observations, quantile, signal: hooks.signal };
  const profiles = new Map<Estimate, Profile>();
  for (const estimate of estimates) {
    const { at, note } = estimate;
    if (at === undefined) continue;
    const request = { ...shared, contrast: contrastOf(scaling, at), reach: 0 };
    const statistic = async (): Promise<number> =>
      estimate.term === null ? profileDeviance(request, 0) : (await withoutTerm([estimate], [], context)).statistic;
    if (note === undefined) {
      const near = { ...request, reach: quantile * Math.sqrt(covariance[at * order + at]!) };
      const interval: Interval = [await profileEnd(near, -1), await profileEnd(near, 1)];
      profiles.set(estimate, { interval, statistic: await statistic() });
    } else if (separation?.unique && separation.coefficients.length === 1) {
      const { sign } = separation.coefficients[0]!;
      const end = await profileEnd({ ...request, reach: Math.abs(estimate.estimate) / 4 }, sign > 0 ? -1 : 1);
      const interval: Interval = sign > 0 ? [end, Number.POSITIVE_INFINITY] : [Number.NEGATIVE_INFINITY, end];
      profiles.set(estimate, { interval, statistic: await statistic() });
    }
  }
  return profiles;
}

/**
 * The likelihood-ratio test of one term by refits on the same rows, of type II: with and without it, where the products
 * that contain it are left out of both.
 */
export async function withoutTerm(
  own: readonly Estimate[],
  containing: readonly Estimate[],
  context: InferenceContext,
) {
  const { observations, optimum } = context;
  const places = (of: readonly Estimate[]): number[] => of.flatMap(({ at }) => at ?? []);
  const products = places(containing);
  const whole = products.length === 0 ? optimum.value : await smallestWithout(new Set(products), context);
  const without = await smallestWithout(new Set([...products, ...places(own)]), context);
  return chiSquared(Math.max(0, 2 * observations * (without - whole)), own.length);
}

/** The smallest value of the objective with some coefficients fixed at 0. */
export async function smallestWithout(
  fixed: ReadonlySet<number>,
  { objective, optimum, hooks }: InferenceContext,
): Promise<number> {
  const reduced = fixedAtZero(objective, fixed);
  const start = Float64Array.from(
    [...optimum.theta.entries()].flatMap(([at, value]) => (fixed.has(at) ? [] : [value])),
  );
  if (start.length === 0) return reduced.value(start, hooks.signal);
  const { point } = await minimise(newton, reduced, start, {
    maxIterations: 100,
    tolerance: refitTolerance,
    signal: hooks.signal,
  });
  return point.value;
}
