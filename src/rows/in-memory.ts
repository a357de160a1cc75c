/**
 * Rows that lie in a backend's memory: placed once, summed in place at every evaluation.
 * It knows which backend it was given and nothing of how that backend computes.
 */
import type { Backend, Rows } from '../backends/backend.ts';
import { describeRows, type RowSums } from './row-sums.ts';

export function inMemoryRows(backend: Backend, rows: Rows): RowSums {
  const placed = backend.place(rows);
  return {
    ...describeRows(rows),
    roundoff: backend.precision === 'float32' ? 2 ** -24 : 2 ** -53,
    evaluate: (theta, order, signal) => placed.evaluate(theta, order, signal),
    dispose: () => placed.dispose(),
  };
}
