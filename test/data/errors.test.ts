/** Wrong arguments: each is a LogisticError that says what was found, where, and what to do next; never a TypeError. */
import * as tf from '@tensorflow/tfjs';
import * as arrow from 'apache-arrow';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type TableRequest, tableFromMemory } from '../../src/data/from-memory.ts';
import { rowsToPredict } from '../../src/data/predict-input.ts';
import { checkSampleWeights } from '../../src/data/sample-weights.ts';
import { LogisticError } from '../../src/errors.ts';

const fit = (data: unknown, target: unknown, options?: TableRequest) =>
  tableFromMemory(data as number[][], target as number[], options);
const holed: unknown[] = [{ a: 1 }, { a: 2 }];
delete holed[1];

type Case = [what: string, data: unknown, target: unknown, code: string, message: string | RegExp];
const cases: Case[] = [
  ['undefined', undefined, [0, 1], 'bad-data', 'expected rows or columns, found undefined'],
  ['null', null, 'y', 'bad-data', 'expected rows or columns, found null'],
  ['a number', 3, [0, 1], 'bad-data', 'expected rows or columns, found the number 3'],
  ['a string', 'data.csv', 'y', 'bad-data', 'expected rows or columns, found the string "data.csv"'],
  ['a function', () => [], 'y', 'bad-data', 'expected rows or columns, found a function'],
  ['a promise', Promise.resolve([]), 'y', 'bad-data', 'expected rows or columns, found a Promise'],
  ['a Map', new Map(), 'y', 'bad-data', 'expected rows or columns, found a Map'],
  ['a DataView', new DataView(new ArrayBuffer(8)), [0], 'bad-data', 'expected rows or columns, found a DataView'],
  ['one row', { a: 1, b: 'u' }, 'b', 'bad-data', 'expected rows or columns, found an object'],
  ['an object of functions', { a: () => 1, b: () => 2 }, 'b', 'bad-data', 'expected rows or columns, found an object'],
  ['an empty object', {}, 'y', 'bad-data', 'expected rows or columns, found an empty object'],
  ['a vector', arrow.vectorFromArray([1, 2]), [0, 1], 'bad-data', /^expected rows or columns, found an? .*Vector/],
  ['no labels', [[1], [2]], undefined, 'bad-data', 'expected labels or the name of their column, found undefined'],
  [
    'labels in an object',
    [[1], [2]],
    { a: 1 },
    'bad-data',
    'expected labels or the name of their column, found an object',
  ],
  ['a target by name beside a matrix', [[1], [2]], 'y', 'bad-data', /^a target by name needs data with names/],
  ['a name that no column has', [{ a: 1, yy: 0 }], 'y', 'unknown-column', 'column y not found; the columns are a, yy'],
  ['too few labels', [[1], [2]], [0], 'bad-shape', '2 rows and 1 labels'],
  ['too few labels beside objects', [{ a: 1 }, { a: 2 }], [0], 'bad-shape', '2 rows and 1 labels'],
  ['no labels beside a flat array', [1, 2], [], 'bad-shape', '2 rows and 0 labels'],
  ['one-hot labels', [[1], [2]], tf.ones([2, 3]), 'bad-shape', /^column of labels is a tensor of shape \[2, 3\]/],
  ['labels that are objects', [[1], [2]], [{}, {}], 'bad-data', /^row 1, column y: found an empty object/],
  ['labels of two types', [[1], [2]], [0, 'a'], 'mixed-types', 'row 2, y: found a string in a column of numbers'],
  ['no rows', [], [], 'empty', 'the data have no rows'],
  ['no objects', [], 'y', 'empty', 'the data have no rows'],
  ['columns of no rows', { a: [], y: [] }, 'y', 'empty', 'the columns have no rows'],
  ['an Arrow table of no rows', arrow.tableFromArrays({ a: [] }), 'a', 'empty', 'the Arrow table has no rows'],
  ['a row of nothing', [[]], [1], 'empty', 'row 1 has no values'],
  ['ragged rows', [[1, 2], [3]], [0, 1], 'ragged-rows', 'row 2 has 1 values; row 1 has 2'],
  ['a hole among objects', holed, [0, 1], 'bad-data', 'row 2 is undefined, which is not a row'],
  ['null among objects', [{ a: 1 }, null], [0, 1], 'bad-data', 'row 2 is null, which is not a row'],
  ['null before objects', [null, { a: 1 }], [0, 1], 'bad-data', 'row 1 is null, which is not a row'],
  ['an array among objects', [{ a: 1 }, [2]], [0, 1], 'bad-data', 'row 2 is an array, which is not a row'],
  ['null among arrays', [[1], null], [0, 1], 'bad-data', 'row 2 is null, which is not a row'],
  ['null before arrays', [null, [1]], [0, 1], 'bad-data', 'row 1 is null, which is not a row'],
  ['an object among arrays', [[1], { a: 2 }], [0, 1], 'bad-data', 'row 2 is an object, which is not a row'],
  ['a number among arrays', [[1], 2], [0, 1], 'bad-data', 'row 2 is the number 2, which is not a row'],
  ['rows that are tensors', [tf.tensor1d([1])], [0], 'bad-data', 'row 1 is a tensor of shape [1], which is not a row'],
  ['rows that are functions', [() => 1], [0], 'bad-data', 'row 1 is a function, which is not a row'],
  ['strings in a matrix', [['a'], ['b']], [0, 1], 'not-a-number', 'row 1, column x1: the string "a" is not a number'],
  ['a string in a flat array', [1, 2, 3, 'b'], [0, 1], 'not-a-number', /^row 2, column x2: the string "b"/],
  [
    'a bigint beyond float64',
    [[1n], [2n ** 60n + 1n]],
    [0, 1],
    'not-a-number',
    /^row 2, column x1: 1152921504606846977/,
  ],
  [
    'a flat array that does not divide',
    Float32Array.of(1, 2, 3),
    [0, 1],
    'bad-shape',
    /^3 values cannot be cut into 2/,
  ],
  [
    'a tensor of three dimensions',
    tf.ones([2, 2, 2]),
    [0, 1],
    'bad-shape',
    /^a tensor of shape \[2, 2, 2\] is not rows/,
  ],
  ['a tensor of no dimension', tf.scalar(1), [0], 'bad-shape', /^a tensor of shape \[\] is not rows/],
  ['a tensor of strings', tf.tensor2d([['a'], ['b']]), [0, 1], 'not-a-number', /^row 1, column x1: the string "a"/],
  ['columns of unlike length', { a: [1, 2], b: [1] }, [0, 1], 'bad-shape', 'column b has 1 values; column a has 2'],
  ['a column that is none', { a: [1, 2], b: 3 }, [0, 1], 'bad-data', /^column b is the number 3, which has no value/],
  ['a column that is a matrix', { a: tf.ones([2, 2]) }, [0, 1], 'bad-shape', /^column a is a tensor of shape \[2, 2\]/],
  ['objects that do not agree', [{ a: 1 }, { a: 'one' }], [0, 1], 'mixed-types', /^row 2, a: found a string/],
  ['nested objects', [{ a: { b: 1 } }], [0], 'bad-data', /^row 1, column a: found an object; a cell is/],
];

