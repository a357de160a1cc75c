/**
 * What must not change the answer, or must change it in a known way: weights, order, units, labels.
 * Seeded properties over random problems; both fits of a pair are refined to float64's own rounding.
 */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type FitOptions, LogisticRegression, type Options } from '../../src/index.ts';
import { createRandom, shuffle } from '../../src/math/random.ts';
import { randomRows } from '../support/data.ts';

interface Problem {
  readonly x: number[][];
  readonly y: number[];
  readonly weights: number[];
  readonly seed: number;
}

const m = 60;
const n = 3;

/** Labels are coin tosses, so 60 rows over 3 columns are next to never separable; a converged outcome is asserted. */
const problem: fc.Arbitrary<Problem> = fc.integer({ min: 1, max: 1e6 }).map((seed) => {
  const rows = randomRows({ m, n, seed });
  const random = createRandom(seed + 1);
  return {
    x: Array.from({ length: m }, (_, i) => rows.numbers.map((column) => column[i]!)),
    y: [...rows.labels],
    weights: Array.from({ length: m }, () => Math.floor(3 * random())),
    seed,
  };
});
const runs = { seed: 20, numRuns: 20 };

/** Condition numbers here are below 1e3, so gradients at 1e−16 leave coefficients at 1e−13; 1e−9 leaves room. */
const tolerance = 1e-9;

async function theta(
  x: number[][],
  y: (number | string)[],
  options: Options = {},
  more: FitOptions = {},
): Promise<number[]> {
  const model = await new LogisticRegression(options).fit(x, y, more);
  expect(model.training.solver.outcome).toBe('converged');
  return [model.intercept, ...Object.values(model.coefficients)];
}

function expectClose(found: number[], truth: number[]): void {
  expect(found).toHaveLength(truth.length);
  const size = Math.max(1, ...truth.map(Math.abs));
  found.forEach((value, j) => {
    expect(Math.abs(value - truth[j]!)).toBeLessThanOrEqual(tolerance * size);
  });
}

describe.each([{ l2: 0 }, { l2: 0.1 }, { l2: 0.1, standardize: false }])('invariants with %o', (options) => {
  test('weight k is the row k times, weight 0 is no row', async () => {
    await fc.assert(
      fc.asyncProperty(problem, async ({ x, y, weights }) => {
        const repeated = weights.flatMap((weight, i) => new Array<number>(weight).fill(i));
        const weighted = await theta(x, y, options, { sampleWeight: weights });
        expectClose(
          weighted,
          await theta(
            repeated.map((i) => x[i]!),
            repeated.map((i) => y[i]!),
            options,
          ),
        );
      }),
      runs,
    );
  });

  test('the order of rows does not matter', async () => {
    await fc.assert(
      fc.asyncProperty(problem, async ({ x, y, seed }) => {
        const order = shuffle([...x.keys()], createRandom(seed));
        expectClose(
          await theta(
            order.map((i) => x[i]!),
            order.map((i) => y[i]!),
            options,
          ),
          await theta(x, y, options),
        );
      }),
      runs,
    );
  });

  test('the order of columns permutes the coefficients', async () => {
    await fc.assert(
      fc.asyncProperty(problem, async ({ x, y }) => {
        const [b, w1, w2, w3] = await theta(x, y, options);
        expectClose(
          await theta(
            x.map(([p, q, r]) => [r!, p!, q!]),
            y,
            options,
          ),
          [b!, w3!, w1!, w2!],
        );
      }),
      runs,
    );
  });

  test('swapped labels negate everything', async () => {
    await fc.assert(
      fc.asyncProperty(problem, async ({ x, y }) => {
        const swapped = await theta(
          x,
          y.map((label) => 1 - label),
          options,
        );
        expectClose(
          swapped,
          (await theta(x, y, options)).map((value) => -value),
        );
        const chosen = await theta(x, y, { ...options, positive: 0 });
        expectClose(chosen, swapped);
      }),
      runs,
    );
  });
});

test('without a penalty, or with a standardised one, a feature in other units has a coefficient in other units', async () => {
  await fc.assert(
    fc.asyncProperty(problem, fc.constantFrom(1e-6, 1e3, 1e9), fc.constantFrom(0, 0.1), async ({ x, y }, unit, l2) => {
      const [b, w1, w2, w3] = await theta(x, y, { l2 });
      const scaled = await theta(
        x.map(([p, q, r]) => [p! * unit, q!, r!]),
        y,
        { l2 },
      );
      expectClose([scaled[0]!, scaled[1]! * unit, scaled[2]!, scaled[3]!], [b!, w1!, w2!, w3!]);
    }),
    runs,
  );
});
