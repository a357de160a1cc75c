/** Whether a finite estimate exists: the proof by Newton's step, on data whose separation is known by other means. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import type { FittingOptions } from '../../src/fitting/options.ts';
import { solve } from '../../src/fitting/solve.ts';
import { LogisticRegression, type Options } from '../../src/index.ts';
import { createRandom } from '../../src/math/random.ts';
import { referenceRows } from '../../src/rows/reference.ts';
import { readReference, rowsOf } from '../support/data.ts';
import { rowsInFile } from '../support/rows-in-file.ts';
import '../support/tensorflow.ts';

const folder = mkdtempSync(join(tmpdir(), 'separation-'));
afterAll(() => rmSync(folder, { recursive: true }));

const solving: FittingOptions = { solver: 'auto', tolerance: 1e-10, momentum: 0 };
const unpenalised = { penalty: { l2: 0 }, intercept: true };

const fit = (x: number[][], y: ArrayLike<number | string>, options: Options = {}) =>
  new LogisticRegression(options).fit(x, Array.from(y as string[]));

const { header, rows: cells } = readReference('endometrial.csv');
const numbers = (name: string): number[] => cells.map((row) => Number(row[header.indexOf(name)]));
const endometrial = cells.map((row) => row.slice(0, 3).map(Number));
const grade = numbers('HG');

/** Infinite coefficients as `name+` or `name-`. */
const infinite = (model: Awaited<ReturnType<typeof fit>>): string[] =>
  (model.training.separation?.coefficients ?? []).map(({ name, sign }) => `${name}${sign > 0 ? '+' : '-'}`);

/** Points of a grid, those of a = b in both classes in turn, the others by the sign of a − b. */
const grid = Array.from({ length: 64 }, (_, i) => [Math.floor(i / 8), i % 8]);
const byDifference = grid.map(([a, b]) => (a! > b! ? 1 : a! < b! ? 0 : a! % 2));

