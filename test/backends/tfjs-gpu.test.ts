/**
 * TensorFlow.js's own GPU backends, webgpu and webgl, in Chromium: the portable equations and a fit on each, and on
 * webgpu the kernel LogisticLossGradient, all against compensated float64 sums.
 */
import { build } from 'esbuild';
import { describe, expect } from 'vitest';
import type { Sums } from '../../src/rows/contract.ts';
import { inChromium } from '../support/chromium.ts';
import { compensatedSums, worstError } from '../support/compensated.ts';
import { randomRows, randomTheta, type Shape } from '../support/data.ts';
import { visit } from '../support/page.ts';
import { t8Labels, t8X } from '../support/t8.ts';

const u = 2 ** -24;

/** A module and what it imports of src, in one file. */
async function bundled(script: string): Promise<string> {
  const { outputFiles } = await build({
    stdin: { contents: script, resolveDir: process.cwd() },
    alias: { '#runtime': './src/runtime/web.ts' },
    ...({ bundle: true, write: false, format: 'esm', platform: 'browser' } as const),
  });
  return outputFiles[0]!.text;
}

const problemOf = (shape: Shape, size = 1) => {
  const rows = randomRows({ seed: 31, ...shape });
  return { rows, theta: randomTheta(shape.n, 32, size, rows.classes - 1) };
};
type Problem = ReturnType<typeof problemOf>;

/** As the page reads it. */
const written = ({ rows: { rows, numbers, labels, classes, weights }, theta }: Problem): string =>
  JSON.stringify({
    ...{ rows, classes, numbers: numbers.map((x) => [...x]), labels: [...labels] },
    ...{ weights: weights && [...weights], theta: [...theta] },
  });

const start = (backend: string, before = ''): string => `
  import * as tf from '@tensorflow/tfjs';
  import '@tensorflow/tfjs-backend-webgpu';
  import { LogisticRegression } from './src/index.ts';
  import { createTfjsPlace } from './src/backends/tfjs.ts';
  import { registerFusedKernels } from './src/tfjs.ts';
  tf.env().set('IS_TEST', true);
  ${before}
  await tf.setBackend('${backend}');
  const sourceOf = ({ rows, classes, numbers, labels, weights }) => ({
    rows,
    classes,
    labels: Int32Array.from(labels),
    weights: weights && Float64Array.from(weights),
    columns: numbers.map((x) => ({
      kind: 'dense',
      mean: 0,
      scale: 1,
      read: (from, into) => into.set(x.slice(from, from + into.length)),
    })),
  });`;

/** Terms that a GPU adds one after another at most. */
const maxChain = 4080 / 8;
const gaps = [20, 37, 50, 80];

describe.each(['webgpu', 'webgl'])('the portable equations on %s', (backend) => {
  const problems = [
    problemOf({ m: 1, n: 1 }),
    problemOf({ m: 5003, n: 3, shift: 5, positives: 0.9, weighted: true }),
    problemOf({ m: 4999, n: 5, classes: 3, weighted: true }),
  ];

  inChromium('sums, small losses and a fit', async ({ gpuBrowser }) => {
    const script = `${start(backend)}
      const place = await createTfjsPlace(tf, 'tfjs', '${backend}');
      const before = tf.memory().numTensors;
      const sums = [];
      for (const problem of [${problems.map(written).join()}]) {
        const rows = await place.place(sourceOf(problem), 'float32');
        const { loss, gradient, hessian } = await rows.evaluate(Float64Array.from(problem.theta), 2, 'float32');
        sums.push({ loss, gradient: [...gradient], hessian: [...hessian] });
        await rows.close();
      }
      const losses = [];
      for (const gap of ${JSON.stringify(gaps)}) {
        const rows = await place.place(sourceOf({ rows: 1, classes: 2, numbers: [[gap]], labels: [1] }), 'float32');
        losses.push((await rows.evaluate(Float64Array.of(1, 0), 0, 'float32')).loss);
        await rows.close();
      }
      const x = ${JSON.stringify(t8X.map((value) => [value]))};
      const model = await new LogisticRegression({ backend: 'tfjs' }).fit(x, ${JSON.stringify(t8Labels)});
      const { backend, detail } = model.toJSON().madeBy;
      window.result = {
        ...{ sums, losses, backend, detail, active: tf.getBackend() },
        ...{ left: tf.memory().numTensors - before, coefficients: [model.intercept, model.coefficients.x1] },
      };`;
    const { result } = await visit(gpuBrowser, { 'page.js': await bundled(script) });
    const { sums, losses, coefficients, ...rest } = result as {
      sums: { loss: number; gradient: number[]; hessian: number[] }[];
      losses: number[];
      coefficients: number[];
    };
    expect(rest).toEqual({
      ...{ backend: 'tfjs', active: backend, left: 0 },
      detail: expect.stringMatching(new RegExp(`^TensorFlow\\.js .* ${backend} ops$`)),
    });
    problems.forEach(({ rows, theta }, i) => {
      // 32 as everywhere, and what a chain adds.
      const roundings = 32 + Math.sqrt(maxChain);
      expect(worstError(asSums(sums[i]!), compensatedSums(rows, theta)) / u).toBeLessThanOrEqual(roundings);
    });
    gaps.forEach((gap, i) => {
      // The language's own exp(−a) may be off by 3 + 2a units in the last place, which are 2u; 8u for the rest.
      const bound = (2 * (3 + 2 * gap) + 8) * u;
      expect(Math.abs(losses[i]! / Math.log1p(Math.exp(-gap)) - 1)).toBeLessThanOrEqual(bound);
    });
    expect(Math.abs(coefficients[0]! + Math.log(3))).toBeLessThanOrEqual(1e-10);
    expect(Math.abs(coefficients[1]! - 2 * Math.log(3))).toBeLessThanOrEqual(1e-10);
  });
});

