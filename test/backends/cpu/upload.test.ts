/**
 * How rows come into kernel memory: standardised there exactly as elsewhere, level codes like the indicators they stand
 * for, columns released by their last reader, small partitions at little cost. Sums are in fused.test.ts.
 */
import { afterAll, afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createFusedPlace } from '../../../src/backends/cpu/fused.ts';
import { openPlace } from '../../../src/backends/registry.ts';
import { createRandom } from '../../../src/math/random.ts';
import type { DesignColumn, RowPlace, RowSource } from '../../../src/rows/contract.ts';
import { referenceRows } from '../../../src/rows/reference.ts';
import { denseColumn, randomRows, randomTheta, rowsOf } from '../../support/data.ts';

const places = new Map<number, RowPlace>();
async function placeOf(workers: number): Promise<RowPlace> {
  const place = places.get(workers) ?? (await createFusedPlace(workers))!;
  places.set(workers, place);
  return place;
}
afterAll(async () => {
  for (const place of places.values()) await place.close();
});

const random = createRandom(5);
const draws = (m: number, size: number): Float64Array =>
  Float64Array.from({ length: m }, () => size * (random() - 0.3));

describe.each([0, 3])('%i workers', (workers) => {
  test.each([1, 3, 70_001])('X is (x − mean)·(1/scale) in float64, rounded once: %i rows', async (m) => {
    const columns = [3, 1e-3, 1e6, 7, 11].map((size) => denseColumn(draws(m, size), 0.1 * size, size / 3));
    const labels = Uint8Array.from({ length: m }, (_, i) => i % 2);
    const source: RowSource = {
      rows: m,
      columns,
      classes: 2,
      labels,
      partitions: [Math.floor(m / 3), Math.ceil((2 * m) / 3)],
    };
    const reference = referenceRows(source).rowwise!;
    for (const storage of ['float32', 'float64'] as const) {
      const placed = await (await placeOf(workers)).place(source, storage);
      for (let j = 0; j < 5; j++) {
        const unit = new Float64Array(6).fill(1, j, j + 1); // the score of which is x_j itself
        const x = await reference.scores(unit);
        const expected = storage === 'float32' ? x.map(Math.fround) : x;
        expect(await placed.rowwise!.scores(unit)).toEqual(expected);
      }
      await placed.close();
    }
  });

  test('level codes are placed bit for bit like their indicators', async () => {
    const m = 20_011;
    const codes = Int32Array.from({ length: m }, () => Math.floor(9 * random()) - 1);
    const fitted = [1, 2, 4, 5, 7];
    const means = draws(5, 1);
    const scales = draws(5, 1).map((scale) => 1 + scale);
    const numbers = [draws(m, 2), draws(m, 2)] as const;
    const levels: DesignColumn = {
      ...{ kind: 'levels', fitted, means, scales },
      read(from: number, into: Int32Array) {
        codesRead += into.length;
        into.set(codes.subarray(from, from + into.length));
      },
    };
    let codesRead = 0;
    const indicators = fitted.map((level, k) => {
      const x = Float64Array.from(codes, (code) => Number(code === level));
      return denseColumn(x, means[k]!, scales[k]!);
    });
    const labels = Uint8Array.from(codes, (code) => (code + 1) % 3);
    const rest = { rows: m, classes: 3, labels, partitions: [1, 10_000, 10_010] };
    const [first, last] = [denseColumn(numbers[0]), denseColumn(numbers[1])];
    const theta = randomTheta(7, 4, 1, 2);
    for (const storage of ['float32', 'float64'] as const) {
      const place = await placeOf(workers);
      codesRead = 0;
      const byCodes = await place.place({ ...rest, columns: [first, levels, last] }, storage);
      expect(codesRead).toBe(2 * m); // five indicators behind one number: three in the first panel, two in the second
      const dense = await place.place({ ...rest, columns: [first, ...indicators, last] }, storage);
      for (const precision of ['float32', 'float64'] as const) {
        expect(await byCodes.evaluate(theta, 2, precision)).toEqual(await dense.evaluate(theta, 2, precision));
      }
      expect(await byCodes.rowwise!.scores(theta)).toEqual(await dense.rowwise!.scores(theta));
      await byCodes.close();
      await dense.close();
    }
  });
});

