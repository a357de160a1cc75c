/** Values in memory as tables: every kind of data with every kind of labels, copied before the call returns. */
import vm from 'node:vm';
import * as tf from '@tensorflow/tfjs';
import * as arrow from 'apache-arrow';
import { describe, expect, test } from 'vitest';
import { type TrainingData, type TrainingLabels, tableFromMemory } from '../../src/data/from-memory.ts';
import type { Column, NumericColumn, Table } from '../../src/data/table.ts';

/** Three rows of two numbers, in every form. */
const numbers = [
  [1, 10],
  [2, 20],
  [3, 30],
];
const expected = [
  [1, 2, 3],
  [10, 20, 30],
];
const foreign = <T>(code: string): T => vm.runInNewContext(code) as T;

const matrices: Record<string, () => TrainingData> = {
  'nested arrays': () => structuredClone(numbers),
  'arrays of another realm': () => foreign(JSON.stringify(numbers)),
  'nested Float64Arrays': () => numbers.map((row) => Float64Array.from(row)),
  'nested bigints': () => numbers.map((row) => row.map(BigInt)),
  'nested BigInt64Arrays': () => numbers.map((row) => BigInt64Array.from(row, BigInt)),
  'a flat array': () => numbers.flat(),
  'a flat Float64Array': () => Float64Array.from(numbers.flat()),
  'a view into a longer Float64Array': () => Float64Array.of(9, ...numbers.flat(), 9).subarray(1, 7),
  'a Float64Array of another realm': () => foreign('Float64Array.of(1, 10, 2, 20, 3, 30)'),
  'a flat Float32Array': () => Float32Array.from(numbers.flat()),
  'a flat Uint8Array': () => Uint8Array.from(numbers.flat()),
  'a flat BigUint64Array': () => BigUint64Array.from(numbers.flat(), BigInt),
};
const labelKinds: Record<string, () => TrainingLabels> = {
  array: () => [0, 1, 1],
  Uint8Array: () => Uint8Array.of(0, 1, 1),
  BigInt64Array: () => BigInt64Array.of(0n, 1n, 1n),
  'Arrow vector': () => arrow.vectorFromArray([0, 1, 1], new arrow.Int32()),
  tensor: () => tf.tensor1d([0, 1, 1], 'int32'),
  'tensor [3, 1]': () => tf.tensor2d([[0], [1], [1]]),
};

const valuesOf = (column: Column | undefined): unknown => {
  if (column?.kind === 'numeric') return [...column.values];
  if (column?.kind === 'boolean') return Array.from(column.codes, (code) => (code < 0 ? null : code === 1));
  return column && Array.from(column.codes, (code) => (code < 0 ? null : column.levels[code]));
};
const read = (table: Table): Record<string, unknown> =>
  Object.fromEntries(table.columns.map((column) => [column.name, valuesOf(column)]));

describe('matrices', () => {
  test.each(Object.entries(matrices))('%s', async (_, make) => {
    const { table, target } = await tableFromMemory(make(), [0, 1, 1]);
    expect(target).toBe('y');
    expect(read(table)).toEqual({ x1: expected[0], x2: expected[1], y: [0, 1, 1] });
    expect([table.rows, table.source]).toEqual([3, 'arrays']);
  });

  test('tensors [m, n] and [m]', async () => {
    expect(read((await tableFromMemory(tf.tensor2d(numbers), [0, 1, 1])).table)).toMatchObject({
      x1: expected[0],
      x2: expected[1],
    });
    expect(read((await tableFromMemory(tf.tensor1d([1, 2, 3], 'int32'), [0, 1, 1])).table)).toMatchObject({
      x1: [1, 2, 3],
    });
  });

  test.each([1, 3, 4, 5, 8, 33])('%i columns over several blocks of rows', async (n) => {
    const m = 2500;
    const flat = Float64Array.from({ length: m * n }, (_, i) => Math.sin(i));
    const rows = Array.from({ length: m }, (_, i) => Array.from(flat.subarray(i * n, (i + 1) * n)));
    for (const data of [flat, Array.from(flat), rows]) {
      const { table } = await tableFromMemory(data, new Uint8Array(m));
      expect(table.columns.length).toBe(n + 1);
      for (let j = 0; j < n; j++) {
        const { values } = table.columns[j] as NumericColumn;
        expect(values.every((value, i) => value === flat[i * n + j])).toBe(true);
        expect(values.buffer.byteLength).toBe(8 * m); // freed alone
      }
    }
  });

  test('names, and names for labels and weights that are free', async () => {
    const found = await tableFromMemory(numbers, [0, 1, 1], { featureNames: ['y', 'weight'], sampleWeight: [1, 2, 3] });
    expect(found).toMatchObject({ target: 'y_', weights: 'weight_' });
    expect(read(found.table)).toEqual({ y: expected[0], weight: expected[1], y_: [0, 1, 1], weight_: [1, 2, 3] });
  });

  test('numbers that are said to be categories', async () => {
    const { table } = await tableFromMemory(numbers, [0, 1, 1], { categorical: ['x2'] });
    expect(table.columns[1]).toMatchObject({ kind: 'categorical', levels: ['10', '20', '30'] });
  });
});

