/**
 * Where a fit over many rows may start: at the optimum of a sample of them, whose iterations cost a fraction each. A
 * guess moves no result: solve.ts drops one that is worse than the null model, and starts again from 0 where one
 * leads nowhere. It knows the sample as placed rows and nothing of the others.
 */
import { maxNorm, plus } from '../math/vector.ts';
import { createObjective, type Problem } from '../objective/objective.ts';
import type { RowSums } from '../rows/contract.ts';
import { joinSummaries } from '../rows/source.ts';
import { chooseSolver } from '../solvers/choose.ts';
import { minimise } from '../solvers/solver.ts';
import type { FittingOptions } from './options.ts';

const maxIterations = 20;
/** Sampled rows that each parameter must have. */
const rowsPerParameter = 50;

export interface Guess {
  /** All coefficients [k, n + 1]. */
  readonly theta: Float64Array;
  /** Hessian of the mean objective there, over the coefficients that are free; absent from solvers without one. */
  readonly hessian?: Float64Array | undefined;
  /** What it is the optimum of: a sample of the rows, or another fit of them all. */
  readonly of: 'sample' | 'fit';
  /** Rows that it was found on. */
  readonly rows: number;
  /** Max-norm of what the coarse gradient there differs from float64's. */
  readonly noiseFloor: number;
}

/**
 * The optimum of the sample, as near as sampling makes sense of. Undefined where none is found, where the sample is
 * small for the number of parameters, for the null model, which a sample's is never better than, and for gradient descent, which is to show its own way.
 */
export async function warmStart(
  sample: RowSums,
  { partitions: _other, ...problem }: Problem,
  options: FittingOptions,
  signal: AbortSignal | undefined,
): Promise<Guess | undefined> {
  const coarse = createObjective(sample, sample.precisions[0]!, problem);
  const { rows } = joinSummaries(sample.partitions);
  if (options.solver === 'gd' || sample.features === 0 || rows < rowsPerParameter * coarse.dimension) return undefined;
  const { name, point } = await minimise(
    chooseSolver(options.solver, coarse, options),
    coarse,
    new Float64Array(coarse.dimension),
    {
      maxIterations,
      tolerance: 1 / (4 * Math.sqrt(rows)), // half the error of a sampled gradient: the deviation of dz·x is at most 1/2
      signal,
    },
  );
  if (name !== 'converged') return undefined;
  const exact = await createObjective(sample, 'float64', problem).point(point.theta, 1, signal);
  return {
    theta: coarse.expand(point.theta),
    hessian: point.hessian,
    of: 'sample',
    rows,
    noiseFloor: maxNorm(plus(point.gradient, -1, exact.gradient)),
  };
}
