/** Rows kept as pages: the sums and measures of rows in memory, whatever the number of pages and threads. */
import { describe, expect, test } from 'vitest';
import { type PageFile, placePages, rowsPerPage } from '../../../src/backends/cpu/pages.ts';
import type { Precision, RowSource } from '../../../src/rows/contract.ts';
import { roundoff } from '../../../src/rows/contract.ts';
import { referenceRows } from '../../../src/rows/reference.ts';
import { summarisePartitions } from '../../../src/rows/source.ts';
import { compensatedSums, worstError } from '../../support/compensated.ts';
import { denseColumn, randomRows, randomTheta, type TestRows } from '../../support/data.ts';

/** Pages in memory. */
function memoryFile(): PageFile & { readonly pages: Float64Array[]; closed: boolean } {
  const pages: Float64Array[] = [];
  const file = {
    pages,
    closed: false,
    append: async (page: Float64Array) => void pages.push(page.slice()),
    read: async (page: number, into: Float64Array) => into.set(pages[page]!),
    async close() {
      file.closed = true;
    },
  };
  return file;
}

const pageRows = 512;

/** Pages of the rows, the last filled up with weight 0. */
async function* pagesOf({ rows, numbers, labels, weights, classes }: TestRows): AsyncGenerator<RowSource> {
  for (let from = 0; from < rows; from += pageRows) {
    const part = (x: ArrayLike<number>): Float64Array => {
      const own = new Float64Array(pageRows);
      for (let i = from; i < Math.min(rows, from + pageRows); i++) own[i - from] = x[i]!;
      return own;
    };
    const ones = new Float64Array(rows).fill(1);
    yield {
      rows: pageRows,
      classes,
      labels: Int32Array.from(part(labels)),
      weights: part(weights ?? ones),
      columns: numbers.map((x) => denseColumn(part(x))),
    };
  }
}

async function placed(rows: TestRows, storage: Precision, threads: number, file = memoryFile()) {
  const { numbers, classes } = rows;
  const [summary] = summarisePartitions(rows) as [ReturnType<typeof summarisePartitions>[0]];
  const shape = { features: numbers.length, classes, storage, pageRows, pages: pagesOf(rows), summary };
  return { sums: (await placePages(shape, file, { threads }))!, file };
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
    const { sums, file } = await placed(rows, storage, threads);
    expect(file.pages.length).toBe(5);
    const truth = compensatedSums(rows, theta);
    for (const precision of ['float32', 'float64'] as const) {
      const all = await sums.evaluate(theta, 2, precision);
      expect(worstError(all, truth) / roundoff[precision]).toBeLessThanOrEqual(32);
      expect((await sums.evaluate(theta, 0, precision)).loss).toBe(all.loss);
    }
    await sums.close();
    expect(file.closed).toBe(true);
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

test('a file that fails ends the placing and closes what was opened', async () => {
  const file = memoryFile();
  let appended = 0;
  const failing: typeof file = Object.assign(file, {
    append: async () => {
      if (++appended === 3) throw new Error('no space');
    },
  });
  await expect(placed(randomRows({ m: 2500, n: 3 }), 'float64', 2, failing)).rejects.toThrow('no space');
  expect(file.closed).toBe(true);
});

test('a page is whole blocks and about 8 MiB', () => {
  expect(rowsPerPage({ features: 10, classes: 2, precision: 'float64' })).toBe(65_536);
  expect(rowsPerPage({ features: 1000, classes: 2, precision: 'float64' })).toBe(1024);
  expect(rowsPerPage({ features: 100_000, classes: 2, precision: 'float64' })).toBe(512);
});
