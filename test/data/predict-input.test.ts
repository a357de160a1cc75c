/** Rows to predict from everything that the library takes for rows, and the labels of rows to evaluate. */
import * as tf from '@tensorflow/tfjs';
import * as arrow from 'apache-arrow';
import { describe, expect, test } from 'vitest';
import { labelsOf, rowsToPredict } from '../../src/data/predict-input.ts';
import type { Row } from '../../src/predict.ts';

const columns = ['a', 'b'];
const rows = [
  [1, 10],
  [2, 20],
];
const list = (input: unknown): Row[] => [...(rowsToPredict(input, columns) as Iterable<Row>)];

describe('rows', () => {
  test.each<[string, unknown]>([
    ['nested arrays', rows],
    ['typed rows', rows.map((row) => Float64Array.from(row))],
    ['a flat array', rows.flat()],
    ['a flat typed array', Float32Array.from(rows.flat())],
    ['columns in another order, and one more', { c: ['u', 'v'], b: Int32Array.of(10, 20), a: [1, 2] }],
    ['an Arrow table', arrow.tableFromArrays({ b: Int32Array.of(10, 20), a: Float64Array.of(1, 2) })],
    ['columns of Arrow vectors', { a: arrow.vectorFromArray([1, 2]), b: arrow.vectorFromArray([10, 20]) }],
  ])('%s, without waiting', (_, input) => {
    expect(list(input)).toEqual(rows);
  });

  test('cells keep their type, and a missing one is null', () => {
    expect(list(['u', true])).toEqual([['u', true]]);
    expect(list({ a: arrow.vectorFromArray(['u', null]), b: [1n, undefined] })).toEqual([
      ['u', 1n],
      [null, undefined],
    ]);
  });

  test('objects are given as they are, one object as itself, no rows as none', () => {
    const objects = [{ a: 1, b: 'u' }, { a: 2 }];
    expect(rowsToPredict(objects, columns)).toBe(objects);
    expect(rowsToPredict(objects[0], columns)).toBe(objects[0]);
    expect(list([])).toEqual([]);
  });

  test.each<[string, unknown]>([
    ['a tensor', tf.tensor2d(rows)],
    ['a flat tensor', tf.tensor1d(rows.flat())],
    ['columns of which one is a tensor', { a: tf.tensor1d([1, 2]), b: [10, 20] }],
  ])('%s is awaited', async (_, input) => {
    const pending = rowsToPredict(input, columns);
    expect(pending).toBeInstanceOf(Promise);
    expect([...((await pending) as Iterable<Row>)]).toEqual(rows);
  });

  test.each<[string, unknown, string, RegExp]>([
    ['a flat array that does not divide', [1, 2, 3], 'bad-shape', /^3 values cannot be cut into rows of 2/],
    [
      'a tensor of another width',
      tf.ones([2, 3]),
      'row-width',
      /^a tensor of shape \[2, 3\] has not 2 values in a row/,
    ],
    ['a column that is not there', { a: [1], B: [2] }, 'missing-column', /needs the column "b"; the columns are a, B/],
    ['columns of unlike length', { a: [1, 2], b: [2] }, 'bad-shape', /^column b has 1 values; column a has 2/],
    ['null among rows', [[1, 2], null], 'bad-data', /^row 2 is null/],
    ['nothing', undefined, 'bad-data', /found undefined/],
    ['a string', 'rows.csv', 'bad-data', /found the string "rows.csv"/],
  ])('%s is an error', (_, input, code, message) => {
    expect(() => list(input)).toThrow(expect.objectContaining({ code, message: expect.stringMatching(message) }));
  });
});

describe('labels', () => {
  test('beside the rows, or in a column of theirs', async () => {
    expect(labelsOf(rows, ['u', 'v'])).toEqual(['u', 'v']);
    expect(labelsOf([{ y: 'u' }, {}], 'y')).toEqual(['u', undefined]);
    expect(labelsOf({ y: ['u', 'v'] }, 'y')).toEqual(['u', 'v']);
    expect(labelsOf(arrow.tableFromArrays({ y: ['u', 'v'] }), 'y')).toEqual(['u', 'v']);
    expect(Array.from(await labelsOf(rows, tf.tensor1d([0, 1], 'int32')))).toEqual([0, 1]);
  });

  test('that are not there', () => {
    for (const data of [[{ a: 1 }], { a: [1] }]) {
      expect(() => labelsOf(data, 'y')).toThrow(expect.objectContaining({ code: 'missing-column' }));
    }
    expect(() => labelsOf(rows, 'y')).toThrow(expect.objectContaining({ code: 'bad-data' }));
    expect(() => labelsOf(rows, 3 as unknown as number[])).toThrow(expect.objectContaining({ code: 'bad-data' }));
  });
});
