/** Metrics of two classes against pair counting and other definitions written out, ties and weights included. */
import { describe, expect, test } from 'vitest';
import { twoClassFromScores } from '../../src/evaluation/two-class.ts';
import { logLoss, sigmoid } from '../../src/math/logistic.ts';
import { createRandom } from '../../src/math/random.ts';

interface Rows {
  readonly decision: Float64Array;
  readonly y: readonly number[];
  readonly weights?: Float64Array;
  readonly threshold: number;
}
const measure = ({ decision, y, weights, threshold }: Rows) =>
  twoClassFromScores({ scores: decision, labels: y, classes: [0, 1], weights, threshold });

const sample = (m: number, levels: number) => {
  const random = createRandom(4);
  const decision = Float64Array.from({ length: m }, () => Math.floor(levels * random()) / 4 - 1);
  const y = Array.from(decision, (z) => (random() < sigmoid(z) ? 1 : 0));
  const weights = Float64Array.from({ length: m }, () => Math.floor(3 * random()));
  return { decision, y, weights };
};
/** Rows repeated as often as they weigh. */
const repeated = ({ decision, y, weights }: ReturnType<typeof sample>) => {
  const rows = Array.from(weights).flatMap((weight, i) => new Array<number>(weight).fill(i));
  return { decision: Float64Array.from(rows, (i) => decision[i]!), y: rows.map((i) => y[i]!) };
};
/** Sums of up to 100 terms of size 1, in other orders. */
const tolerance = 100 * Number.EPSILON;

describe('measures', async () => {
  const { decision, y } = sample(80, 9);
  const found = await measure({ decision, y, threshold: 0.6 });
  const p = Array.from(decision, sigmoid);

  test('AUC counts pairs, ties half', () => {
    let right = 0;
    let pairs = 0;
    decision.forEach((high, i) => {
      decision.forEach((low, j) => {
        if (y[i] !== 1 || y[j] !== 0) return;
        pairs++;
        right += high > low ? 1 : high === low ? 0.5 : 0;
      });
    });
    expect(Math.abs(found.auc! - right / pairs)).toBeLessThanOrEqual(tolerance);
  });

  test('average precision is the sum over distinct scores of ΔR·P', () => {
    const positives = y.filter((label) => label === 1).length;
    let previous = 0;
    let sum = 0;
    for (const cut of [...new Set(decision)].sort((a, b) => b - a)) {
      const above = y.filter((_, i) => decision[i]! >= cut);
      const hits = above.filter((label) => label === 1).length;
      sum += (hits / positives - previous) * (hits / above.length);
      previous = hits / positives;
    }
    expect(Math.abs(found.averagePrecision! - sum)).toBeLessThanOrEqual(tolerance);
  });

  test('log loss, Brier score, and the table at a threshold', () => {
    const mean = (values: number[]): number => values.reduce((a, b) => a + b, 0) / values.length;
    expect(Math.abs(found.meanLogLoss! - mean(y.map((label, i) => logLoss(decision[i]!, label))))).toBeLessThanOrEqual(
      tolerance,
    );
    expect(Math.abs(found.brier! - mean(y.map((label, i) => (p[i]! - label) ** 2)))).toBeLessThanOrEqual(tolerance);
    const count = (said: boolean, label: number): number =>
      y.filter((value, i) => p[i]! >= 0.6 === said && value === label).length;
    const confusion = {
      truePositives: count(true, 1),
      falsePositives: count(true, 0),
      trueNegatives: count(false, 0),
      falseNegatives: count(false, 1),
    };
    expect(found.confusion).toEqual(confusion);
    const { truePositives: tp, falsePositives: fp, falseNegatives: fn } = confusion;
    expect([found.precision, found.recall, found.f1]).toEqual([
      tp / (tp + fp),
      tp / (tp + fn),
      (2 * tp) / (2 * tp + fp + fn),
    ]);
  });

  test('weight k is the row k times', async () => {
    const weighted = await measure({ ...sample(80, 9), threshold: 0.5 });
    const plain = await measure({ ...repeated(sample(80, 9)), threshold: 0.5 });
    for (const key of [
      'meanLogLoss',
      'accuracy',
      'auc',
      'averagePrecision',
      'brier',
      'precision',
      'recall',
      'f1',
    ] as const) {
      expect(Math.abs(weighted[key]! - plain[key]!)).toBeLessThanOrEqual(tolerance);
    }
  });
});

test('what the rows cannot define is null, with the reason', async () => {
  const ones = await measure({ decision: Float64Array.of(1, 2), y: [1, 1], threshold: 0.5 });
  expect(ones).toMatchObject({
    auc: null,
    averagePrecision: 1,
    recall: 1,
    undefined: { auc: 'the rows are of one class' },
  });
  const zeros = await measure({ decision: Float64Array.of(-1, -2), y: [0, 0], threshold: 0.5 });
  expect(zeros).toMatchObject({
    auc: null,
    averagePrecision: null,
    precision: null,
    recall: null,
    f1: null,
    accuracy: 1,
  });
  expect(Object.keys(zeros.undefined).sort()).toEqual([
    ...['auc', 'aucInterval', 'aucStandardError', 'averagePrecision', 'f1', 'precision', 'recall'],
  ]);
  expect((await measure({ decision: new Float64Array(0), y: [], threshold: 0.5 })).meanLogLoss).toBeNull();
});
