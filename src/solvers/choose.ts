/**
 * Which algorithm a name means, and what `auto` means: Newton while its Hessian, n² numbers and m·n²/2
 * products a step, costs less than the forty-odd gradients that L-BFGS takes instead.
 */
import { gradientDescent } from './gd.ts';
import { lbfgs } from './lbfgs.ts';
import { newton } from './newton.ts';
import type { Algorithm } from './solver.ts';

export type SolverName = 'auto' | 'newton' | 'lbfgs' | 'gd';

/** Up to this many parameters `auto` is Newton. */
export const newtonLimit = 256;

export function chooseSolver(
  name: SolverName,
  dimension: number,
  descent: { learningRate?: number | undefined; momentum?: number | undefined },
): Algorithm {
  if (name === 'gd') return gradientDescent(descent);
  if (name === 'lbfgs') return lbfgs;
  if (name === 'newton') return newton;
  return dimension <= newtonLimit ? newton : lbfgs;
}
