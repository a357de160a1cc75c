/** Fits on a GPU: R's digits, a GPU that is lost on the way, fits after fits, fits beside those of other backends. */
import { execFileSync } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import { loadWebgpu } from '../../src/backends/load.ts';
import { sharedDevice } from '../../src/backends/webgpu/device.ts';
import { LogisticRegression } from '../../src/index.ts';
import { randomRows } from '../support/data.ts';
import { t8Labels, t8X } from '../support/t8.ts';
import { whyNoGpu } from '../support/webgpu.ts';

const { numbers, labels } = randomRows({ m: 400, n: 3, classes: 3, seed: 4 });
const x = Array.from(labels, (_, i) => numbers.map((column) => column[i]!));
const y = [...labels];

describe.skipIf(whyNoGpu)('a fit on webgpu', () => {
  test('is exact, and says what it ran on; a software adapter is named as such', async () => {
    const model = await new LogisticRegression({ backend: 'webgpu' }).fit(
      t8X.map((value) => [value]),
      t8Labels,
    );
    expect(Math.abs(model.intercept + Math.log(3))).toBeLessThan(1e-12);
    expect(Math.abs(model.coefficients.x1! - 2 * Math.log(3))).toBeLessThan(1e-12);
    const { backend, detail } = model.toJSON().madeBy;
    const { info } = (await (await loadWebgpu()).requestAdapter())!;
    expect([backend, detail.includes(info.vendor), detail.includes('software')]).toEqual([
      'webgpu',
      true,
      info.isFallbackAdapter,
    ]);
  });

  test('that loses its GPU is an error that names the step, and the next one is none', async () => {
    const fit = (onIteration?: () => void) =>
      new LogisticRegression({ backend: 'webgpu', solver: 'lbfgs' }).fit(x, y, onIteration && { onIteration });
    const before = await fit();
    const device = await sharedDevice(await loadWebgpu());
    let iterations = 0;
    const lost = fit(() => {
      iterations++;
      if (iterations === 3) device.gpu.destroy();
    });
    await expect(lost).rejects.toMatchObject({
      name: 'LogisticError',
      code: 'gpu-lost',
      message: expect.stringMatching(/^the GPU was lost while summing loss and gradient, evaluation \d+: /),
      hint: expect.stringContaining('fit again'),
    });
    expect(iterations).toBe(3);
    expect((await fit()).toJSON().terms).toEqual(before.toJSON().terms);
  });

  test('gives another backend beside it nothing to notice, and two at once are two in a row', async () => {
    const fit = (backend: 'webgpu' | 'cpu', l2: number) => new LogisticRegression({ backend, l2 }).fit(x, y);
    const alone = [await fit('webgpu', 0), await fit('webgpu', 0.1), await fit('cpu', 0.1)];
    const together = await Promise.all([fit('webgpu', 0), fit('webgpu', 0.1), fit('cpu', 0.1)]);
    together.forEach((model, i) => {
      expect(model.toJSON().terms).toEqual(alone[i]!.toJSON().terms);
    });
    // Both are where the gradient is 1e-10 at most; the Hessian's least eigenvalue is above 0.1.
    alone[1]!.byClass.forEach(({ intercept }, c) => {
      expect(Math.abs(intercept - alone[2]!.byClass[c]!.intercept)).toBeLessThanOrEqual(1e-9);
    });
    expect(globalThis.navigator?.gpu).toBeUndefined();
  });

  test('that diverges says at which step', async () => {
    const diverging = new LogisticRegression({ backend: 'webgpu', solver: 'gd', learningRate: 1e308 }).fit(x, y);
    await expect(diverging).rejects.toMatchObject({ code: 'diverged', message: expect.stringContaining('step') });
  });

  test('that is aborted ends at once, with the reason', async () => {
    const reason = new Error('enough');
    const abort = new AbortController();
    const onIteration = (): void => abort.abort(reason);
    const aborted = new LogisticRegression({ backend: 'webgpu' }).fit(x, y, { signal: abort.signal, onIteration });
    await expect(aborted).rejects.toBe(reason);
  });

  test('leaves nothing behind, 200 times over', () => {
    // In a process of its own, whose memory nothing else takes or gives back.
    const script = `
      import { LogisticRegression } from './src/index.ts';
      import { loadWebgpu } from './src/backends/load.ts';
      import { sharedDevice } from './src/backends/webgpu/device.ts';
      const { gpu } = await sharedDevice(await loadWebgpu());
      const alive = new Set();
      const createBuffer = gpu.createBuffer.bind(gpu);
      gpu.createBuffer = (descriptor) => {
        const buffer = createBuffer(descriptor);
        alive.add(buffer);
        const destroy = buffer.destroy.bind(buffer);
        buffer.destroy = () => {
          alive.delete(buffer);
          destroy();
        };
        return buffer;
      };
      const seen = [];
      for (let i = 0; i < 200; i++) {
        await new LogisticRegression({ backend: 'webgpu' }).fit(${JSON.stringify(t8X.map((value) => [value]))}, ${JSON.stringify(t8Labels)});
        seen.push({ alive: alive.size, size: process.memoryUsage().rss / 2 ** 20 });
      }
      console.log(JSON.stringify(seen));
      process.exit();`;
    const args = ['--import', 'tsx', '--input-type=module', '-e', script];
    const seen: { alive: number; size: number }[] = JSON.parse(
      execFileSync(process.execPath, args, { encoding: 'utf8' }),
    );
    expect(Math.max(...seen.map(({ alive }) => alive))).toBe(0);
    expect(seen.at(-1)!.size - seen[50]!.size).toBeLessThan(30); // MB; the heap may be collected or not
  });
});