describe('separated', () => {
  const sets: { name: string; x: number[][]; y: number[]; infinite: string[]; rows: number }[] = [
    { name: 'endometrial', x: endometrial, y: grade, infinite: ['x1+'], rows: 13 },
    { name: 'x = −1, 0, 0, 1', x: [[-1], [0], [0], [1]], y: [0, 0, 1, 1], infinite: ['x1+'], rows: 2 },
    {
      name: 'two columns together',
      x: ['00', '00', '10', '10', '01', '01', '11', '11'].map((pair) => [...pair].map(Number)),
      y: [0, 0, 0, 1, 0, 1, 1, 1],
      infinite: ['(intercept)-', 'x1+', 'x2+'],
      rows: 4,
    },
    {
      name: '24 of 200 against 25 of 25',
      x: Array.from({ length: 225 }, (_, i) => [i < 200 ? 1 : 0]),
      y: Array.from({ length: 225 }, (_, i) => (i < 24 || i >= 200 ? 1 : 0)),
      infinite: ['(intercept)+', 'x1-'],
      rows: 25,
    },
    { name: 'a − b', x: grid, y: byDifference, infinite: ['x1+', 'x2-'], rows: 56 },
    {
      name: 'behind a dependent column',
      x: endometrial.map(([nv, ...rest]) => [...rest, rest[0]! + rest[1]!, nv!]),
      y: grade,
      infinite: ['x4+'],
      rows: 13,
    },
  ];
  const ways: Options[] = [
    {},
    { solver: 'lbfgs' },
    { backend: 'reference' },
    { backend: 'tfjs-cpu' },
    { precision: 'float32' },
  ];
  test.each(sets.flatMap((set) => ways.map((way) => ({ ...set, way, title: `${set.name} ${JSON.stringify(way)}` }))))(
    '$title',
    async ({ x, y, infinite: names, rows, way }) => {
      const model = await fit(x, y, way);
      expect(model.training.solver.outcome).toBe('quasi-separated');
      expect(infinite(model)).toEqual(names);
      expect(model.training.separation).toMatchObject({
        kind: 'quasi-complete',
        weight: rows,
        totalWeight: y.length,
        unique: true,
      });
      expect(model.warnings.filter(({ code }) => code === 'quasi-separation')).toHaveLength(1);
      // As far as the gradient says, and no jump by a Hessian that has lost its digits.
      expect(model.certificate.gradientNorm).toBeLessThanOrEqual(1e-10);
      expect(Math.max(...Object.values(model.coefficients).map(Math.abs))).toBeLessThan(60);
    },
  );

  test('where several directions do, signs are those of one and said to be', async () => {
    // d_1 + 0.3·d_2 ≥ 0 and d_1 − 0.1·d_2 ≥ 0: the sign of d_2 is either.
    const either = [...[0, 1, 0, 1].map((y) => [0, 0, y]), [1, 0.3, 1], [1, -0.1, 1], [1, 0.2, 1]];
    for (const way of ways) {
      const model = await fit(
        either.map((row) => row.slice(0, 2)),
        either.map((row) => row[2]!),
        { inference: true, ...way },
      );
      expect(model.training.separation).toMatchObject({ weight: 3, totalWeight: 7, unique: false });
      expect(model.warnings.find(({ code }) => code === 'quasi-separation')!.message).toMatch(/^for example .*x1 → /);
      expect(model.summary().coefficients.map(({ note }) => note)).toContain('no finite estimate');
    }
  });

  test('the other coefficients are those of the likelihood in the limit', async () => {
    // Rows that are told apart weigh nothing there: it is the fit of the others.
    const model = await fit(endometrial, grade);
    const others = endometrial.flatMap(([nv], i) => (nv === 0 ? [i] : []));
    const limit = await fit(
      others.map((i) => endometrial[i]!.slice(1)),
      others.map((i) => grade[i]!),
    );
    const pairs = [
      [model.intercept, limit.intercept],
      [model.coefficients.x2!, limit.coefficients.x1!],
      [model.coefficients.x3!, limit.coefficients.x2!],
    ] as const;
    for (const [found, truth] of pairs) expect(Math.abs(found / truth - 1)).toBeLessThan(1e-8);
    expect(limit.intercept).toBeCloseTo(4.30452, 5); // as published for the whole
  });

  test('the same as a category: the level is named by its rows', async () => {
    const x = cells.map((row) => ({ NV: row[0] === '1' ? 'yes' : 'none', PI: Number(row[1]), EH: Number(row[2]) }));
    const model = await new LogisticRegression().fit(x, grade);
    const [warning] = model.warnings.filter(({ code }) => code === 'quasi-separation');
    expect(warning!.message).toMatch(/^NV=yes \(13 rows, all 1\): /);
    expect(warning!.columns).toEqual(['NV']);
  });

  test('three classes: setosa is told from the others, which overlap', async () => {
    const iris = readReference('iris.csv').rows;
    const model = await fit(
      iris.map((row) => row.slice(0, 4).map(Number)),
      iris.map((row) => row[4]!),
    );
    expect(model.training.solver.outcome).toBe('quasi-separated');
    expect(model.training.separation!.weight).toBe(150);
    const two = await fit(
      iris.map((row) => row.slice(0, 4).map(Number)),
      iris.map((row) => Number(row[4] === 'setosa')),
    );
    expect(two.training.solver.outcome).toBe('separated');
  });

  test('weights change nothing of the proof, nor does a loose tolerance', async () => {
    const weights = Float64Array.from(grade, (_, i) => 0.5 + (i % 3));
    const weighted = await new LogisticRegression().fit(endometrial, grade, { sampleWeight: weights });
    const told = endometrial.reduce((sum, [nv], i) => sum + (nv === 1 ? weights[i]! : 0), 0);
    expect(weighted.training.separation!.weight).toBe(told);
    expect(infinite(await fit(endometrial, grade, { tolerance: 1e-4 }))).toEqual(['x1+']);
  });

  test('a place that only sums proves it too', async () => {
    const source = rowsOf({
      numbers: ['NV', 'PI', 'EH'].map((name) => Float64Array.from(numbers(name))),
      labels: grade,
    });
    const { solver, recession } = await solve(
      { rows: rowsInFile(source, join(folder, 'rows')), ...unpenalised },
      solving,
    );
    expect(solver.outcome).toBe('quasi-separated');
    expect(recession!.weight).toBe(13);
  });
});

