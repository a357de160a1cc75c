/**
 * The fused kernels as a kernel of TensorFlow.js's cpu backend: the numbers against the reference rows and
 * against portable.ts, the manners (profiler, memory, tape, copies of X) against the engine itself, and what
 * it refuses. It measures neither sums of higher order (fused.test.ts) nor time.
 */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { Rank, ShapeMap, Tensor, Tensor1D, Tensor2D, Tensor3D } from '@tensorflow/tfjs';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import * as ops from '../../../src/backends/portable.ts';
import { registerFusedKernels } from '../../../src/backends/tfjs-kernel.ts';
import { residual } from '../../../src/math/logistic.ts';
import { referenceRows } from '../../../src/rows/reference.ts';
import { randomRows, randomTheta, type Shape } from '../../support/data.ts';
import { openTfjs, tf } from '../../support/tensorflow.ts';

const u = 2 ** -24;
const kernelName = 'LogisticLossGradient';
await openTfjs('wasm'); // a second backend for tensors to lie on
await tf.setBackend('cpu');
const lossAndGradient = await registerFusedKernels(tf);

/** Every test starts on cpu and ends with as many tensors as it began with. */
let tensorsBefore: number;
beforeEach(async () => {
  await tf.setBackend('cpu');
  tensorsBefore = tf.memory().numTensors;
  tf.engine().startScope();
});
afterEach(async () => {
  vi.restoreAllMocks();
  vi.resetModules(); // a copy of the kernels that was made where there is no SIMD
  await tf.setBackend('cpu');
  tf.engine().endScope();
  expect(tf.memory().numTensors).toBe(tensorsBefore);
});

function problem(shape: Shape) {
  const { m, n } = shape;
  const rows = randomRows({ seed: 1000 * m + n, ...shape });
  const theta = randomTheta(n, 41, 1 / Math.sqrt(n));
  const x = new Float32Array(n * m);
  rows.numbers.forEach((column, j) => {
    x.set(column, j * m);
  });
  const inputs = {
    x: tf.tensor2d(x, [n, m]),
    y: tf.tensor1d(Float32Array.from(rows.labels)),
    w: tf.tensor2d(Float32Array.from(theta.subarray(0, n)), [n, 1]),
    b: tf.scalar(theta[n]!),
    ...(rows.weights && { weights: tf.tensor1d(Float32Array.from(rows.weights)) }),
  };
  return { rows, theta, inputs };
}

const flat = ({ loss, dW, db }: { loss: Tensor; dW: Tensor; db: Tensor }): number[] =>
  [loss, dW, db].flatMap((tensor) => [...tensor.dataSync()]);

/** What the reference says of the means, and Σ|term| / Σ s of each: what the roundings of a sum are proportional to. */
async function meansOf({ rows, theta }: ReturnType<typeof problem>) {
  const { rows: m, numbers: columns, weights } = rows;
  const y = Float64Array.from(rows.labels);
  const s = (i: number): number => weights?.[i] ?? 1;
  const totalWeight = weights ? weights.reduce((sum, value) => sum + value, 0) : m;
  const { loss, gradient } = await referenceRows(rows).evaluate(theta, 1, 'float64');
  const z = y.map((_, i) => columns.reduce((sum, x, j) => sum + theta[j]! * x[i]!, theta.at(-1)!));
  const mean = (term: (i: number) => number): number =>
    y.reduce((sum, _, i) => sum + Math.abs(s(i) * term(i)), 0) / totalWeight;
  const slope = (x: (i: number) => number): number => mean((i) => residual(z[i]!, y[i]!) * x(i));
  return {
    means: [loss, ...gradient!].map((sum) => sum / totalWeight),
    magnitudes: [loss / totalWeight, ...columns.map((x) => slope((i) => x[i]!)), slope(() => 1)],
  };
}

