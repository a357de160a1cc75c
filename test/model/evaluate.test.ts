/** Rows and labels of every kind in `evaluate`: whichever way they are handed over, the metrics are the same. */
import * as arrow from 'apache-arrow';
import { beforeAll, describe, expect, test } from 'vitest';
import { type FittedLogisticRegression, type Label, LogisticRegression } from '../../src/index.ts';
import { t8Labels, t8X } from '../support/t8.ts';
import { tf } from '../support/tensorflow.ts';

const x = t8X.map((u) => [u]);
const rows = t8X.map((u, i) => ({ u, y: t8Labels[i]! }));

let model: FittedLogisticRegression;
beforeAll(async () => {
  model = await new LogisticRegression().fit(rows, 'y');
});

describe('labels', () => {
  test('of every kind, and by the name of their column, measure the same', async () => {
    const truth = await model.evaluate(x, t8Labels);
    expect(truth.rows).toBe(t8X.length);
    const kinds: Parameters<FittedLogisticRegression['evaluate']>[1][] = [
      Uint8Array.from(t8Labels),
      t8Labels.map(BigInt),
      t8Labels.map(String),
      arrow.vectorFromArray(t8Labels, new arrow.Int32()),
      tf.tensor1d(t8Labels, 'int32'),
    ];
    for (const labels of kinds) expect(await model.evaluate(x, labels)).toEqual(truth);
    expect(await model.evaluate(tf.tensor2d(x), tf.tensor1d(t8Labels))).toEqual(truth);
    expect(await model.evaluate(rows, 'y')).toEqual(truth);
    expect(await model.evaluate({ u: t8X, y: t8Labels }, 'y')).toEqual(truth);
    expect(await model.evaluate(arrow.tableFromArrays({ u: t8X, y: t8Labels }), 'y')).toEqual(truth);
  });

  test('that are changed after the call change nothing', async () => {
    const labels = [...t8Labels];
    const pending = model.evaluate(tf.tensor2d(x), labels);
    labels.fill(0);
    expect(await pending).toEqual(await model.evaluate(x, t8Labels));
  });

  test.each<[string, unknown, string, string | RegExp]>([
    ['too few', [0, 1], 'bad-shape', '8 rows and 2 labels'],
    ['none', undefined, 'bad-data', /^column of labels is undefined/],
    ['a bigint that is no class', t8Labels.map((y) => BigInt(y + 1)), 'unknown-label', /^row 4: bigint is not a class/],
    ['no single value', t8Labels.map((y) => [y]), 'unknown-label', /^row 1: \[0\] is not a class of the model: 0, 1/],
    ['of a matrix by name', 'y', 'bad-data', /^labels by name need data with names/],
  ])('%s', async (_, labels, code, message) => {
    await expect(model.evaluate(x, labels as number[])).rejects.toMatchObject({
      code,
      message: typeof message === 'string' ? message : expect.stringMatching(message),
    });
  });

  test('a tensor that is disposed', async () => {
    const labels = tf.tensor1d(t8Labels);
    labels.dispose();
    await expect(model.evaluate(x, labels)).rejects.toMatchObject({ message: 'labels: the tensor is disposed' });
  });
});

test('one row as an object is measured as an array of it', async () => {
  for (const u of [0, 1]) {
    const truth = await model.evaluate([{ u }], [1]);
    expect(await model.evaluate({ u }, [1])).toEqual(truth);
    expect(await model.evaluate({ u, y: 1 }, 'y')).toEqual(truth);
    expect(truth.meanLogLoss).toBeCloseTo(-Math.log(model.probability({ u })), 14);
  }
});

describe('the two words of a boolean pair', () => {
  const cases = ['Yes', 'no', 'yes', 'No', 'YES', 'NO'];
  const spelled = t8Labels.map((y, i) => cases.filter((word) => (word.toLowerCase() === 'yes') === (y === 1))[i % 3]!);

  test('are read in any letter case, as in training', async () => {
    const trained = await new LogisticRegression().fit(x, spelled);
    expect(trained.classes.map((label) => String(label).toLowerCase()).sort()).toEqual(['no', 'yes']);
    const truth = await trained.evaluate(
      x,
      t8Labels.map((y) => trained.classes.find((label) => (String(label).toLowerCase() === 'yes') === (y === 1))!),
    );
    expect(await trained.evaluate(x, spelled)).toEqual(truth);
  });

  test('other classes keep their letter case', async () => {
    const read = (labels: readonly Label[]) =>
      new LogisticRegression().fit(
        x,
        t8Labels.map((y) => labels[y]!),
      );
    const plain = await read(['a', 'B']);
    expect(['B', 'a', 'A', 'b'].map(plain.labelReader())).toEqual([0, 1, undefined, undefined]);
    const typed = await read([false, true]);
    expect([true, 'TRUE', 'False', 'yes'].map(typed.labelReader())).toEqual([1, 1, 0, undefined]);
  });
});
