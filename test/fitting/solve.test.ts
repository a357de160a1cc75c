/** The stages of a fit over placed rows, wherever they are: here in memory and in a file that is read again each time. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import type { FittingOptions } from '../../src/fitting/options.ts';
import { solve } from '../../src/fitting/solve.ts';
import { conditionNumber } from '../../src/math/condition.ts';
import { createRandom } from '../../src/math/random.ts';
import { maxNorm, plus } from '../../src/math/vector.ts';
import { createObjective } from '../../src/objective/objective.ts';
import type { RowSource, RowSums } from '../../src/rows/contract.ts';
import { referenceRows } from '../../src/rows/reference.ts';
import { rowsInFile } from '../support/rows-in-file.ts';

const folder = mkdtempSync(join(tmpdir(), 'solve-'));
afterAll(() => rmSync(folder, { recursive: true }));

const options: FittingOptions = { solver: 'auto', tolerance: 1e-10, momentum: 0 };

/** Rows of K overlapping classes; the class shifts the mean of each feature. */
function overlapping({
  m = 300,
  n = 3,
  K = 2,
  seed = 1,
  partitions,
}: {
  m?: number;
  n?: number;
  K?: number;
  seed?: number;
  partitions?: number[];
} = {}): RowSource {
  const random = createRandom(seed);
  const labels = Uint8Array.from({ length: m }, () => Math.floor(K * random()));
  const columns = Array.from({ length: n }, (_, j) => {
    const values = Float64Array.from(labels, (y) => 3 * random() + (y * ((j % 3) - 1)) / 2);
    return {
      kind: 'dense' as const,
      mean: 1.5,
      scale: 1,
      read: (from: number, into: Float64Array) => into.set(values.subarray(from, from + into.length)),
    };
  });
  return { rows: m, columns, classes: K, labels, partitions };
}

describe.each([2, 3])('%d classes', (K) => {
  test.each(['newton', 'lbfgs'] as const)('a place that only sums is fitted like memory by %s', async (solver) => {
    const source = overlapping({ K });
    const file = rowsInFile(source, join(folder, `${solver}-${K}`));
    expect(file).not.toHaveProperty('rowwise');
    const problem = { penalty: { l2: 0.01 }, intercept: true };
    const there = await solve({ rows: file, ...problem }, { ...options, solver });
    const here = await solve({ rows: referenceRows(source), ...problem }, { ...options, solver });
    expect(there.solver.outcome).toBe('converged');
    // Both gradients are below 1e-10; the loss has curvature of at least l2.
    expect(maxNorm(plus(there.theta, -1, here.theta))).toBeLessThan(2e-10 / 0.01);
    expect(file.reads()).toBeGreaterThanOrEqual(there.solver.evaluations);
  });

  test('the certificate has the condition of the float64 Hessian at the final theta', async () => {
    const rows = referenceRows(overlapping({ K }));
    const problem = { penalty: { l2: 0 }, intercept: true };
    const { theta, certificate, hessian } = await solve({ rows, ...problem }, options);
    const objective = createObjective(rows, 'float64', problem);
    const point = await objective.point(theta, 2);
    expect([...hessian!]).toEqual([...point.hessian!]);
    expect(certificate.condition).toBe(conditionNumber(point.hessian!, objective.dimension));
    expect(certificate.gradientNorm).toBe(maxNorm(point.gradient));
  });

  test('partitions: the fit of some of them is that of their rows alone', async () => {
    const parts = [100, 60, 140];
    const whole = overlapping({ K, partitions: parts });
    const problem = { penalty: { l2: 0 }, intercept: true };
    const some = await solve({ rows: referenceRows(whole), ...problem, partitions: [0, 2] }, options);
    const kept = Array.from({ length: 300 }, (_, i) => i).filter((i) => i < 100 || i >= 160);
    const alone: RowSource = {
      ...whole,
      rows: 240,
      partitions: undefined,
      labels: Uint8Array.from(kept, (i) => whole.labels[i]!),
      columns: whole.columns.map((column) => {
        const values = new Float64Array(300);
        if (column.kind === 'dense') column.read(0, values);
        const own = Float64Array.from(kept, (i) => values[i]!);
        return {
          ...column,
          kind: 'dense' as const,
          mean: 1.5,
          scale: 1,
          read: (from: number, into: Float64Array) => into.set(own.subarray(from, from + into.length)),
        };
      }),
    };
    const separate = await solve({ rows: referenceRows(alone), ...problem }, options);
    expect(maxNorm(plus(some.theta, -1, separate.theta))).toBeLessThan(1e-12);
    expect(some.meanLogLoss).toBeCloseTo(separate.meanLogLoss, 14);
  });
});

