/**
 * A warm start must not lose a fit. Rows in the order of time, of class or of a column are the ones that a careless
 * sample gets wrong; here every one of 40 such data sets is fitted from the optimum of a sample, and the result is
 * held to the gradient of the loss over all rows, in plain loops over the raw numbers.
 */
import { describe, expect, test } from 'vitest';
import { openPlace } from '../../src/backends/registry.ts';
import type { Table } from '../../src/data/table.ts';
import { decideDesign } from '../../src/design/design.ts';
import { sourceOf } from '../../src/design/source.ts';
import { solve } from '../../src/fitting/solve.ts';
import { warmStart } from '../../src/fitting/warm-start.ts';
import { residual } from '../../src/math/logistic.ts';
import { maxNorm, plus } from '../../src/math/vector.ts';
import { checkOptions } from '../../src/model/check-options.ts';
import type { Options } from '../../src/model/options.ts';
import { sampleOf } from '../../src/model/placed.ts';
import { referenceRows } from '../../src/rows/reference.ts';
import { type OrderedProblem, orderedProblem } from '../support/ordered-files.ts';

const place = await openPlace('cpu', { threads: 1, cells: 0 });

function tableOf({ columns, labels }: OrderedProblem): Table {
  const missing = { count: 0, tokens: {} };
  const numeric = (name: string, values: Float64Array) => ({ kind: 'numeric' as const, name, values, missing });
  return {
    rows: labels.length,
    columns: [...columns.map((values, j) => numeric(`x${j + 1}`, values)), numeric('y', Float64Array.from(labels))],
    source: 'test',
    leftOut: [],
    badRows: 0,
    warnings: [],
  };
}

async function fitted(problem: OrderedProblem, options: Options = {}) {
  const checked = checkOptions(options);
  const design = await decideDesign(tableOf(problem), 'y', checked);
  const sample = await place.place(sampleOf(design, checked.seed, 0)!, 'float64');
  const rows = await place.place(sourceOf(design, design.part), 'float64');
  const solution = await solve({ rows, sample, penalty: { l2: 0 }, intercept: true }, checked);
  await Promise.all([sample.close(), rows.close()]);
  return { ...solution, terms: design.terms };
}

/** Max-norm of the mean gradient on standardised features, by plain loops over the raw numbers. */
function gradientNorm(
  { columns, labels }: OrderedProblem,
  { terms, theta }: Awaited<ReturnType<typeof fitted>>,
): number {
  const kept = terms.flatMap((term, j) => (term.excluded === undefined ? [{ ...term, column: columns[j]! }] : []));
  const z = new Float64Array(labels.length).fill(theta.at(-1)!);
  kept.forEach(({ column, mean, scale }, j) => {
    for (let i = 0; i < z.length; i++) z[i]! += (theta[j]! * (column[i]! - mean)) / scale;
  });
  const dz = z.map((value, i) => residual(value, labels[i]!));
  const means = kept.map(
    ({ column, mean, scale }) => dz.reduce((sum, r, i) => sum + (r * (column[i]! - mean)) / scale, 0) / z.length,
  );
  return Math.max(...means.map(Math.abs), Math.abs(dz.reduce((sum, r) => sum + r, 0) / z.length));
}

test.each(Array.from({ length: 4 }, (_, k) => [k * 10, k * 10 + 9] as const))(
  'data sets in an order, %d to %d',
  async (from, to) => {
    for (let seed = from; seed <= to; seed++) {
      const problem = orderedProblem(seed);
      const solution = await fitted(problem);
      const about = `${problem.kind}, seed ${seed}: ${JSON.stringify(solution.solver)}`;
      expect(solution.solver.outcome, about).toBe('converged');
      expect(solution.solver.warmStart, about).not.toBeNull();
      // The rule's 1e-10, and the rounding of plain sums: a mean of m terms below 10 in size.
      expect(gradientNorm(problem, solution), about).toBeLessThanOrEqual(
        1e-10 + 20 * problem.labels.length * Number.EPSILON,
      );
    }
  },
);

