/**
 * The judge of all fits: the library's plain float64 oracle on the standardised columns. It finds the
 * best theta by Newton steps on that oracle, to the end of what float64 resolves, and says of any other
 * theta how far its objective is above and how far its coefficients are off.
 */
import { rowsOf } from '../src/backends/backend.ts';
import { maxNorm } from '../src/math/vector.ts';
import { createObjective, type Objective } from '../src/objective/objective.ts';
import { oracleRows } from '../src/rows/oracle.ts';
import { newton } from '../src/solvers/newton.ts';
import { minimise } from '../src/solvers/solver.ts';
import type { Data, Evaluation } from './contender.ts';

/** A contender has solved the problem when f(theta) − f* is at most this share of f*. */
export const gapAllowed = 1e-8;

export interface Verdict {
  /** (f(theta) − f*) / f* */
  readonly gap: number;
  /** max |theta_j − theta*_j| / |theta*_j| */
  readonly coefficientError: number;
}

export interface Judge {
  /** Max-norm of the gradient at the truth: how exact it is. */
  readonly gradientNorm: number;
  judge(theta: ArrayLike<number>): Promise<Verdict>;
}

export function objectiveOf({ columns, y, problem }: Data): Objective {
  return createObjective(oracleRows(rowsOf({ columns, y })), { l2: problem.l2 }, true);
}

export async function createJudge(data: Data): Promise<Judge> {
  const objective = objectiveOf(data);
  const start = new Float64Array(objective.dimension);
  const { point } = await minimise(newton, objective, start, { maxIterations: 100, tolerance: 1e-14 });
  return {
    gradientNorm: maxNorm(point.gradient),
    async judge(theta) {
      const full = Float64Array.from(theta);
      if (full.length !== objective.dimension)
        throw new Error(`${full.length} coefficients, not ${objective.dimension}`);
      const value = await objective.value(full);
      const errors = full.map((w, j) => Math.abs(w - point.theta[j]!) / Math.abs(point.theta[j]!));
      return { gap: (value - point.value) / point.value, coefficientError: maxNorm(errors) };
    },
  };
}

/** A theta that is neither zero nor the answer, and loss and gradient there. */
export async function referenceEvaluation(data: Data): Promise<{ theta: Float64Array; truth: Evaluation }> {
  const n = data.columns.length;
  const theta = Float64Array.from({ length: n + 1 }, (_, j) => 0.3 * Math.cos(j + 1));
  const { value, gradient } = await objectiveOf({ ...data, problem: { ...data.problem, l2: 0 } }).point(theta, 1);
  return { theta, truth: { loss: value, gradient } };
}

/** Largest error of a gradient, relative to its largest entry. */
export function gradientError(found: ArrayLike<number>, truth: ArrayLike<number>): number {
  const exact = Float64Array.from(truth);
  return maxNorm(exact.map((g, j) => g - found[j]!)) / maxNorm(exact);
}