describe('a first guess', () => {
  const problem = { penalty: { l2: 0 }, intercept: true };
  const source = overlapping({ m: 400 });
  const rows = referenceRows(source);
  const guess = (theta: number[], hessian?: Float64Array) => ({
    of: 'sample' as const,
    theta: Float64Array.from(theta),
    hessian,
    rows: 40,
    noiseFloor: 0,
  });
  const identity = Float64Array.from({ length: 16 }, (_, at) => (at % 5 === 0 ? 1 : 0));

  test('is the start of the fit where it serves', async () => {
    const fromZero = await solve({ rows, ...problem }, options);
    const near = guess([...plus(fromZero.theta, 0.01, new Float64Array(4).fill(1))], fromZero.hessian);
    const { theta, solver } = await solve({ rows, ...problem, guess: near }, options);
    expect(solver.warmStart).toEqual({ of: 'sample', rows: 40, used: true });
    expect(solver.name).toBe('chord');
    expect(maxNorm(plus(theta, -1, fromZero.theta))).toBeLessThan(1e-9);
  });

  test('that is worse than the null model on all rows is dropped, and said', async () => {
    const { theta, solver } = await solve({ rows, ...problem, guess: guess([50, -50, 50, 0], identity) }, options);
    const fromZero = await solve({ rows, ...problem }, options);
    expect(solver.warmStart).toEqual({
      of: 'sample',
      rows: 40,
      used: false,
      reason: 'worse than the null model on all rows',
    });
    expect([...theta]).toEqual([...fromZero.theta]);
  });

  test('from which the solve ends before it has converged is given up for a start from 0', async () => {
    // Away from this guess the place answers NaN, so that no step is acceptable, until a solve begins at 0.
    const fromZero = await solve({ rows, ...problem }, options);
    const start = fromZero.theta.map((value) => value / 2);
    let fails = true;
    const fragile: RowSums = {
      ...rows,
      async evaluate(theta, order, precision, more) {
        if (maxNorm(theta) === 0) fails = false;
        const sums = await rows.evaluate(theta, order, precision, more);
        return fails && theta[0] !== start[0] ? { ...sums, loss: Number.NaN } : sums;
      },
    };
    const { theta, solver } = await solve({ rows: fragile, ...problem, guess: guess([...start], identity) }, options);
    expect(fails).toBe(false);
    expect(solver.warmStart).toEqual({ of: 'sample', rows: 40, used: false, reason: 'no convergence from it' });
    expect([...theta]).toEqual([...fromZero.theta]);
  });
});

test('features that are not free stay 0, and the others are as if those were not there', async () => {
  const source = overlapping({ n: 4 });
  const problem = { penalty: { l2: 0.1 }, intercept: true };
  const some = await solve({ rows: referenceRows(source), ...problem, features: [0, 3] }, options);
  const alone = await solve(
    { rows: referenceRows({ ...source, columns: [source.columns[0]!, source.columns[3]!] }), ...problem },
    options,
  );
  expect([some.theta[1], some.theta[2]]).toEqual([0, 0]);
  expect([some.theta[0], some.theta[3], some.theta[4]]).toEqual([...alone.theta]);
});