/** The same rows as one block, and what portable.ts makes of them up to T. */
function portableBlock({ x, y, w, b, weights }: ReturnType<typeof problem>['inputs']) {
  const inBlock = (rows: Tensor): Tensor3D => tf.reshape(rows, [1, -1, x.shape[1]]);
  const sign = tf.sub(1, tf.mul(2, inBlock(y))) as Tensor3D;
  const z = ops.scores(tf, inBlock(x), tf.reshape(w, [1, 1, -1]), tf.reshape(b, [1, 1, 1]));
  return { x: inBlock(x), sign, s: inBlock(weights ?? tf.onesLike(y)), t: ops.negativeMargin(tf, z, sign) };
}

/** The same by portable.ts on the same tensors. */
function portable(inputs: ReturnType<typeof problem>['inputs']) {
  const { x, sign, s, t } = portableBlock(inputs);
  const dz = tf.mul(s, ops.residuals(tf, t, sign)) as Tensor3D;
  const mean = <R extends Rank>(sums: Tensor, shape: ShapeMap[R]): Tensor<R> =>
    tf.reshape(tf.div(sums, ops.total(tf, s)), shape);
  return {
    loss: mean(ops.total(tf, tf.mul(s, ops.rowLosses(tf, t))), []),
    dW: mean(ops.weightGradient(tf, x, dz), inputs.w.shape),
    db: mean(ops.total(tf, dz), []),
  };
}

const shapes: Shape[] = [1, 3, 511, 4097, 10_007].flatMap((m) =>
  [1, 3, 4, 5, 32, 33].flatMap((n) =>
    [false, true].flatMap((weighted) => [
      { m, n, weighted },
      { m, n, weighted, shift: 5, positives: 0.9 },
    ]),
  ),
);

describe('the numbers', () => {
  test.each(shapes.map((shape) => ({ shape, title: JSON.stringify(shape) })))(
    'are those of the reference and of portable: $title',
    async ({ shape }) => {
      const given = problem(shape);
      const { means, magnitudes } = await meansOf(given);
      const result = lossAndGradient(given.inputs);
      const composed = flat(portable(given.inputs));
      const { m, n } = shape;
      flat(result).forEach((value, k) => {
        // 32 roundings of Σ|terms|: the project's bound for blocks in float32 with float64 across blocks; one for the
        // mean, which is given in float32.
        expect(Math.abs(value - means[k]!)).toBeLessThanOrEqual(33 * u * magnitudes[k]!);
        // portable.ts adds m terms one after another: m roundings each at worst, √m of them uncorrelated, after n
        // in each score; 8 spread it over the largest of the 33 numbers.
        const loose = 33 + 8 * (Math.sqrt(m) + n);
        expect(Math.abs(value - composed[k]!)).toBeLessThanOrEqual(loose * u * magnitudes[k]!);
      });
      expect(result.loss.shape).toEqual([]);
      expect(result.dW.shape).toEqual([n, 1]);
      expect(result.db.shape).toEqual([]);
    },
  );

  test('are those of a page of the derivation', () => {
    const result = lossAndGradient({
      x: tf.tensor2d([1, 3, 2, -1], [2, 2]),
      y: tf.tensor2d([1, 0], [1, 2]),
      w: tf.tensor2d([0.5, -0.25], [2, 1]),
      b: tf.tensor2d([0.1], [1, 1]),
    });
    // docs/derivation.md, "With numbers": six decimals.
    expect(flat(result).map((value) => value.toFixed(6))).toEqual(['1.320216', '1.058680', '-0.907084', '0.194553']);
    expect(result.db.shape).toEqual([1, 1]);
  });

  test('are exact for scores of ±1000, and not numbers where an input is not', () => {
    const at = (z: number) =>
      lossAndGradient({ x: tf.ones([1, 2]), y: tf.tensor1d([0, 0]), w: tf.zeros([1, 1]), b: tf.scalar(z) });
    expect(flat(at(1000))).toEqual([1000, 1, 1]);
    expect(flat(at(-1000))).toEqual([0, 0, 0]);
    expect(flat(at(Number.NaN))).toEqual([Number.NaN, Number.NaN, Number.NaN]);
  });

  test('of no features are those of the intercept', () => {
    const x = tf.zeros([0, 4]) as Tensor2D;
    const w = tf.zeros([0, 1]) as Tensor2D;
    const result = lossAndGradient({ x, y: tf.tensor1d([1, 0, 0, 0]), w, b: tf.scalar(0) });
    expect(flat(result)).toEqual([Math.fround(Math.log(2)), 0.25]);
  });
});

