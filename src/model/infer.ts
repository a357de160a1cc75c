/**
 * From a solution over placed rows to the numbers of R's summary: who is refused, which refits are made, and what the
 * coefficients are called. The mathematics is inference/'s.
 */
import { penalisedObjective } from '../fitting/firth.ts';
import { inverseOf, toRawUnits } from '../inference/covariance.ts';
import {
  type Covariance,
  type Estimate,
  type Profile,
  type Summary,
  summariseCoefficient,
  summariseLikelihood,
  type TermSummary,
  waldTest,
} from '../inference/summary.ts';
import { inflation } from '../inference/wald.ts';
import { createObjective } from '../objective/objective.ts';
import { joinSummaries } from '../rows/source.ts';
import { estimatesOf, scalingOf } from './estimates.ts';
import { trainingPartitions } from './placed.ts';
import {
  type InferenceContext as Context,
  type InferenceRequest,
  level,
  profilesOf,
  smallestWithout,
  withoutTerm,
} from './refits.ts';
import { notesOf } from './summary-notes.ts';
import { residualsOf, robustly, sandwichType, tjurOf } from './training-residuals.ts';

/** What a model file has of it: the fields `summary` and `covariance`, or `summaryRefused`. */
export type Inference =
  | {
      readonly summary: Summary;
      /** Lower triangle of the covariance of the estimated coefficients, row by row in the order of `summary`; absent of many. */
      readonly covariance?: readonly number[];
    }
  | { readonly summaryRefused: string };

/** Products m·d² that refits for tests of columns, and those for profile intervals, may cost. */
const refitProducts = 2 ** 27;
const profileProducts = 2 ** 28;
/** Evaluations that an interval by profile takes, about. */
const evaluationsPerInterval = 40;
/** Beyond this many estimates the covariance is left out of the model file. */
const storedEstimates = 128;

export async function infer(request: InferenceRequest): Promise<Inference> {
  const { placed, solution, separation, options, hooks } = request;
  const rows = await placed.rows;
  const summaryRefused =
    refusal(request, rows.rowwise !== undefined && placed.part !== undefined) ?? (await uncounted(request));
  if (summaryRefused !== undefined) return { summaryRefused };
  const { design } = placed;
  const { classWeights, rows: m } = joinSummaries(rows.partitions, trainingPartitions(design));
  const observations = classWeights.reduce((sum, weight) => sum + weight, 0);
  const scaling = scalingOf(design, options.intercept);
  const order = solution.hessian!.length ** 0.5;
  const information = solution.hessian!.map((h) => observations * h);
  const inverse = inverseOf(information, order);
  if (inverse === undefined) return { summaryRefused: 'the information matrix is singular' };
  const { problem } = placed;
  const objective = problem.firth
    ? penalisedObjective(rows, problem, problem.firth)
    : createObjective(rows, 'float64', problem);
  const theta = objective.restrict(solution.theta);
  const value = problem.firth ? await objective.value(theta, hooks.signal) : solution.meanLogLoss;
  const optimum = { theta, value };
  const context: Context = { ...request, rows, scaling, order, observations, m, objective, optimum };

  const type = sandwichType(options);
  const fitted = await residualsOf(context);
  const independent = options.cluster === undefined;
  const covariance = toRawUnits(
    type ? await robustly(type, inverse, { ...context, ...fitted! }) : inverse,
    order,
    scaling,
  );
  const estimates = estimatesOf(context);
  const modelled = type === undefined;
  const work = m * order ** 2;
  const near = rows.rowwise !== undefined; // else every evaluation is a query
  const profiled =
    near && modelled && rows.scoreVectors === 1 && work * order * evaluationsPerInterval <= profileProducts;
  const own = { covariance, order };
  const profiles = profiled ? await profilesOf(estimates, { ...context, ...own }) : new Map<Estimate, Profile>();
  const groups = [...new Set(design.terms.flatMap(({ group, offset }) => (offset ? [] : [group])))];
  const refitted = near && options.weightType !== 'sampling' && independent && work * groups.length <= refitProducts;
  const terms: TermSummary[] = [];
  for (const term of groups) terms.push(await summariseTerm(term, estimates, { ...context, ...own, refitted }));
  const { logLikelihood, null: none } = await logLikelihoods(context);
  const likelihood = {
    model: logLikelihood,
    null: none,
    observations,
    parameters: order,
    nullParameters: options.intercept ? rows.scoreVectors : 0,
    tjur: fitted ? tjurOf(fitted.residuals, placed) : null,
  };
  const derived = options.weightType === 'sampling' ? noLikelihood : summariseLikelihood(likelihood);
  const coefficients = estimates.map((estimate) =>
    summariseCoefficient(estimate, { ...own, level, profile: profiles.get(estimate) }),
  );
  const summary: Summary = {
    level,
    covarianceType: type ?? 'model',
    ...(placed.clusters && { clusters: { column: placed.clusters.column, count: placed.clusters.count } }),
    observations,
    coefficients,
    terms,
    parameters: order,
    ...derived,
    ...(!independent && { aic: null, bic: null, likelihoodRatio: null }),
    ...(options.firth && { aic: null, bic: null, pseudoR2: null }),
    conditionNumber: solution.certificate.condition,
    notes: notesOf({
      options,
      classWeights,
      order,
      coefficients,
      statistics: estimates.map((estimate) => profiles.get(estimate)?.statistic),
      profiled: profiled || !modelled,
      refitted: refitted || groups.length === 0 || options.weightType === 'sampling' || !independent,
      separation,
      clusters: placed.clusters,
    }),
  };
  hooks.signal?.throwIfAborted();
  return order > storedEstimates ? { summary } : { summary, covariance: lowerTriangle(estimates, own) };
}

