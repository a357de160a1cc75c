/** The objective over rows: mean loss and penalty, their derivatives, and what of them does not depend on a choice. */
import { describe, expect, test } from 'vitest';
import { createRandom } from '../../src/math/random.ts';
import { maxNorm, plus } from '../../src/math/vector.ts';
import { createObjective, type Problem } from '../../src/objective/objective.ts';
import type { RowSource } from '../../src/rows/contract.ts';
import { referenceRows } from '../../src/rows/reference.ts';

const K = 3;
const n = 2;
const m = 40;

function source(order: readonly number[] = [0, 1, 2]): RowSource {
  const random = createRandom(3);
  const columns = Array.from({ length: n }, () => {
    const values = Float64Array.from({ length: m }, () => 2 * random() - 1);
    return {
      kind: 'dense' as const,
      mean: 0,
      scale: 1,
      read: (from: number, into: Float64Array) => into.set(values.subarray(from, from + into.length)),
    };
  });
  const labels = Uint8Array.from({ length: m }, () => order.indexOf(Math.floor(K * random())));
  const weights = Float64Array.from({ length: m }, () => 0.5 + random());
  return { rows: m, columns, classes: K, labels, weights };
}

const problem: Problem = { penalty: { l2: 0.3, factors: Float64Array.of(1, 4) }, intercept: true };
const theta = Float64Array.of(0.4, -0.2, 0.1, -0.7, 0.5, 0.3); // [w_11, w_12, b_1, w_21, w_22, b_2]

test('value: mean loss and the penalty of the vectors about their mean', async () => {
  const rows = referenceRows(source());
  const { loss } = await rows.evaluate(theta, 0, 'float64');
  const total = rows.partitions[0]!.classWeights.reduce((sum, weight) => sum + weight, 0);
  const penalty = [0, 1].reduce((sum, j) => {
    const w = [0, theta[j]!, theta[3 + j]!];
    const mean = (w[0]! + w[1]! + w[2]!) / 3;
    return sum + (0.3 / 2) * [1, 4][j]! * w.reduce((square, value) => square + (value - mean) ** 2, 0);
  }, 0);
  const objective = createObjective(rows, 'float64', problem);
  expect(await objective.value(theta)).toBeCloseTo(loss / total + penalty, 14);
  expect(objective.penalty(theta)).toBeCloseTo(penalty, 14);
});

test('the penalty is the same whichever class is the reference', async () => {
  const values = await Promise.all(
    [
      { order: [0, 1, 2], vectors: (w: number[][]) => [minus(w[1]!, w[0]!), minus(w[2]!, w[0]!)] },
      { order: [1, 0, 2], vectors: (w: number[][]) => [minus(w[0]!, w[1]!), minus(w[2]!, w[1]!)] },
      { order: [2, 1, 0], vectors: (w: number[][]) => [minus(w[1]!, w[2]!), minus(w[0]!, w[2]!)] },
    ].map(({ order, vectors }) => {
      const all = [
        [0.1, 0.7, -0.2],
        [0.5, 0.5, -0.1],
        [-0.6, 1.2, 0.1],
      ];
      const objective = createObjective(referenceRows(source(order)), 'float64', problem);
      return objective.value(Float64Array.from(vectors(all).flat()));
    }),
  );
  expect(values[1]).toBeCloseTo(values[0]!, 14);
  expect(values[2]).toBeCloseTo(values[0]!, 14);
});

const minus = (a: readonly number[], b: readonly number[]): number[] => a.map((value, j) => value - b[j]!);

describe.each([
  ['all coefficients', {}],
  ['no intercept', { intercept: false }],
  ['some features', { features: [1] }],
])('%s', (_, more) => {
  const objective = createObjective(referenceRows(source()), 'float64', { ...problem, ...more });
  const at = objective.restrict(theta);
  /** Five-point difference with h = ε^(1/5): errors of about ε^(4/5). */
  const h = Number.EPSILON ** (1 / 5);
  const tolerance = 50 * Number.EPSILON ** (4 / 5);
  const shifted = (j: number, step: number): Float64Array =>
    plus(
      at,
      step * h,
      Float64Array.from(at, (__, i) => Number(i === j)),
    );

  test('the gradient is the derivative of the value', async () => {
    const { gradient } = await objective.point(at, 1);
    for (let j = 0; j < objective.dimension; j++) {
      const f = await Promise.all([-2, -1, 1, 2].map((step) => objective.value(shifted(j, step))));
      expect(Math.abs((f[0]! - 8 * f[1]! + 8 * f[2]! - f[3]!) / (12 * h) - gradient[j]!)).toBeLessThan(tolerance);
    }
  });

  test('the Hessian is the derivative of the gradient, and symmetric', async () => {
    const { hessian } = await objective.point(at, 2);
    const size = objective.dimension;
    for (let j = 0; j < size; j++) {
      const g = await Promise.all(
        [-2, -1, 1, 2].map(async (step) => (await objective.point(shifted(j, step), 1)).gradient),
      );
      for (let l = 0; l < size; l++) {
        const found = (g[0]![l]! - 8 * g[1]![l]! + 8 * g[2]![l]! - g[3]![l]!) / (12 * h);
        expect(Math.abs(found - hessian![j * size + l]!)).toBeLessThan(tolerance);
        expect(hessian![j * size + l]).toBeCloseTo(hessian![l * size + j]!, 14);
      }
    }
  });

  test('expand and restrict are inverse, and what is not free is 0', () => {
    const all = objective.expand(at);
    expect(objective.restrict(all)).toEqual(at);
    expect(all.length).toBe(theta.length);
    expect(all.filter((value) => value !== 0).length).toBe(at.length);
  });
});