describe('the engine', () => {
  test('profiles the kernel by its name, and nothing else runs', async () => {
    const { inputs } = problem({ m: 100, n: 3, weighted: true });
    const profile = await tf.profile(() => Object.values(lossAndGradient(inputs)) as Tensor[]);
    expect(profile.kernelNames).toEqual([kernelName]);
    expect(profile.kernels[0]).toMatchObject({ tensorsAdded: 3, bytesAdded: 4 * 5, outputShapes: [[], [3, 1], []] });
  });

  test('runs it without the function as well', () => {
    const { inputs } = problem({ m: 10, n: 2 });
    const [loss] = tf.engine().runKernel<Tensor[]>(kernelName, inputs);
    expect(loss!.dataSync()).toEqual(lossAndGradient(inputs).loss.dataSync());
    expect(() => tf.engine().runKernel(kernelName, { ...inputs, y: inputs.x })).toThrow('y is [2,10] beside x [2,10]');
  });

  test('counts three tensors a call, and tidy frees them', () => {
    const { inputs } = problem({ m: 100, n: 3, weighted: true });
    const before = tf.memory();
    const result = lossAndGradient(inputs);
    expect(tf.memory()).toMatchObject({ numTensors: before.numTensors + 3, numBytes: before.numBytes + 4 * 5 });
    tf.dispose(Object.values(result));
    expect(tf.memory()).toEqual(before);
    tf.tidy(() => void lossAndGradient(inputs));
    expect(() => lossAndGradient({ ...inputs, y: inputs.x as never })).toThrow();
    expect(tf.memory()).toEqual(before);
  });

  test('knows one kernel after several registrations, also by another copy of this library, and says nothing', async () => {
    const warn = vi.spyOn(console, 'warn');
    const kernel = tf.getKernel(kernelName, 'cpu');
    const again = await registerFusedKernels(tf);
    vi.resetModules();
    const copy = await import('../../../src/backends/tfjs-kernel.ts');
    expect(copy.registerFusedKernels).not.toBe(registerFusedKernels);
    const other = await copy.registerFusedKernels(tf);
    expect(tf.getKernel(kernelName, 'cpu')).toBe(kernel);
    expect(warn).not.toHaveBeenCalled();
    const { inputs } = problem({ m: 100, n: 3 });
    expect(flat(again(inputs))).toEqual(flat(lossAndGradient(inputs)));
    expect(flat(other(inputs))).toEqual(flat(lossAndGradient(inputs)));
  });
});

