/** Rows kept as pages: the sums and measures of rows in memory, whatever the number of pages and threads. */
import { ftruncateSync } from 'node:fs';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { runtime } from '#runtime';
import { PageImages } from '../../../src/backends/cpu/page-images.ts';
import { type PagedRows, placePages } from '../../../src/backends/cpu/pages.ts';
import { bytesOfPages, type PageFile, rowsPerPage } from '../../../src/data/stored-table.ts';
import { openPageFile } from '../../../src/platform/page-file.ts';
import type { Precision } from '../../../src/rows/contract.ts';
import { roundoff } from '../../../src/rows/contract.ts';
import type { PagePlan, PageReader } from '../../../src/rows/pages.ts';
import { referenceRows } from '../../../src/rows/reference.ts';
import { summarisePartitions } from '../../../src/rows/source.ts';
import { compensatedSums, worstError } from '../../support/compensated.ts';
import { randomRows, randomTheta, rowsOf, type TestRows } from '../../support/data.ts';

const pageRows = 512;
const [target, weightsAt, first] = [0, 1, 2];

const opened: PageFile[] = [];
afterEach(async () => {
  for (const file of opened.splice(0)) await file.close();
});

/** The rows as pages, [target, weights, x_1, …]. Labels stand there as other numbers than their classes. */
async function pagesOf({ rows, numbers, labels, weights }: TestRows): Promise<PageReader> {
  const ones = new Float64Array(rows).fill(1);
  const columns = [Float64Array.from(labels, (y) => 10 - y), weights ?? ones, ...numbers];
  const width = columns.length;
  const file = await openPageFile(0);
  opened.push(file);
  for (let page = 0; page * pageRows < rows; page++) {
    const cells = new Float64Array(width * pageRows);
    columns.forEach((x, k) => {
      cells.set(Float64Array.from(x).subarray(page * pageRows, (page + 1) * pageRows), k * pageRows);
    });
    await file.write(page * cells.length, cells);
  }
  return { rows, pageRows, width, key: '', read: (page, into) => file.read(page * width * pageRows, into) };
}

function planOf({ numbers, classes }: TestRows, required: readonly number[] = []): PagePlan {
  const classOf = new Map(Array.from({ length: classes }, (_, c) => [10 - c, c]));
  const columns = numbers.map((_, j) => ({ kind: 'dense' as const, at: first + j, mean: 0, scale: 1 }));
  return { target, weights: weightsAt, classOf, classes, required, columns };
}

function truncate(file: PageFile, bytes: number): void {
  const { descriptor, giveBack } = file.lend();
  ftruncateSync(descriptor, bytes);
  giveBack();
}

async function placed(rows: TestRows, storage: Precision, threads: number, more: Partial<PagedRows> = {}) {
  const [summary] = summarisePartitions(rows) as [ReturnType<typeof summarisePartitions>[0]];
  const pages = more.pages ?? (await pagesOf(rows));
  return (await placePages({ plan: planOf(rows), storage, summary, ...more, pages }, { threads }))!;
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
    const sums = await placed(rows, storage, threads);
    const truth = compensatedSums(rows, theta);
    for (const precision of ['float32', 'float64'] as const) {
      const all = await sums.evaluate(theta, 2, precision);
      expect(worstError(all, truth) / roundoff[precision]).toBeLessThanOrEqual(32);
      expect((await sums.evaluate(theta, 0, precision)).loss).toBe(all.loss);
    }
    await sums.close();
  });

  test('measures', async () => {
    const sums = await placed(rows, storage, threads);
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
  const sums = await placed(rows, 'float64', 2);
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
  const labels = Array.from(whole.labels, (y, i) => (i % 11 === 5 ? 99 : y));
  const gaps = whole.numbers.map((x, j) =>
    x.map((value, i) => {
      if (j === 2 && i % 7 === 3) return Number.NaN;
      return i % 11 === 5 ? 1e300 : value; // which overflows in float32
    }),
  );
  const holed = { ...whole, numbers: gaps, labels: Int32Array.from(labels) };
  const sums = await placed(some, 'float64', 2, { pages: await pagesOf(holed), plan: planOf(whole, [first + 2]) });
  const theta = randomTheta(5, 3);
  const truth = compensatedSums(some, theta);
  for (const precision of ['float64', 'float32'] as const) {
    const { [precision]: u } = roundoff;
    expect(worstError(await sums.evaluate(theta, 2, precision), truth) / u).toBeLessThanOrEqual(32);
  }
  const [actual, expected] = [await sums.measure(theta, 0.4), await referenceRows(some).measure(theta, 0.4)];
  expect(Math.abs(actual.loss - expected.loss) / expected.loss).toBeLessThan(1500 * roundoff.float64);
  await sums.close();
});

