/**
 * A first guess from a fit over the same rows that differs in its penalty alone: one Newton step for the new penalty from the
 * last optimum, whose sums are known, so that it costs no pass over the rows.
 */
import { dot, plus } from '../math/vector.ts';
import { createObjective, type Problem } from '../objective/objective.ts';
import type { RowSums, Sums } from '../rows/contract.ts';
import { joinSummaries } from '../rows/source.ts';
import { newtonDirection } from '../solvers/newton.ts';
import type { Guess } from './warm-start.ts';

/** Sums of order 2 in float64. */
export interface KnownSums {
  /** All coefficients [k, n + 1]. */
  readonly theta: Float64Array;
  readonly sums: Sums;
}

/** The rows, telling the sums of evaluations of order 2 in float64: the last of a fit is at its optimum. */
export function observedRows(rows: RowSums, onSums: (known: KnownSums) => void): RowSums {
  return {
    ...rows,
    async evaluate(theta, order, precision, options) {
      const sums = await rows.evaluate(theta, order, precision, options);
      if (order === 2 && precision === 'float64') onSums({ theta: theta.slice(), sums });
      return sums;
    },
  };
}

/** A step that lowers the objective by more, as the Hessian has it, is further than the optimum of a sample is off. */
const longestStep = 2 ** -10;

/** Undefined where the step is long, and without a penalty, which makes the optimum one and finite whatever the start. */
export async function nextGuess(
  { theta, sums }: KnownSums,
  rows: RowSums,
  problem: Problem,
): Promise<Guess | undefined> {
  if (!(problem.penalty.l2 > 0)) return undefined;
  const objective = createObjective({ ...rows, evaluate: async () => sums }, 'float64', problem);
  const { gradient, hessian } = await objective.point(objective.restrict(theta), 2);
  const step = newtonDirection(hessian!, gradient);
  if (!(-dot(gradient, step) < 2 * longestStep)) return undefined;
  return {
    theta: plus(theta, 1, objective.expandStep(step)),
    hessian,
    of: 'fit',
    rows: joinSummaries(rows.partitions, problem.partitions).rows,
    noiseFloor: 0,
  };
}
