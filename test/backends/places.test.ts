/**
 * What the contract asks of every place: sums within 32 roundings of compensated ones, partitions, ranges, numbers of
 * rows, measures, closing. One suite over all backends. What is particular to the kernels is in cpu/.
 */
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { runtime } from '#runtime';
import { createFusedPlace } from '../../src/backends/cpu/fused.ts';
import { backends, openPlace, threadedCells } from '../../src/backends/registry.ts';
import { maxBlockRows } from '../../src/backends/tfjs.ts';
import { crossEntropy } from '../../src/math/softmax.ts';
import { type Order, type Precision, type RowPlace, type RowSums, roundoff } from '../../src/rows/contract.ts';
import { referencePlace, referenceRows } from '../../src/rows/reference.ts';
import { backendsHere } from '../support/backends.ts';
import { compensatedSums, worstError } from '../support/compensated.ts';
import { randomRows, randomTheta, rowsOf, type Shape, selectRows, type TestRows } from '../support/data.ts';
import { openTfjs, tf, tfjsNames } from '../support/tensorflow.ts';
import { whyNoGpu } from '../support/webgpu.ts';

interface Place {
  readonly name: string;
  open(): Promise<RowPlace>;
}

/** Places without anything beside them. */
const single: Place[] = [
  { name: 'fused on the calling thread', open: async () => (await createFusedPlace(0))! },
  { name: 'fused on two workers', open: async () => (await createFusedPlace(2))! },
  ...tfjsNames.map((name) => ({ name: `${name} alone`, open: () => openTfjs(name) })),
  ...(whyNoGpu ? [] : [{ name: 'webgpu alone', open: () => backends.webgpu.open({ threads: 1, cells: 0 }) }]),
  { name: 'reference', open: async () => referencePlace },
];
/** Places as users open them. */
const named: Place[] = backendsHere.map((name) => ({ name, open: () => openPlace(name, { threads: 2, cells: 0 }) }));
const places = [...single, ...named];

/** How places keep rows: those with float32 alone keep them alike whatever is asked for. */
const storagesOf = ({ name }: Place): Precision[] => (name.startsWith('fused') ? ['float32', 'float64'] : ['float32']);

/** Opens each place once for a suite. */
function opened({ open }: Place): () => RowPlace {
  let place: RowPlace;
  beforeAll(async () => {
    place = await open();
  });
  afterAll(() => place.close());
  return () => place;
}

const u = roundoff;
const shapes: Shape[] = [
  { m: 1, n: 1 },
  { m: 3 * maxBlockRows + 17, n: 5 },
  { m: 2 * maxBlockRows, n: 6, weighted: true },
  ...[2, 3, 5].flatMap((classes): Shape[] => [
    { m: 5003, n: 3, classes },
    { m: 5003, n: 3, classes, weighted: true },
    { m: 5003, n: 3, classes, shift: 5, positives: 0.9 },
    { m: 5003, n: 3, classes, shift: 5, positives: 0.9, weighted: true },
    { m: 515, n: 33, classes, weighted: true, partitions: [512, 0, 3] },
  ]),
];
/**
 * 32: the project's bound for sums in blocks. Ops of tfjs's wasm backend add the 4096 terms of a block one after another
 * and the reference all m of them: about √4096 and √m uncorrelated roundings.
 */
function roundingsOf(name: string, m: number): number {
  if (name === 'reference') return 32 + 8 * Math.sqrt(m);
  return name === 'wasm alone' ? 64 : 32;
}

const cases = shapes.map((shape) => {
  const rows = randomRows({ seed: 31, ...shape });
  const theta = randomTheta(shape.n, 32, 1, rows.classes - 1);
  let truth: ReturnType<typeof compensatedSums> | undefined;
  const sums = () => {
    truth ??= compensatedSums(rows, theta);
    return truth;
  };
  return { title: JSON.stringify(shape), rows, theta, sums };
});

