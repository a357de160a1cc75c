/** Rows kept as pages: the sums and measures of rows in memory, whatever the number of pages and threads. */
import { describe, expect, test } from 'vitest';
import { placePages } from '../../../src/backends/cpu/pages.ts';
import { bytesOfPages, rowsPerPage } from '../../../src/data/stored-table.ts';
import type { Precision } from '../../../src/rows/contract.ts';
import { roundoff } from '../../../src/rows/contract.ts';
import type { PagePlan, PageReader } from '../../../src/rows/pages.ts';
import { referenceRows } from '../../../src/rows/reference.ts';
import { summarisePartitions } from '../../../src/rows/source.ts';
import { compensatedSums, worstError } from '../../support/compensated.ts';
import { randomRows, randomTheta, rowsOf, type TestRows } from '../../support/data.ts';

const pageRows = 512;
const [target, weightsAt, first] = [0, 1, 2];

/** The rows as pages in memory, [target, weights, x_1, …]. Labels stand there as other numbers than their classes. */
function pagesOf({ rows, numbers, labels, weights }: TestRows): PageReader & { readonly reads: number[] } {
  const ones = new Float64Array(rows).fill(1);
  const columns = [Float64Array.from(labels, (y) => 10 - y), weights ?? ones, ...numbers];
  const reads: number[] = [];
  return {
    rows,
    pageRows,
    width: columns.length,
    reads,
    async read(page, into) {
      reads.push(page);
      into.fill(0);
      columns.forEach((x, k) => {
        into.set(Float64Array.from(x).subarray(page * pageRows, (page + 1) * pageRows), k * pageRows);
      });
    },
  };
}

function planOf({ numbers, classes }: TestRows, required: readonly number[] = []): PagePlan {
  const classOf = new Map(Array.from({ length: classes }, (_, c) => [10 - c, c]));
  const columns = numbers.map((_, j) => ({ kind: 'dense' as const, at: first + j, mean: 0, scale: 1 }));
  return { target, weights: weightsAt, classOf, classes, required, columns };
}

async function placed(rows: TestRows, storage: Precision, threads: number, pages = pagesOf(rows), plan = planOf(rows)) {
  const [summary] = summarisePartitions(rows) as [ReturnType<typeof summarisePartitions>[0]];
  return { sums: (await placePages({ pages, plan, storage, summary }, { threads }))!, pages };
}

describe.each<[number, boolean, Precision, number]>([
  [2, false, 'float64', 1],
  [2, true, 'float64', 2],
  [2, true, 'float32', 2],
  [3, false, 'float64', 2],
  [5, true, 'float32', 1],
])('%i classes, weighted %s, %s, %i threads', (classes, weighted, storage, threads) => {
  const rows = randomRows({ m: 2500, n: 6, seed: 9, classes, weighted });
  const theta = randomTheta(6, 4, 2, classes - 1);

  test('sums of every order and precision', async () => {
    const { sums, pages } = await placed(rows, storage, threads);
    const truth = compensatedSums(rows, theta);
    for (const precision of ['float32', 'float64'] as const) {
      const all = await sums.evaluate(theta, 2, precision);
      expect(worstError(all, truth) / roundoff[precision]).toBeLessThanOrEqual(32);
      expect((await sums.evaluate(theta, 0, precision)).loss).toBe(all.loss);
    }
    expect(pages.reads.toSorted()).toEqual([0, 1, 2, 3, 4].flatMap((page) => Array(4).fill(page)));
    await sums.close();
  });

  test('measures', async () => {
    const { sums } = await placed(rows, storage, threads);
    const [actual, expected] = [await sums.measure(theta, 0.4), await referenceRows(rows).measure(theta, 0.4)];
    const u = roundoff.float64;
    expect(Math.abs(actual.loss - expected.loss) / expected.loss).toBeLessThan(2500 * u);
    expect(
      actual.confusion.map((weight, k) => Math.abs(weight - expected.confusion[k]!)).reduce((a, b) => Math.max(a, b)),
    ).toBeLessThan(2500 * 2500 * u);
    const total = ({ own, others }: { own: Float64Array; others: Float64Array }) =>
      own.reduce((a, b) => a + b) + others.reduce((a, b) => a + b);
    actual.histograms.forEach((histogram, h) => {
      expect(total(histogram)).toBeCloseTo(total(expected.histograms[h]!), 8);
    });
    await sums.close();
  });
});

