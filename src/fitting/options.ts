/** What a user may say of how a fit is solved. model/options.ts checks the values. */
import type { SolverName } from '../solvers/choose.ts';
import type { SolverOptions } from '../solvers/solver.ts';

export interface FittingOptions {
  readonly solver: SolverName;
  /** Default: 100 for Newton, 1,000 for L-BFGS, 10,000 for gradient descent. */
  readonly maxIterations?: number | undefined;
  /** Max-norm of the gradient at which the fit has converged. */
  readonly tolerance: number;
  /** Gradient descent only; default 1/L. */
  readonly learningRate?: number | undefined;
  /** Gradient descent only. */
  readonly momentum: number;
}

/** What a caller of a fit may hear and stop. */
export type FitHooks = Pick<SolverOptions, 'signal' | 'onIteration'>;