const asSums = ({ loss, gradient, hessian }: { loss: number; gradient: number[]; hessian?: number[] }): Sums => ({
  ...{ loss, gradient: Float64Array.from(gradient) },
  ...(hessian && { hessian: Float64Array.from(hessian) }),
});

describe('a GPU that fails while TensorFlow.js computes', () => {
  const problem = written(problemOf({ m: 300, n: 2 }));
  const evaluated = async (backend: string, failing: string): Promise<string> =>
    bundled(`${start(backend)}
      const rows = await (await createTfjsPlace(tf, 'tfjs', '${backend}')).place(sourceOf(${problem}), 'float32');
      const evaluate = () => rows.evaluate(new Float64Array(3), 1, 'float32').then(({ loss }) => loss, ({ code }) => code);
      const before = await evaluate();
      ${failing}
      window.result = { before, after: await evaluate() };`);
  const loss = 300 * Math.log(2);

  inChromium.for([
    ['webgpu', 'gpu-lost', 'tf.backend().device.destroy();'],
    ['webgpu', 'gpu-refused', 'tf.backend().device.createBuffer({ size: 4, usage: 0 });'],
    ['webgl', 'gpu-lost', "tf.backend().gpgpu.gl.getExtension('WEBGL_lose_context').loseContext();"],
  ] as const)('%s: %s', async ([backend, code, failing], { gpuBrowser }) => {
    const { result } = await visit(gpuBrowser, { 'page.js': await evaluated(backend, failing) });
    const { before, after } = result as { before: number; after: string };
    expect(Math.abs(before / loss - 1)).toBeLessThanOrEqual(32 * u);
    expect(after).toBe(code);
  });
});

inChromium('webgl with 16-bit numbers is refused with a sentence', async ({ gpuBrowser }) => {
  const script = `${start('webgl', "tf.env().set('WEBGL_FORCE_F16_TEXTURES', true);")}
    window.result = await createTfjsPlace(tf, 'tfjs', 'webgl').catch(({ code, message }) => ({ code, message }));`;
  const { result } = await visit(gpuBrowser, { 'page.js': await bundled(script) });
  expect(result).toEqual({
    code: 'backend-unavailable',
    message: 'TensorFlow.js\'s backend "webgl" computes with fewer than 32 bits here',
  });
});

