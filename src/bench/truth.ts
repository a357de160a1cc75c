/**
 * What evaluations and short fits are compared with: the objective in plain float64 loops (rows/reference.ts), its
 * gradient at a theta that is neither zero nor the answer, and the first steps of a solver.
 */
import { maxNorm } from '../math/vector.ts';
import { createObjective, type Objective, type Penalty, type Problem } from '../objective/objective.ts';
import type { RowSource, RowSums } from '../rows/contract.ts';
import { referenceRows } from '../rows/reference.ts';
import { lbfgs } from '../solvers/lbfgs.ts';
import { minimise } from '../solvers/solver.ts';

/** Rows that are summed one after another before their sums are added up: rounding grows with the longer chain. */
const blockRows = 4096;

/** Where evaluations are asked for, and loss and gradient there. */
export interface Truth {
  readonly theta: Float64Array;
  readonly loss: number;
  readonly gradient: Float64Array;
}

export async function evaluateReference(source: RowSource): Promise<Truth> {
  const objective = referenceObjective(source, { l2: 0 });
  const theta = Float64Array.from({ length: objective.dimension }, (_, j) => 0.3 * Math.cos(j + 1));
  const { value, gradient } = await objective.point(theta, 1);
  return { theta, loss: value, gradient };
}

/** Largest error of a gradient, or of coefficients, relative to the largest entry. */
export function relativeError(found: ArrayLike<number>, truth: ArrayLike<number>): number {
  const exact = Float64Array.from(truth);
  return maxNorm(exact.map((value, j) => value - found[j]!)) / maxNorm(exact);
}

/** What short fits minimise: penalised, so that it has an optimum whatever the rows. */
export const shortFitProblem: Problem = { penalty: { l2: 1e-3 }, intercept: true };

/** So many steps of L-BFGS from 0: the same steps on every backend, but for rounding. */
export async function shortFit(objective: Objective, maxIterations: number): Promise<Float64Array> {
  const zero = new Float64Array(objective.dimension);
  return (await minimise(lbfgs, objective, zero, { maxIterations, tolerance: 0 })).point.theta;
}

export function referenceObjective(source: RowSource, penalty: Penalty): Objective {
  return createObjective(inBlocks(referenceRows(source), source.rows), 'float64', { penalty, intercept: true });
}

/** The same sums, added up block by block: one run of a million additions would be off by more than what is compared. */
function inBlocks(rows: RowSums, count: number): RowSums {
  return {
    ...rows,
    async evaluate(theta, order, precision) {
      if (order === 2) throw new Error('Hessians of the reference are not needed');
      let loss = 0;
      const gradient = new Float64Array(theta.length);
      for (let from = 0; from < count; from += blockRows) {
        const sums = await rows.evaluate(theta, order, precision, { range: [from, from + blockRows] });
        loss += sums.loss;
        sums.gradient?.forEach((sum, j) => {
          gradient[j]! += sum;
        });
      }
      return { loss, gradient };
    },
  };
}
