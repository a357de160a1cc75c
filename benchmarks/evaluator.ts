/**
 * The evaluator of all fits: the objective in plain float64 loops (src/rows/reference.ts) over the standardised
 * columns, for any number of classes. It finds the best theta by Newton steps, to the end of what those sums resolve,
 * and says of any other theta how far its objective is above and how far its coefficients are off.
 */
import { createFusedPlace } from '../src/backends/cpu/fused.ts';
import { maxNorm, plus } from '../src/math/vector.ts';
import { createObjective, type Objective, type Point } from '../src/objective/objective.ts';
import type { RowSource, RowSums } from '../src/rows/contract.ts';
import { referenceRows } from '../src/rows/reference.ts';
import { newton, newtonDirection } from '../src/solvers/newton.ts';
import { minimise } from '../src/solvers/solver.ts';
import type { Data, Evaluation } from './contender.ts';
import { sourceOf } from './rows.ts';

/** A contender has solved the problem when f(theta) − f* is at most this share of f*. */
export const gapAllowed = 1e-8;

/** Rows that are summed one after another before their sums are added up: rounding grows with the longer chain. */
const blockRows = 4096;

export interface Verdict {
  /** (f(theta) − f*) / f* */
  readonly gap: number;
  /** max |theta_j − theta*_j| / |theta*_j| */
  readonly coefficientError: number;
}

export interface Evaluator {
  /** Max-norm of the gradient at the best theta: how exact it is. */
  readonly gradientNorm: number;
  evaluate(theta: ArrayLike<number>): Promise<Verdict>;
}

export async function createEvaluator(data: Data): Promise<Evaluator> {
  const source = sourceOf(data);
  const objective = referenceObjective(source, data.problem.l2);
  const best = await polish(objective, await nearOptimum(source, data.problem.l2));
  return {
    gradientNorm: maxNorm(best.gradient),
    async evaluate(theta) {
      const full = Float64Array.from(theta);
      if (full.length !== objective.dimension)
        throw new Error(`${full.length} coefficients, not ${objective.dimension}`);
      const value = await objective.value(full);
      const errors = full.map((w, j) => Math.abs(w - best.theta[j]!) / Math.abs(best.theta[j]!));
      return { gap: (value - best.value) / best.value, coefficientError: maxNorm(errors) };
    },
  };
}

/** A theta that is neither zero nor the answer, and loss and gradient there. */
export async function referenceEvaluation(data: Data): Promise<{ theta: Float64Array; truth: Evaluation }> {
  const objective = referenceObjective(sourceOf(data), 0);
  const theta = Float64Array.from({ length: objective.dimension }, (_, j) => 0.3 * Math.cos(j + 1));
  const { value, gradient } = await objective.point(theta, 1);
  return { theta, truth: { loss: value, gradient } };
}

/** Largest error of a gradient, relative to its largest entry. */
export function gradientError(found: ArrayLike<number>, truth: ArrayLike<number>): number {
  const exact = Float64Array.from(truth);
  return maxNorm(exact.map((g, j) => g - found[j]!)) / maxNorm(exact);
}

function referenceObjective(source: RowSource, l2: number): Objective {
  return createObjective(inBlocks(referenceRows(source), source.rows), 'float64', { penalty: { l2 }, intercept: true });
}

/** The same sums, added up block by block: one run of a million additions would be off by more than what is judged. */
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

/** Newton's method on the fused kernels in float64: what it finds is where the reference begins. */
async function nearOptimum(source: RowSource, l2: number): Promise<Point> {
  const place = await createFusedPlace();
  if (place === undefined) throw new Error('WebAssembly SIMD is missing');
  try {
    const rows = await place.place(source, 'float64');
    const objective = createObjective(rows, 'float64', { penalty: { l2 }, intercept: true });
    const zero = new Float64Array(objective.dimension);
    return (await minimise(newton, objective, zero, { maxIterations: 100, tolerance: 1e-12 })).point;
  } finally {
    await place.close();
  }
}

/** Steps by the Hessian near the optimum and gradients of the reference, while they halve those gradients. */
async function polish(objective: Objective, { theta, hessian }: Point): Promise<Point> {
  let point = await objective.point(theta, 1);
  for (;;) {
    const next = await objective.point(plus(point.theta, 1, newtonDirection(hessian!, point.gradient)), 1);
    if (!(maxNorm(next.gradient) < maxNorm(point.gradient) / 2)) return point;
    point = next;
  }
}