describe('labels', () => {
  test.each(Object.entries(labelKinds))('%s beside a matrix, objects and columns', async (_, make) => {
    const objects = numbers.map(([a, b]) => ({ a: a!, b: b! }));
    const columns = { a: [1, 2, 3], b: Float64Array.of(10, 20, 30) };
    for (const data of [numbers, tf.tensor2d(numbers), objects, columns]) {
      const { table, target } = await tableFromMemory(data, make());
      expect(target).toBe('y');
      expect(valuesOf(table.columns.at(-1))).toEqual([0, 1, 1]);
      expect(table.columns.length).toBe(3);
    }
  });

  test('strings, booleans and a column that has the name y already', async () => {
    const of = async (labels: TrainingLabels) => (await tableFromMemory({ y: [1, 2, 3] }, labels)).table.columns[1];
    expect(await of(['b', 'a', 'b'])).toMatchObject({ name: 'y_', levels: ['a', 'b'], codes: Int32Array.of(1, 0, 1) });
    expect(await of([true, false, true])).toMatchObject({ kind: 'boolean', typed: true });
    expect(valuesOf(await of(arrow.vectorFromArray(['b', 'a', null])))).toEqual(['b', 'a', null]);
    expect(valuesOf(await of(tf.tensor1d(['b', 'a', 'b'])))).toEqual(['b', 'a', 'b']);
  });
});

describe('named columns', () => {
  const expectedColumns = {
    age: [30, 41, Number.NaN],
    sex: ['m', 'f', 'm'],
    ok: [true, false, null],
    y: ['u', 'v', 'u'],
  };
  const kinds: Record<string, () => TrainingData> = {
    objects: () => [
      { age: 30, sex: 'm', ok: true, y: 'u' },
      { age: 41, sex: 'f', ok: false, y: 'v' },
      { age: null, sex: ' m ', y: 'u' },
    ],
    columns: () => ({
      age: Float64Array.of(30, 41, Number.NaN),
      sex: ['m', 'f', 'm'],
      ok: [true, false, null],
      y: ['u', 'v', 'u'],
    }),
    'columns of Arrow vectors and tensors': () => ({
      age: tf.tensor1d([30, 41, Number.NaN]),
      sex: arrow.vectorFromArray(['m', 'f', 'm']),
      ok: arrow.vectorFromArray([true, false, null]),
      y: arrow.vectorFromArray(['u', 'v', 'u'], new arrow.Utf8()),
    }),
    'an Arrow table': () =>
      arrow.tableFromArrays({ age: [30, 41, null], sex: ['m', 'f', 'm'], ok: [true, false, null], y: ['u', 'v', 'u'] }),
  };
  test.each(Object.entries(kinds))('%s', async (kind, make) => {
    const { table, target } = await tableFromMemory(make(), 'y');
    expect(read(table)).toEqual(expectedColumns);
    expect([target, table.rows, table.columns[0]!.missing.count]).toEqual(['y', 3, 1]);
    expect(table.source).toBe(kind.replace(/^an |( of .*)$/g, ''));
  });

  test('only what is wanted is read, so that a column nobody can read does no harm', async () => {
    const rows = [
      { a: 1, when: new Date(0), y: 0 },
      { a: 2, when: new Date(1), y: 1 },
    ] as unknown as TrainingData;
    const { table } = await tableFromMemory(rows, 'y', { drop: ['when'] });
    expect([table.columns.map(({ name }) => name), table.leftOut]).toEqual([['a', 'y'], ['when']]);
    await expect(tableFromMemory(rows, 'y')).rejects.toMatchObject({
      code: 'bad-data',
      message: 'row 1, column when: found a Date; a cell is a number, a string, a boolean or null',
    });
  });

  test('columns read as asked: numbers as categories, strings as numbers', async () => {
    const rows = [
      { zip: 1234, n: '7', y: 0 },
      { zip: 99, n: '-1.5', y: 1 },
    ];
    const { table } = await tableFromMemory(rows, 'y', { categorical: ['zip'], numeric: ['n'] });
    expect(read(table)).toMatchObject({ zip: ['1234', '99'], n: [7, -1.5] });
  });

  test('a column of names that never repeat is left out, as in files, unless it is asked for', async () => {
    const data = { id: ['a', 'b', 'c', 'd', 'e'], x: [1, 2, 3, 4, 5], y: [0, 1, 0, 1, 1] };
    const { table } = await tableFromMemory(data, 'y');
    expect([table.leftOut, table.warnings.map(({ code }) => code)]).toEqual([['id'], ['id-like']]);
    expect((await tableFromMemory(data, 'y', { categorical: ['id'] })).table.leftOut).toEqual([]);
  });

  test('a key that every object inherits is a column where it is a row’s own', async () => {
    const rows = [{ constructor: 1, y: 0 }, { y: 1 }] as unknown as TrainingData;
    expect(read((await tableFromMemory(rows, 'y')).table)).toEqual({ constructor: [1, Number.NaN], y: [0, 1] });
  });
});

