/** What steps tell of the inverse Hessian: its direction, how long they are kept, and when they are forgotten. */
import { expect, test } from 'vitest';
import type { Objective, Point } from '../../src/objective/objective.ts';
import { chord } from '../../src/solvers/chord.ts';
import { type Pair, quasiNewtonDirection, withPair } from '../../src/solvers/secant-pairs.ts';
import { minimise } from '../../src/solvers/solver.ts';

/** f = ½·(θ_1² + 4·θ_2²) */
const at = (x: number, y: number): Point => ({
  ...{ theta: Float64Array.of(x, y), value: (x * x + 4 * y * y) / 2, gradient: Float64Array.of(x, 4 * y) },
});

test('the direction against the last change of the gradient is the step that made it', () => {
  const pairs = withPair(withPair([], at(3, 1), at(1, 1)), at(1, 1), at(0.5, -1));
  const { s, y } = pairs.at(-1)!;
  const direction = quasiNewtonDirection(pairs, y, (v) => v.map((value) => 7 * value));
  direction.forEach((value, j) => {
    expect(Math.abs(value + s[j]!)).toBeLessThanOrEqual(16 * Number.EPSILON);
  });
});

test('ten are kept, the last ones; a step along which the gradient does not change is none', () => {
  let pairs: readonly Pair[] = [];
  for (let k = 0; k < 12; k++) pairs = withPair(pairs, at(k, k), at(k + 1, k));
  expect(pairs).toHaveLength(10);
  for (let k = 0; k < 12; k++) pairs = withPair(pairs, at(k, k), at(k, k + 1));
  expect(pairs.map(({ s }) => [...s])).toEqual(Array(10).fill([0, 1]));
  expect(withPair([], at(1, 1), { ...at(2, 1), gradient: at(1, 1).gradient })).toEqual([]);
});

test('the chord method forgets them once it has another Hessian', async () => {
  const seen: number[] = [];
  const bowl = {
    ...{ dimension: 2, roundoff: 2 ** -53, precision: 'float64', separatedBelow: -Infinity },
    async point(theta: Float64Array) {
      seen.push(theta[0]!);
      return at(theta[0]!, theta[1]!);
    },
  } as unknown as Objective;
  const hessian = (times: number): Float64Array => Float64Array.of(times, 0, 0, 4 * times);
  // 1.25 of the Hessian leaves a fifth of the gradient; a step by 1.5 of it then leaves a third, and by the pair nothing.
  const options = { maxIterations: 2, tolerance: 1e-14 };
  await minimise(
    chord(hessian(1.25), async () => hessian(1.5)),
    bowl,
    Float64Array.of(1, 1),
    options,
  );
  [1, 1 / 5, 1 / 15].forEach((x, k) => {
    expect(Math.abs(seen[k]! - x)).toBeLessThanOrEqual(4 * Number.EPSILON);
  });
});