describe.each(single)('sums of $name', (given) => {
  const place = opened(given);

  test.each(cases)('$title', async ({ rows, theta, sums }) => {
    for (const storage of storagesOf(given)) {
      const placed = await place().place(rows, storage);
      for (const precision of placed.precisions) {
        const at = (order: Order) => placed.evaluate(theta, order, precision);
        const found = await at(2);
        const roundings = roundingsOf(given.name, rows.rows);
        expect(worstError(found, sums()) / u[precision]).toBeLessThanOrEqual(roundings);
        expect(await at(1)).toEqual({ loss: found.loss, gradient: found.gradient });
        expect(await at(0)).toEqual({ loss: found.loss });
      }
      await placed.close();
    }
  });

  const evaluate = async (rows: TestRows, use: (placed: RowSums, precision: Precision) => unknown) => {
    for (const storage of storagesOf(given)) {
      const placed = await place().place(rows, storage);
      for (const precision of placed.precisions) await use(placed, precision);
      await placed.close();
    }
  };

  test.each([2, 3])('scores of ±1000 are exact, %i classes', async (classes) => {
    const numbers = [Float64Array.of(1000, 1000, -1000, -1000)];
    const rows = rowsOf({ numbers, labels: [0, 1, 0, 1], classes });
    // Class 2 has score −5000 throughout.
    const theta = classes === 2 ? Float64Array.of(1, 0) : Float64Array.of(1, 0, 0, -5000);
    await evaluate(rows, async (placed, precision) => {
      const { loss, gradient, hessian } = await placed.evaluate(theta, 2, precision);
      expect(loss).toBe(2000);
      // Only rows 1 and 4 have the wrong class in front: 1000·1 + (−1000)·(−1) and 1 − 1.
      expect([...gradient!].map((g) => g + 0)).toEqual(classes === 2 ? [2000, 0] : [2000, 0, 0, 0]);
      expect([...hessian!].map(Math.abs)).toEqual(Array(hessian!.length).fill(0));
    });
  });

  test.each([2, 3, 4])('small losses keep their digits: %i classes', async (classes) => {
    // Rows whose class leads by 20 to 700; the others are level with each other.
    const gaps = [20, 37, 50, 80, 350, 700];
    for (const gap of gaps) {
      for (let y = 0; y < classes; y++) {
        const rows = rowsOf({ numbers: [Float64Array.of(gap)], labels: [y], classes });
        const theta = new Float64Array(2 * (classes - 1));
        for (let c = 1; c < classes; c++) theta[2 * (c - 1)] = y === 0 ? -1 : Number(c === y);
        const z = Array.from({ length: classes - 1 }, (_, c) => gap * theta[2 * c]!);
        const truth = crossEntropy(z, y); // (K − 1)·e^−gap, relative to which its square is:
        const neglected = 2 * classes * Math.exp(-gap);
        expect(Math.abs(truth / ((classes - 1) * Math.exp(-gap)) - 1)).toBeLessThanOrEqual(neglected);
        await evaluate(rows, async (placed, precision) => {
          const { loss, gradient, hessian } = await placed.evaluate(theta, 2, precision);
          if (precision === 'float32' && gap > 80) return; // e^−gap is no float32
          expect(Math.abs(loss / truth - 1)).toBeLessThanOrEqual(8 * u[precision]);
          // dz of each other class is e^−gap, of the row's own minus all of them; x = gap. Its curvature is its dz.
          const own = y === 0 ? 1 : y;
          const dz = (y === 0 ? 1 : 1 - classes) * Math.exp(-gap);
          expect(Math.abs(gradient![2 * own - 1]! / dz - 1)).toBeLessThanOrEqual(neglected + 8 * u[precision]);
          const size = 2 * (classes - 1);
          const d = hessian![(2 * own - 1) * size + 2 * own - 1]!;
          expect(Math.abs(d / Math.abs(dz) - 1)).toBeLessThanOrEqual(neglected + 8 * u[precision]);
        });
      }
    }
  });

  test.each([2, 3, 7])('ties count every class once: %i level classes', async (classes) => {
    const rows = rowsOf({ numbers: [Float64Array.of(2, 2)], labels: [0, classes - 1], classes });
    const theta = new Float64Array(2 * (classes - 1));
    await evaluate(rows, async (placed, precision) => {
      const { loss, gradient, hessian } = await placed.evaluate(theta, 2, precision);
      expect(Math.abs(loss / (2 * Math.log(classes)) - 1)).toBeLessThanOrEqual(8 * u[precision]);
      const last = gradient!.at(-1)!; // 1/K − (K − 1)/K
      expect(Math.abs(last - (2 - classes) / classes)).toBeLessThanOrEqual(8 * u[precision]);
      const corner = hessian!.at(-1)!; // 2·(1/K)·(K − 1)/K
      expect(Math.abs(corner / ((2 * (classes - 1)) / classes ** 2) - 1)).toBeLessThanOrEqual(8 * u[precision]);
    });
  });

  test('a third class that is never near makes no difference', async () => {
    const rows = randomRows({ m: 1000, n: 4, seed: 7, weighted: true });
    const theta = randomTheta(4, 8, 4);
    const withThird = Float64Array.from([...theta, 0, 0, 0, 0, -1e4]);
    const truth = compensatedSums(rows, theta);
    await evaluate({ ...rows, classes: 3 }, async (placed, precision) => {
      const { loss, gradient, hessian } = await placed.evaluate(withThird, 2, precision);
      const own = {
        loss,
        gradient: gradient!.subarray(0, 5),
        hessian: hessian!.filter((_, at) => at % 10 < 5 && at < 50),
      };
      expect(worstError(own, truth) / u[precision]).toBeLessThanOrEqual(roundingsOf(given.name, rows.rows));
      expect([...gradient!.subarray(5)].map(Math.abs)).toEqual([0, 0, 0, 0, 0]);
    });
  });

  test('a hundred classes', async () => {
    const rows = randomRows({ m: 700, n: 2, classes: 100, seed: 9, weighted: true });
    const theta = randomTheta(2, 10, 3, 99);
    const truth = compensatedSums(rows, theta);
    await evaluate(rows, async (placed, precision) => {
      // 4950 pairs of score vectors are many ops; those of five classes are above.
      const found = await placed.evaluate(theta, given.name.endsWith('alone') ? 1 : 2, precision);
      expect(worstError(found, truth) / u[precision]).toBeLessThanOrEqual(roundingsOf(given.name, rows.rows));
    });
  });

  test('a score that is not a number is no loss', async () => {
    for (const classes of [2, 3]) {
      const rows = rowsOf({ numbers: [Float64Array.of(1)], labels: [0], classes });
      const theta = new Float64Array(2 * (classes - 1)).fill(Number.NaN, 0, 1);
      await evaluate(rows, async (placed, precision) => {
        const { loss, gradient } = await placed.evaluate(theta, 1, precision);
        expect([loss, gradient![0]]).toEqual([Number.NaN, Number.NaN]);
      });
      theta.fill(Number.POSITIVE_INFINITY, 0, 1);
      await evaluate(rows, async (placed, precision) => {
        expect((await placed.evaluate(theta, 1, precision)).loss).not.toBeLessThan(Number.POSITIVE_INFINITY);
      });
    }
  });
});