describe("the kernel of TensorFlow.js's webgpu backend", () => {
  const shapes: Shape[] = [
    { m: 1, n: 1 },
    { m: 4097, n: 6, weighted: true },
    { m: 4500, n: 9, shift: 5, positives: 0.9 },
  ];
  const problems = shapes.map((shape) => problemOf(shape));

  inChromium('loss, dW and db are those of float64, and tf.grads gives them', async ({ gpuBrowser }) => {
    const script = `${start('webgpu')}
      const lossAndGradient = await registerFusedKernels(tf);
      const found = [];
      for (const { rows, numbers, labels, weights, theta } of [${problems.map(written).join()}]) {
        const inputs = {
          x: tf.tensor2d(numbers),
          y: tf.tensor1d(labels, 'float32'),
          w: tf.tensor2d(theta.slice(0, -1), [numbers.length, 1]),
          b: tf.scalar(theta.at(-1)),
          ...(weights && { weights: tf.tensor1d(weights) }),
        };
        const before = tf.memory().numTensors;
        const { loss, dW, db } = lossAndGradient(inputs);
        const shapes = [loss.shape, dW.shape, db.shape];
        const gradient = [...(await dW.data()), ...(await db.data())];
        const value = (await loss.data())[0];
        tf.dispose([loss, dW, db]);
        const grads = async (f) => {
          const parts = tf.grads(f)([inputs.w, inputs.b]);
          const numbers = [...(await parts[0].data()), ...(await parts[1].data())];
          tf.dispose(parts);
          return numbers;
        };
        const byKernel = await grads((w, b) => lossAndGradient({ ...inputs, w, b }).loss);
        const byOps = await grads((w, b) => {
          const z = tf.add(tf.matMul(w, inputs.x, true), b);
          const each = tf.losses.sigmoidCrossEntropy(tf.reshape(inputs.y, [1, -1]), z, undefined, 0, 0);
          const s = inputs.weights ?? tf.onesLike(inputs.y);
          return tf.div(tf.sum(tf.mul(tf.reshape(s, [1, -1]), each)), tf.sum(s));
        });
        found.push({ loss: value, gradient, byKernel, byOps, shapes, left: tf.memory().numTensors - before });
        tf.dispose(inputs);
      }
      const one = { x: tf.ones([1, 2]), y: tf.tensor1d([0, 1]), w: tf.ones([1, 1]), b: tf.scalar(0) };
      const refusals = [
        () => lossAndGradient({ ...one, y: tf.ones([3]) }),
        () => tf.grad((w) => tf.sum(lossAndGradient({ ...one, w }).dW))(one.w),
      ].map((call) => {
        try {
          return call();
        } catch ({ code }) {
          return code;
        }
      });
      await tf.setBackend('cpu');
      const onCpu = [...lossAndGradient({ x: tf.ones([1, 2]), y: tf.tensor1d([0, 1]), w: tf.zeros([1, 1]), b: tf.scalar(0) }).loss.dataSync()];
      window.result = { found, refusals, onCpu };`;
    const { result } = await visit(gpuBrowser, { 'page.js': await bundled(script) });
    const { found, refusals, onCpu } = result as {
      found: (Record<'gradient' | 'byKernel' | 'byOps', number[]> & {
        loss: number;
        shapes: number[][];
        left: number;
      })[];
      refusals: string[];
      onCpu: number[];
    };
    expect({ refusals, onCpu }).toEqual({
      refusals: ['bad-shape', 'not-differentiable'],
      onCpu: [Math.fround(Math.log(2))],
    });
    problems.forEach(({ rows, theta }, i) => {
      const { loss, gradient, byKernel, byOps, shapes, left } = found[i]!;
      const n = rows.numbers.length;
      expect({ shapes, left }).toEqual({ shapes: [[], [n, 1], []], left: 0 });
      const total = rows.weights?.reduce((sum, s) => sum + s, 0) ?? rows.rows;
      const truth = compensatedSums(rows, theta);
      const sums = { loss: loss * total, gradient: Float64Array.from(gradient, (mean) => mean * total) };
      // 32 as every kernel; the mean and the sum of the weights are two roundings more.
      expect(worstError(sums, truth) / u).toBeLessThanOrEqual(34);
      expect(byKernel).toEqual(gradient);
      byOps.forEach((slope, j) => {
        // The ops add all m terms in float32, GPUs in chains of at most m / 64, with a dozen roundings in each term.
        const bound = (34 + 12 + rows.rows / 64) * u * (truth.magnitudes[1 + j]! / total);
        expect(Math.abs(slope - gradient[j]!)).toBeLessThanOrEqual(bound);
      });
    });
  });
});