describe('Arrow', () => {
  const column = async (vector: arrow.Vector) => (await tableFromMemory({ v: vector }, [0, 1, 0])).table.columns[0]!;

  test('types: whole and half numbers, exact bigints, dictionaries, several chunks, a sliced vector', async () => {
    expect(valuesOf(await column(arrow.vectorFromArray([1, 2, 3], new arrow.Uint16())))).toEqual([1, 2, 3]);
    expect(valuesOf(await column(arrow.vectorFromArray([1n, 2n, null], new arrow.Int64())))).toEqual([
      1,
      2,
      Number.NaN,
    ]);
    const half = arrow.makeVector({ data: Uint16Array.of(0, 0x3c00, 0xc000), type: new arrow.Float16() } as never);
    expect(valuesOf(await column(half))).toEqual([0, 1, -2]);
    const words = new arrow.Dictionary(new arrow.Utf8(), new arrow.Int32());
    expect(valuesOf(await column(arrow.vectorFromArray(['b', 'a', 'b'], words)))).toEqual(['b', 'a', 'b']);
    const chunks = arrow
      .vectorFromArray([1, 2], new arrow.Float64())
      .concat(arrow.vectorFromArray([3], new arrow.Float64()));
    expect(valuesOf(await column(chunks))).toEqual([1, 2, 3]);
    expect(valuesOf(await column(arrow.vectorFromArray([1, null, 3, 4], new arrow.Float64()).slice(1)))).toEqual([
      Number.NaN,
      3,
      4,
    ]);
  });

  test('a table that came through IPC', async () => {
    const table = arrow.tableFromIPC(arrow.tableToIPC(arrow.tableFromArrays({ x: [1, null, 3], y: ['u', 'v', 'u'] })));
    expect(read((await tableFromMemory(table, 'y')).table)).toEqual({ x: [1, Number.NaN, 3], y: ['u', 'v', 'u'] });
  });

  test('dates are refused by name, and not read where they are dropped', async () => {
    const dates = arrow.tableFromArrays({ when: [new Date(0), new Date(1)], x: [1, 2], y: [0, 1] });
    await expect(tableFromMemory(dates, 'y')).rejects.toMatchObject({
      code: 'date-column',
      message: expect.stringMatching(/^column when has the Arrow type Timestamp/),
    });
    expect((await tableFromMemory(dates, 'y', { drop: ['when'] })).table.leftOut).toEqual(['when']);
  });
});