describe('the tape', () => {
  const { grads, variableGrads } = tf;
  const shape = { m: 300, n: 4, weighted: true };
  // Both sides sum m float32 terms of size s·|x| ≤ 2.25, one of them one after another (√m uncorrelated roundings,
  // 8 for a dozen elementwise ones), and are divided by Σ s ≥ m/4.
  const tolerance = 2 * (Math.sqrt(shape.m) + 8) * u * 2.25 * 4;

  const differentiable = (inputs: ReturnType<typeof problem>['inputs']): Tensor => {
    const { s, t } = portableBlock(inputs);
    return tf.div(tf.sum(tf.mul(s, ops.rowLosses(tf, t))), tf.sum(s));
  };

  test('gives the gradient of the loss, which is that of tf.grads through the ops', () => {
    const { inputs } = problem(shape);
    const of = (loss: (given: typeof inputs) => Tensor): number[] =>
      grads((w, b) => tf.mul(3, loss({ ...inputs, w: w as Tensor2D, b: b as typeof inputs.b })))([
        inputs.w,
        inputs.b,
      ]).flatMap((gradient) => [...gradient.dataSync()]);
    const fused = of((given) => lossAndGradient(given).loss);
    const composed = of(differentiable);
    expect(fused).toHaveLength(shape.n + 1);
    fused.forEach((value, k) => {
      expect(Math.abs(value - composed[k]!)).toBeLessThanOrEqual(3 * tolerance);
    });
    const own = lossAndGradient(inputs);
    expect(fused).toEqual(
      flat(own)
        .slice(1)
        .map((value) => Math.fround(3 * value)),
    );
  });

  test('gives b a gradient of its own shape, and leaves nothing behind', () => {
    const { inputs } = problem(shape);
    const w = tf.variable(inputs.w);
    const b = tf.variable(tf.tensor2d([0], [1, 1]));
    const before = tf.memory().numTensors;
    const { value, grads: found } = variableGrads(() => lossAndGradient({ ...inputs, w, b }).loss, [w, b]);
    expect(tf.memory().numTensors).toBe(before + 3);
    expect(found[b.name]!.shape).toEqual([1, 1]);
    tf.dispose([value, ...Object.values(found), w, b]);
  });

  test('lets an optimizer minimise it', () => {
    const { inputs } = problem(shape);
    const w = tf.variable(inputs.w);
    const b = tf.variable(inputs.b);
    const optimizer = tf.train.sgd(0.5);
    const { loss, dW, db } = lossAndGradient({ ...inputs, w, b });
    const stepped = [...tf.sub(w, tf.mul(0.5, dW)).dataSync(), ...tf.sub(b, tf.mul(0.5, db)).dataSync()];
    optimizer.minimize(() => lossAndGradient({ ...inputs, w, b }).loss, false, [w, b]);
    const found = [...w.dataSync(), ...b.dataSync()];
    // One rounding more or less, of numbers below 1: the optimizer multiplies by −0.5 and adds.
    found.forEach((value, k) => {
      expect(Math.abs(value - stepped[k]!)).toBeLessThanOrEqual(u);
    });
    expect(lossAndGradient({ ...inputs, w, b }).loss.dataSync()[0]).toBeLessThan(loss.dataSync()[0]!);
    tf.dispose([w, b]);
    optimizer.dispose();
  });

  test('refuses what has no derivative: X, and dW itself', () => {
    const { inputs } = problem(shape);
    const before = tf.memory().numTensors;
    expect(() => tf.grad((x) => lossAndGradient({ ...inputs, x: x as Tensor2D }).loss)(inputs.x)).toThrow(
      'Cannot backprop through input x',
    );
    expect(() => tf.grad((w) => tf.sum(lossAndGradient({ ...inputs, w: w as Tensor2D }).dW))(inputs.w)).toThrow(
      expect.objectContaining({ code: 'not-differentiable' }),
    );
    tensorsBefore += tf.memory().numTensors - before; // tfjs never frees what a failed backward pass had saved
  });
});

