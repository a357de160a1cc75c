/**
 * A backend alone as a session: rows in float32 where it keeps them, without the float64 that a fit has beside it, so
 * that its own arithmetic is what is timed and compared.
 */
import { backends } from '../backends/registry.ts';
import { createObjective } from '../objective/objective.ts';
import type { Precision, RowPlace, RowSource } from '../rows/contract.ts';
import { type Numbers, type ProblemShape, sourceOf } from './problem.ts';
import type { Session } from './session.ts';
import { shortFit, shortFitProblem } from './truth.ts';

/** Not timed: the reference, which the others are compared with, and tfjs, which is whatever an application has made active. */
const untimed = ['reference', 'tfjs'] as const;
export type TimedBackend = Exclude<keyof typeof backends, (typeof untimed)[number]>;
export const timedBackends = Object.keys(backends).filter(
  (name): name is TimedBackend => !untimed.some((other) => other === name),
);

/** Rows in a place, evaluated in one precision. Closing the session closes the place. */
export async function evaluateIn(place: RowPlace, source: RowSource, precision: Precision): Promise<Session> {
  const start = performance.now();
  const rows = await place.place(source, precision);
  return {
    version: place.detail,
    uploadSeconds: (performance.now() - start) / 1000,
    async evaluate(theta) {
      const { loss, gradient } = await rows.evaluate(theta, 1, precision);
      return { loss: loss / source.rows, gradient: gradient!.map((sum) => sum / source.rows) };
    },
    async close() {
      await rows.close();
      await place.close();
    },
  };
}

export async function openBackend(name: TimedBackend, shape: ProblemShape, numbers: Numbers): Promise<Session> {
  const { rows, features, classes } = shape;
  const place = await backends[name].open({ threads: 'auto', cells: rows * features });
  return {
    ...(await evaluateIn(place, sourceOf(numbers, classes, rows), 'float32')),
    async fit(iterations) {
      const distinct = await place.place(sourceOf(numbers, classes), 'float32');
      try {
        return await shortFit(createObjective(distinct, 'float32', shortFitProblem), iterations);
      } finally {
        await distinct.close();
      }
    },
  };
}
