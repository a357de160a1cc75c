/**
 * A backend alone as a session: rows in float32 where it keeps them, without the float64 that a fit has beside it, so
 * that its own arithmetic is what is timed and compared.
 */
import { backends } from '../backends/registry.ts';
import { createObjective } from '../objective/objective.ts';
import type { Numbers, ProblemShape } from './problem.ts';
import { sourceOf } from './problem.ts';
import type { Session } from './session.ts';
import { shortFit, shortFitProblem } from './truth.ts';

/** Not timed: the reference, which the others are compared with, and tfjs, which is whatever an application has made active. */
const untimed = ['reference', 'tfjs'] as const;
export type TimedBackend = Exclude<keyof typeof backends, (typeof untimed)[number]>;
export const timedBackends = Object.keys(backends).filter(
  (name): name is TimedBackend => !untimed.some((other) => other === name),
);

export async function openBackend(
  name: TimedBackend,
  { rows: m, features, classes }: ProblemShape,
  numbers: Numbers,
): Promise<Session> {
  const place = await backends[name].open({ threads: 'auto', cells: m * features });
  const start = performance.now();
  const rows = await place.place(sourceOf(numbers, classes, m), 'float32');
  return {
    version: place.detail,
    uploadSeconds: (performance.now() - start) / 1000,
    async evaluate(theta) {
      const { loss, gradient } = await rows.evaluate(theta, 1, 'float32');
      return { loss: loss / m, gradient: gradient!.map((sum) => sum / m) };
    },
    async fit(iterations) {
      const distinct = await place.place(sourceOf(numbers, classes), 'float32');
      try {
        return await shortFit(createObjective(distinct, 'float32', shortFitProblem), iterations);
      } finally {
        await distinct.close();
      }
    },
    async close() {
      await rows.close();
      await place.close();
    },
  };
}
