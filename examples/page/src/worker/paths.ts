/**
 * Paths of the library's own solvers, point by point, over whatever rows are placed; and the loss over a plane of two
 * weights. The only formula here is the squared loss, which the library does not train with: the page shows why.
 */

import { largestEigenvalue } from '../../../../src/math/condition.ts';
import { sigmoid } from '../../../../src/math/logistic.ts';
import { createObjective, type Objective, type Point } from '../../../../src/objective/objective.ts';
import type { RowSums } from '../../../../src/rows/contract.ts';
import { referenceRows } from '../../../../src/rows/reference.ts';
import { chooseSolver } from '../../../../src/solvers/choose.ts';
import { gradientDescent } from '../../../../src/solvers/gd.ts';
import { type Algorithm, minimise } from '../../../../src/solvers/solver.ts';
import type { Calls, Step, SurfaceRequest, Trained, TrainRequest, UpdateRequest } from './messages.ts';
import { type Current, numbersAsRows, placed } from './rows.ts';

const tolerance = 1e-10;

function objectiveOf(rows: RowSums, l2: number): Objective {
  return createObjective(rows, rows.precisions.at(-1)!, { penalty: { l2 }, intercept: true });
}

export async function evaluate(theta: Float64Array, l2: number): ReturnType<Calls['evaluate']> {
  const { value, gradient, hessian } = await objectiveOf(placed().rows, l2).point(theta, 2);
  return { theta, value, gradient, largestCurvature: largestEigenvalue(hessian!, theta.length) };
}

/** The same rule, telling each point that it comes to. */
function watched(algorithm: Algorithm, visit: (point: Point) => void): Algorithm {
  return {
    ...algorithm,
    async begin(objective, signal) {
      const step = await algorithm.begin(objective, signal);
      return async (point) => {
        const next = await step(point);
        if (next !== undefined) visit(next);
        return next;
      };
    },
  };
}

/** One step of gradient descent, over all rows or over one, whatever the rule of a whole fit would say of stopping. */
export async function update({ from, l2, learningRate, row }: UpdateRequest): Promise<Step> {
  const rows = row
    ? referenceRows(
        numbersAsRows(
          Array.from(row.x, (x) => Float64Array.of(x)),
          Uint8Array.of(row.y),
        ),
      )
    : placed().rows;
  const own = objectiveOf(rows, l2);
  const step = await gradientDescent({ learningRate }).begin(own);
  const { theta } = (await step(await own.point(from, 1)))!;
  const { value, gradient } = await objectiveOf(placed().rows, l2).point(theta, 1);
  return { theta, value, gradient };
}

export async function train(
  { solver, from, l2, maxIterations, learningRate, loss = 'log' }: TrainRequest,
  visit: (step: Step) => void,
  signal: AbortSignal,
): Promise<Trained> {
  const objective = loss === 'log' ? objectiveOf(placed().rows, l2) : squaredLoss(placed());
  const chosen = chooseSolver(solver, objective, { learningRate });
  const algorithm = watched(chosen, ({ theta, value, gradient }) => visit({ theta, value, gradient }));
  const { name, rule, iterations, evaluations } = await minimise(algorithm, objective, from, {
    ...{ maxIterations, tolerance, signal },
  });
  return { outcome: name, rule, iterations, evaluations };
}

/** (a − y)², whose dz = 2·(a − y)·a·(1 − a) dies where a is near 0 or 1. */
function squaredLoss({ rows, labels }: Current): Objective {
  const log = objectiveOf(rows, 0);
  const at = async (theta: Float64Array): Promise<Point> => {
    const z = await rows.rowwise!.scores(theta);
    let sum = 0;
    const dz = z.map((score, i) => {
      const a = sigmoid(score);
      sum += (a - labels[i]!) ** 2;
      return 2 * (a - labels[i]!) * a * sigmoid(-score);
    });
    const gradient = await rows.rowwise!.gradientOf(dz);
    return { theta, value: sum / z.length, gradient: gradient.map((g) => g / z.length) };
  };
  return { ...log, value: async (theta) => (await at(theta)).value, point: at };
}

/** Cells of the plane: fewer where a sum over the rows takes long. */
const surfaceWork = 4e8;

export async function surface(
  { l2, axes, theta, spans }: SurfaceRequest,
  signal: AbortSignal,
): ReturnType<Calls['surface']> {
  const { rows } = placed();
  const objective = objectiveOf(rows, l2);
  const size = Math.max(20, Math.min(56, Math.floor(Math.sqrt(surfaceWork / (objective.rows * (rows.features + 1))))));
  const values = new Float64Array(size * size);
  const point = theta.slice();
  for (let i = 0; i < values.length; i++) {
    axes.forEach((axis, k) => {
      const [low, high] = spans[k]!;
      const step = k === 0 ? i % size : Math.floor(i / size);
      point[axis] = low + ((high - low) * (step + 0.5)) / size;
    });
    values[i] = await objective.value(point, signal);
  }
  return { size, values };
}
