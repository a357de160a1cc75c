/**
 * Ten million rows: the error of the kernels' sums does not grow with their length, where one long float32
 * sum is off by per cents. Centred and one-sided data, every precision, on two workers.
 */
import { describe, expect, test } from 'vitest';
import { createFusedPlace } from '../../../src/backends/cpu/fused.ts';
import { compensatedSums, worstError } from '../../support/compensated.ts';
import { randomRows, repeatRows } from '../../support/data.ts';

const m = 9767; // no length of blocks divides it
const times = 1024; // sums of float64 times this are exact

describe.each([
  { name: 'centred', shift: 0, positives: 0.5 },
  { name: 'one-sided', shift: 5, positives: 0.9 },
])('$name data', ({ shift, positives }) => {
  test('every precision is within 32 roundings of Σ|term|', async () => {
    const distinct = randomRows({ m, n: 2, seed: 51, shift, positives });
    const rows = repeatRows(distinct, times);
    const theta = Float64Array.of(0.25, -0.125, 0.5);
    const { sums, magnitudes } = compensatedSums(distinct, theta);
    const truth = { sums: sums.map((sum) => times * sum), magnitudes: magnitudes.map((size) => times * size) };
    const place = (await createFusedPlace(2))!;
    try {
      for (const keep of ['float32', 'float64'] as const) {
        const placed = await place.place(rows, keep);
        for (const precision of ['float32', 'float64'] as const) {
          const unit = precision === 'float32' ? 2 ** -24 : 2 ** -53;
          const error = worstError(await placed.evaluate(theta, 2, precision), truth) / unit;
          expect(error).toBeLessThanOrEqual(32);
        }
        await placed.close();
      }
    } finally {
      await place.close();
    }
  });
});