/** A source that counts what is left to read of each column and notes who was released. */
function watched(m: number, n: number, readers: number) {
  const rows = randomRows({ m, n, partitions: [m - 5000, 5000] });
  const left = Array.from({ length: n }, () => readers * m);
  const released: number[] = [];
  const columns = rows.columns.map((column, j): DesignColumn => {
    if (column.kind !== 'dense') throw new Error('all of these are dense');
    return {
      ...column,
      read(from: number, into: Float64Array) {
        left[j]! -= into.length;
        column.read(from, into);
      },
      release() {
        expect(left[j]).toBe(0);
        released.push(j);
      },
    };
  });
  return { source: { ...rows, columns }, released };
}

test.each([0, 2])('each column is released once, when all of its rows have been read: %d workers', async (workers) => {
  const { source, released } = watched(70_001, 6, 1);
  await (await (await placeOf(workers)).place(source, 'float64')).close();
  expect(released).toEqual([0, 1, 2, 3, 4, 5]);
});

test('a place of two readers releases each column after the second', async () => {
  const { source, released } = watched(10_001, 5, 2);
  const place = await openPlace('tfjs-cpu', { threads: 1, cells: 0 });
  await (await place.place(source, 'float64')).close();
  expect(released).toEqual([0, 1, 2, 3, 4]);
  await place.close();
});

describe('kernel memory', () => {
  const { Memory } = WebAssembly;
  let memories: WebAssembly.Memory[];
  beforeEach(() => {
    memories = [];
    WebAssembly.Memory = class extends Memory {
      constructor(descriptor: WebAssembly.MemoryDescriptor) {
        super(descriptor);
        memories.push(this);
      }
    };
  });
  afterEach(() => {
    WebAssembly.Memory = Memory;
  });
  const bytes = (): number => memories.reduce((sum, { buffer }) => sum + buffer.byteLength, 0);

  test('of many small partitions is one, and hardly more than the rows need', async () => {
    const partitions = Array.from({ length: 3000 }, (_, p) => 1 + (p % 3));
    const rows = randomRows({ m: 6000, n: 4, weighted: true, partitions });
    const placed = await (await placeOf(0)).place(rows, 'float64');
    expect(memories).toHaveLength(1);
    // Four slots of four features and a weight for each partition, and some 2^16 bytes for a block.
    expect(bytes()).toBeLessThan(3000 * 4 * 5 * 8 + 2 ** 17);
    const theta = randomTheta(4, 3);
    const third = rowsOf({ numbers: rows.numbers.map((x) => x.slice(3, 6)), labels: rows.labels.slice(3, 6) });
    const { loss } = await referenceRows({ ...third, weights: rows.weights!.slice(3, 6) }).evaluate(
      theta,
      0,
      'float64',
    );
    const found = await placed.evaluate(theta, 0, 'float64', { partitions: [2] });
    expect(Math.abs(found.loss / loss - 1)).toBeLessThanOrEqual(32 * 2 ** -53);
  });

  test('of few rows has no space for long blocks', async () => {
    await (await placeOf(0)).place(randomRows({ m: 3, n: 1000 }), 'float32');
    expect(bytes()).toBe(2 ** 17); // two pages: a block of 64 rows of 1000 float64 features would be eight
  });

  test('grows for a Hessian when one is asked for, and not before', async () => {
    const rows = randomRows({ m: 1000, n: 64, classes: 4 });
    const placed = await (await placeOf(0)).place(rows, 'float32');
    const theta = randomTheta(64, 3, 0.1, 3);
    const before = bytes();
    await placed.evaluate(theta, 1, 'float32');
    await placed.evaluate(theta, 1, 'float64');
    expect(bytes()).toBe(before);
    const lower = await placed.evaluate(theta, 1, 'float32');
    const { loss, gradient } = await placed.evaluate(theta, 2, 'float32');
    expect(bytes()).toBeGreaterThan(before + 6 * 64 * 64 * 8 - 2 ** 16); // a square for each pair of score vectors
    expect({ loss, gradient }).toEqual(lower);
  });
});
