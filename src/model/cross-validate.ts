/**
 * Cross-validation on placed rows: each fold is held out in turn and the others are fitted, from the optimum of all of
 * them, on rows that were placed once. What a separate fit would decide on its own training rows, and what shows in
 * sums, is decided here as well: the scale that the penalty acts on, and terms that are constant or determined by others
 * without the fold. Imputed values, class weights and the reference levels are those of all training rows.
 */
import type { Metrics, MultiClassMetrics } from '../evaluation/metrics.ts';
import type { FitHooks } from '../fitting/options.ts';
import type { Solution } from '../fitting/solution.ts';
import { type FitProblem, solve } from '../fitting/solve.ts';
import { findDependencies } from '../math/cholesky.ts';
import type { RowSums } from '../rows/contract.ts';
import { joinSummaries } from '../rows/source.ts';
import type { OutcomeName } from '../solvers/solver.ts';
import { measurePartitions } from './measured.ts';
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
  readonly folds: readonly Fold[];
  /** meanLogLoss, accuracy, auc, … by name: every metric that is one number. */
  readonly metrics: Readonly<Record<string, Spread>>;
}

/** A term of whose square no more than this is left beside the mean, or beside earlier terms, is determined by them. */
const dependentFraction = 1e-11;

export async function crossValidatePlaced(
  { design, rows: placing, problem }: Placed,
  full: Solution,
  options: CheckedOptions,
  hooks: FitHooks,
): Promise<CrossValidation> {
  const rows = await placing;
  const all = trainingPartitions(design);
  const folds: Fold[] = [];
  for (const held of all) {
    const partitions = all.filter((p) => p !== held);
    const { theta, solver } = await solve(
      await foldProblem(rows, partitions, { problem, full, options, signal: hooks.signal }),
      options,
      {
        signal: hooks.signal,
      },
    );
    const measured = { design, partitions: [held], threshold: options.threshold, signal: hooks.signal };
    const metrics = await measurePartitions(rows, theta, measured);
    folds.push({ rows: metrics.rows, outcome: solver.outcome, metrics });
  }
  return { seed: options.seed, folds, metrics: spreads(folds.map((fold) => fold.metrics)) };
}

interface FoldContext {
  readonly problem: FitProblem;
  readonly full: Solution;
  readonly options: CheckedOptions;
  readonly signal: AbortSignal | undefined;
}

/** The fit of some folds, as if the others had never been there. */
async function foldProblem(
  rows: RowSums,
  partitions: readonly number[],
  { problem, full, options, signal }: FoldContext,
): Promise<FitProblem> {
  const { variances, varying } = await momentsOf(rows, partitions, { centred: options.intercept, signal });
  const { l2, factors } = problem.penalty;
  const kept = varying(l2 === 0);
  const same = kept.length === rows.features;
  return {
    rows,
    intercept: problem.intercept,
    partitions,
    features: same ? undefined : kept,
    // The penalty acts on features standardised over these rows, whose scale is the deviation here times that of all.
    penalty: { l2, factors: options.standardize ? variances : factors },
    guess: {
      theta: full.theta,
      hessian: same ? full.hessian : undefined,
      rows: joinSummaries(rows.partitions, partitions).rows,
      noiseFloor: full.certificate.noiseFloor,
    },
  };
}

/** Second moments of the standardised features over some partitions, from the Hessian at θ = 0: (1/K)(1 − 1/K)·Σ s·x·xᵀ. */
async function momentsOf(
  rows: RowSums,
  partitions: readonly number[],
  { centred, signal }: { readonly centred: boolean; readonly signal: AbortSignal | undefined },
) {
  const { features: n, scoreVectors: k } = rows;
  const size = k * (n + 1);
  const { hessian } = await rows.evaluate(new Float64Array(size), 2, 'float64', { partitions, signal });
  const total = hessian![n * size + n]!;
  const square = (j: number, l: number): number => hessian![j * size + l]! / total;
  const covariance = (j: number, l: number): number => square(j, l) - square(n, j) * square(n, l);
  const all = Array.from({ length: n }, (_, j) => j);
  return {
    variances: Float64Array.from(all, (j) => covariance(j, j)),
    /** Features that are not constant and, where that matters, not determined by earlier ones. */
    varying(independent: boolean): number[] {
      const kept = all.filter((j) =>
        centred ? covariance(j, j) > dependentFraction * square(j, j) : square(j, j) > 0,
      );
      if (!independent) return kept;
      const gram = Float64Array.from(kept.flatMap((j) => kept.map((l) => (centred ? covariance(j, l) : square(j, l)))));
      const out = new Set(findDependencies(gram, kept.length, dependentFraction).map(({ index }) => kept[index]!));
      return kept.filter((j) => !out.has(j));
    },
  };
}

function spreads(metrics: readonly Metrics[]): Record<string, Spread> {
  const numbers = metrics.map(numbersOf);
  return Object.fromEntries(
    Object.keys(numbers[0]!).map((name) => [name, spread(numbers.flatMap((of) => of[name] ?? []))] as const),
  );
}

/** The metrics that are one number each, averages over classes by their path: 'macro.f1'. */
function numbersOf(metrics: Metrics): Record<string, number | null> {
  const {
    rows: _rows,
    aucError: _aucError,
    undefined: _reasons,
    confusion: _confusion,
    perClass,
    ...numbers
  } = metrics;
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
