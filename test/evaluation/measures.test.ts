/** Metrics from the counts that a place gives: as from scores, and AUC within its bound. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { metricsFromMeasures, metricsFromScores } from '../../src/evaluation/evaluate.ts';
import type { Metrics } from '../../src/evaluation/metrics.ts';
import { createRandom } from '../../src/math/random.ts';
import { measureScores } from '../../src/rows/measure.ts';

/** Rows of K classes whose scores crowd at `center`, where a bin holds many of them. */
function draw(seed: number, { m, K, center }: { m: number; K: number; center: number }) {
  const random = createRandom(seed);
  const scores = Float64Array.from({ length: (K - 1) * m }, () => center + 8 * (random() - 0.5) * random());
  const labels = Uint8Array.from({ length: m }, () => Math.floor(K * random()));
  const weights = Float64Array.from({ length: m }, () => 0.5 + random());
  return { scores, labels, weights, classes: Array.from({ length: K }, (_, c) => `class ${c}`) };
}

async function bothWays(
  rows: ReturnType<typeof draw>,
  threshold: number,
): Promise<{ counted: Metrics; exact: Metrics }> {
  const { labels, weights, classes } = rows;
  const source = { rows: labels.length, columns: [], classes: classes.length, labels, weights };
  const measures = await measureScores(source, rows.scores, threshold, undefined);
  return {
    counted: metricsFromMeasures(measures, labels.length, { classes }),
    exact: await metricsFromScores({ ...rows, threshold }),
  };
}

/** Sums of m terms in another order. */
const rounding = (m: number): number => m * Number.EPSILON;

test('AUC is within its bound, which is small, and the rest is the same', async () => {
  const shapes = fc.record({
    m: fc.integer({ min: 30, max: 300 }),
    K: fc.integer({ min: 2, max: 4 }),
    center: fc.constantFrom(0, 3, 12),
  });
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 1, max: 1e6 }), shapes, async (seed, shape) => {
      const { counted, exact } = await bothWays(draw(seed, shape), 0.4);
      fc.pre(exact.auc !== null);
      const tolerance = rounding(shape.m);
      expect(Math.abs(counted.auc! - exact.auc!)).toBeLessThanOrEqual(counted.aucError! + tolerance);
      for (const key of ['meanLogLoss', 'accuracy'] as const) {
        expect(Math.abs(counted[key]! - exact[key]!)).toBeLessThanOrEqual(tolerance * Math.max(1, exact[key]!));
      }
      exact.perClass?.forEach(({ auc, f1, support }, c) => {
        const of = counted.perClass![c]!;
        expect(Math.abs(of.auc! - auc!)).toBeLessThanOrEqual(of.aucError! + tolerance);
        expect(of.f1).toBeCloseTo(f1!, 12);
        expect(of.support).toBeCloseTo(support, 10);
      });
      if (exact.perClass === undefined && counted.perClass === undefined) {
        expect(counted.precision).toBeCloseTo(exact.precision!, 12);
        expect(counted.recall).toBeCloseTo(exact.recall!, 12);
      }
    }),
    { seed: 20261126, numRuns: 100 },
  );
});

test('the bound is what the bins leave open: 0 where no bin holds both kinds, ½ where one bin holds all', async () => {
  const rows = { ...draw(1, { m: 4, K: 2, center: 0 }), labels: Uint8Array.of(0, 0, 1, 1) };
  const apart = await bothWays({ ...rows, scores: Float64Array.of(-2, -1, 1, 2) }, 0.5);
  expect([apart.counted.auc, apart.counted.aucError]).toEqual([1, 0]);
  const together = await bothWays({ ...rows, scores: Float64Array.of(50, 51, 52, 53) }, 0.5);
  expect([together.counted.auc, together.counted.aucError, together.exact.auc]).toEqual([0.5, 0.5, 1]);
});

test('what needs a probability of each row is null with the reason; an AUC from scores has no bound', async () => {
  const { counted, exact } = await bothWays(draw(2, { m: 50, K: 2, center: 0 }), 0.5);
  expect(counted).toMatchObject({ aucStandardError: null, averagePrecision: null, brier: null });
  expect(Object.keys(counted.undefined).sort()).toEqual([
    'aucInterval',
    'aucStandardError',
    'averagePrecision',
    'brier',
  ]);
  expect('aucError' in exact).toBe(false);
});
