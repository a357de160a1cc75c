/**
 * Cross-validation on placed rows: each fold is held out in turn and the others are fitted, on rows that were placed
 * once. What a separate fit would decide on its own training rows, and what shows in sums, is decided here as well: the
 * scale that the penalty acts on, and terms that are constant or determined by others without the fold. Imputed values,
 * class weights, reference levels, knots and polynomials are those of all training rows.
 */
import { foldKey } from '../design/design.ts';
import type { Part } from '../design/source.ts';
import type { EvaluationDetails } from '../evaluation/details.ts';
import type { Metrics, MultiClassMetrics, TwoClassMetrics } from '../evaluation/metrics.ts';
import type { FitHooks } from '../fitting/options.ts';
import type { Solution } from '../fitting/solution.ts';
import { type FitProblem, solve } from '../fitting/solve.ts';
import { findDependencies } from '../math/cholesky.ts';
import type { RowSums } from '../rows/contract.ts';
import { joinSummaries } from '../rows/source.ts';
import type { OutcomeName } from '../solvers/solver.ts';
import { correctIntercepts } from './intercepts.ts';
import { detailsOfFolds, measurePartitions } from './measured.ts';
import type { CheckedOptions } from './options.ts';
import { type Placed, trainingPartitions } from './placed.ts';

export interface Fold {
  readonly rows: number;
  readonly outcome: OutcomeName;
  readonly metrics: Metrics;
}

/** Over the folds in which a metric is defined. */
export interface Spread {
  readonly mean: number | null;
  /** Divided by the number of those folds less one; null of one. */
  readonly standardDeviation: number | null;
  readonly folds: number;
}

export interface CrossValidation {
  readonly seed: number;
  /** The column whose rows of one value are in one fold; absent: folds are of rows, stratified. */
  readonly by?: string;
  readonly folds: readonly Fold[];
  /** meanLogLoss, accuracy, auc, … by name: every metric that is one number. */
  readonly metrics: Readonly<Record<string, Spread>>;
  /** Two classes, where details were asked for: of each row's probability by the fit without its fold. */
  readonly details?: EvaluationDetails;
}

/** In folds dependence is looked for among no more columns than this: each has its own Gram matrix. */
const dependenceLimit = 1000;
/** A term of whose square no more than this is left beside the mean, or beside earlier terms, is determined by them. */
const dependentFraction = 1e-11;

export async function crossValidatePlaced(
  placed: Placed,
  full: Solution,
  options: CheckedOptions,
  hooks: FitHooks,
): Promise<CrossValidation> {
  const { design, part } = placed;
  const rows = await placed.rows;
  const all = trainingPartitions(design);
  const folds: Fold[] = [];
  const thetas: Float64Array[] = [];
  for (const heldOut of all) {
    const partitions = all.filter((p) => p !== heldOut);
    const { signal } = hooks;
    const fold = await foldProblem(rows, partitions, { placed, full, options, signal });
    const { theta: fitted, solver } = await solve(fold, options, { signal });
    const theta = await correctIntercepts(fitted, { placed, rows, partitions, options, signal });
    const measured = { design, part, partitions: [heldOut], threshold: options.threshold, signal };
    const metrics = await measurePartitions(rows, theta, measured);
    folds.push({ rows: metrics.rows, outcome: solver.outcome, metrics });
    thetas.push(theta);
  }
  const by = foldKey(options);
  const details = options.detailedMetrics
    ? await detailsOfFolds(rows, thetas, { design, part, signal: hooks.signal })
    : undefined;
  return {
    seed: options.seed,
    ...(by !== undefined && { by }),
    folds,
    metrics: spreads(folds.map((fold) => fold.metrics)),
    ...(details && { details }),
  };
}

/** The fit of some folds, as if the others had never been there. */
async function foldProblem(
  rows: RowSums,
  partitions: readonly number[],
  { placed, full, options, signal }: FoldContext,
): Promise<FitProblem> {
  const { design, problem } = placed;
  const { l2, factors } = problem.penalty;
  const second = await secondMoments(rows, partitions, { placed, signal });
  const kept = freeFeatures(second, { centred: options.intercept, independent: l2 === 0 });
  const fitted = design.terms.filter((term) => term.excluded === undefined);
  // The penalty acts on features standardised over these rows: their deviation here times the scale of all, or 1 where
  // they are constant, as in a design of their own.
  const ownScales = Float64Array.from(fitted, ({ scale }, j) =>
    second.varies(j) ? second.variance(j) : 1 / scale ** 2,
  );
  const fold: FitProblem = {
    rows,
    intercept: problem.intercept,
    fixed: problem.fixed,
    firth: problem.firth,
    partitions,
    features: kept.length === rows.features ? undefined : kept,
    penalty: { l2, factors: options.standardize ? ownScales : factors },
  };
  // The optimum of all folds has seen this one's rows: it is a start only where there is one end, whatever the start.
  const summary = joinSummaries(rows.partitions, partitions);
  const finite = l2 > 0 && summary.classWeights.every((weight) => weight > 0);
  if (!finite || options.solver === 'gd' || full.certificate.outcome !== 'converged') return fold;
  const hessian = options.solver === 'lbfgs' || fold.features !== undefined ? undefined : full.hessian;
  const { noiseFloor } = full.certificate;
  return { ...fold, guess: { of: 'fit', theta: full.theta, hessian, rows: summary.rows, noiseFloor } };
}

