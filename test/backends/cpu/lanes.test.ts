/**
 * The vector exponential and logarithm by themselves, in units in the last place: float32 against float64,
 * float64 against double-double references. It compiles a test entry of the kernels' sources.
 */
import { beforeAll, describe, expect, it } from 'vitest';
import { compileEntry } from '../../../build-kernels.ts';
import { createFusedPlace } from '../../../src/backends/cpu/fused.ts';
import { curvature, logLoss, residual } from '../../../src/math/logistic.ts';
import { createRandom } from '../../../src/math/random.ts';
import { rowsOf } from '../../support/data.ts';

type Probe = Record<`${'exp' | 'log1p' | 'log1pOfSum'}${32 | 64}`, (bytes: number) => void>;
const start = 65_536;
const memory = new WebAssembly.Memory({ initial: 64 });
let probe: Probe;

beforeAll(async () => {
  const module = await WebAssembly.compile(new Uint8Array(await compileEntry('src/backends/cpu/assembly/probe.ts')));
  probe = (await WebAssembly.instantiate(module, { env: { memory } })).exports as unknown as Probe;
});

const run32 = (name: 'exp32' | 'log1p32' | 'log1pOfSum32', inputs: readonly number[]): Float32Array => {
  const values = new Float32Array(memory.buffer, start, Math.ceil(inputs.length / 4) * 4);
  values.set(inputs);
  probe[name](values.byteLength);
  return values.slice(0, inputs.length);
};
const run64 = (name: 'exp64' | 'log1p64' | 'log1pOfSum64', inputs: readonly number[]): Float64Array => {
  const values = new Float64Array(memory.buffer, start, Math.ceil(inputs.length / 2) * 2);
  values.set(inputs);
  probe[name](values.byteLength);
  return values.slice(0, inputs.length);
};

/** The spacing of numbers with `bits` significant bits at a normal value. */
const spacing = (value: number, bits: number): number => 2 ** (Math.floor(Math.log2(Math.abs(value))) + 1 - bits);

const random = createRandom(7);
const draws = (count: number, draw: () => number): number[] => Array.from({ length: count }, draw);
/** From −least to 0, evenly and by magnitude. */
const exponents = (least: number): number[] => [
  0,
  ...draws(100_000, () => -least * random()),
  ...draws(50_000, () => -least * 2 ** (-40 * random())),
];
/** From 0 to 1, evenly and by magnitude. */
const fractions = (smallestPower: number): number[] => [
  1,
  ...draws(100_000, () => random() + 2 ** -33),
  ...draws(50_000, () => 2 ** (-smallestPower * random())),
];

/** From 0 upwards: where nothing is split, around powers of two, and to as many classes as there may be. */
const sums = (smallestPower: number): number[] => [
  ...fractions(smallestPower),
  ...draws(50_000, () => 2 ** (16 * random())),
  ...draws(1000, () => 2 ** Math.ceil(16 * random()) - 1 + 2 ** -20 * random()),
];

describe('float32 lanes', () => {
  it('exponential: within 1 ulp of float64 where the result is normal', () => {
    const inputs = exponents(87).map(Math.fround);
    const found = run32('exp32', inputs);
    expect(worst(inputs.map((a, i) => ulps(found[i]!, Math.exp(a), 24)))).toBeLessThanOrEqual(1);
  });

  it('exponential: rounds subnormal results, and ends in 0', () => {
    const inputs = [-88, -95, -100, -103, -103.9, -104.1, -1000, -Infinity].map(Math.fround);
    const found = run32('exp32', inputs);
    inputs.forEach((a, i) => {
      expect(Math.abs(found[i]! - Math.exp(a))).toBeLessThanOrEqual(2 ** -149 * 1.01);
    });
    expect(found.subarray(6)).toEqual(Float32Array.of(0, 0));
    expect(run32('exp32', [Number.NaN])[0]).toBeNaN();
  });

  it('logarithm: within 2 ulp of float64', () => {
    const inputs = fractions(125).map(Math.fround);
    const found = run32('log1p32', inputs);
    expect(worst(inputs.map((e, i) => ulps(found[i]!, Math.log1p(e), 24)))).toBeLessThanOrEqual(2);
    expect(run32('log1p32', [0])[0]).toBe(0);
  });

  it('logarithm of one more than any sum: within 2 ulp of float64', () => {
    const inputs = sums(125).map(Math.fround);
    const found = run32('log1pOfSum32', inputs);
    expect(worst(inputs.map((t, i) => ulps(found[i]!, Math.log1p(t), 24)))).toBeLessThanOrEqual(2);
    expect([...run32('log1pOfSum32', [0, Number.NaN])]).toEqual([0, Number.NaN]);
  });
});

