/** AUC's standard error and the paired test against pROC's figures (reference/make-roc.R) and against the definition. */
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { compareAuc } from '../../src/evaluation/delong.ts';
import { twoClassFromScores } from '../../src/evaluation/two-class.ts';
import { LogisticRegression } from '../../src/index.ts';

interface Problem {
  readonly labels: number[];
  readonly scores: number[];
  readonly otherScores: number[];
  readonly auc: number;
  readonly otherAuc: number;
  readonly standardError: number;
  readonly interval: readonly [number, number];
  readonly z: number;
  readonly p: number;
}
const file = new URL('./reference/roc.json', import.meta.url);
const { problems } = JSON.parse(readFileSync(file, 'utf8')) as { problems: Record<string, Problem> };

const measure = (scores: readonly number[], labels: readonly number[], weights?: Float64Array) =>
  twoClassFromScores({ scores: Float64Array.from(scores), labels, classes: ['no', 'yes'], weights });
const near = (found: number | null | undefined, truth: number, tolerance = 1e-10): void =>
  expect(Math.abs(found! - truth)).toBeLessThanOrEqual(tolerance * Math.abs(truth));

describe.each(Object.entries(problems))('pROC, %s', (_, truth) => {
  test('ci.auc', async () => {
    const found = await measure(truth.scores, truth.labels);
    near(found.auc, truth.auc);
    near(found.aucStandardError, truth.standardError);
    for (const end of [0, 1] as const) near(found.aucInterval![end], truth.interval[end]);
  });

  test('roc.test', async () => {
    const rows = { scores: Float64Array.from(truth.scores), labels: truth.labels, own: 1 };
    const found = await compareAuc(rows, Float64Array.from(truth.otherScores));
    if ('undefined' in found) throw new Error(found.undefined);
    near(found.otherAuc, truth.otherAuc);
    near(found.difference, truth.auc - truth.otherAuc);
    near(found.z, truth.z);
    near(found.p, truth.p);
  });
});

describe('standard error', () => {
  /** Up to 12 rows; scores from five values; weights from 0 to 3. */
  const rows = fc.array(fc.tuple(fc.integer({ min: -2, max: 2 }), fc.integer({ min: 0, max: 1 }), fc.nat(3)), {
    minLength: 2,
    maxLength: 12,
  });

  test('is the definition with loops over pairs, each row as often as it weighs; one AUC with itself does not differ', async () => {
    await fc.assert(
      fc.asyncProperty(rows, async (drawn) => {
        const [scores, labels] = [drawn.map(([z]) => z), drawn.map(([, y]) => y)];
        const weights = Float64Array.from(drawn, ([, , s]) => s);
        const found = await measure(scores, labels, weights);
        const all = drawn.flatMap(([z, y, s]) => Array.from({ length: s }, () => ({ z, y })));
        const [own, others] = [all.filter(({ y }) => y === 1), all.filter(({ y }) => y === 0)];
        if (own.length < 2 || others.length < 2) {
          expect(found.aucStandardError).toBe(null);
          return;
        }
        const right = (a: number, b: number): number => (a > b ? 1 : a === b ? 0.5 : 0);
        const mean = (values: readonly number[]): number => values.reduce((a, b) => a + b) / values.length;
        const perOwn = own.map(({ z }) => mean(others.map((other) => right(z, other.z))));
        const perOther = others.map(({ z }) => mean(own.map((one) => right(one.z, z))));
        const auc = mean(perOwn);
        const share = (of: readonly number[]): number =>
          of.reduce((sum, v) => sum + (v - auc) ** 2, 0) / (of.length - 1) / of.length;
        const truth = Math.sqrt(share(perOwn) + share(perOther));
        // The sum of squares rounds at 12·36 units of 2^-53 in numbers of size 1; its root where it is about 0.
        expect(Math.abs(found.aucStandardError! - truth)).toBeLessThanOrEqual(432 * Number.EPSILON + 1e-8 * truth);
        const ranked = { scores: Float64Array.from(scores), labels, own: 1, weights };
        expect(await compareAuc(ranked, ranked.scores)).toMatchObject({ difference: 0, standardError: 0, z: 0, p: 1 });
        expect(
          await compareAuc(
            ranked,
            ranked.scores.map((z) => -z),
          ),
        ).toMatchObject({
          difference: expect.closeTo(2 * auc - 1, 12),
          standardError: expect.closeTo(2 * truth, 7),
        });
      }),
      { seed: 20261126, numRuns: 200 },
    );
  });

  test('is 0 where AUC is 1, and the interval stays within [0, 1]', async () => {
    const found = await measure([-2, -1, 1, 2], [0, 0, 1, 1]);
    expect(found).toMatchObject({ auc: 1, aucStandardError: 0, aucInterval: [1, 1] });
    const [low, high] = (await measure([-2, 3, 1, 2], [0, 0, 1, 1])).aucInterval!;
    expect([low, high]).toEqual([0, 1]);
  });

  test('is null with the reason for weights that count no rows', async () => {
    const found = await measure([-2, -1, 1, 2], [0, 1, 0, 1], Float64Array.of(0.5, 1, 1, 1));
    expect(found.aucInterval).toBe(null);
    expect(found.undefined.aucStandardError).toBe('weights that are no whole numbers count no rows');
  });
});

test('models are compared on their rows; classes must be the same', async () => {
  const rows = Array.from({ length: 60 }, (_, i) => ({
    u: (i * 7) % 11,
    v: (i * 5) % 13,
    y: (i * i) % 3 === 1 ? 1 : 0,
  }));
  const [first, second] = await Promise.all(
    ['u', 'v'].map((column) => new LogisticRegression({ only: [column] }).fit<number>(rows, 'y')),
  );
  const found = await first!.compareAuc(second!, rows, 'y');
  expect(found.rows).toBe(60);
  near(found.auc, (await first!.evaluate(rows, 'y')).auc!);
  near(found.otherAuc, (await second!.evaluate(rows, 'y')).auc!);
  const reversed = await new LogisticRegression({ positive: 0 }).fit<number>(rows, 'y');
  await expect(first!.compareAuc(reversed, rows, 'y')).rejects.toMatchObject({ code: 'not-comparable' });
});
