/**
 * A page in Chromium, served nothing but the published files: it scores a model as Node does, from one
 * file and under a policy that forbids eval and every other address, and it trains one through the
 * browser entry, bundled with TensorFlow.js.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, inject } from 'vitest';
import { type FittedLogisticRegression, LogisticRegression, type ModelFile } from '../../src/index.ts';
import { createRandom } from '../../src/math/random.ts';
import { inChromium } from '../support/chromium.ts';
import { bundle, visit } from '../support/page.ts';
import { t8Labels, t8X } from '../support/t8.ts';

const installedFile = (path: string): string => readFileSync(join(inject('installed'), path), 'utf8');

function randomPeople(count: number, seed: number) {
  const random = createRandom(seed);
  const gap = <T>(value: T): T | null => (random() < 0.1 ? null : value);
  return Array.from({ length: count }, () => ({
    age: gap(20 + 50 * random()),
    income: gap(Math.exp(8 + 3 * random())),
    smoker: gap(random() < 0.4),
    town: gap(['Åbo', 'Bern', 'Köln', 'Łódź'][Math.floor(4 * random())]!),
    ill: random() < 0.5 ? 'yes' : 'no',
  }));
}

describe('tfjs-logistic/predict in a page', () => {
  let model: FittedLogisticRegression;
  beforeAll(async () => {
    model = await new LogisticRegression({ missing: 'impute' }).fit(randomPeople(200, 1), 'ill');
  });

  inChromium('probabilities are those of Node, from one file and nothing else', async ({ browser }) => {
    const odd = [
      { age: '41.5', income: '1e4', smoker: 'TRUE', town: ' Bern ' },
      { age: 'old', income: 1, smoker: true, town: 'Bern' },
      { age: 30, income: 1, smoker: true, town: 'Ulm' },
    ];
    const rows = [...randomPeople(100, 2), ...odd];
    const files = {
      'predict.js': installedFile('node_modules/tfjs-logistic/dist/predict.js'),
      'model.json': JSON.stringify(model),
      'rows.json': JSON.stringify(rows),
      'page.js': `
        import { loadScorer } from './predict.js';
        const scorer = loadScorer(await (await fetch('model.json')).text());
        const rows = await (await fetch('rows.json')).json();
        window.result = rows.map((row) => scorer.scoreRow(row));`,
    };
    const policy = "default-src 'none'; script-src 'self'; connect-src 'self'; img-src data:";
    const { result, served, elsewhere, errors } = await visit(browser, files, { policy });
    expect({ served, elsewhere, errors }).toEqual({
      served: ['', 'model.json', 'page.js', 'predict.js', 'rows.json'],
      elsewhere: [],
      errors: [],
    });
    const inPage = result as ReturnType<FittedLogisticRegression['scoreRow']>[];
    expect(inPage).toHaveLength(rows.length);
    rows.forEach((row, i) => {
      const [here, there] = [model.scoreRow(row), inPage[i]!];
      if ('problem' in here || 'problem' in there) {
        expect(there).toEqual(here);
        return;
      }
      here.probabilities.forEach((p, k) => {
        expect(Math.abs(there.probabilities[k]! - p)).toBeLessThanOrEqual(1e-12);
      });
      expect(there.prediction).toBe(here.prediction);
    });
    expect(inPage.filter((score) => 'problem' in score)).toHaveLength(2);
  });
});

/** As an application's bundler makes it. */
const bundled = (script: string): Promise<string> => bundle(script, inject('installed'));

describe('tfjs-logistic/browser in a page', () => {
  const x = t8X.map((value) => [value]);

  inChromium.for([
    { asked: 'auto', backend: 'cpu', detail: /^WebAssembly SIMD/ },
    { asked: 'tfjs-cpu', backend: 'tfjs-cpu', detail: /^TensorFlow\.js .* cpu ops$/ },
  ])('T8 trained on $asked gives the coefficients of Node', async ({ asked, backend, detail }, { browser }) => {
    const script = `
      import { LogisticRegression } from 'tfjs-logistic/browser';
      const estimator = new LogisticRegression({ backend: '${asked}' });
      const model = await estimator.fit(${JSON.stringify(x)}, ${JSON.stringify(t8Labels)});
      window.result = model.toJSON();`;
    const { result, served, elsewhere, errors } = await visit(browser, { 'page.js': await bundled(script) });
    expect({ served, elsewhere, errors }).toEqual({ served: ['', 'page.js'], elsewhere: [], errors: [] });
    const there = result as ModelFile;
    expect(there.madeBy).toMatchObject({ backend, detail: expect.stringMatching(detail) });
    const here = await new LogisticRegression().fit(x, t8Labels);
    // Fits are refined to gradients of float64's rounding, so even backends differ by some 1e−15 only.
    const tolerance = 1e-10;
    expect(Math.abs(there.intercepts[0]! - here.intercept)).toBeLessThanOrEqual(tolerance);
    expect(Math.abs(there.terms[0]!.coefficients[0]! - here.coefficients.x1!)).toBeLessThanOrEqual(tolerance);
    expect(Math.abs(there.intercepts[0]! + Math.log(3))).toBeLessThanOrEqual(tolerance);
  });
});

