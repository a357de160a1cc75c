/**
 * Rows that lie in a backend's memory: placed once, summed in place at every evaluation, in one of the
 * arithmetics that the backend has. It knows nothing of how that backend computes.
 */
import type { PlacedRows, Precision, Rows } from '../backends/backend.ts';
import { describeRows, type RowSums } from './row-sums.ts';

export function inMemoryRows(placed: PlacedRows, rows: Rows, arithmetic: Precision): RowSums {
  return {
    ...describeRows(rows),
    roundoff: arithmetic === 'float32' ? 2 ** -24 : 2 ** -53,
    evaluate: (theta, order, signal) => placed.evaluate(theta, order, arithmetic, signal),
    scores: (theta, signal) => placed.scores(theta, signal),
    dispose: () => placed.dispose(),
  };
}