test('a page that cannot be read ends the sum with its error, and the next sum is right', async () => {
  const rows = randomRows({ m: 2500, n: 3 });
  const pages = await pagesOf(rows);
  const sums = await placed(rows, 'float64', 2, { pages });
  const theta = randomTheta(3, 1);
  const { loss } = await sums.evaluate(theta, 1, 'float64');
  const [file] = opened as [PageFile];
  const last = new Float64Array(5 * pageRows);
  await file.read(4 * last.length, last);
  truncate(file, 4 * last.byteLength);
  await expect(sums.evaluate(theta, 1, 'float64')).rejects.toThrow('0 of 20480 bytes were read');
  await file.write(4 * last.length, last);
  expect((await sums.evaluate(theta, 1, 'float64')).loss).toBe(loss);
  await sums.close();
});

/** Images in files that are closed with the pages' own, and how many of them were asked for. */
function openImages() {
  const asked: number[] = [];
  const images = new PageImages(async (bytes) => {
    asked.push(bytes);
    const file = await openPageFile(bytes);
    opened.push(file);
    return file;
  });
  return { images, asked };
}

describe.each<[number, boolean, Precision, number]>([
  [2, false, 'float64', 2],
  [2, true, 'float32', 1],
  [4, true, 'float64', 2],
])('images of %i classes, weighted %s, %s, %i threads', (classes, weighted, storage, threads) => {
  const rows = randomRows({ m: 2500, n: 6, seed: 5, classes, weighted });
  const [one, other] = [randomTheta(6, 1, 2, classes - 1), randomTheta(6, 2, 2, classes - 1)];

  test('are read in place of the pages, and give the same sums to the last bit', async () => {
    const expected = await placed(rows, storage, threads);
    const truth = await Promise.all(([1, 2] as const).map((order) => expected.evaluate(other, order, 'float64')));
    await expected.close();
    const pages = await pagesOf(rows);
    const { images, asked } = openImages();
    const sums = await placed(rows, storage, threads, { pages, images });
    await sums.evaluate(one, 1, 'float64');
    truncate(opened[1]!, 0); // the pages, which no sum needs any more
    expect(await sums.evaluate(other, 1, 'float64')).toEqual(truth[0]);
    expect(await sums.evaluate(other, 2, 'float64')).toEqual(truth[1]);
    await sums.close();
    const again = await placed(rows, storage, threads, { pages, images });
    expect(await again.evaluate(other, 2, 'float64')).toEqual(truth[1]);
    await again.close();
    expect(asked.length).toBe(1);
    const unknown = await placed(rows, storage, threads, { pages: { ...pages, key: undefined }, images });
    await expect(unknown.evaluate(other, 2, 'float64')).rejects.toThrow('0 of'); // nobody knows that these are those
    await unknown.close();
    await images.close();
  });
});

test('images of another plan, of a sum that was aborted, or of rows in other classes are made anew', async () => {
  const rows = randomRows({ m: 2500, n: 5, seed: 6 });
  const theta = randomTheta(5, 1);
  const pages = await pagesOf(rows);
  const { images, asked } = openImages();
  const heavier = { ...planOf(rows), classFactors: Float64Array.of(1, 3) };
  const scaled = {
    ...planOf(rows),
    columns: planOf(rows).columns.map((column) => ({ ...column, kind: 'dense' as const, mean: 0.5, scale: 2 })),
  };
  const swapped = {
    ...planOf(rows),
    classOf: new Map([
      [10, 1],
      [9, 0],
    ]),
  };
  const lossOf = async (plan: PagePlan, more: Partial<PagedRows>): Promise<number> => {
    const sums = await placed(rows, 'float64', 2, { pages, plan, ...more });
    const { loss } = await sums.evaluate(theta, 1, 'float64');
    expect((await sums.evaluate(theta, 1, 'float64')).loss).toBe(loss);
    await sums.close();
    return loss;
  };
  const plans = [planOf(rows), heavier, scaled, swapped, heavier, planOf(rows)];
  for (const plan of plans) expect(await lossOf(plan, { images })).toBe(await lossOf(plan, {}));
  expect(asked.length).toBe(plans.length);

  const stopped = await placed(rows, 'float64', 2, { pages, plan: scaled, images });
  const aborting = new AbortController();
  const aborted = stopped.evaluate(theta, 1, 'float64', { signal: aborting.signal });
  aborting.abort();
  await expect(aborted).rejects.toBe(aborting.signal.reason);
  await stopped.close();
  expect(await lossOf(scaled, { images })).toBe(await lossOf(scaled, {}));
  await images.close();
});

