/**
 * Tensors and the application's own tfjs: as many tensors after as before, whatever happened, and the
 * application's active backend untouched, also while fits on several backends run at once.
 */
import { describe, expect, test } from 'vitest';
import { LogisticRegression } from '../../src/index.ts';
import { checkOptions } from '../../src/model/check-options.ts';
import { fit } from '../../src/model/fit.ts';
import { tableDataset } from '../../src/model/placed.ts';
import { randomRows } from '../support/data.ts';
import { openTfjs, tf, tfjsNames, tfNameOf } from '../support/tensorflow.ts';

const rows = randomRows({ m: 9000, n: 3, seed: 5 });
const x = Array.from({ length: rows.rows }, (_, i) => rows.numbers.map((column) => column[i]!));
const y = [...rows.labels];

describe.each(tfjsNames)('%s', (backend) => {
  const other = backend === 'wasm' ? 'cpu' : 'wasm';
  const start = async () => {
    await openTfjs('tfjs-cpu');
    await openTfjs('wasm');
    await tf.setBackend(other);
    return tf.memory().numTensors;
  };

  test.each(['newton', 'lbfgs', 'gd'] as const)('fit and predict with %s leave no tensor behind', async (solver) => {
    const before = await start();
    const model = await new LogisticRegression({ backend, solver, maxIterations: 40 }).fit(x, y);
    expect(tf.memory().numTensors).toBe(before);
    for (let i = 0; i < 100; i++) await model.predict(x.slice(0, 3));
    expect(tf.memory().numTensors).toBe(before);
    expect(tf.getBackend()).toBe(other);
    expect(model.toJSON().madeBy.detail).toContain(tfNameOf[backend]);
  });

  test('the number of tensors is constant while it trains', async () => {
    await start();
    const counts = new Set<number>();
    const options = { backend, solver: 'gd', maxIterations: 20, tolerance: 1e-300 } as const;
    await new LogisticRegression(options).fit(x, y, { onIteration: () => counts.add(tf.memory().numTensors) });
    expect(counts.size).toBe(1);
  });

  test('a fit that is aborted, or throws in a callback, or diverges, leaves no tensor behind', async () => {
    const before = await start();
    const reason = new Error('enough');
    for (const solver of ['newton', 'lbfgs', 'gd'] as const) {
      const abort = new AbortController();
      const seen: number[] = [];
      const aborted = new LogisticRegression({ backend, solver }).fit(x, y, {
        signal: abort.signal,
        onIteration: ({ iteration }) => {
          seen.push(iteration);
          if (iteration === 2) abort.abort(reason);
        },
      });
      await expect(aborted).rejects.toBe(reason);
      expect(seen).toEqual([1, 2]);
      expect(tf.memory().numTensors).toBe(before);
    }

    const thrown = new LogisticRegression({ backend, solver: 'lbfgs' }).fit(x, y, {
      onIteration: () => {
        throw reason;
      },
    });
    await expect(thrown).rejects.toBe(reason);
    expect(tf.memory().numTensors).toBe(before);

    const diverged = new LogisticRegression({ backend, solver: 'gd', learningRate: 1e308 }).fit(x, y);
    await expect(diverged).rejects.toMatchObject({ code: 'diverged', message: expect.stringContaining('step') });
    expect(tf.memory().numTensors).toBe(before);
  });

  test('two fits at once equal two fits in a row', async () => {
    const before = await start();
    const alone = await new LogisticRegression({ backend }).fit(x, y);
    const elsewhere = await new LogisticRegression({ backend: other === 'cpu' ? 'tfjs-cpu' : 'wasm', l2: 0.1 }).fit(
      x,
      y,
    );
    const [first, second] = await Promise.all([
      new LogisticRegression({ backend }).fit(x, y),
      new LogisticRegression({ backend: other === 'cpu' ? 'tfjs-cpu' : 'wasm', l2: 0.1 }).fit(x, y),
    ]);
    expect(first.coefficients).toEqual(alone.coefficients);
    expect(second.coefficients).toEqual(elsewhere.coefficients);
    expect(tf.memory().numTensors).toBe(before);
    expect(tf.getBackend()).toBe(other);
  });
});

test('a fit whose rows cannot be placed leaves no tensor of those that could', async () => {
  await openTfjs('wasm');
  const before = tf.memory().numTensors;
  const many = randomRows({ m: 2 ** 18, n: 4, seed: 6 });
  const reason = new Error('gone');
  /** Cannot be read in the long runs in which rows are uploaded to the float64 kernels, after the tensors. */
  class Failing extends Float64Array {
    override subarray(from = 0, to = this.length): Float64Array<ArrayBuffer> {
      if (to - from > 4096) throw reason;
      return new Float64Array(this.buffer, 8 * from, to - from);
    }
  }
  const missing = { count: 0, tokens: {} };
  const columns = [...many.numbers, Float64Array.from(many.labels)].map((values, j) => ({
    kind: 'numeric' as const,
    name: `c${j}`,
    values: new Failing(values),
    missing,
  }));
  const table = { rows: 2 ** 18, columns, source: 'test', leftOut: [], badRows: 0, warnings: [] };
  await expect(fit(tableDataset(table), 'c4', checkOptions({ backend: 'wasm' }), {})).rejects.toBe(reason);
  expect(tf.memory().numTensors).toBe(before);
});

test('a tensor of the application is read and left alone', async () => {
  const tensor = tf.tensor2d([0, 0, 0, 0, 1, 1, 1, 1], [8, 1]);
  const before = tf.memory().numTensors;
  const model = await new LogisticRegression().fit(tensor, [0, 0, 0, 1, 0, 1, 1, 1]);
  expect(model.intercept).toBeCloseTo(-Math.log(3), 12);
  expect(model.coefficients.x1).toBeCloseTo(2 * Math.log(3), 12);
  expect(tf.memory().numTensors).toBe(before);
  expect(await model.predict(tensor)).toEqual([0, 0, 0, 0, 1, 1, 1, 1]);
  tensor.dispose();
});