describe('copies of X', () => {
  const { Memory } = WebAssembly;
  let memories: WeakRef<WebAssembly.Memory>[];
  beforeEach(() => {
    memories = [];
    WebAssembly.Memory = class extends Memory {
      constructor(descriptor: WebAssembly.MemoryDescriptor) {
        super(descriptor);
        memories.push(new WeakRef(this));
      }
    };
  });
  afterEach(() => {
    WebAssembly.Memory = Memory;
  });

  test('are made once a tensor, whatever else changes', () => {
    const { inputs } = problem({ m: 1001, n: 5, weighted: true });
    const first = flat(lossAndGradient(inputs));
    // A tensor never changes, so this is not seen; were X read again, it would be.
    inputs.x.dataSync().fill(7);
    expect(flat(lossAndGradient(inputs))).toEqual(first);
    expect(flat(lossAndGradient({ ...inputs, x: tf.clone(inputs.x) }))).toEqual(first);
    lossAndGradient({ ...inputs, w: tf.zerosLike(inputs.w), y: tf.zerosLike(inputs.y), weights: undefined });
    expect(memories).toHaveLength(1);
  });

  test('of one tensor follow labels and weights as they come and go', () => {
    const { inputs } = problem({ m: 1001, n: 5, weighted: true });
    const opposite = tf.sub(1, inputs.y) as Tensor1D;
    const even = tf.onesLike(inputs.weights!);
    const variants = [
      inputs,
      { ...inputs, weights: undefined },
      { ...inputs, y: opposite },
      { ...inputs, y: opposite, weights: undefined },
      { ...inputs, weights: even },
    ];
    const fresh = variants.map((given) => flat(lossAndGradient({ ...given, x: tf.add(inputs.x, 0) as Tensor2D })));
    for (const variant of [0, 1, 0, 2, 3, 2, 4, 1, 3, 0])
      expect(flat(lossAndGradient(variants[variant]!))).toEqual(fresh[variant]);
    expect(fresh[4]).toEqual(fresh[1]);
    expect(new Set(fresh.map(String)).size).toBe(4);
  });

  test('of the same numbers in another shape are others', () => {
    const six = tf.tensor2d([1, 2, 3, 4, 5, 6], [2, 3]);
    const across = tf.reshape(six, [3, 2]) as Tensor2D;
    const at = (x: Tensor2D) =>
      flat(
        lossAndGradient({
          x,
          y: tf.zeros([x.shape[1]]) as Tensor1D,
          w: tf.zeros([x.shape[0], 1]) as Tensor2D,
          b: tf.scalar(0),
        }),
      ).slice(1);
    expect(at(six)).toEqual([1, 2.5, 0.5]);
    expect(at(across)).toEqual([0.75, 1.75, 2.75, 0.5]);
    expect(at(six)).toEqual([1, 2.5, 0.5]);
  });

  test('go with their tensor', async () => {
    setFlagsFromString('--expose-gc');
    const collect = runInNewContext('gc') as () => void;
    const kept = problem({ m: 1000, n: 3 });
    lossAndGradient(kept.inputs);
    (() => {
      for (let k = 0; k < 3; k++) {
        tf.tidy(() => void lossAndGradient({ ...kept.inputs, x: tf.add(kept.inputs.x, k) as Tensor2D }));
      }
    })();
    expect(memories).toHaveLength(4);
    for (let task = 0; task < 5; task++) {
      await new Promise((resolve) => setTimeout(resolve, 10)); // a WeakRef holds until its task ends
      collect();
    }
    expect(memories.map((memory) => memory.deref() !== undefined)).toEqual([true, false, false, false]);
  });
});

