/** A fit by Firth's penalised likelihood: Newton's method with Fisher scoring from 0, in float64 throughout. */
import { LogisticError } from '../errors.ts';
import { conditionNumber } from '../math/condition.ts';
import { firthObjective } from '../objective/firth.ts';
import { createObjective, type Objective, type Problem } from '../objective/objective.ts';
import type { RowSums } from '../rows/contract.ts';
import { newton } from '../solvers/newton.ts';
import { convergedRule, minimise } from '../solvers/solver.ts';
import type { FitHooks, FittingOptions } from './options.ts';
import type { Solution } from './solution.ts';

/** Scoring converges linearly: the gradient is driven this far below the tolerance, where a Newton step would have gone. */
const beyond = 1e-5;
const defaultIterations = 100;

/** s of all placed rows; undefined: 1 each. */
export interface FirthRows {
  readonly weights: Float64Array | undefined;
}

/** f* over the rows of a problem. Throws LogisticError 'two-classes-only', or 'bad-option' where rows do not give numbers. */
export function penalisedObjective(rows: RowSums, problem: Problem, { weights }: FirthRows): Objective {
  const { rowwise, scoreVectors } = rows;
  if (scoreVectors > 1) {
    throw new LogisticError('two-classes-only', `firth is there for two classes; the target has ${scoreVectors + 1}`, {
      hint: 'use a penalty (l2)',
    });
  }
  if (rowwise === undefined) {
    throw new LogisticError('bad-option', 'firth needs a number for each row, which this backend does not give', {
      hint: 'fit the rows of a file, or choose another backend',
    });
  }
  return firthObjective(createObjective(rows, 'float64', problem), { ...rows, rowwise }, problem, weights);
}

export async function solveFirth(
  rows: RowSums,
  problem: Problem,
  firth: FirthRows,
  { maxIterations = defaultIterations, tolerance }: FittingOptions,
  hooks: FitHooks,
): Promise<Solution> {
  const objective = penalisedObjective(rows, problem, firth);
  const start = new Float64Array(objective.dimension);
  const ended = await minimise(newton, objective, start, { ...hooks, maxIterations, tolerance: beyond * tolerance });
  const { point, gradientNorm, iterations, evaluations } = ended;
  const converged = gradientNorm <= tolerance;
  const outcome = converged ? 'converged' : ended.name;
  const rule = converged ? convergedRule(gradientNorm, tolerance) : ended.rule;
  const plain = createObjective(rows, 'float64', problem);
  return {
    theta: objective.expand(point.theta),
    hessian: point.hessian,
    meanLogLoss: await plain.value(point.theta, hooks.signal),
    solver: { name: 'newton', outcome, rule, warmStart: null, iterations, evaluations, refinements: 0, gradientNorm },
    certificate: {
      outcome,
      rule,
      gradientNorm,
      tolerance,
      condition: conditionNumber(point.hessian!, objective.dimension) ?? null,
      noiseFloor: 0,
      storagePrecision: rows.storagePrecision,
    },
  };
}
