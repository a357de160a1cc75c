/**
 * The guess from a sixteenth of the rows: judged by the gradient over all rows, which sampling alone keeps
 * from 0, and by a solve that must end where one from 0 ends. Rows in the order of class, of a trend or of a
 * rare column are the ones that a careless sample gets wrong.
 */
import { expect, test } from 'vitest';
import { type Rows, rowsOf } from '../../src/backends/backend.ts';
import { openBackend } from '../../src/backends/registry.ts';
import { createRandom } from '../../src/math/random.ts';
import { maxNorm, sum } from '../../src/math/vector.ts';
import { firstGuess, sampleRows } from '../../src/model/first-guess.ts';
import { checkOptions, type Options } from '../../src/model/options.ts';
import { solve } from '../../src/model/solve.ts';
import { oracleRows } from '../../src/rows/oracle.ts';
import { createTurns } from '../../src/turns.ts';

const m = 2 ** 18;
const n = 4;
async function guess(rows: Rows) {
  const options = checkOptions({});
  const sample = await sampleRows(rows, options, createTurns());
  const backend = await openBackend('cpu', { threads: 1, cells: 0 });
  return firstGuess(sample!, backend, { penalty: { l2: 0 }, options }, undefined);
}

async function solved(rows: Rows, options: Options) {
  const scales = new Float64Array(rows.features).fill(1);
  const solution = await solve(rows, scales, checkOptions({ ...options, threads: 1 }), {});
  await solution.close();
  return solution;
}

/** Rows of a known model, in the order that `rank` gives. */
function made({
  weighted = false,
  rank,
}: {
  weighted?: boolean;
  rank?: (x: number[], y: number, i: number) => number;
}) {
  const random = createRandom(11);
  const all = Array.from({ length: m }, (_, i) => {
    const x = Array.from({ length: n }, () => 3.4 * random() - 1.7);
    const y = random() < 1 / (1 + Math.exp(-(x[0]! - 2 * x[1]! + 0.5))) ? 1 : 0;
    return { x, y, s: 0.25 + 2 * random(), rank: rank?.(x, y, i) ?? i };
  }).sort((a, b) => a.rank - b.rank);
  return rowsOf({
    columns: Array.from({ length: n }, (_, j) => Float64Array.from(all, ({ x }) => x[j]!)),
    y: Float64Array.from(all, ({ y }) => y),
    weights: weighted ? Float64Array.from(all, ({ s }) => s) : undefined,
  });
}

test.each([
  ['rows as they come', made({})],
  ['weighted rows', made({ weighted: true })],
  ['rows in the order of class', made({ rank: (_, y) => y })],
  ['rows in the order of a column', made({ rank: (x) => x[1]! })],
])('%s: the sample has their optimum, but for the error of sampling', async (_, rows) => {
  const { theta, rows: sampled } = (await guess(rows))!;
  expect(sampled).toBe(m / 16);
  const { gradient } = await oracleRows(rows).evaluate(theta, 1);
  const weight = rows.weights ? sum(rows.weights) : m;
  // A sampled mean of dz·x has deviation ≤ 1.7·½/√sampled, weights up to 2.25 make it less than twice that;
  // five of them, n + 1 times over, are exceeded once in a hundred thousand.
  expect(maxNorm(gradient!) / weight).toBeLessThan((5 * 1.7) / Math.sqrt(sampled));
  expect(maxNorm(gradient!) / weight).toBeGreaterThan(0);
});

test('a solve ends where one from 0 ends', async () => {
  const rows = made({ rank: (x) => x[0]! });
  const whole = await solved(rows, { solver: 'newton' });
  const before = await solved(rows, { solver: 'gd' });
  expect(whole.solver).toMatchObject({ sampled: m / 16, outcome: 'converged' });
  expect(before.solver).toMatchObject({ sampled: 0, outcome: 'converged' });
  // ‖Δθ‖ ≤ ‖∇f‖/λ, and λ, the least curvature, is above 0.01 here.
  const bound = 100 * Math.sqrt(n + 1) * (whole.solver.gradientNorm + before.solver.gradientNorm);
  whole.theta.forEach((value, j) => {
    expect(Math.abs(value - before.theta[j]!)).toBeLessThanOrEqual(bound + 16 * Number.EPSILON);
  });
});

test('an iteration from the guess is an iteration over all rows: the limit holds for it', async () => {
  const { solver, certificate } = await solved(made({}), { maxIterations: 1 });
  expect(solver).toMatchObject({ name: 'newton', sampled: m / 16, outcome: 'max-iterations', iterations: 1 });
  expect(certificate.gradientNorm).toBeGreaterThan(1e-10);
});

test('the noise floor is what float32 sums over the sample differ from float64 ones', async () => {
  const rows = made({});
  const { theta, noiseFloor } = (await guess(rows))!;
  const sample = (await sampleRows(rows, checkOptions({}), createTurns()))!;
  const placed = await (await openBackend('cpu', { threads: 1, cells: 0 })).place(sample, 'float64');
  const [coarse, exact] = [await placed.evaluate(theta, 1, 'float32'), await oracleRows(sample).evaluate(theta, 1)];
  const floor = maxNorm(coarse.gradient!.map((g, j) => g - exact.gradient![j]!)) / sample.count;
  // Float64 sums of the oracle and of the kernels differ by 32 roundings of Σ|dz·x| / m ≤ 1.7 at most.
  expect(Math.abs(noiseFloor - floor)).toBeLessThanOrEqual(32 * 1.7 * 2 ** -53);
  expect(noiseFloor).toBeGreaterThan(2 ** -40);
});

test('no sample where it cannot help', async () => {
  const few = rowsOf({ columns: [new Float64Array(1000)], y: new Float64Array(1000) });
  const wide = { ...made({}), features: m };
  expect(await sampleRows(few, checkOptions({}), createTurns())).toBeUndefined();
  expect(await sampleRows(wide, checkOptions({}), createTurns())).toBeUndefined();
  expect(await sampleRows(made({}), checkOptions({ solver: 'gd' }), createTurns())).toBeUndefined();
});

test('separated rows are found to be so from the guess as well', async () => {
  const column = Float64Array.from({ length: m * n }, (_, i) => (i % 7) - 3);
  const rows = rowsOf({ columns: [column], y: column.map((x) => (x > 0.5 ? 1 : 0)) });
  const { solver } = await solved(rows, {});
  expect(solver).toMatchObject({ sampled: (m * n) / 16, outcome: 'separated' });
});
