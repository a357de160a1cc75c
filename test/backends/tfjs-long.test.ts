/** Four million rows on TensorFlow.js: one float32 sum of so many is off by 5e-2 on wasm; blocks and float64 are not. */
import { describe, expect, test } from 'vitest';
import { compensatedSums } from '../support/compensated.ts';
import { randomRows, randomTheta, repeatRows } from '../support/data.ts';
import { openTfjs, tfjsNames } from '../support/tensorflow.ts';

const distinct = randomRows({ m: 1000, n: 2, seed: 51, weighted: true });
const times = 4000;

const repeated = repeatRows(distinct, times);

describe.each(tfjsNames)('4,000,000 rows on %s', (name) => {
  test('loss and gradient are within 1e-6 of float64', async () => {
    const place = await openTfjs(name);
    const rows = await place.place(repeated, 'float32');
    for (const theta of [new Float64Array(3), randomTheta(2, 52, 2)]) {
      const { sums, magnitudes } = compensatedSums(distinct, theta);
      const { loss, gradient } = await rows.evaluate(theta, 1, 'float32');
      [loss, ...gradient!].forEach((found, j) => {
        expect(Math.abs(found / times - sums[j]!) / magnitudes[j]!).toBeLessThanOrEqual(1e-6);
      });
    }
    await rows.close();
    await place.close();
  });
});