describe('missing numbers', () => {
  test('of a matrix: an error where nobody said what to do, otherwise counted', async () => {
    const holed: [TrainingData, string][] = [
      [[[1], [null as unknown as number]], 'null'],
      [[1, Number.NaN], 'NaN'],
      [Float32Array.of(1, Number.NaN), 'NaN'],
      [tf.tensor2d([[1], [Number.NaN]]), 'NaN'],
    ];
    for (const [data, found] of holed) {
      await expect(tableFromMemory(data, [0, 1])).rejects.toMatchObject({
        code: 'not-finite',
        message: `row 2, column x1: ${found} is not a finite number`,
      });
      const { table } = await tableFromMemory(data, [0, 1], { missing: 'drop' });
      expect(table.columns[0]).toMatchObject({ missing: { count: 1, tokens: { [found === 'null' ? '' : found]: 1 } } });
    }
    await expect(tableFromMemory([1, 2], [0, Number.NaN])).rejects.toMatchObject({
      message: 'row 2, column y: NaN is not a finite number',
    });
  });

  test('of a matrix, said to be a category: counted by the spelling of its cells', async () => {
    const cells = [[1], [null], [Number.NaN], [null], [2]] as unknown as number[][];
    const options = { missing: 'drop', categorical: ['x1'] } as const;
    const { table } = await tableFromMemory(cells, [0, 1, 0, 1, 0], options);
    expect(table.columns[0]).toMatchObject({ levels: ['1', '2'], missing: { count: 3, tokens: { '': 2, NaN: 1 } } });
  });

  test('in a column of a matrix that nobody wants: no cell is looked at', async () => {
    const holed: unknown[] = [
      [
        [Number.NaN, 1],
        [Number.POSITIVE_INFINITY, 2],
      ],
      [
        ['a', 1],
        [{}, 2],
      ],
      [BigInt64Array.of(2n ** 60n + 1n, 1n), BigInt64Array.of(0n, 2n)],
      Float32Array.of(Number.NaN, 1, Number.POSITIVE_INFINITY, 2),
      [null, 1, Number.NaN, 2],
      BigInt64Array.of(2n ** 60n + 1n, 1n, 0n, 2n),
      tf.tensor2d([
        [Number.NaN, 1],
        [Number.POSITIVE_INFINITY, 2],
      ]),
    ];
    for (const data of holed) {
      for (const options of [{ drop: ['x1'] }, { only: ['x2'] }]) {
        const { table } = await tableFromMemory(data as TrainingData, [0, 1], options);
        expect([read(table), table.leftOut]).toEqual([{ x2: [1, 2], y: [0, 1] }, ['x1']]);
      }
      await expect(tableFromMemory(data as TrainingData, [0, 1], { drop: ['x2'] })).rejects.toThrow(
        /row [12], column x1/,
      );
    }
  });

  test.each([1, 3, 9])('wherever in %i columns the number is that is not finite, it is found and named', async (n) => {
    const m = 2050; // two blocks of rows and two rows
    for (let j = 0; j < n; j++) {
      for (const [row, value] of [
        [0, Number.POSITIVE_INFINITY],
        [1023, Number.NaN],
        [1024, Number.NEGATIVE_INFINITY],
        [m - 1, Number.NaN],
      ] as const) {
        const flat = Float64Array.from({ length: m * n }, (_, i) => (i % 3 === 0 ? -0 : 1e308));
        flat[row * n + j] = value;
        const rows = Array.from({ length: m }, (_, i) => Array.from(flat.subarray(i * n, (i + 1) * n)));
        for (const data of [flat, rows]) {
          await expect(tableFromMemory(data, new Uint8Array(m))).rejects.toMatchObject({
            code: 'not-finite',
            message: `row ${row + 1}, column x${j + 1}: ${value} is not a finite number`,
          });
        }
      }
    }
  });

  test('infinity is an error whatever was said, in the first column and row that has one', async () => {
    const flat = Float64Array.from({ length: 5000 * 6 }, () => 1);
    flat[4000 * 6 + 4] = Number.NEGATIVE_INFINITY;
    flat[4500 * 6 + 5] = Number.POSITIVE_INFINITY;
    await expect(tableFromMemory(flat, new Uint8Array(5000), { missing: 'drop' })).rejects.toMatchObject({
      code: 'not-finite',
      message: 'row 4001, column x5: -Infinity is not a finite number',
    });
    const kinds: TrainingData[] = [
      { a: [1, Number.POSITIVE_INFINITY] },
      { a: Float32Array.of(1, Number.POSITIVE_INFINITY) },
      [{ a: 1 }, { a: Number.POSITIVE_INFINITY }],
    ];
    for (const data of kinds) {
      await expect(tableFromMemory(data, [0, 1])).rejects.toMatchObject({
        message: 'row 2, column a: Infinity is not a finite number',
      });
    }
  });

  test('of named columns: counted by spelling', async () => {
    const rows = [{ a: 1 }, { a: '?' }, { a: null }, { a: Number.NaN }, {}, { a: 2 }] as unknown as TrainingData;
    const { table } = await tableFromMemory(rows, [0, 1, 0, 1, 0, 1]);
    expect(table.columns[0]!.missing).toEqual({ count: 4, tokens: { '?': 1, '': 2, NaN: 1 } });
    const of = async (cells: (string | boolean | null | undefined)[], missingTokens?: string[]) =>
      (await tableFromMemory({ a: cells }, [0, 1, 0, 1], { missingTokens })).table.columns[0]!.missing;
    expect(await of(['u', ' NA ', '', null])).toEqual({ count: 3, tokens: { NA: 1, '': 2 } });
    expect(await of(['u', 'NA', '', 'none'], ['none'])).toEqual({ count: 2, tokens: { none: 1, '': 1 } });
    expect(await of([true, null, false, undefined])).toEqual({ count: 2, tokens: { '': 2 } });
  });
});

