import { describe, expect, test } from 'vitest';
import { curvature, logLoss, residual, sigmoid } from '../../src/math/logistic.ts';
import { readJson } from '../support/data.ts';

interface ScalarRow {
  z: number;
  sigmoid: number;
  loss0: number;
  loss1: number;
  residual0: number;
  residual1: number;
  curvature: number;
}

/** e^−|z| is good to 1 ulp, the quotient, the product and log1p add at most one each. */
const ulps = 4 * Number.EPSILON;
/** Where e^−|z| is subnormal it has an absolute error of half the smallest number. */
const smallest = 2 ** -1074;

const close = (found: number, truth: number): void => {
  expect(Math.abs(found - truth)).toBeLessThanOrEqual(ulps * Math.abs(truth) + smallest);
};

describe('scalar functions against 60-digit values', () => {
  const { rows } = readJson<{ rows: ScalarRow[] }>('logistic-scalars.json');
  test.each(rows)('z = $z', (row) => {
    close(sigmoid(row.z), row.sigmoid);
    close(logLoss(row.z, 0), row.loss0);
    close(logLoss(row.z, 1), row.loss1);
    close(residual(row.z, 0), row.residual0);
    close(residual(row.z, 1), row.residual1);
    close(curvature(row.z), row.curvature);
  });
});

describe('far from the boundary', () => {
  test('the loss is the score itself, never clipped', () => {
    expect(logLoss(1000, 0)).toBe(1000);
    expect(logLoss(-1000, 1)).toBe(1000);
    expect(logLoss(1000, 1)).toBe(0);
  });
  test('a residual survives where a − y has long been 0', () => {
    expect(residual(40, 1)).toBeLessThan(0);
    expect(1 / (1 + Math.exp(-40)) - 1).toBe(0);
  });
});