describe('threads in a page', () => {
  /** 2^20 numbers, the fewest for which threads are started. */
  const data = `
    let state = 1;
    const random = () => (state = (state * 48271) % 2147483647) / 2147483647;
    const [m, n] = [2 ** 17, 8];
    const x = new Float64Array(m * n).map(() => random() - 0.5);
    const y = Array.from({ length: m }, (_, i) => (x[i * n] + random() - 0.5 > 0 ? 1 : 0));`;
  const script = (options: string): string => `
    import { LogisticRegression } from 'tfjs-logistic/browser';
    ${data}
    window.result = await new LogisticRegression(${options}).fit(x, y).then(
      (model) => ({ coefficients: Object.values(model.coefficients), detail: model.toJSON().madeBy.detail }),
      ({ name, code, message }) => ({ name, code, message }),
    );`;
  const noWorkers = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; img-src data:";

  inChromium('workers give the coefficients of Node', async ({ browser }) => {
    const { result, elsewhere, errors } = await visit(browser, { 'page.js': await bundled(script('{ threads: 2 }')) });
    expect(errors).toEqual([]);
    expect(elsewhere.filter((address) => !address.startsWith('blob:'))).toEqual([]);
    const there = result as { coefficients: number[]; detail: string };
    expect(there.detail).toMatch(/2 worker threads/);
    const { x, y } = new Function(`${data} return { x, y };`)() as { x: Float64Array; y: number[] };
    const here = await new LogisticRegression({ threads: 2 }).fit(x, y);
    Object.values(here.coefficients).forEach((w, j) => {
      // The same sums in the same order by the same kernels; only exp of the host's metrics may differ.
      expect(there.coefficients[j]).toBe(w);
    });
  });

  inChromium(
    'where the page allows no workers, auto goes on without and says so; a number is an error',
    async ({ browser }) => {
      const auto = await visit(browser, { 'page.js': await bundled(script('{}')) }, { policy: noWorkers });
      expect(auto.result).toMatchObject({ detail: expect.stringMatching(/calling thread \(.+\)/) });
      const two = await visit(browser, { 'page.js': await bundled(script('{ threads: 2 }')) }, { policy: noWorkers });
      expect(two.result).toMatchObject({ name: 'LogisticError', code: 'worker-died' });
    },
  );
});

describe("the kernel of TensorFlow.js's cpu backend in a page", () => {
  inChromium(
    'runs on the main thread, where WebAssembly is made at once, and gives the numbers of Node',
    async ({ browser }) => {
      const script = `
      import * as tf from '@tensorflow/tfjs';
      import { registerFusedKernels } from 'tfjs-logistic/tfjs';
      await tf.setBackend('cpu');
      const lossAndGradient = await registerFusedKernels(tf);
      const x = tf.tensor2d([1, 3, 2, -1], [2, 2]);
      const inputs = { x, y: tf.tensor1d([1, 0]), w: tf.tensor2d([0.5, -0.25], [2, 1]), b: tf.scalar(0.1) };
      const { loss, dW, db } = lossAndGradient(inputs);
      window.result = [loss, dW, db].flatMap((tensor) => [...tensor.dataSync()]).map((value) => value.toFixed(6));`;
      const { result, served, elsewhere, errors } = await visit(browser, { 'page.js': await bundled(script) });
      expect({ served, elsewhere, errors }).toEqual({ served: ['', 'page.js'], elsewhere: [], errors: [] });
      // docs/derivation.md, "With numbers".
      expect(result).toEqual(['1.320216', '1.058680', '-0.907084', '0.194553']);
    },
  );
});