describe.each(single)('partitions and ranges of $name', (given) => {
  const place = opened(given);
  const counts = [1500, 0, 7, 1, 5000, 493];
  const starts = counts.map((_, p) => counts.slice(0, p).reduce((sum, count) => sum + count, 0));
  const roundings = roundingsOf(given.name, 7001);
  const problems = [2, 3].map((classes) => {
    const rows = randomRows({ m: 7001, n: 3, classes, seed: 61, weighted: true, partitions: counts });
    return { classes, rows, theta: randomTheta(3, 62, 2, classes - 1) };
  });
  const partitionOf = (i: number): number => starts.findLastIndex((start, p) => i >= start && counts[p]! > 0);

  test.each(problems)('those that are asked for are summed, $classes classes', async ({ rows, theta }) => {
    const requests = [
      { partitions: [0] },
      { partitions: [3] },
      { partitions: [0, 2, 3, 4] },
      { partitions: [5, 2] },
      { range: [0, 7001] },
      { range: [1, 3] },
      { range: [700, 701] },
      { range: [1499, 1508] },
      { range: [511, 4999] },
      { range: [2020, 2030] },
      { range: [1000, 2000], partitions: [0, 5] },
      { range: [1000, 2000], partitions: [0, 4] },
    ] as { partitions?: number[]; range?: [number, number] }[];
    const placed = await place().place(rows, 'float64');
    for (const precision of placed.precisions) {
      const whole = await placed.evaluate(theta, 2, precision);
      for (const request of requests) {
        const { range: [from, to] = [0, 7001], partitions } = request;
        const fewer = selectRows(
          rows,
          (i) => i >= from && i < to && (!partitions || partitions.includes(partitionOf(i))),
        );
        const found = await placed.evaluate(theta, 2, precision, request);
        expect(worstError(found, compensatedSums(fewer, theta)) / u[precision]).toBeLessThanOrEqual(roundings);
      }
      for (const request of [{ partitions: [] }, { partitions: [1] }, { range: [5, 5] as const }]) {
        const { loss, gradient, hessian } = await placed.evaluate(theta, 2, precision, request);
        expect([loss, ...gradient!, ...hessian!].every((sum) => sum === 0)).toBe(true);
        expect(hessian).toHaveLength(theta.length ** 2);
      }
      expect(await placed.evaluate(theta, 2, precision)).toEqual(whole); // nothing stays masked
    }
    await placed.close();
  });

  test.each(problems)('partitions add up to the whole, $classes classes', async ({ rows, theta }) => {
    const placed = await place().place(rows, 'float64');
    for (const precision of placed.precisions) {
      const parts = await Promise.all(counts.map((_, p) => placed.evaluate(theta, 1, precision, { partitions: [p] })));
      const loss = parts.reduce((sum, part) => sum + part.loss, 0);
      const gradient = theta.map((_, j) => parts.reduce((sum, part) => sum + part.gradient![j]!, 0));
      expect(worstError({ loss, gradient }, compensatedSums(rows, theta)) / u[precision]).toBeLessThanOrEqual(
        roundings,
      );
    }
    expect(placed.partitions.map((partition) => partition.rows)).toEqual(counts);
    await placed.close();
  });
});

