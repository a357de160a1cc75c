/**
 * A page in Chromium, served nothing but the published files: it scores a model as Node does, from one
 * file and under a policy that forbids eval and every other address, and it trains one through the
 * browser entry, bundled with TensorFlow.js.
 */
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { build } from 'esbuild';
import { type Browser, chromium } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { type FittedLogisticRegression, LogisticRegression, type ModelFile } from '../../src/index.ts';
import { createRandom } from '../../src/math/random.ts';
import { chromiumPath } from '../support/chromium.ts';
import { t8Labels, t8X } from '../support/t8.ts';

const args = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

let browser: Browser;
beforeAll(async () => {
  browser = await chromium.launch({ executablePath: chromiumPath(), args });
});
afterAll(() => browser?.close());

/** With an empty icon, or the browser would ask for one. */
const document = '<!doctype html><link rel="icon" href="data:,"><script type="module" src="page.js"></script>';

interface Visit {
  /** What the page put into window.result. */
  readonly result: unknown;
  /** Paths that reached the server, sorted, and addresses that the page asked for beyond it. */
  readonly served: readonly string[];
  readonly elsewhere: readonly string[];
  readonly errors: readonly string[];
}

/** Serves the files, opens `/` and waits for its script to set window.result. */
async function visit(files: Readonly<Record<string, string>>, policy?: string): Promise<Visit> {
  const served: string[] = [];
  const server: Server = createServer((request, response) => {
    const path = request.url!.slice(1);
    served.push(path);
    const body = path === '' ? document : files[path];
    const type = path === '' ? 'text/html' : path.endsWith('.js') ? 'text/javascript' : 'application/json';
    const headers = { 'content-type': type, ...(policy === undefined ? {} : { 'content-security-policy': policy }) };
    response.writeHead(body === undefined ? 404 : 200, headers).end(body);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const page = await browser.newPage();
  try {
    const elsewhere: string[] = [];
    const errors: string[] = [];
    page.on('request', (request) => {
      if (!request.url().startsWith(`${origin}/`)) elsewhere.push(request.url());
    });
    page.on('console', (message) => {
      if (message.type() === 'error') errors.push(message.text());
    });
    page.on('pageerror', (error) => errors.push(String(error)));
    await page.goto(origin);
    // Asked from here: a page's policy may forbid what waits for a condition inside it.
    const result = (): Promise<unknown> => page.evaluate('window.result');
    await expect
      .poll(result, { timeout: 30_000 })
      .toBeDefined()
      .catch((error) => {
        throw new Error(`the page came to no result: ${errors.join('; ') || error}`);
      });
    return { result: await result(), served: served.sort(), elsewhere, errors };
  } finally {
    await page.close();
    server.closeAllConnections();
    server.close();
  }
}

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

  test('probabilities are those of Node, from one file and nothing else', async () => {
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
    const { result, served, elsewhere, errors } = await visit(files, policy);
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

/** The page's script and all it imports in one file, made as an application's bundler makes it. */
async function bundled(script: string): Promise<string> {
  const { outputFiles } = await build({
    stdin: { contents: script, resolveDir: inject('installed') },
    bundle: true,
    write: false,
    format: 'esm',
    platform: 'browser',
  });
  return outputFiles[0]!.text;
}

describe('tfjs-logistic/browser in a page', () => {
  const x = t8X.map((value) => [value]);

  test.each([
    { asked: 'auto', backend: 'cpu', detail: /^WebAssembly SIMD/ },
    { asked: 'tfjs-cpu', backend: 'tfjs-cpu', detail: /^TensorFlow\.js .* cpu ops$/ },
  ])('T8 trained on $asked gives the coefficients of Node', async ({ asked, backend, detail }) => {
    const script = `
      import { LogisticRegression } from 'tfjs-logistic/browser';
      const estimator = new LogisticRegression({ backend: '${asked}' });
      const model = await estimator.fit(${JSON.stringify(x)}, ${JSON.stringify(t8Labels)});
      window.result = model.toJSON();`;
    const { result, served, elsewhere, errors } = await visit({ 'page.js': await bundled(script) });
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

  test('workers give the coefficients of Node', async () => {
    const { result, elsewhere, errors } = await visit({ 'page.js': await bundled(script('{ threads: 2 }')) });
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

  test('where the page allows no workers, auto goes on without and says so; a number is an error', async () => {
    const auto = await visit({ 'page.js': await bundled(script('{}')) }, noWorkers);
    expect(auto.result).toMatchObject({ detail: expect.stringMatching(/calling thread \(.+\)/) });
    const two = await visit({ 'page.js': await bundled(script('{ threads: 2 }')) }, noWorkers);
    expect(two.result).toMatchObject({ name: 'LogisticError', code: 'worker-died' });
  });
});

describe("the kernel of TensorFlow.js's cpu backend in a page", () => {
  test('runs on the main thread, where WebAssembly is made at once, and gives the numbers of Node', async () => {
    const script = `
      import * as tf from '@tensorflow/tfjs';
      import { registerFusedKernels } from 'tfjs-logistic/tfjs';
      await tf.setBackend('cpu');
      const lossAndGradient = await registerFusedKernels(tf);
      const x = tf.tensor2d([1, 3, 2, -1], [2, 2]);
      const inputs = { x, y: tf.tensor1d([1, 0]), w: tf.tensor2d([0.5, -0.25], [2, 1]), b: tf.scalar(0.1) };
      const { loss, dW, db } = lossAndGradient(inputs);
      window.result = [loss, dW, db].flatMap((tensor) => [...tensor.dataSync()]).map((value) => value.toFixed(6));`;
    const { result, served, elsewhere, errors } = await visit({ 'page.js': await bundled(script) });
    expect({ served, elsewhere, errors }).toEqual({ served: ['', 'page.js'], elsewhere: [], errors: [] });
    // docs/derivation.md, "With numbers".
    expect(result).toEqual(['1.320216', '1.058680', '-0.907084', '0.194553']);
  });
});
