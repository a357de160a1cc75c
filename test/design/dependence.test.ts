/**
 * Dependence among columns is looked for in a sample first: what the sample names and what it does not show
 * must come out as if all rows had been looked at.
 */
import { expect, test } from 'vitest';
import { dependentColumns } from '../../src/design/dependence.ts';
import { createRandom } from '../../src/math/random.ts';
import { rowsOf } from '../support/data.ts';

const m = 50_000;
const random = createRandom(3);
const draw = (): Float64Array => Float64Array.from({ length: m }, () => 2 * random() - 1);
const [a, b, c] = [draw(), draw(), draw()];
/** Not 0 in three rows; the sample for four columns is rows 0 … 63 and 25,000 … 25,063. */
const rare = Float64Array.from({ length: m }, (_, i) => (i % 20_000 === 7777 ? 1 : 0));
const combined = (...terms: [number, Float64Array][]): Float64Array =>
  Float64Array.from({ length: m }, (_, i) => terms.reduce((sum, [w, x]) => sum + w * x[i]!, 0));

const found = async (columns: Float64Array[]) => {
  const labels = new Uint8Array(columns[0]!.length);
  const dependent = await dependentColumns(rowsOf({ numbers: columns, labels }));
  return dependent.map(({ index, of, coefficients }) => ({
    index,
    of,
    coefficients: [...coefficients].map((value) => Number(value.toFixed(8))),
  }));
};

test('independent columns, though one is 0 in all of the sample', async () => {
  expect(await found([a, rare, b, c])).toEqual([]);
});

test('a dependence on all rows is found where it stands', async () => {
  const d = combined([2, a], [-1, c]);
  expect(await found([a, b, c, d])).toEqual([{ index: 3, of: [0, 2], coefficients: [2, -1] }]);
  expect(await found([b, a, d, c])).toEqual([{ index: 3, of: [1, 2], coefficients: [2, -1] }]);
});

test('a dependence in the sample alone is none', async () => {
  expect(await found([a, b, combined([1, a], [1, rare]), c])).toEqual([]);
});

test('a column that the sample does not need takes part where all rows need it', async () => {
  const d = combined([1, a], [3, rare]);
  expect(await found([a, rare, b, d])).toEqual([{ index: 3, of: [0, 1], coefficients: [1, 3] }]);
  expect(await found([rare, combined([1, a], [1, rare]), b, a])).toEqual([
    { index: 3, of: [0, 1], coefficients: [-1, 1] },
  ]);
});

test('many columns, by a random projection: dependences where they stand, and none among columns that few rows tell apart', async () => {
  // 20·80² products a row are more than 5,000 rows.
  const rows = 5000;
  const some = Array.from({ length: 60 }, () => Float64Array.from({ length: rows }, () => 2 * random() - 1));
  // Each is 1 in one row, and not in the same.
  const rare = Array.from({ length: 20 }, (_, k) =>
    Float64Array.from({ length: rows }, (_, i) => Number(i === 37 * k)),
  );
  const columns = [...some, ...rare];
  expect(await found(columns)).toEqual([]);
  const sum = some[0]!.map((x, i) => 2 * x - some[59]![i]!);
  const twice = rare[5]!.map((x, i) => x + rare[6]![i]!);
  expect(await found([sum, ...columns, twice])).toEqual([
    { index: 60, of: [0, 1], coefficients: [-1, 2] },
    { index: 81, of: [66, 67], coefficients: [1, 1] },
  ]);
});

test('more than 1,000 columns', async () => {
  const rows = 1400;
  const columns = Array.from({ length: 1005 }, () => Float64Array.from({ length: rows }, () => 2 * random() - 1));
  columns[1004] = columns[500]!.map((x, i) => x - 3 * columns[7]![i]!);
  expect(await found(columns)).toEqual([{ index: 1004, of: [7, 500], coefficients: [-3, 1] }]);
});

test('of columns more than rows, those are dependent that come after as many as there are rows', async () => {
  const columns = Array.from({ length: 45 }, () => Float64Array.from({ length: 30 }, () => 2 * random() - 1));
  const dependent = await dependentColumns(rowsOf({ numbers: columns, labels: new Uint8Array(30) }));
  expect(dependent.map(({ index }) => index)).toEqual(Array.from({ length: 15 }, (_, k) => 30 + k));
});
