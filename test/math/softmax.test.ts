/** The softmax of one row against 60-digit values, and its derivatives against differences of what they derive. */
import { describe, expect, test } from 'vitest';
import { curvature, logLoss, residual, sigmoid } from '../../src/math/logistic.ts';
import { createRandom } from '../../src/math/random.ts';
import {
  complement,
  crossCurvature,
  crossEntropy,
  largestScore,
  probabilities,
  residuals,
} from '../../src/math/softmax.ts';
import { readJson } from '../support/data.ts';

interface Row {
  z: number[];
  probabilities: number[];
  losses: number[];
  dz: number[][];
  curvature: number[][];
}

const { rows } = readJson<{ rows: Row[] }>('softmax-scalars.json');

/** e^(z − max) is good to 1 ulp after a subtraction of half an ulp of z ≤ 1000; sums of K ≤ 4 of them and a quotient add 4. */
const relative = (z: readonly number[]): number => (6 + Math.max(0, ...z.map(Math.abs))) * Number.EPSILON;
/** Where e^(z − max) is subnormal it has an absolute error of half the smallest number. */
const smallest = 4 * 2 ** -1074;

function close(found: number, truth: number, z: readonly number[]): void {
  expect(Math.abs(found - truth)).toBeLessThanOrEqual(relative(z) * Math.abs(truth) + smallest);
}

describe.each(rows)('z = $z', ({ z, ...truth }) => {
  const a = new Float64Array(z.length + 1);
  const dz = new Float64Array(z.length);

  test('probabilities are those of exact arithmetic', () => {
    probabilities(z, a);
    a.forEach((value, c) => {
      close(value, truth.probabilities[c]!, z);
    });
  });

  test('the loss is that of exact arithmetic', () => {
    truth.losses.forEach((loss, y) => {
      close(crossEntropy(z, y), loss, z);
    });
  });

  test('dz and curvature are those of exact arithmetic', () => {
    probabilities(z, a);
    truth.dz.forEach((expected, y) => {
      residuals(z, y, a, dz);
      dz.forEach((value, c) => {
        close(value, expected[c]!, z);
      });
    });
    truth.curvature.forEach((row, c) => {
      row.forEach((value, d) => {
        close(crossCurvature(z, a, c + 1, d + 1), value, z);
      });
    });
  });
});

describe('derivatives', () => {
  const random = createRandom(7);
  const scores = Array.from({ length: 20 }, () => Array.from({ length: 3 }, () => 6 * random() - 3));
  /** Five-point difference with h = ε^(1/5), whose error is about ε^(4/5) times the fifth derivative, below 1. */
  const h = Number.EPSILON ** (1 / 5);
  const tolerance = 20 * Number.EPSILON ** (4 / 5);
  const difference = (f: (z: number[]) => number, z: readonly number[], c: number): number => {
    const at = (step: number): number => f(z.map((value, d) => (d === c ? value + step * h : value)));
    return (at(-2) - 8 * at(-1) + 8 * at(1) - at(2)) / (12 * h);
  };
  const a = new Float64Array(4);
  const dz = new Float64Array(3);

  test('dz is the derivative of the loss', () => {
    for (const z of scores) {
      for (let y = 0; y <= 3; y++) {
        probabilities(z, a);
        residuals(z, y, a, dz);
        for (let c = 0; c < 3; c++) {
          expect(Math.abs(difference((at) => crossEntropy(at, y), z, c) - dz[c]!)).toBeLessThan(tolerance);
        }
      }
    }
  });

  test('the curvature is the derivative of dz', () => {
    const dzOf = (z: number[], c: number): number => {
      const p = new Float64Array(4);
      const d = new Float64Array(3);
      probabilities(z, p);
      residuals(z, 2, p, d);
      return d[c]!;
    };
    for (const z of scores) {
      probabilities(z, a);
      for (let c = 0; c < 3; c++) {
        for (let d = 0; d < 3; d++) {
          const found = difference((at) => dzOf(at, c), z, d);
          expect(Math.abs(found - crossCurvature(z, a, c + 1, d + 1))).toBeLessThan(tolerance);
        }
      }
    }
  });
});

test.each([-800, -37, -1, 0, 0.3, 20, 745])('two classes are the binary formulas: z = %d', (z) => {
  const a = [0, 0];
  const dz = [0];
  probabilities([z], a);
  close(a[1]!, sigmoid(z), [z]);
  for (const y of [0, 1]) {
    close(crossEntropy([z], y), logLoss(z, y), [z]);
    residuals([z], y, a, dz);
    close(dz[0]!, residual(z, y), [z]);
  }
  close(crossCurvature([z], a, 1, 1), curvature(z), [z]);
});

test('of equal scores the first class is the largest, and a complement never vanishes early', () => {
  expect(largestScore([0, 0])).toBe(0);
  expect(largestScore([2, 2])).toBe(1);
  expect(complement([50, 0], 1)).toBeGreaterThan(0);
  expect(1 - Math.exp(50) / (Math.exp(50) + 2)).toBe(0); // what the subtraction would give
});
