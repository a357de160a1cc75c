/** Metrics of three classes and more against their definitions written out in plain loops. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { metricsFromScores } from '../../src/evaluation/evaluate.ts';
import type { MultiClassMetrics, Scored } from '../../src/evaluation/metrics.ts';
import { multiClassFromScores } from '../../src/evaluation/multi-class.ts';
import { twoClassFromScores } from '../../src/evaluation/two-class.ts';
import { crossEntropy } from '../../src/math/softmax.ts';

const names = ['a', 'b', 'c', 'd'];

/**
 * Up to 40 rows of 2 … 4 classes; scores are halves, so that many tie, and |z| < 32 so that a probability of 1 less
 * its rounding keeps rows apart; weights from 0 to 3.
 */
const rows = fc.record({ K: fc.integer({ min: 2, max: 4 }), m: fc.integer({ min: 1, max: 40 }) }).chain(({ K, m }) =>
  fc.record({
    classes: fc.constant(names.slice(0, K)),
    scores: fc
      .array(fc.integer({ min: -20, max: 20 }), { minLength: (K - 1) * m, maxLength: (K - 1) * m })
      .map((values) => Float64Array.from(values, (value) => value / 2)),
    labels: fc.array(fc.integer({ min: 0, max: K - 1 }), { minLength: m, maxLength: m }),
    weights: fc
      .array(fc.integer({ min: 0, max: 3 }), { minLength: m, maxLength: m })
      .map((values) => Float64Array.from(values)),
  }),
);
const seeded = { seed: 20261126, numRuns: 300 };

/** Sums of at most 40² pairs, each term of size 9 at most, over sums of the same size: a unit for each addition. */
const tolerance = 40 ** 2 * Number.EPSILON;
const near = (found: number | null, truth: number | null): void => {
  if (truth === null || found === null) expect(found).toBe(truth);
  else expect(Math.abs(found - truth)).toBeLessThanOrEqual(tolerance * Math.max(1, Math.abs(truth)));
};

/** [z_0 = 0, z_1, …] of a row. */
const scoresOf = ({ scores, classes, labels }: Scored, i: number): number[] =>
  classes.map((_, c) => (c === 0 ? 0 : scores[(c - 1) * labels.length + i]!));
/** z_c − ln Σ_{d≠c} e^(z_d) to 12 digits: mathematically equal ones are equal. */
const oddsOf = (z: readonly number[], c: number): number => {
  const others = z.filter((_, d) => d !== c);
  const top = Math.max(...others);
  const sum = others.map((score) => Math.exp(score - top)).sort((a, b) => a - b);
  return Number((z[c]! - top - Math.log(sum.reduce((a, b) => a + b, 0))).toPrecision(12));
};

/** The definitions, with loops over pairs. */
function plainly(rows: Scored) {
  const { labels, classes, weights } = rows;
  const m = labels.length;
  const each = Array.from({ length: m }, (_, i) => i);
  const s = (i: number): number => weights?.[i] ?? 1;
  const sum = (of: (i: number) => number): number => each.reduce((total, i) => total + s(i) * of(i), 0);
  const predicted = each.map((i) => scoresOf(rows, i).indexOf(Math.max(...scoresOf(rows, i))));
  const over = (above: number, below: number): number | null => (below > 0 ? above / below : null);
  const perClass = classes.map((label, c) => {
    let [right, pairs] = [0, 0];
    for (const i of each.filter((row) => labels[row] === c)) {
      for (const j of each.filter((row) => labels[row] !== c)) {
        const difference = oddsOf(scoresOf(rows, i), c) - oddsOf(scoresOf(rows, j), c);
        pairs += s(i) * s(j);
        right += s(i) * s(j) * (difference > 0 ? 1 : difference === 0 ? 0.5 : 0);
      }
    }
    const hits = sum((i) => Number(labels[i] === c && predicted[i] === c));
    const support = sum((i) => Number(labels[i] === c));
    const said = sum((i) => Number(predicted[i] === c));
    return {
      label,
      support,
      precision: over(hits, said),
      recall: over(hits, support),
      f1: over(2 * hits, support + said),
      auc: over(right, pairs),
    };
  });
  const mean = (values: readonly (number | null)[], by: readonly number[]): number | null => {
    const total = by.reduce((a, b) => a + b, 0);
    const counted = values.map((value, c) => (by[c] === 0 ? 0 : value === null ? Number.NaN : by[c]! * value));
    const result = counted.reduce((a, b) => a + b, 0) / total;
    return Number.isNaN(result) ? null : result;
  };
  const averages = (by: readonly number[]) => ({
    precision: mean(
      perClass.map(({ precision }) => precision),
      by,
    ),
    recall: mean(
      perClass.map(({ recall }) => recall),
      by,
    ),
    f1: mean(
      perClass.map(({ f1 }) => f1),
      by,
    ),
  });
  return {
    rows: m,
    meanLogLoss: over(
      sum((i) => crossEntropy(scoresOf(rows, i).slice(1), labels[i]!)),
      sum(() => 1),
    ),
    accuracy: over(
      sum((i) => Number(predicted[i] === labels[i])),
      sum(() => 1),
    ),
    auc: mean(
      perClass.map(({ auc }) => auc),
      classes.map(() => 1),
    ),
    perClass,
    macro: averages(classes.map(() => 1)),
    weighted: averages(perClass.map(({ support }) => support)),
    confusion: classes.map((_, y) => classes.map((__, p) => sum((i) => Number(labels[i] === y && predicted[i] === p)))),
  };
}