describe.each(places)('numbers of rows and measures of $name', (given) => {
  const place = opened(given);
  const requests = [
    undefined,
    { partitions: [2, 0] },
    { range: [3, 1900] as const },
    { partitions: [1] },
    { partitions: [] },
  ];

  test.each([2, 4])('are those of the reference, %i classes', async (classes) => {
    const rows = randomRows({ m: 2005, n: 6, classes, seed: 71, weighted: true, partitions: [1001, 4, 1000] });
    const theta = randomTheta(6, 72, 2, classes - 1);
    const matrix = Float64Array.from({ length: 49 }, (_, at) => 1 / (1 + Math.abs((at % 7) - Math.floor(at / 7))));
    const reference = referenceRows(rows);
    const truth = reference.rowwise!;
    const placed = await place().place(rows, 'float64');
    for (const options of requests) {
      const measured = await placed.measure(theta, 0.3, options);
      const { loss, confusion } = await reference.measure(theta, 0.3, options);
      const precision = placed.precisions.at(-1)!;
      expect(Math.abs(measured.loss - loss)).toBeLessThanOrEqual(32 * u[precision] * loss);
      expect(measured.confusion).toEqual(confusion);
      const { rowwise } = placed;
      if (rowwise === undefined) {
        expect(given.name).toContain('alone');
        continue;
      }
      const z = await truth.scores(theta, options);
      // Sums of 7 terms of size up to 1, each rounded twice; sums over 2005 rows of them; forms of 49 terms up to 1.
      const close = (found: Float64Array, expected: Float64Array, bound: number): void => {
        expect(found).toHaveLength(expected.length);
        found.forEach((value, i) => {
          expect(Math.abs(value - expected[i]!)).toBeLessThanOrEqual(bound * u.float64);
        });
      };
      const weights = z.subarray(0, z.length / (classes - 1)).map(Math.abs);
      close(await rowwise.scores(theta, options), z, 14);
      close(await rowwise.gradientOf(z, options), await truth.gradientOf(z, options), 2005 * 64);
      close(await rowwise.gramOf(weights, options), await truth.gramOf(weights, options), 2005 * 64);
      close(await rowwise.quadraticForms(matrix, options), await truth.quadraticForms(matrix, options), 49 * 2);
    }
    await placed.close();
  });
});

describe.each(places)('rows in $name', (given) => {
  const rows = randomRows({ m: 300, n: 2, seed: 81 });
  const theta = randomTheta(2, 82);

  test('are summed for several callers at once', async () => {
    const place = await given.open();
    const others = randomRows({ m: 5000, n: 7, classes: 3, seed: 83, weighted: true });
    const wide = randomTheta(7, 84, 1, 2);
    const placed = await Promise.all([place.place(rows, 'float32'), place.place(others, 'float64')]);
    const sums = () =>
      [0, 1, 2, 1, 0].flatMap((order) => [
        placed[0].evaluate(theta, order as Order, placed[0].precisions[0]!),
        placed[1].evaluate(wide, order as Order, placed[1].precisions.at(-1)!),
        placed[1].evaluate(wide, order as Order, placed[1].precisions[0]!, { range: [17, 3333] }),
      ]);
    const alone = [];
    for (const sum of sums()) alone.push(await sum);
    expect(await Promise.all(sums())).toEqual(alone);
    await place.close();
  });

  test('are refused once closed, and may be closed twice', async () => {
    if (given.name.includes('reference')) return; // which has nothing to free
    const place = await given.open();
    const placed = await place.place(rows, 'float64');
    await placed.close();
    await placed.close();
    for (const precision of placed.precisions) {
      await expect(placed.evaluate(theta, 0, precision)).rejects.toMatchObject({ code: 'disposed' });
    }
    await expect(placed.measure(theta, 0.5)).rejects.toMatchObject({ code: 'disposed' });
    await place.close();
  });

  test('stop by the signal, with its own reason', async () => {
    const place = await given.open();
    const placed = await place.place(rows, 'float64');
    const reason = new Error('enough');
    const signal = AbortSignal.abort(reason);
    for (const precision of placed.precisions) {
      await expect(placed.evaluate(theta, 0, precision, { signal })).rejects.toBe(reason);
    }
    await expect(place.place(rows, 'float64', signal)).rejects.toBe(reason);
    await place.close();
  });

  test('that are none give nothing', async () => {
    const place = await given.open();
    const placed = await place.place(rowsOf({ numbers: [new Float64Array()], labels: [] }), 'float64');
    const nothing = { loss: 0, gradient: new Float64Array(2), hessian: new Float64Array(4) };
    for (const precision of placed.precisions) {
      expect(await placed.evaluate(new Float64Array(2), 2, precision)).toEqual(nothing);
    }
    await place.close();
  });
});

