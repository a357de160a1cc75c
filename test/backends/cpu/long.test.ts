/**
 * Ten million rows: the error of the kernels' sums does not grow with their length, where one long float32
 * sum is off by per cents. Centred and one-sided data, every precision, on two workers.
 */
import { describe, expect, test } from 'vitest';
import { createFusedPlace } from '../../../src/backends/cpu/fused.ts';
import { createRandom } from '../../../src/math/random.ts';
import { compensatedSums, worstError } from '../../support/compensated.ts';
import { rowsOf } from '../../support/data.ts';

const m = 10_000_000;
const n = 2;

describe.each([
  { name: 'centred', shift: 0, positives: 0.5 },
  { name: 'one-sided', shift: 5, positives: 0.9 },
])('$name data', ({ shift, positives }) => {
  test('every precision is within 32 roundings of Σ|term|', async () => {
    const random = createRandom(51);
    // Exact in float32, so that all sum the same numbers.
    const numbers = Array.from({ length: n }, () => {
      const x = new Float64Array(m);
      for (let i = 0; i < m; i++) x[i] = Math.fround(2 * random() - 1 + shift);
      return x;
    });
    const labels = new Uint8Array(m);
    for (let i = 0; i < m; i++) labels[i] = random() < positives ? 1 : 0;
    const rows = rowsOf({ numbers, labels });
    const theta = Float64Array.of(0.25, -0.125, 0.5);
    const truth = compensatedSums(rows, theta);
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