test('sums that are asked for at once, after an abort, of some rows, or too late', async () => {
  const rows = randomRows({ m: 2500, n: 5, seed: 3 });
  const { sums } = await placed(rows, 'float64', 2);
  const [one, other] = [randomTheta(5, 1), randomTheta(5, 2)];
  const expected = [await sums.evaluate(one, 1, 'float64'), await sums.evaluate(other, 1, 'float64')];
  const together = await Promise.all([sums.evaluate(one, 1, 'float64'), sums.evaluate(other, 1, 'float64')]);
  expect(together.map(({ loss }) => loss)).toEqual(expected.map(({ loss }) => loss));
  const aborting = new AbortController();
  const aborted = sums.evaluate(one, 1, 'float64', { signal: aborting.signal });
  aborting.abort();
  await expect(aborted).rejects.toBe(aborting.signal.reason);
  expect((await sums.evaluate(other, 1, 'float64')).loss).toBe(expected[1]!.loss);
  expect(() => sums.evaluate(one, 1, 'float64', { range: [0, 10] })).toThrow('summed all together');
  await sums.close();
  await expect(sums.evaluate(one, 1, 'float64')).rejects.toMatchObject({ code: 'disposed' });
});

test('rows with a missing cell or of another class count for nothing', async () => {
  const whole = randomRows({ m: 1500, n: 5, seed: 4, weighted: true });
  const kept = Array.from({ length: whole.rows }, (_, i) => i).filter((i) => i % 7 !== 3 && i % 11 !== 5);
  const pick = (x: ArrayLike<number>): Float64Array => Float64Array.from(kept, (i) => x[i]!);
  const some = rowsOf({ numbers: whole.numbers.map(pick), labels: pick(whole.labels), weights: pick(whole.weights!) });
  const gaps = whole.numbers.map((x, j) => x.map((value, i) => (j === 2 && i % 7 === 3 ? Number.NaN : value)));
  const labels = Array.from(whole.labels, (y, i) => (i % 11 === 5 ? 99 : y));
  const holed = { ...whole, numbers: gaps, labels: Int32Array.from(labels) };
  const { sums } = await placed(some, 'float64', 2, pagesOf(holed), planOf(whole, [first + 2]));
  const theta = randomTheta(5, 3);
  const truth = compensatedSums(some, theta);
  expect(worstError(await sums.evaluate(theta, 2, 'float64'), truth) / roundoff.float64).toBeLessThanOrEqual(32);
  const [actual, expected] = [await sums.measure(theta, 0.4), await referenceRows(some).measure(theta, 0.4)];
  expect(Math.abs(actual.loss - expected.loss) / expected.loss).toBeLessThan(1500 * roundoff.float64);
  await sums.close();
});

test('a page that cannot be read ends the sum with its error, and the next sum is right', async () => {
  const rows = randomRows({ m: 2500, n: 3 });
  const pages = pagesOf(rows);
  let failing = false;
  const unsure: PageReader = {
    ...pages,
    read: async (page, into) => {
      if (failing && page === 3) throw new Error('a bad sector');
      await pages.read(page, into);
    },
  };
  const { sums } = await placed(rows, 'float64', 2, unsure as typeof pages);
  const theta = randomTheta(3, 1);
  const { loss } = await sums.evaluate(theta, 1, 'float64');
  failing = true;
  await expect(sums.evaluate(theta, 1, 'float64')).rejects.toThrow('a bad sector');
  failing = false;
  expect((await sums.evaluate(theta, 1, 'float64')).loss).toBe(loss);
  await sums.close();
});

test('each sum tells how much of it is done', async () => {
  const rows = randomRows({ m: 2500, n: 3 });
  const [summary] = summarisePartitions(rows) as [ReturnType<typeof summarisePartitions>[0]];
  const shares: number[] = [];
  const paged = { pages: pagesOf(rows), plan: planOf(rows), storage: 'float64' as const, summary };
  const sums = (await placePages({ ...paged, onPage: (share) => shares.push(share) }, { threads: 1 }))!;
  await sums.evaluate(randomTheta(3, 1), 1, 'float64');
  expect(shares).toEqual([0, 1 / 5, 2 / 5, 3 / 5, 4 / 5, 1]);
  await sums.close();
});

test('a page is whole blocks and about 8 MiB', () => {
  expect(rowsPerPage(11)).toBe(65_536);
  expect(rowsPerPage(1000)).toBe(1024);
  expect(rowsPerPage(100_000)).toBe(512);
  expect(bytesOfPages(65_537, 11)).toBe(2 * 65_536 * 11 * 8);
});
