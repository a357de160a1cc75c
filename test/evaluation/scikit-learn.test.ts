/** Metrics against the figures of scikit-learn in reference/metrics.json; make-metrics.py beside it made them. */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { metricsFromScores } from '../../src/evaluation/evaluate.ts';

interface Problem {
  readonly classes: readonly string[];
  readonly threshold: number | null;
  readonly scores: readonly (readonly number[])[];
  readonly labels: readonly number[];
  readonly weights: readonly number[] | null;
  readonly expected: object;
}
const file = new URL('./reference/metrics.json', import.meta.url);
const { problems } = JSON.parse(readFileSync(file, 'utf8')) as { problems: Record<string, Problem> };

/** Sums of some hundred terms in another order, here and there. */
const tolerance = 1000 * Number.EPSILON;

function agree(found: unknown, truth: unknown, path: string): number {
  if (typeof truth === 'number') {
    expect(Math.abs((found as number) - truth), path).toBeLessThanOrEqual(tolerance * Math.max(1, truth));
    return 1;
  }
  if (typeof truth !== 'object' || truth === null) {
    expect(found, path).toBe(truth);
    return 0;
  }
  let numbers = 0;
  for (const [key, value] of Object.entries(truth)) {
    numbers += agree((found as Record<string, unknown>)[key], value, `${path}.${key}`);
  }
  return numbers;
}

test.each(Object.entries(problems))('%s', async (_, { classes, threshold, scores, labels, weights, expected }) => {
  const found = await metricsFromScores({
    classes,
    scores: Float64Array.from(scores.flat()),
    labels,
    weights: weights === null ? undefined : Float64Array.from(weights),
    threshold: threshold ?? undefined,
  });
  const K = classes.length;
  expect(agree(found, expected, 'metrics')).toBe(K === 2 ? 13 : 4 + 5 * K + 6 + K * K);
});