describe('what is changed after the call changes nothing', () => {
  /** Overwrites every number that can be reached. */
  const scribble = (value: unknown): void => {
    if (ArrayBuffer.isView(value)) new Uint8Array(value.buffer).fill(0x55);
    else if (value instanceof arrow.Vector) for (const { values } of value.data) scribble(values);
    else if (value instanceof arrow.Table) for (const { name } of value.schema.fields) scribble(value.getChild(name));
    else if (typeof value === 'object' && value !== null) {
      for (const [key, item] of Object.entries(value)) {
        if (typeof item === 'object') scribble(item);
        else (value as Record<string, unknown>)[key] = typeof item === 'string' ? 'changed' : -77;
      }
      if (Array.isArray(value)) value.length = 0;
    }
  };
  const kinds: Record<string, () => [TrainingData, TrainingLabels | string]> = {
    ...Object.fromEntries(Object.entries(matrices).map(([name, make]) => [name, () => [make(), [0, 1, 1]] as const])),
    objects: () => [
      [
        { x1: 1, x2: 10 },
        { x1: 2, x2: 20 },
        { x1: 3, x2: 30 },
      ],
      Uint8Array.of(0, 1, 1),
    ],
    'objects with a target': () => [numbers.map(([a, b], i) => ({ x1: a!, x2: b!, y: i === 0 ? 0 : 1 })), 'y'],
    columns: () => [{ x1: Float64Array.of(1, 2, 3), x2: [10, 20, 30] }, BigInt64Array.of(0n, 1n, 1n)],
    'an Arrow table': () => [
      arrow.tableFromArrays({ x1: Float64Array.of(1, 2, 3), x2: Int32Array.of(10, 20, 30) }),
      arrow.vectorFromArray([0, 1, 1], new arrow.Int32()),
    ],
    'columns, one of them a tensor': () => [{ x1: tf.tensor1d([1, 2, 3]), x2: Float64Array.of(10, 20, 30) }, [0, 1, 1]],
  };
  test.each(Object.entries(kinds))('%s', async (_, make) => {
    const [data, target] = make();
    const sampleWeight = Float64Array.of(1, 2, 3);
    const call = tableFromMemory(data, target, { sampleWeight });
    for (const given of [data, target, sampleWeight]) if (!(given instanceof tf.Tensor)) scribble(given);
    expect(read((await call).table)).toEqual({ x1: expected[0], x2: expected[1], y: [0, 1, 1], weight: [1, 2, 3] });
  });
});
