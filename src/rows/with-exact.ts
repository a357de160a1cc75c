/**
 * Rows of a place without float64 arithmetic, and the same rows in one that has it, as one: composition instead of a
 * case in the fit. It knows neither place.
 */
import type { RowSums } from './contract.ts';

/** `coarse` answers in its own precisions, `exact` in float64 and wherever rows give numbers. */
export function withExact(coarse: RowSums, exact: RowSums): RowSums {
  return {
    ...exact,
    precisions: [...coarse.precisions.filter((precision) => precision !== 'float64'), 'float64'],
    evaluate: (theta, order, precision, options) =>
      (precision === 'float64' ? exact : coarse).evaluate(theta, order, precision, options),
    async close() {
      await Promise.all([coarse.close(), exact.close()]);
    },
  };
}
