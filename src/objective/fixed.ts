/** An objective with some coefficients fixed at 0, as a function of the others. */
import type { Objective } from './objective.ts';

export function fixedAtZero(objective: Objective, fixed: ReadonlySet<number>): Objective {
  const { dimension } = objective;
  const free = Array.from({ length: dimension }, (_, i) => i).filter((i) => !fixed.has(i));
  const whole = (theta: Float64Array): Float64Array => {
    const all = new Float64Array(dimension);
    for (const [i, at] of free.entries()) all[at] = theta[i]!;
    return all;
  };
  const part = (all: Float64Array): Float64Array => Float64Array.from(free, (at) => all[at]!);
  return {
    ...objective,
    dimension: free.length,
    value: (theta, signal) => objective.value(whole(theta), signal),
    async point(theta, order, signal) {
      const { value, gradient, hessian } = await objective.point(whole(theta), order, signal);
      const square = hessian && Float64Array.from(free.flatMap((i) => free.map((j) => hessian[i * dimension + j]!)));
      return { theta, value, gradient: part(gradient), ...(square && { hessian: square }) };
    },
    penalty: (theta) => objective.penalty(whole(theta)),
    expand: (theta) => objective.expand(whole(theta)),
    expandStep: (step) => objective.expandStep(whole(step)),
    restrict: (all) => part(objective.restrict(all)),
  };
}