describe('float64 lanes', () => {
  it('exponential: within 1.1 ulp where the result is normal', () => {
    const inputs = exponents(708);
    const found = run64('exp64', inputs);
    expect(worst(inputs.map((a, i) => ulpsOf(found[i]!, preciseExp(a))))).toBeLessThanOrEqual(1.1);
  });

  it('exponential: rounds subnormal results, and ends in 0', () => {
    const inputs = [-709, -730, -744, -745, -746, -1000, -Infinity];
    const found = run64('exp64', inputs);
    inputs.forEach((a, i) => {
      expect(Math.abs(found[i]! - Math.exp(a))).toBeLessThanOrEqual(2 ** -1074);
    });
    expect(found.subarray(4)).toEqual(new Float64Array(3));
    expect(run64('exp64', [Number.NaN])[0]).toBeNaN();
  });

  it('logarithm: within 2 ulp', () => {
    const inputs = fractions(1000);
    const found = run64('log1p64', inputs);
    expect(worst(inputs.map((e, i) => ulpsOf(found[i]!, preciseLog1p([e, 0]))))).toBeLessThanOrEqual(2);
    expect(run64('log1p64', [0])[0]).toBe(0);
  });

  it('logarithm of one more than any sum: within 2 ulp', () => {
    const inputs = sums(1000);
    const found = run64('log1pOfSum64', inputs);
    expect(worst(inputs.map((t, i) => ulpsOf(found[i]!, preciseLog1pOfSum(t))))).toBeLessThanOrEqual(2);
    expect([...run64('log1pOfSum64', [0, Number.NaN])]).toEqual([0, Number.NaN]);
  });
});

describe.each([
  ['float32', 2 ** -24],
  ['float64', 2 ** -53],
] as const)('one row in %s', (precision, unit) => {
  // Loss, residual and curvature are the two functions above and up to five more roundings.
  it.each([0, 1])('loss, residual and curvature within 6 roundings, y = %i', async (y) => {
    const place = await createFusedPlace();
    const placed = await place!.place(rowsOf({ numbers: [Float64Array.of(1)], labels: [y] }), precision);
    for (const z of draws(2000, () => Math.fround(160 * random() - 80))) {
      const { loss, gradient, hessian } = await placed.evaluate(Float64Array.of(z, 0), 2, precision);
      const errors = [loss / logLoss(z, y), gradient![1]! / residual(z, y), hessian![3]! / curvature(z)];
      expect(worst(errors.map((ratio) => Math.abs(ratio - 1)))).toBeLessThanOrEqual(6 * unit);
    }
  });
});

/** The largest; NaN if any is. */
function worst(errors: readonly number[]): number {
  return errors.reduce((most, error) => Math.max(most, error), 0);
}

function ulps(found: number, truth: number, bits: number): number {
  return Math.abs(found - truth) / spacing(truth, bits);
}

/** The error against a double-double reference, in ulp of float64. */
function ulpsOf(found: number, [high, low]: Pair): number {
  return Math.abs(found - high - low) / spacing(high, 53);
}

/** An unevaluated sum of two float64 numbers. */
type Pair = readonly [high: number, low: number];

function addPair(a: Pair, b: Pair): Pair {
  const s = a[0] + b[0];
  const v = s - a[0];
  const error = a[0] - (s - v) + (b[0] - v) + a[1] + b[1];
  return [s + error, error - (s + error - s)];
}

function timesPair(a: Pair, b: Pair): Pair {
  const split = (x: number): Pair => {
    const high = x * 134_217_729 - (x * 134_217_729 - x);
    return [high, x - high];
  };
  const p = a[0] * b[0];
  const [ah, al] = split(a[0]);
  const [bh, bl] = split(b[0]);
  const error = al * bl - (p - ah * bh - al * bh - ah * bl) + a[0] * b[1] + a[1] * b[0];
  return [p + error, error - (p + error - p)];
}

function overPair(a: Pair, b: Pair): Pair {
  const first = a[0] / b[0];
  const rest = addPair(a, timesPair([-first, 0], b));
  return addPair([first, 0], [(rest[0] + rest[1]) / b[0], 0]);
}

/** ln 2 to 107 bits. */
const ln2: Pair = [Math.LN2, 2.3190468138462996e-17];

/** e^a by Taylor's series of the reduced argument: 2^k·e^r, |r| ≤ 0.35, 27 terms. */
function preciseExp(a: number): Pair {
  const k = Math.round(a / ln2[0]);
  const r = addPair([a, 0], timesPair([-k, 0], ln2));
  let sum: Pair = [1, 0];
  for (let i = 27; i >= 1; i--) sum = addPair([1, 0], timesPair(overPair(r, [i, 0]), sum));
  return [sum[0] * 2 ** k, sum[1] * 2 ** k];
}

/** ln(1 + e) = 2·artanh(e/(2 + e)) by its own series: 34 terms for s ≤ 1/3. */
function preciseLog1p(e: Pair): Pair {
  const s = overPair(e, addPair([2, 0], e));
  const q = timesPair(s, s);
  let sum: Pair = [0, 0];
  for (let i = 34; i >= 0; i--) sum = addPair(overPair([1, 0], [2 * i + 1, 0]), timesPair(q, sum));
  return timesPair([2 * s[0], 2 * s[1]], sum);
}

/** ln(1 + t) for t ≥ 0, as p·ln 2 + ln(1 + e) with (1 + t)/2^p = 1 + e and e at most 1. */
function preciseLog1pOfSum(t: number): Pair {
  const p = Math.floor(Math.log2(1 + t));
  if (p === 0) return preciseLog1p([t, 0]);
  return addPair(timesPair([p, 0], ln2), preciseLog1p(addPair([t / 2 ** p, 0], [2 ** -p - 1, 0])));
}