describe('refusals', () => {
  const good = () => problem({ m: 6, n: 2, weighted: true }).inputs;
  type Inputs = ReturnType<typeof good>;
  const refusal = (spoil: (inputs: Inputs) => object): unknown => {
    try {
      lossAndGradient({ ...good(), ...spoil(good()) } as Inputs);
    } catch (error) {
      return error;
    }
    return undefined;
  };

  test.each<[string, string, (inputs: Inputs) => object]>([
    ['bad-shape', 'x is [12]: expected features by rows, [n, m] with m > 0', ({ x }) => ({ x: tf.reshape(x, [12]) })],
    ['bad-shape', 'x is [2,0]: expected features by rows', () => ({ x: tf.zeros([2, 0]) })],
    ['bad-shape', 'y is [6,1] beside x [2,6]: expected one label a row', ({ y }) => ({ y: tf.reshape(y, [6, 1]) })],
    ['bad-shape', 'y is [5] beside x [2,6]', () => ({ y: tf.zeros([5]) })],
    ['bad-shape', 'y is [6] beside x [6,2]', ({ x }) => ({ x: tf.transpose(x) })],
    ['bad-shape', 'w is [2] beside x [2,6]: expected one weight a feature, [n, 1]', () => ({ w: tf.zeros([2]) })],
    ['bad-shape', 'w is [1,2] beside x [2,6]', () => ({ w: tf.zeros([1, 2]) })],
    ['bad-shape', 'b is [2] beside x [2,6]: expected one number', () => ({ b: tf.zeros([2]) })],
    ['bad-shape', 'weights is [7] beside x [2,6]', () => ({ weights: tf.ones([7]) })],
    ['bad-dtype', 'y is int32: expected float32', ({ y }) => ({ y: tf.cast(y, 'int32') })],
    ['bad-dtype', 'x is bool: expected float32', ({ x }) => ({ x: tf.cast(x, 'bool') })],
    ['not-a-tensor', 'y is not a tensor: expected one label a row, [m] or [1, m]', () => ({ y: [0, 1, 0, 1, 0, 1] })],
    ['not-a-tensor', 'b is not a tensor', () => ({ b: 0 })],
    ['bad-label', 'y, row 3: 0.5 is neither 0 nor 1', () => ({ y: tf.tensor1d([0, 1, 0.5, 1, 0, 1]) })],
    ['bad-label', 'y, row 2: NaN is neither 0 nor 1', () => ({ y: tf.tensor1d([0, Number.NaN, 1, 1, 0, 1]) })],
    ['bad-weights', 'weights, row 1: -1 is not a number from 0', () => ({ weights: tf.tensor1d([-1, 1, 1, 1, 1, 1]) })],
    ['bad-weights', 'weights, row 6: Infinity', () => ({ weights: tf.tensor1d([1, 1, 1, 1, 1, Infinity]) })],
    ['bad-weights', 'all weights are 0', () => ({ weights: tf.zeros([6]) })],
  ])('%s: %s', (code, message, spoil) => {
    expect(refusal(spoil)).toMatchObject({ name: 'LogisticError', code, message: expect.stringContaining(message) });
  });

  test('a tensor that was disposed of', () => {
    const inputs = good();
    inputs.y.dispose();
    expect(refusal(() => ({ y: inputs.y }))).toMatchObject({ code: 'disposed', message: 'y has been disposed of' });
  });

  test('another active backend, and tensors that lie on it, which stay where they are', async () => {
    await tf.setBackend('wasm');
    const elsewhere = good();
    expect(refusal(() => ({}))).toMatchObject({
      code: 'wrong-backend',
      message: "TensorFlow.js's active backend is wasm, not cpu",
      hint: expect.stringContaining("tf.setBackend('cpu')"),
    });
    await tf.setBackend('cpu');
    for (const name of ['x', 'y', 'w', 'b', 'weights'] as const) {
      expect(refusal(() => ({ [name]: elsewhere[name] }))).toMatchObject({
        code: 'wrong-backend',
        message: `${name} does not lie on TensorFlow.js's cpu backend`,
      });
    }
    const cpu = tf.backend() as unknown as { data: { has(id: object): boolean } };
    expect(Object.values(elsewhere).map(({ dataId }) => cpu.data.has(dataId))).toEqual(Array(5).fill(false));
  });

  test('no cpu backend', async () => {
    await expect(registerFusedKernels({ ...tf, findBackend: () => null as never })).rejects.toMatchObject({
      code: 'backend-unavailable',
      message: 'this TensorFlow.js has no cpu backend',
      hint: expect.stringContaining('@tensorflow/tfjs-backend-cpu'),
    });
  });

  test('a thread that may not make WebAssembly at once', async () => {
    const cause = new RangeError('WebAssembly.Instance is disallowed on the main thread');
    const refusing = class {
      constructor() {
        throw cause;
      }
    };
    vi.spyOn(WebAssembly, 'Instance').mockImplementation(refusing as never);
    await expect(registerFusedKernels(tf)).rejects.toMatchObject({ code: 'backend-unavailable', details: { cause } });
  });

  test('no SIMD', async () => {
    vi.spyOn(WebAssembly, 'validate').mockReturnValue(false);
    vi.resetModules();
    const copy = await import('../../../src/backends/tfjs-kernel.ts');
    await expect(copy.registerFusedKernels(tf)).rejects.toMatchObject({
      code: 'backend-unavailable',
      hint: expect.stringContaining('tfjs-cpu'),
    });
  });
});