/** Every number of one against the other. */
function agree(found: unknown, truth: unknown): void {
  if (typeof truth === 'number' || truth === null) near(found as number | null, truth);
  else if (typeof truth === 'object') {
    for (const [key, value] of Object.entries(truth as object)) agree((found as Record<string, unknown>)[key], value);
  } else expect(found).toBe(truth);
}

describe('definitions', () => {
  test('every measure is what plain loops give', async () => {
    await fc.assert(
      fc.asyncProperty(rows, async (drawn) => agree(await multiClassFromScores(drawn), plainly(drawn))),
      seeded,
    );
  });

  test('each null has its reason, and nothing else has one', async () => {
    const nullPaths = (value: unknown, path: string): string[] => {
      if (value === null) return [path];
      if (typeof value !== 'object' || path === 'undefined') return [];
      const inner = (key: string): string =>
        path === '' ? key : Array.isArray(value) ? `${path}[${key}]` : `${path}.${key}`;
      return Object.entries(value as object).flatMap(([key, item]) => nullPaths(item, inner(key)));
    };
    await fc.assert(
      fc.asyncProperty(rows, async (drawn) => {
        const found = await multiClassFromScores(drawn);
        expect(Object.keys(found.undefined).sort()).toEqual(nullPaths(found, '').sort());
      }),
      seeded,
    );
  });

  test('weight k is the row k times', async () => {
    await fc.assert(
      fc.asyncProperty(rows, async (drawn) => {
        const { classes, scores, labels, weights } = drawn;
        const m = labels.length;
        const repeated = Array.from(weights).flatMap((weight, i) => new Array<number>(weight).fill(i));
        const { rows: _, ...plain } = await multiClassFromScores({
          classes,
          scores: Float64Array.from(classes.slice(1).flatMap((__, c) => repeated.map((i) => scores[c * m + i]!))),
          labels: repeated.map((i) => labels[i]!),
        });
        agree(await multiClassFromScores(drawn), plain);
      }),
      seeded,
    );
  });

  test('of two classes, it agrees with the two-class measures at threshold ½', async () => {
    await fc.assert(
      fc.asyncProperty(rows, async (drawn) => {
        fc.pre(drawn.classes.length === 2 && drawn.scores.every((z) => z !== 0)); // at 0 the first is the top, ½ is positive
        const found = await multiClassFromScores(drawn);
        const two = await twoClassFromScores(drawn);
        for (const key of ['meanLogLoss', 'accuracy', 'auc'] as const) near(found[key], two[key]);
        for (const key of ['precision', 'recall', 'f1', 'auc'] as const) near(found.perClass[1]![key], two[key]);
      }),
      seeded,
    );
  });
});

describe('what is undefined', async () => {
  /** No row is c, no row is predicted as b: the predictions are a, c, a. */
  const found = await multiClassFromScores({
    classes: ['a', 'b', 'c'],
    scores: Float64Array.of(-1, -2, -3, -1, 2, -3),
    labels: [0, 1, 0],
  });

  test('is null for its class, with the reason', () => {
    expect(found.perClass.map(({ precision }) => precision)).toEqual([1, null, 0]);
    expect(found.perClass.map(({ recall }) => recall)).toEqual([1, 0, null]);
    expect(found.undefined).toMatchObject({
      'perClass[1].precision': 'no row is predicted as "b"',
      'perClass[2].recall': 'no row is of class "c"',
      'perClass[2].auc': 'no row is of class "c"',
    });
  });

  test('makes averages null that need it, and names the class; an average by support does not need an absent class', () => {
    expect(found.macro).toEqual({ precision: null, recall: null, f1: expect.closeTo((1 + 0 + 0) / 3, 15) });
    expect(found.weighted).toEqual({
      precision: null,
      recall: expect.closeTo(2 / 3, 15),
      f1: expect.closeTo(2 / 3, 15),
    });
    expect(found.undefined).toMatchObject({
      auc: 'auc is undefined for "c"',
      'macro.precision': 'precision is undefined for "b"',
      'macro.recall': 'recall is undefined for "c"',
      'weighted.precision': 'precision is undefined for "b"',
    });
  });

  test('no rows, and rows without weight, define nothing and divide by nothing', async () => {
    const none = { classes: names, scores: new Float64Array(0), labels: [] };
    const weightless = { classes: names, scores: new Float64Array(6), labels: [0, 1], weights: new Float64Array(2) };
    for (const rows of [none, weightless]) {
      const { confusion, perClass, ...rest } = await multiClassFromScores(rows);
      expect(rest).toMatchObject({ meanLogLoss: null, accuracy: null, auc: null });
      expect(confusion.flat().every((value) => value === 0)).toBe(true);
      expect(perClass.every(({ support, auc, f1 }) => support === 0 && auc === null && f1 === null)).toBe(true);
    }
  });
});

test('probabilities that round to 1 and 0 order rows and lose no digit', async () => {
  const found = (await metricsFromScores({
    classes: ['a', 'b', 'c'],
    // P(b) is 1 − e^−300, 1 − e^−400 (both round to 1), and e^−2000
    scores: Float64Array.of(300, 400, -2000, -5000, -5000, -5000),
    labels: [2, 1, 0],
  })) as MultiClassMetrics;
  expect(found.perClass[1]!.auc).toBe(1);
  expect(found.meanLogLoss).toBe(5300 / 3);
});