interface FoldContext {
  readonly placed: Placed;
  readonly full: Solution;
  readonly options: CheckedOptions;
  readonly signal: AbortSignal | undefined;
}

interface SecondMoments {
  readonly features: number;
  /** Σ s·x_j·x_l / Σ s */
  square(j: number, l: number): number;
  covariance(j: number, l: number): number;
  variance(j: number): number;
  varies(j: number): boolean;
}

/**
 * Second moments of the standardised features over some partitions: the Gram matrix where the place gives one for given
 * weights, else the first block of the Hessian at θ = 0, which is (1/K)(1 − 1/K)·Σ s·x·xᵀ.
 */
async function secondMoments(
  rows: RowSums,
  partitions: readonly number[],
  { placed: { design, part }, signal }: Pick<FoldContext, 'placed' | 'signal'>,
): Promise<SecondMoments> {
  const { features: n, scoreVectors: k } = rows;
  const asked = { partitions, signal };
  const { gram, width } =
    rows.rowwise && part
      ? { gram: await rows.rowwise.gramOf(weightsOf(part, design.partitions, partitions), asked), width: n + 1 }
      : {
          gram: (await rows.evaluate(new Float64Array(k * (n + 1)), 2, 'float64', asked)).hessian!,
          width: k * (n + 1),
        };
  const square = (j: number, l: number): number => gram[j * width + l]! / gram[n * width + n]!;
  const covariance = (j: number, l: number): number => square(j, l) - square(n, j) * square(n, l);
  const variance = (j: number): number => covariance(j, j);
  return { features: n, square, covariance, variance, varies: (j) => variance(j) > dependentFraction * square(j, j) };
}

/** s of the rows of some partitions. */
function weightsOf(part: Part, sizes: readonly number[], partitions: readonly number[]): Float64Array {
  const parts = partitions.map((p) => {
    const from = sizes.slice(0, p).reduce((sum, size) => sum + size, 0);
    return part.weights?.subarray(from, from + sizes[p]!) ?? new Float64Array(sizes[p]!).fill(1);
  });
  const weights = new Float64Array(parts.reduce((sum, { length }) => sum + length, 0));
  parts.reduce((at, own) => {
    weights.set(own, at);
    return at + own.length;
  }, 0);
  return weights;
}

/** Features that are not constant and, where that matters, not determined by earlier ones. */
function freeFeatures(
  { features, square, covariance, varies }: SecondMoments,
  { centred, independent }: { readonly centred: boolean; readonly independent: boolean },
): number[] {
  const all = Array.from({ length: features }, (_, j) => j);
  const kept = all.filter((j) => (centred ? varies(j) : square(j, j) > 0));
  if (!independent || kept.length > dependenceLimit) return kept;
  const gram = Float64Array.from(kept.flatMap((j) => kept.map((l) => (centred ? covariance(j, l) : square(j, l)))));
  const out = new Set(findDependencies(gram, kept.length, dependentFraction).map(({ index }) => kept[index]!));
  return kept.filter((j) => !out.has(j));
}

function spreads(metrics: readonly Metrics[]): Record<string, Spread> {
  const numbers = metrics.map(numbersOf);
  return Object.fromEntries(
    Object.keys(numbers[0]!).map((name) => [name, spread(numbers.flatMap((of) => of[name] ?? []))] as const),
  );
}

/** The metrics that are one number each and no statement of precision, averages over classes by their path: 'macro.f1'. */
function numbersOf(metrics: Metrics): Record<string, number | null> {
  const {
    rows: _rows,
    aucError: _aucError,
    aucStandardError: _aucStandardError,
    aucInterval: _aucInterval,
    undefined: _reasons,
    confusion: _confusion,
    perClass,
    ...numbers
  } = metrics as Metrics & Partial<TwoClassMetrics>;
  if (perClass === undefined) return numbers as Record<string, number | null>;
  const { macro, weighted, ...own } = numbers as unknown as Omit<MultiClassMetrics, 'rows' | 'confusion' | 'perClass'>;
  const averages = Object.entries({ macro, weighted }).flatMap(([name, of]) =>
    Object.entries(of).map(([key, value]) => [`${name}.${key}`, value as number | null] as const),
  );
  return { ...(own as unknown as Record<string, number | null>), ...Object.fromEntries(averages) };
}

function spread(values: readonly number[]): Spread {
  const folds = values.length;
  if (folds === 0) return { mean: null, standardDeviation: null, folds };
  const mean = values.reduce((sum, value) => sum + value, 0) / folds;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return { mean, standardDeviation: folds > 1 ? Math.sqrt(squares / (folds - 1)) : null, folds };
}