describe('not separated', () => {
  /** Labels by the sign of x but for some rows, x from −1 to 1. */
  const line = (m: number, wrong: (i: number) => boolean) => {
    const x = Array.from({ length: m }, (_, i) => [(2 * i + 1) / m - 1]);
    return { x, y: x.map(([v], i) => Number(v! > 0 !== wrong(i))) };
  };
  const overlapping = [
    { name: 'one row in 20,000 far on the other side', ...line(20_000, (i) => i === 19_999) },
    { name: 'one row in 100,000 far on the other side', ...line(100_000, (i) => i === 0) },
    { name: 'two rows in 100,000, hardly', ...line(100_000, (i) => i === 50_000 || i === 49_999) },
    {
      name: 'one row of 13',
      x: endometrial,
      y: grade.map((y, i) => (i === endometrial.findIndex(([nv]) => nv === 1) ? 0 : y)),
    },
  ];
  test.each(overlapping)('$name', async ({ x, y }) => {
    for (const options of [{}, { precision: 'float32' as const }]) {
      const model = await fit(x, y, options);
      expect(model.training.solver.outcome).toBe('converged');
      expect(model.training.separation).toBeNull();
    }
  });

  test('a penalised optimum is finite', async () => {
    const model = await fit(endometrial, grade, { l2: 1e-6 });
    expect(model.training.solver.outcome).toBe('converged');
    expect(model.training.separation).toBeNull();
    expect(model.warnings).toEqual([]);
  });
});

/** Whether a line through two of the points has no class on the other's side: exact for whole numbers. */
function separable(points: readonly (readonly [number, number])[], y: readonly number[]): boolean {
  return points.some(([a, b]) =>
    points.some(([c, d]) => {
      const sides = points.map(([p, q], i) => (2 * y[i]! - 1) * ((c - a) * (q - b) - (d - b) * (p - a)));
      return sides.some((side) => side !== 0) && (sides.every((s) => s >= 0) || sides.every((s) => s <= 0));
    }),
  );
}

test('the proof is there exactly where a line separates', async () => {
  const random = createRandom(22);
  const seen = { true: 0, false: 0 };
  for (let draw = 0; draw < 300; draw++) {
    const m = 6 + Math.floor(10 * random());
    const points = Array.from({ length: m }, () => [Math.floor(4 * random()), Math.floor(4 * random())] as const);
    const [slope, bend] = [random() - 0.5, random() - 0.5];
    const y = points.map(([p, q]) => Number(slope * (p - 1.5) + bend * (q - 1.5) + 1.2 * (random() - 0.5) > 0));
    const [[a, b]] = points as [readonly [number, number]];
    const flat = points.every(([p, q]) => points.every(([r, s]) => (p - a) * (s - b) === (q - b) * (r - a)));
    if (flat || new Set(y).size < 2) continue;
    const columns = [0, 1].map((j) => Float64Array.from(points, (point) => point[j]! - 1.5));
    const { solver, recession } = await solve(
      { rows: referenceRows(rowsOf({ numbers: columns, labels: y })), ...unpenalised },
      solving,
    );
    const truth = separable(points, y);
    seen[`${truth}`]++;
    expect(solver.outcome, `${JSON.stringify(points)} ${y}`).toMatch(truth ? /^(quasi-)?separated$/ : /^converged$/);
    if (recession) {
      const [d1, d2, d0] = recession.direction as unknown as [number, number, number];
      const moves = points.map(([p, q], i) => (2 * y[i]! - 1) * (d1 * (p - 1.5) + d2 * (q - 1.5) + d0));
      expect(Math.min(...moves)).toBeGreaterThan(-1e-9);
      expect(moves.filter((move) => move > 1e-9)).toHaveLength(recession.weight);
    }
  }
  expect(Math.min(seen.true, seen.false)).toBeGreaterThan(60);
});
