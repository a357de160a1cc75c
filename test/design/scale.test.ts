/** Means and deviations against exact sums: far from zero, far apart, tiny, huge, weighted, constant. */
import { describe, expect, test } from 'vitest';
import { measureScaling } from '../../src/design/scale.ts';
import { createRandom } from '../../src/math/random.ts';

const reader = (values: Float64Array) => (from: number, into: Float64Array) =>
  into.set(values.subarray(from, from + into.length));
const measured = (values: Float64Array, weights?: Float64Array) =>
  measureScaling(reader(values), { count: values.length, weights });

/** The mean and deviation in whole numbers of `unit`, which all values and weights are multiples of: no rounding but the last. */
function exact(values: Float64Array, unit: number, weights?: Float64Array): { mean: number; scale: number } {
  const whole = Array.from(values, (value) => BigInt(Math.round(value / unit)));
  const s = Array.from(weights ?? values, (weight) => BigInt(weights ? Math.round(weight * 1024) : 1024));
  const total = s.reduce((sum, weight) => sum + weight, 0n);
  const sum = whole.reduce((of, value, i) => of + s[i]! * value, 0n);
  // Σ s·(total·x − Σ s·x)² = total²·Σ s·(x − mean)²
  const squares = whole.reduce((of, value, i) => of + s[i]! * (total * value - sum) ** 2n, 0n);
  const ratio = (above: bigint, below: bigint): number => Number((above * 2n ** 80n) / below) / 2 ** 80;
  return { mean: ratio(sum, total) * unit, scale: Math.sqrt(ratio(squares, total ** 3n)) * unit };
}

const m = 9001;
const random = createRandom(12);
const noise = (): Float64Array => Float64Array.from({ length: m }, () => Math.floor(2 ** 20 * random()) / 2 ** 20);
const weights = Float64Array.from({ length: m }, () => Math.ceil(1024 * 3 * random()) / 1024);

/** Block sums of 4096 values add about √4096/2 roundings to a mean, a pilot 4 deviations off 17 times that to a variance. */
const tolerance = 17 * 32 * Number.EPSILON;

describe.each([
  ['around zero', noise().map((x) => x - 0.5), 2 ** -20],
  ['far from zero', noise().map((x) => x + 2 ** 30), 2 ** -20],
  ['the first value far out', noise().map((x, i) => (i === 0 ? 2 ** 20 : x)), 2 ** -20],
  ['in the order of size', noise().sort(), 2 ** -20],
  ['a drift of many deviations', noise().map((x, i) => x + Math.floor((1000 * i) / m)), 2 ** -20],
  ['huge', noise().map((x) => x * 2 ** 1000), 2 ** 980],
  ['tiny', noise().map((x) => x * 2 ** -490), 2 ** -510],
  ['two values, one of them rare', noise().map((_, i) => (i === 77 ? 1 : 0)), 1],
])('%s', (_, values, unit) => {
  test.each([
    ['alike', undefined],
    ['weighted', weights],
  ])('%s', async (__, s) => {
    const truth = exact(values, unit, s);
    const found = await measured(values, s);
    expect(found.constant).toBe(false);
    expect(Math.abs(found.scale / truth.scale - 1)).toBeLessThanOrEqual(tolerance);
    // The mean is as exact as the deviation is large, or as its own last digits.
    const size = Math.max(truth.scale * tolerance, Math.abs(truth.mean) * 2 * Number.EPSILON);
    expect(Math.abs(found.mean - truth.mean)).toBeLessThanOrEqual(size);
  });
});

test('constant: equal values, values that differ in their last digits, dust', async () => {
  const constants: ((i: number) => number)[] = [
    () => 0,
    () => -7.25,
    () => 1e300,
    (i) => 1e9 * (1 + (i % 3) * Number.EPSILON),
    (i) => (i === 3 ? 1e-200 : 0),
  ];
  for (const value of constants) {
    expect((await measured(Float64Array.from({ length: m }, (_, i) => value(i)))).constant).toBe(true);
  }
  // Far above its last digits, and in units of 1e-13, a column is one.
  for (const value of [(i: number) => 1 + (i % 3) * 1e-13, (i: number) => (i % 3) * 1e-13]) {
    const { constant, scale } = await measured(Float64Array.from({ length: m }, (_, i) => value(i)));
    expect(constant).toBe(false);
    expect(scale / 1e-13).toBeCloseTo(Math.sqrt(2 / 3), 2);
  }
});

test('weight 2 is the value twice', async () => {
  const values = noise().subarray(0, 500);
  const twice = Float64Array.from({ length: 1000 }, (_, i) => values[Math.floor(i / 2)]!);
  const [one, other] = [await measured(values, new Float64Array(500).fill(2)), await measured(twice)];
  expect(Math.abs(one.scale / other.scale - 1)).toBeLessThanOrEqual(tolerance);
  expect(Math.abs(one.mean - other.mean)).toBeLessThanOrEqual(tolerance);
});
