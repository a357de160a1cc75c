/** Values at places of a sorted column, found without sorting it. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { orderStatistics, weightedMedian } from '../../src/design/order-statistics.ts';
import { createRandom } from '../../src/math/random.ts';

/** Numbers of any size, many of them equal. */
const column = fc
  .array(fc.oneof(fc.double({ noNaN: true, noDefaultInfinity: true }), fc.integer({ min: -3, max: 3 })), {
    minLength: 1,
    maxLength: 300,
  })
  .map((values) => Float64Array.from(values, (x) => x + 0)); // no −0, which is 0

test('are those of the sorted values, however the column is cut', async () => {
  await fc.assert(
    fc.asyncProperty(column, fc.integer({ min: 1, max: 50 }), fc.nat(), async (values, cut, drawn) => {
      const over = async (visit: (some: Float64Array) => void): Promise<void> => {
        for (let from = 0; from < values.length; from += cut) visit(values.subarray(from, from + cut));
      };
      const places = [0, values.length - 1, drawn % values.length, (drawn * 7) % values.length];
      const found = await orderStatistics(places, over);
      const sorted = values.slice().sort();
      expect(places.map((place) => found.get(place))).toEqual(places.map((place) => sorted[place]));
    }),
    { seed: 20261127, numRuns: 300 },
  );
});

test('a weighted median is that of each value as often as its weight says', async () => {
  await fc.assert(
    fc.asyncProperty(
      column,
      fc.integer({ min: 1, max: 50 }),
      fc.integer({ min: 1, max: 4 }),
      async (values, cut, most) => {
        const weights = values.map((_, i) => 1 + ((i * 7) % most));
        const over = async (visit: (some: Float64Array, own: Float64Array) => void): Promise<void> => {
          for (let from = 0; from < values.length; from += cut) {
            visit(values.subarray(from, from + cut), weights.subarray(from, from + cut));
          }
        };
        const all = Float64Array.from([...values].flatMap((x, i) => Array<number>(weights[i]!).fill(x))).sort();
        const last = all.length - 1;
        const [below, above] = [all[Math.floor(last / 2)]!, all[Math.ceil(last / 2)]!];
        expect(await weightedMedian(over, all.length)).toBe(below === above ? below : (below + above) / 2);
      },
    ),
    { seed: 20261127, numRuns: 300 },
  );
});

test('of many values beside one far out, and of many that are equal', async () => {
  const random = createRandom(1);
  const m = 2 ** 20 + 2 ** 18;
  const values = Float64Array.from({ length: m }, (_, i) => (i === 5 ? 1e12 : i % 3 === 0 ? 0.5 : random()));
  const over = async (visit: (some: Float64Array, weights: Float64Array) => void): Promise<void> => {
    const ones = new Float64Array(2 ** 16).fill(1);
    for (let from = 0; from < m; from += 2 ** 16) visit(values.subarray(from, from + 2 ** 16), ones);
  };
  const places = [0, 1, m >> 3, m >> 1, m - 2, m - 1];
  const found = await orderStatistics(places, over);
  const sorted = values.slice().sort();
  expect(places.map((place) => found.get(place))).toEqual(places.map((place) => sorted[place]));
  expect(await weightedMedian(over, m)).toBe((sorted[m / 2 - 1]! + sorted[m / 2]!) / 2);
});