test('where images cannot be kept the rows are converted for each sum, and it is said', async () => {
  const rows = randomRows({ m: 2500, n: 5, seed: 7 });
  const theta = randomTheta(5, 1);
  const expected = await placed(rows, 'float64', 2);
  const { loss } = await expected.evaluate(theta, 1, 'float64');
  await expected.close();
  const { images } = openImages();
  const full = new PageImages(() => openPageFile(2 ** 60));
  const fails = (code: string) => (): never => {
    throw Object.assign(new Error(code), { code });
  };
  for (const [kept, write, reason] of [
    [full, fails('EIO'), / has [\d.]+ GiB left; the rows take 1073741824.0 GiB$/],
    [images, fails('ENOSPC'), /^the temporary folder is full$/],
    [images, () => 100, /^the temporary folder is full$/], // as much as there is room for
  ] as const) {
    const writing = vi.spyOn(runtime.files!, 'writeSync').mockImplementation(write);
    const said: string[] = [];
    const sums = await placed(rows, 'float64', 1, { images: kept, onNoImages: (text) => said.push(text) });
    for (let sum = 0; sum < 2; sum++) {
      const again = await sums.evaluate(theta, 1, 'float64');
      expect(Math.abs(again.loss - loss) / loss).toBeLessThan(2500 * roundoff.float64);
    }
    expect(said).toEqual([expect.stringMatching(reason)]);
    await sums.close();
    writing.mockRestore();
  }
  const writing = vi.spyOn(runtime.files!, 'writeSync').mockImplementation(fails('EIO'));
  const sums = await placed(rows, 'float64', 1, { images });
  await expect(sums.evaluate(theta, 1, 'float64')).rejects.toMatchObject({ code: 'unwritable' });
  writing.mockRestore();
  await sums.close();
  await images.close();
});

test('a thread that is killed ends the sum with one error, and what it left unwritten is never read', async () => {
  const rows = randomRows({ m: 20_000, n: 5, seed: 8 });
  const theta = randomTheta(5, 1);
  const pages = await pagesOf(rows);
  const { images } = openImages();
  const started = vi.spyOn(runtime, 'startWorker');
  const died = { code: 'worker-died', message: expect.stringMatching(/^a worker thread ended .*: exit code 1$/) };
  for (const kept of [undefined, images]) {
    started.mockClear();
    const sums = await placed(rows, 'float64', 2, {
      ...{ pages, images: kept },
      onPage: (share) => {
        if (share === 0.2) void started.mock.results[1]!.value.end();
      },
    });
    await expect(sums.evaluate(theta, 1, 'float64')).rejects.toMatchObject(died);
    await expect(sums.evaluate(theta, 1, 'float64')).rejects.toMatchObject(died);
    await sums.close();
  }
  started.mockRestore();
  const [after, expected] = [await placed(rows, 'float64', 2, { pages, images }), await placed(rows, 'float64', 2)];
  const { loss } = await expected.evaluate(theta, 1, 'float64');
  for (let sum = 0; sum < 2; sum++) expect((await after.evaluate(theta, 1, 'float64')).loss).toBe(loss);
  await after.close();
  await expected.close();
  await images.close();
});

test('each sum tells how much of it is done', async () => {
  const rows = randomRows({ m: 2500, n: 3 });
  const shares: number[] = [];
  const sums = await placed(rows, 'float64', 1, { onPage: (share) => shares.push(share) });
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