/** Of the model and of the null model, which keeps an offset; by Firth's method both are penalised, with the prior of all coefficients in raw units. */
async function logLikelihoods(context: Context): Promise<{ readonly logLikelihood: number; readonly null: number }> {
  const { placed, options, objective, optimum, observations, scaling, order } = context;
  const slopes = new Set(Array.from({ length: order - Number(placed.problem.intercept) }, (_, j) => j));
  const known = slopes.size === 0 ? optimum.value : options.firth ? undefined : objective.nullValue;
  const without = known ?? (await smallestWithout(slopes, context));
  // By Firth's method, ln|I| in raw units has Σ 2·ln scale_j more.
  const units = options.firth ? scaling.scales.reduce((sum, scale) => sum + Math.log(scale), 0) : 0;
  return { logLikelihood: units - observations * optimum.value, null: units - observations * without };
}

/** Why there is no summary, as a sentence; undefined where there is one. */
function refusal({ placed, solution, separation, options }: InferenceRequest, rowwise: boolean): string | undefined {
  const { outcome } = solution.solver;
  const { design } = placed;
  if (options.l2 > 0) return 'the fit is penalised, and its coefficients are biased by design';
  if (options.classWeight !== undefined)
    return 'class weights change what is estimated: fit without them for standard errors';
  if (outcome === 'separated' || separation?.kind === 'complete')
    return 'the classes are perfectly separated, so no coefficient has a finite estimate';
  if (separation === null && design.pureLevels.length > 0 && !options.firth)
    return 'levels that some class never has have no finite estimate (see the warning)';
  if (outcome !== 'converged' && outcome !== 'quasi-separated') return `the fit has not converged (${outcome})`;
  if (solution.hessian === undefined) return 'there are too many coefficients for their covariance';
  const sandwiched = sandwichType(options) !== undefined;
  if (options.firth && sandwiched) return 'robust standard errors are there for maximum likelihood only';
  if (sandwiched && !rowwise)
    return 'robust standard errors need a number for each row, which this backend does not give';
  if (sandwiched && design.labels.classes.length > 2) return 'robust standard errors are there for two classes only';
  return undefined;
}

/** Why there is no summary, where weights do not count rows. */
async function uncounted({ placed, options }: InferenceRequest): Promise<string | undefined> {
  if (options.weightType === 'sampling' || (await placed.wholeWeights())) return undefined;
  return 'the weights are no whole numbers, so they count no rows: --weight-type sampling takes them as those of a sample';
}

/** Tests of all coefficients of one term. */
async function summariseTerm(
  term: string,
  estimates: readonly Estimate[],
  context: Context & Covariance & { readonly refitted: boolean },
): Promise<TermSummary> {
  const { covariance, order, refitted, rows } = context;
  const own = estimates.filter((estimate) => estimate.term === term && estimate.at !== undefined);
  const all = estimates.flatMap(({ term: of, at }) => (of === null || at === undefined ? [] : [at]));
  const df = own.length;
  const products = context.placed.design.containing?.get(term) ?? [];
  const containing = estimates.filter((estimate) => products.includes(estimate.term!));
  const finite = estimates.every(({ note, at }) => at === undefined || note === undefined);
  const gvif =
    rows.scoreVectors === 1 && finite ? inflation(covariance, order, { own: own.map(({ at }) => at!), all }) : null;
  return {
    term,
    df,
    likelihoodRatio: refitted && df > 0 ? await withoutTerm(own, containing, context) : null,
    wald: df > 0 ? waldTest(own, context) : null,
    gvif,
    adjustedGvif: gvif === null ? null : gvif ** (1 / (2 * df)),
  };
}

const noLikelihood = {
  logLikelihood: null,
  nullLogLikelihood: null,
  deviance: null,
  nullDeviance: null,
  aic: null,
  bic: null,
  pseudoR2: null,
  likelihoodRatio: null,
};

function lowerTriangle(estimates: readonly Estimate[], { covariance, order }: Covariance): number[] {
  const places = estimates.flatMap(({ at }) => at ?? []);
  return places.flatMap((i, row) => places.slice(0, row + 1).map((j) => covariance[i * order + j]!));
}
