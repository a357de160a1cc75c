/** The order of numbers against the obvious way, where digits, words, signs and ties could go wrong. */
import { expect, test } from 'vitest';
import { argsort } from '../../src/math/argsort.ts';
import { createRandom } from '../../src/math/random.ts';

const m = 200_000; // several yields
const random = createRandom(5);
const many = (draw: (i: number) => number): Float64Array => Float64Array.from({ length: m }, (_, i) => draw(i));

const cases: readonly [string, Float64Array][] = [
  ['none', new Float64Array(0)],
  ['one', Float64Array.of(-1)],
  ['scores', many(() => 12 * random() - 6)],
  ['all equal', many(() => 0.25)],
  ['few distinct', many(() => Math.floor(9 * random()) / 7 - 0.5)],
  ['equal in their upper words, in no order', many(() => 1 + random() * 2 ** -21)],
  ['negative ones equal in their upper words', many(() => -3 - random() * 2 ** -20)],
  ['short runs of equal upper words', many((i) => (i % 10_000) + random() * 2 ** -30)],
  ['descending', many((i) => 1e6 - i)],
  ['every size', many(() => (random() - 0.5) * 2 ** Math.floor(2000 * random() - 1000))],
  [
    'signs, zeros, infinities',
    Float64Array.of(1, 0, Infinity, -5e-324, -1, 5e-324, -Infinity, 2 ** -1022, -(2 ** -1022)),
  ],
];

test.each(cases)('%s', async (_, values) => {
  const truth = Array.from(values.keys()).sort((i, j) => values[i]! - values[j]! || i - j);
  // ∞ − ∞ is NaN, which is no order: infinities occur once.
  expect(await argsort(values)).toEqual(Uint32Array.from(truth));
});

test('−0 comes before 0, and a view into a longer array is read where it lies', async () => {
  const values = Float64Array.of(9, 9, 0, -0, 0, -0, 9).subarray(2, 6);
  expect([...(await argsort(values))]).toEqual([1, 3, 0, 2]);
});
