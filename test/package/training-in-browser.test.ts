/** Training in Chromium, in a page and in a worker of its own, on webgpu, wasm and cpu; and a GPU that is lost on the way. */
import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect } from 'vitest';
import { LogisticRegression } from '../../src/index.ts';
import { installedBeside } from '../support/beside.ts';
import { inChromium } from '../support/chromium.ts';
import { randomRows } from '../support/data.ts';
import { bundle, visit } from '../support/page.ts';

const { numbers, labels } = randomRows({ m: 500, n: 3, classes: 3, seed: 2 });
const x = Array.from(labels, (_, i) => numbers.map((column) => column[i]!));
const y = [...labels];
const fitting = `
  import { LogisticRegression } from 'tfjs-logistic/browser';
  import { setWasmPaths } from '@tensorflow/tfjs-backend-wasm';
  setWasmPaths('/');
  const rows = ${JSON.stringify(x)};
  const labels = ${JSON.stringify(y)};
  const fit = async (backend) => {
    const model = await new LogisticRegression({ backend, l2: 0.01 }).fit(rows, labels);
    const { madeBy, intercepts } = model.toJSON();
    return { backend: madeBy.backend, detail: madeBy.detail, intercepts };
  };
  const fits = async () => [await fit('webgpu'), await fit('wasm'), await fit('cpu')];`;

let folder: string;
let wasm: Record<string, Uint8Array>;
beforeAll(() => {
  folder = installedBeside(['@tensorflow/tfjs', '@tensorflow/tfjs-backend-wasm', '@tensorflow/tfjs-core']);
  const name = 'tfjs-backend-wasm-simd.wasm';
  wasm = { [name]: readFileSync(`node_modules/@tensorflow/tfjs-backend-wasm/dist/${name}`) };
});

describe('three backends give the fit of Node', () => {
  const check = async (found: unknown): Promise<void> => {
    const { intercepts } = (await new LogisticRegression({ l2: 0.01 }).fit(x, y)).toJSON();
    const fits = found as { backend: string; detail: string; intercepts: number[] }[];
    expect(fits.map(({ backend }) => backend)).toEqual(['webgpu', 'wasm', 'cpu']);
    expect(fits[0]!.detail).toMatch(/^WebGPU, google .*a software adapter/);
    for (const fit of fits) {
      // Refined to gradients of 1e-10 at most, with Hessians of at least 0.01.
      fit.intercepts.forEach((intercept, c) => {
        expect(Math.abs(intercept - intercepts[c]!)).toBeLessThanOrEqual(1e-8);
      });
    }
  };

  inChromium('in a page', async ({ gpuBrowser }) => {
    const page = await bundle(`${fitting} window.result = await fits();`, folder);
    const { result, errors, elsewhere } = await visit(gpuBrowser, { 'page.js': page, ...wasm });
    expect({ errors, elsewhere }).toEqual({ errors: [], elsewhere: [] });
    await check(result);
  });

  inChromium('in a worker', async ({ gpuBrowser }) => {
    const worker = await bundle(`${fitting} self.postMessage(await fits());`, folder);
    const page = `
      const worker = new Worker('worker.js', { type: 'module' });
      worker.onmessage = ({ data }) => { window.result = data; };
      worker.onerror = ({ message }) => { window.result = message ?? 'no worker'; };`;
    const { result, errors, elsewhere } = await visit(gpuBrowser, { 'page.js': page, 'worker.js': worker, ...wasm });
    expect({ errors, elsewhere }).toEqual({ errors: [], elsewhere: [] });
    await check(result);
  });
});

inChromium('without WebGPU in the browser, the next step is said', async ({ browser }) => {
  const script = `
    import { LogisticRegression } from 'tfjs-logistic/browser';
    window.result = await new LogisticRegression({ backend: 'webgpu' }).fit([[0], [1], [2], [3]], [0, 1, 0, 1])
      .catch(({ name, code, message, hint }) => ({ name, code, message, hint }));`;
  const { result } = await visit(browser, { 'page.js': await bundle(script, folder) });
  expect(result).toMatchObject({ name: 'LogisticError', code: 'backend-unavailable', hint: expect.any(String) });
});

inChromium('a page that loses its GPU while it fits is told so, and fits again', async ({ gpuBrowser }) => {
  const script = `
    ${fitting}
    const onIteration = () => { window.started = true; };
    const endless = { backend: 'webgpu', solver: 'gd', learningRate: 1e-9, maxIterations: 1e6 };
    const lost = await new LogisticRegression(endless).fit(rows, labels, { onIteration })
      .catch(({ name, code, message }) => ({ name, code, message }));
    window.result = { lost, again: await fit('webgpu').catch(({ message }) => message) };`;
  const visiting = visit(gpuBrowser, { 'page.js': await bundle(script, folder) });
  const pages = () => gpuBrowser.contexts().flatMap((context) => context.pages());
  await expect.poll(() => pages()[0]?.evaluate('window.started'), { timeout: 20_000 }).toBe(true);
  const session = await gpuBrowser.newBrowserCDPSession();
  await session.send('Browser.crashGpuProcess').catch(() => {}); // which it does not live to answer
  expect((await visiting).result).toMatchObject({
    lost: {
      name: 'LogisticError',
      code: 'gpu-lost',
      message: expect.stringMatching(/^the GPU was lost while summing loss and gradient, evaluation \d+: /),
    },
    again: { backend: 'webgpu' },
  });
});