describe('fit', () => {
  test.each(cases)('%s', async (_, data, target, code, message) => {
    const error: unknown = await fit(data, target).then(
      () => undefined,
      (thrown: unknown) => thrown,
    );
    expect(error).toBeInstanceOf(LogisticError);
    expect(error).toMatchObject({
      code,
      message: message instanceof RegExp ? expect.stringMatching(message) : message,
    });
    if (code !== 'unknown-column') expect((error as LogisticError).hint).toBeTypeOf('string');
  });

  test('a disposed tensor', async () => {
    const disposed = tf.tensor2d([[1], [2]]);
    disposed.dispose();
    await expect(fit(disposed, [0, 1])).rejects.toMatchObject({
      code: 'bad-data',
      message: 'data: the tensor is disposed',
    });
  });

  test('where a tensor fails after another error came first, only the first is reported', async () => {
    const infinite = tf.tensor1d([1, Number.POSITIVE_INFINITY]);
    await expect(fit({ a: infinite, b: [1] }, [0, 1])).rejects.toMatchObject({ code: 'bad-shape' });
    await expect(fit({ a: infinite, b: [1, 2] }, [0])).rejects.toMatchObject({ code: 'bad-shape' });
    await new Promise((resolve) => setTimeout(resolve, 20)); // an unhandled rejection would fail the run
  });

  test('names of columns', async () => {
    const names = (featureNames: unknown) => ({ featureNames: featureNames as string[] });
    await expect(fit([[1, 2]], [1], names(['a']))).rejects.toMatchObject({
      code: 'bad-shape',
      message: '2 columns and 1 names',
    });
    await expect(fit([[1, 2]], [1], names(['a', 'a']))).rejects.toMatchObject({ code: 'bad-option' });
    await expect(fit([[1, 2]], [1], names('ab'))).rejects.toMatchObject({ code: 'bad-option' });
    await expect(fit({ a: [1] }, [1], names(['b']))).rejects.toMatchObject({ code: 'bad-option' });
    await expect(fit([[1, 2]], [1], { drop: ['x3'] })).rejects.toMatchObject({ code: 'unknown-column' });
  });

  test('whatever is handed over, what is thrown is a LogisticError', async () => {
    const anything = fc.anything({
      withTypedArray: true,
      withMap: true,
      withDate: true,
      withSparseArray: true,
      withBigInt: true,
    });
    const rowsLike = fc.oneof(
      anything,
      fc.array(anything, { maxLength: 4 }),
      fc.dictionary(fc.string(), fc.array(anything, { maxLength: 3 })),
    );
    const labels = fc.oneof(anything, fc.array(fc.constantFrom(0, 1, 'a', null, true), { maxLength: 4 }), fc.string());
    await fc.assert(
      fc.asyncProperty(rowsLike, labels, anything, async (data, target, sampleWeight) => {
        const given = { sampleWeight: sampleWeight as number[] };
        const error: unknown = await fit(data, target, given).catch((thrown: unknown) => thrown);
        if (error instanceof Error) expect(error).toBeInstanceOf(LogisticError);
        try {
          for (const row of rowsToPredict(data, ['a', 'b']) as Iterable<unknown>) if (row === undefined) break;
        } catch (thrown) {
          if (!/is not iterable/.test(String(thrown))) expect(thrown).toBeInstanceOf(LogisticError); // one row comes back as it is
        }
      }),
      { seed: 20261126, numRuns: 3000 },
    );
  });
});

