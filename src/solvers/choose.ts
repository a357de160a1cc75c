/**
 * Which algorithm a name means, and what `auto` means: Newton while its Hessian, d² numbers and m·d²/2 products a step,
 * costs less than the gradients that L-BFGS takes instead.
 */
import type { Objective } from '../objective/objective.ts';
import { gradientDescent } from './gd.ts';
import { lbfgs } from './lbfgs.ts';
import { newton } from './newton.ts';
import type { Algorithm } from './solver.ts';

export type SolverName = 'auto' | 'newton' | 'lbfgs' | 'gd';

/** Up to this many parameters a Hessian costs less than the forty-odd gradients of L-BFGS, however many rows there are. */
const fewParameters = 256;
/** Up to this many, and this many products, it is summed and factorised within a second. */
const manyParameters = 1024;
const manyProducts = 2 ** 32;

/** Whether Hessians of an objective are worth what they cost. */
export function hessianServes({ dimension, rows }: Pick<Objective, 'dimension' | 'rows'>): boolean {
  return dimension <= fewParameters || (dimension <= manyParameters && rows * dimension ** 2 <= manyProducts);
}

export function chooseSolver(
  name: SolverName,
  objective: Objective,
  descent: { learningRate?: number | undefined; momentum?: number | undefined },
): Algorithm {
  if (name === 'gd') return gradientDescent(descent);
  if (name === 'lbfgs') return lbfgs;
  if (name === 'newton') return newton;
  return hessianServes(objective) ? newton : lbfgs;
}