test('a coefficient that is fixed has its value, is not free and is not penalised', async () => {
  const whole = createObjective(referenceRows(source()), 'float64', problem);
  const reduced = createObjective(referenceRows(source()), 'float64', { ...problem, fixed: new Map([[0, 0.9]]) });
  const all = Float64Array.of(0.9, -0.2, 0.1, 0.9, 0.5, 0.3);
  const at = reduced.restrict(all);
  expect(reduced.expand(at)).toEqual(all);
  expect(reduced.expandStep(at)).toEqual(Float64Array.of(0, -0.2, 0.1, 0, 0.5, 0.3));
  const [own, truth] = [await reduced.point(at, 2), await whole.point(all, 2)];
  expect(own.gradient).toEqual(reduced.restrict(truth.gradient));
  const without = Float64Array.of(0, -0.2, 0.1, 0, 0.5, 0.3);
  expect(reduced.penalty(at)).toBeCloseTo(whole.penalty(without), 14);
  expect(own.value - reduced.penalty(at)).toBeCloseTo(truth.value - whole.penalty(all), 14);
  expect(reduced.nullValue).toBeUndefined();
});

test('the null value is the loss of intercepts that give each class its weight', async () => {
  const rows = referenceRows(source());
  const objective = createObjective(rows, 'float64', problem);
  const [w0, w1, w2] = rows.partitions[0]!.classWeights as unknown as [number, number, number];
  const nullTheta = Float64Array.of(0, 0, Math.log(w1 / w0), 0, 0, Math.log(w2 / w0));
  const { value, gradient } = await objective.point(nullTheta, 1);
  expect(objective.nullValue).toBeCloseTo(value, 14);
  expect(Math.abs(gradient[2]!)).toBeLessThan(1e-15);
  const without = createObjective(rows, 'float64', { ...problem, intercept: false });
  expect(without.nullValue).toBeCloseTo(await without.value(new Float64Array(4)), 14);
});

test('the mean loss below which all rows are separated: one row less sure than ½ is above it', async () => {
  const rows = referenceRows(source());
  const { smallestWeight, classWeights } = rows.partitions[0]!;
  const total = classWeights.reduce((sum, weight) => sum + weight, 0);
  expect(createObjective(rows, 'float64', { ...problem, penalty: { l2: 0 } }).separatedBelow).toBe(
    (smallestWeight * Math.LN2) / total,
  );
  expect(createObjective(rows, 'float64', problem).separatedBelow).toBe(Number.NEGATIVE_INFINITY);
});

test('no Hessian of the loss has an eigenvalue above the largest at 0 times curvatureGrowth', async () => {
  const objective = createObjective(referenceRows(source()), 'float64', { penalty: { l2: 0 }, intercept: true });
  const largest = async (at: Float64Array): Promise<number> => {
    const { hessian } = await objective.point(at, 2);
    const size = objective.dimension;
    let v = new Float64Array(size).map((_, i) => 1 + i / 10);
    for (let i = 0; i < 200; i++) {
      const next = v.map((_, j) => v.reduce((sum, value, l) => sum + hessian![j * size + l]! * value, 0));
      v = next.map((value) => value / Math.hypot(...next));
    }
    return v.reduce(
      (sum, value, j) => sum + value * v.reduce((of, other, l) => of + hessian![j * size + l]! * other, 0),
      0,
    );
  };
  const atZero = await largest(new Float64Array(6));
  const random = createRandom(5);
  for (let trial = 0; trial < 50; trial++) {
    const at = Float64Array.from({ length: 6 }, () => 20 * (random() - 0.5));
    expect(await largest(at)).toBeLessThanOrEqual(objective.curvatureGrowth * atZero * (1 + 1e-9));
  }
  expect(maxNorm(theta)).toBeGreaterThan(0);
});