test('rows of a place that is closed while they are summed end in a LogisticError', async () => {
  const place = (await createFusedPlace(2))!;
  const rows = randomRows({ m: 200_000, n: 8, seed: 91 });
  const theta = randomTheta(8, 92);
  const placed = await place.place(rows, 'float64');
  const pending = placed.evaluate(theta, 2, 'float64').catch((error) => error);
  await place.close();
  expect(await pending).toMatchObject({ name: 'LogisticError', code: 'worker-died' });
  await expect(placed.evaluate(theta, 0, 'float64')).rejects.toMatchObject({ code: 'disposed' });
  const here = (await createFusedPlace(0))!;
  const placedHere = await here.place(rows, 'float32');
  await here.close();
  await expect(placedHere.evaluate(theta, 0, 'float32')).rejects.toMatchObject({ code: 'disposed' });
});

test.each(tfjsNames)('rows of %s are gone with its place', async (name) => {
  const rows = randomRows({ m: 1000, n: 3, seed: 97 });
  const place = await openTfjs(name);
  const before = tf.memory().numTensors;
  const [left, closed] = [await place.place(rows, 'float32'), await place.place(rows, 'float32')];
  await closed.close();
  await place.close();
  expect(tf.memory().numTensors).toBe(before);
  await expect(left.evaluate(randomTheta(3, 98), 0, 'float32')).rejects.toMatchObject({ code: 'disposed' });
});

test('a place is closed again where threads for the float64 beside it cannot start', async () => {
  const coarse = { ...referencePlace, close: vi.fn(async () => {}) };
  vi.spyOn(backends['tfjs-cpu'], 'open').mockResolvedValueOnce(coarse);
  const starting = vi.spyOn(runtime, 'startWorker').mockImplementation(() => {
    throw new Error('no threads');
  });
  await expect(openPlace('tfjs-cpu', { threads: 2, cells: threadedCells })).rejects.toThrow('no threads');
  starting.mockRestore();
  expect(coarse.close).toHaveBeenCalledOnce();
});

test.each(tfjsNames)('%s sums in float32 by itself and in float64 by the kernels', async (name) => {
  const rows = randomRows({ m: 1000, n: 3, classes: 3, seed: 95, weighted: true });
  const theta = randomTheta(3, 96, 1, 2);
  const place = await openPlace(name, { threads: 1, cells: 0 });
  const placed = await place.place(rows, 'float64');
  const [alone, fused] = [await openTfjs(name), (await createFusedPlace(0))!];
  const [coarse, exact] = [await alone.place(rows, 'float32'), await fused.place(rows, 'float64')];
  expect(placed.precisions).toEqual(['float32', 'float64']);
  expect(await placed.evaluate(theta, 2, 'float32')).toEqual(await coarse.evaluate(theta, 2, 'float32'));
  expect(await placed.evaluate(theta, 2, 'float64')).toEqual(await exact.evaluate(theta, 2, 'float64'));
  expect(place.detail).toBe(alone.detail);
  await place.close();
});

test.each(places)('$name takes rows without features', async ({ name, open }) => {
  if (!named.some((place) => place.name === name)) return; // who opens a place by name may
  const rows = rowsOf({ numbers: [], labels: [0, 1, 1, 1] });
  const place = await open();
  const placed = await place.place(rows, 'float32');
  const { loss, gradient, hessian } = await placed.evaluate(Float64Array.of(0), 2, placed.precisions[0]!);
  expect([loss, gradient![0], hessian![0]]).toEqual([4 * Math.log(2), -1, 1]);
  expect(await placed.rowwise!.scores(Float64Array.of(2))).toEqual(Float64Array.of(2, 2, 2, 2));
  await place.close();
});

test('an unknown name is refused with the nearest one', async () => {
  const opening = openPlace('tfjs-cup' as 'cpu', { threads: 1, cells: 0 });
  await expect(opening).rejects.toMatchObject({ code: 'unknown-backend', hint: expect.stringContaining('tfjs-cpu') });
});
