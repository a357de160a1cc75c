/** Four million rows on TensorFlow.js: one float32 sum of so many is off by 5e-2 on wasm; blocks and float64 are not. */
import { describe, expect, test } from 'vitest';
import type { DesignColumn, RowSource } from '../../src/rows/contract.ts';
import { compensatedSums } from '../support/compensated.ts';
import { randomRows, randomTheta } from '../support/data.ts';
import { openTfjs, tfjsNames } from '../support/tensorflow.ts';

const distinct = randomRows({ m: 1000, n: 2, seed: 51, weighted: true });
const times = 4000;

/** The distinct rows again and again, so that every sum is `times` theirs. */
const repeated: RowSource = {
  rows: distinct.rows * times,
  columns: distinct.numbers.map((x): DesignColumn => {
    const read = (from: number, into: Float64Array): void => {
      for (let i = 0; i < into.length; i++) into[i] = x[(from + i) % distinct.rows]!;
    };
    return { kind: 'dense', mean: 0, scale: 1, read };
  }),
  classes: 2,
  labels: Uint8Array.from({ length: distinct.rows * times }, (_, i) => distinct.labels[i % distinct.rows]!),
  weights: Float64Array.from({ length: distinct.rows * times }, (_, i) => distinct.weights![i % distinct.rows]!),
};

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
