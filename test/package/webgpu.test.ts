/** The backend webgpu of the packed library in processes of their own: what `logit` prints, writes and returns, and how Node ends. */
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { beforeAll, describe, expect, test } from 'vitest';
import { installedBeside } from '../support/beside.ts';
import { randomRows } from '../support/data.ts';
import { t8, t8Labels, t8X } from '../support/t8.ts';
import { whyNoGpu } from '../support/webgpu.ts';

let folder: string;
beforeAll(() => {
  folder = installedBeside(['webgpu']);
  writeFileSync(join(folder, 't8.csv'), t8);
});

interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs Node with its output piped; `stop` sends SIGINT as soon as anything is on stderr. */
function node(args: readonly string[], env: NodeJS.ProcessEnv = {}, stop = false): Promise<Ended> {
  return new Promise((settle, reject) => {
    const child = spawn(process.execPath, args, { cwd: folder, env: { ...process.env, ...env } });
    const output = { stdout: '', stderr: '' };
    child.stdout.on('data', (data) => {
      output.stdout += data;
    });
    child.stderr.on('data', (data) => {
      output.stderr += data;
      if (stop) child.kill('SIGINT');
      stop = false;
    });
    child.on('error', reject);
    child.on('close', (code) => settle({ code, ...output }));
  });
}
const cli = 'node_modules/tfjs-logistic/dist/cli.js';
const train = ['--target', 'y', '--backend', 'webgpu'];

test('logit: no adapter is an error with the next step, and no model', async () => {
  if (process.platform !== 'linux') return; // the only system on which a process can be kept from finding one
  mkdirSync(join(folder, 'none'));
  writeFileSync(join(folder, 'none/libvulkan.so.1'), 'no library');
  const env = { LD_LIBRARY_PATH: join(folder, 'none') };
  const { code, stdout, stderr } = await node([cli, 'train', 't8.csv', ...train, '--out', 'none.json'], env);
  expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
  // Before it, the package webgpu says by itself what it could not load.
  expect(stderr).toMatch(/^logit: WebGPU finds no GPU here, nor a software adapter; install the driver[^\n]+\n$/m);
  expect(existsSync(join(folder, 'none.json'))).toBe(false);
});

describe.skipIf(whyNoGpu)('on a GPU', () => {
  test('logit train ends by itself: 0 after a fit, 1 after a mistake', async () => {
    const good = await node([cli, 'train', 't8.csv', ...train, '--json', '--out', 'good.json']);
    expect(good).toMatchObject({ code: 0, stderr: 'Saved good.json.\n' });
    const { backend, intercept, coefficients } = JSON.parse(good.stdout);
    expect(backend.name).toBe('webgpu');
    expect(Math.abs(intercept + Math.log(3))).toBeLessThan(1e-12);
    expect(Math.abs(coefficients.x - 2 * Math.log(3))).toBeLessThan(1e-12);
    const bad = await node([cli, 'train', 't8.csv', '--target', 'z', '--backend', 'webgpu']);
    expect(bad).toMatchObject({ code: 1, stdout: '' });
  });

  test.each([
    { module: 'module', load: "import { LogisticRegression } from 'tfjs-logistic'" },
    { module: 'commonjs', load: "const { LogisticRegression } = require('tfjs-logistic')" },
  ])('a program ($module) ends by itself after fits, and after an error of its own', async ({ module, load }) => {
    const fit = `new LogisticRegression({ backend: 'webgpu' }).fit(${JSON.stringify(t8X.map((x) => [x]))}, ${JSON.stringify(t8Labels)})`;
    const run = (after: string) =>
      node([
        `--input-type=${module}`,
        '-e',
        `${load}; (async () => { console.log((await ${fit}).intercept); ${after} })()`,
      ]);
    const done = await run('');
    expect({ ...done, stdout: Number(done.stdout).toFixed(9) }).toEqual({
      code: 0,
      stdout: (-Math.log(3)).toFixed(9),
      stderr: '',
    });
    expect(await run("throw new Error('their own')")).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('their own'),
    });
    expect(await run('process.exit(7)')).toMatchObject({ code: 7, stderr: '' });
  });

  test('fits in a thread beside the main one, which may end it', async () => {
    const script = `
      import { Worker, isMainThread, parentPort } from 'node:worker_threads';
      import { LogisticRegression } from 'tfjs-logistic';
      const model = await new LogisticRegression({ backend: 'webgpu' }).fit([[0], [1], [2], [3]], [0, 1, 0, 1]);
      if (!isMainThread) parentPort.postMessage(model.intercept);
      else {
        const worker = new Worker(new URL('thread.mjs', import.meta.url));
        const there = await new Promise((resolve, reject) => worker.on('message', resolve).on('error', reject));
        await worker.terminate();
        console.log(there === model.intercept);
      }`;
    writeFileSync(join(folder, 'thread.mjs'), script);
    expect(await node(['thread.mjs'])).toEqual({ code: 0, stdout: 'true\n', stderr: '' });
  });

  describe('while it fits', () => {
    beforeAll(() => {
      const { numbers, labels } = randomRows({ m: 20_000, n: 4, seed: 3 });
      const lines = Array.from(labels, (y, i) => [...numbers.map((column) => column[i]), y].join(','));
      writeFileSync(join(folder, 'many.csv'), `a,b,c,d,y\n${lines.join('\n')}\n`);
    });
    /** A fit that never ends, in which the process does something at its tenth submission to the GPU. */
    const slow = (doing: string, out: string, stop = false): Promise<Ended> => {
      const script = `
        import { globals } from 'webgpu';
        const { requestDevice } = globals.GPUAdapter.prototype;
        globals.GPUAdapter.prototype.requestDevice = async function (...args) {
          const device = await requestDevice.apply(this, args);
          const { submit } = globals.GPUQueue.prototype;
          let submissions = 0;
          globals.GPUQueue.prototype.submit = function (...commands) {
            if (++submissions === 10) ${doing};
            return submit.apply(this, commands);
          };
          return device;
        };`;
      writeFileSync(join(folder, 'doing.mjs'), script);
      const { href } = pathToFileURL(join(folder, 'doing.mjs'));
      const descent = ['--solver', 'gd', '--learning-rate', '1e-9', '--max-iterations', '1000000'];
      return node(['--import', href, cli, 'train', 'many.csv', ...train, ...descent, '--out', out], {}, stop);
    };

    test('a GPU that is lost is one line that names the step, and no model', async () => {
      const { code, stderr } = await slow('device.destroy()', 'lost.json');
      expect(code).toBe(1);
      expect(stderr).toMatch(
        /logit: the GPU was lost while summing loss and gradient, evaluation \d+: [^\n]+; fit again[^\n]*\n$/,
      );
      expect(readdirSync(folder).filter((name) => name.includes('lost'))).toEqual([]);
    });

    test('Ctrl-C ends it at once, and nothing is written', async () => {
      const { code, stderr } = await slow("process.stderr.write('computing\\n')", 'stopped.json', true);
      expect({ code, stderr }).toEqual({ code: 130, stderr: 'computing\nlogit: interrupted; nothing was written\n' });
      expect(readdirSync(folder).filter((name) => name.includes('stopped'))).toEqual([]);
    });
  });
});