describe('the guess', () => {
  const options = checkOptions({});
  const problem = orderedProblem(6); // sorted by a column

  async function guess(more: Options = {}) {
    const design = await decideDesign(tableOf(problem), 'y', options);
    const source = sampleOf(design, 1, 0)!;
    const all = referenceRows(sourceOf(design, design.part));
    const sample = await place.place(source, 'float64');
    return {
      guess: await warmStart(sample, { penalty: { l2: 0 }, intercept: true }, checkOptions(more), undefined),
      source,
      all,
    };
  }

  test('is the optimum of all rows but for the error of sampling', async () => {
    const { guess: found, source, all } = await guess();
    const m = problem.labels.length;
    expect(found!.rows).toBe(Math.floor(m / 16));
    expect(source.rows).toBe(found!.rows);
    const { gradient } = await all.evaluate(found!.theta, 1, 'float64');
    // A sampled mean of dz·x has a deviation of at most ½; six of them are exceeded for none of 15 components.
    expect(maxNorm(gradient!) / m).toBeLessThan(6 / 2 / Math.sqrt(found!.rows));
    expect(maxNorm(gradient!) / m).toBeGreaterThan(0);
  });

  test('has the noise floor of float32 sums over the sample', async () => {
    const { guess: found, source } = await guess();
    const sample = await place.place(source, 'float64');
    const [coarse, exact] = [
      await sample.evaluate(found!.theta, 1, 'float32'),
      await referenceRows(source).evaluate(found!.theta, 1, 'float64'),
    ];
    const floor = maxNorm(plus(coarse.gradient!, -1, exact.gradient!)) / source.rows;
    // Float64 sums of the reference and of the kernels differ by 32 roundings of Σ|dz·x| / m, below 6.
    expect(Math.abs(found!.noiseFloor - floor)).toBeLessThanOrEqual(32 * 6 * 2 ** -53);
    expect(found!.noiseFloor).toBeGreaterThan(2 ** -40);
  });

  test('is not made for gradient descent, nor of few rows', async () => {
    expect((await guess({ solver: 'gd' })).guess).toBeUndefined();
    const design = await decideDesign(tableOf(problem), 'y', options);
    expect(sampleOf(design, 1, 2 ** 21) === undefined).toBe(true); // more numbers than there are
    const few = await place.place({ ...sampleOf(design, 1, 0)!, rows: 700, labels: new Uint8Array(700) }, 'float64');
    expect(await warmStart(few, { penalty: { l2: 0 }, intercept: true }, options, undefined)).toBeUndefined();
  });

  test('rows are drawn by the seed, without repetition and in their order', async () => {
    const design = await decideDesign(tableOf(problem), 'y', options);
    const column = (source: ReturnType<typeof sampleOf>): Float64Array => {
      const values = new Float64Array(source!.rows);
      const [first] = source!.columns;
      if (first?.kind === 'dense') first.read(0, values);
      return values;
    };
    const [one, again, other] = [1, 1, 2].map((seed) => column(sampleOf(design, seed, 0)));
    expect(again).toEqual(one);
    expect(other).not.toEqual(one);
    expect(one!.every((value, i) => i === 0 || value >= one![i - 1]!)).toBe(true); // sorted by this column
    const gaps = [...one!.keys()]
      .map((i) => problem.columns[0]!.indexOf(one![i]!))
      .map((row, i, rows) => (i === 0 ? row : row - rows[i - 1]!));
    expect(new Set(gaps).size).toBeGreaterThan(20); // no stride
    expect(Math.min(...gaps.slice(1))).toBeGreaterThan(0);
  });
});

test('an iteration from the guess is an iteration over all rows: the limit holds for it', async () => {
  const { solver, certificate } = await fitted(orderedProblem(0), { maxIterations: 1 });
  expect(solver).toMatchObject({ outcome: 'max-iterations', iterations: 1 });
  expect(certificate.gradientNorm).toBeGreaterThan(1e-10);
});

test('separated rows are found to be so from the guess as well', async () => {
  const { columns } = orderedProblem(0);
  const { solver } = await fitted({
    kind: 'separated',
    columns: columns.slice(0, 3),
    labels: Uint8Array.from(columns[0]!, (x) => Number(x > 0.5)),
  });
  expect(solver).toMatchObject({ outcome: 'separated', warmStart: { used: true } });
});
