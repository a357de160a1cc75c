/** How measures are counted, beside what they are (test/backends/places.test.ts, test/evaluation/measures.test.ts). */
import { expect, test } from 'vitest';
import { measureScores } from '../../src/rows/measure.ts';

const rows = 2 ** 18;
const source = { rows, columns: [], classes: 2, labels: new Uint8Array(rows), partitions: [5, rows - 5] };

test('timers are served while rows are measured, and an abort ends it', async () => {
  const controller = new AbortController();
  const reason = new Error('enough');
  setImmediate(() => controller.abort(reason));
  const measuring = measureScores(source, new Float64Array(rows), 0.5, { signal: controller.signal });
  await expect(measuring).rejects.toBe(reason);
});

test('rows of several spans are counted in order', async () => {
  const scores = Float64Array.from({ length: rows }, (_, i) => (i < 5 ? 1 : -1));
  const all = await measureScores(source, scores, 0.5, undefined);
  expect([...all.confusion]).toEqual([rows - 5, 5, 0, 0]);
  const some = await measureScores(source, scores.subarray(3, 100), 0.5, { range: [3, 100] });
  expect([...some.confusion]).toEqual([95, 2, 0, 0]);
});