describe('sample weights', () => {
  test.each([
    [[1, Number.NaN], 'bad-weights', 'row 2: the number NaN is not a sample weight'],
    [[-1, 1], 'bad-weights', 'row 1: the number -1 is not a sample weight'],
    [Float64Array.of(1, Number.POSITIVE_INFINITY), 'bad-weights', 'row 2: the number Infinity is not a sample weight'],
    [[1, null], 'bad-weights', 'row 2: null is not a sample weight'],
    [['1', 1], 'bad-weights', 'row 1: the string "1" is not a sample weight'],
    [[1], 'bad-shape', '2 rows and 1 sample weights'],
    [[1, 1, 1], 'bad-shape', '2 rows and 3 sample weights'],
    [7, 'bad-weights', 'expected one sample weight for each row, found the number 7'],
    [{ 0: 1, 1: 1 }, 'bad-shape', '2 rows and no sample weights'],
    [tf.tensor1d([1, -1]), 'bad-weights', 'row 2: the number -1 is not a sample weight'],
  ])('%s beside rows', async (sampleWeight, code, message) => {
    for (const data of [[[1], [2]], [{ x: 1 }, { x: 2 }], { x: [1, 2] }]) {
      await expect(fit(data, [0, 1], { sampleWeight: sampleWeight as number[] })).rejects.toMatchObject({
        code,
        message,
      });
    }
  });

  test('a column and an array at once', async () => {
    const data = { x: [1, 2], w: [1, 2] };
    await expect(fit(data, [0, 1], { weights: 'w', sampleWeight: [1, 2] })).rejects.toMatchObject({
      code: 'bad-option',
    });
    expect(await fit(data, [0, 1], { weights: 'w' })).toMatchObject({ weights: 'w' });
  });

  test('a checked copy', () => {
    const given = [0, 2, 3n];
    const checked = checkSampleWeights(given, 3);
    given[1] = 9;
    expect(checked).toEqual(Float64Array.of(0, 2, 3));
  });
});
