/** Whole paths that figures ask for, apart from the one that the scrubber shows. */
import { call } from '../worker/client.ts';
import type { Step, Trained, TrainRequest } from '../worker/messages.ts';

export interface Path extends Trained {
  /** From the start on. */
  readonly steps: readonly Pick<Step, 'theta' | 'value'>[];
}

export async function pathOf(request: TrainRequest): Promise<Path> {
  const start = await call('evaluate', [request.from, request.l2]);
  const steps: Pick<Step, 'theta' | 'value'>[] =
    request.loss === 'squared' ? [{ theta: request.from, value: Number.NaN }] : [start];
  const trained = await call('train', [request], (more) => steps.push(...more));
  return { ...trained, steps };
}

/** Where Newton ends: the minimum, if there is one. */
export function newtonPath(from: Float64Array, l2: number): Promise<Path> {
  return pathOf({ solver: 'newton', from, l2, maxIterations: 100 });
}
