/** Native TensorFlow by tfjs-node: it leaves the process as it was, and one that is missing or broken is an error, not the end. */
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { build } from 'esbuild';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { runtime } from '../../src/runtime/node.ts';
import { whyNoTfjsNode } from '../support/tfjs-node.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'logistic-'));
});
afterAll(() => rm(folder, { recursive: true }));

const bundle = (external: string[], outfile: string) =>
  build({
    ...{ entryPoints: ['src/backends/registry.ts'], outfile, external },
    ...({ bundle: true, format: 'esm', platform: 'node' } as const),
  });

async function runScript(script: string, cwd: string): Promise<{ stdout: string; stderr: string }> {
  return promisify(execFile)(process.execPath, ['--input-type=module', '-e', script], { cwd });
}

test.skipIf(whyNoTfjsNode !== undefined)(
  'a process has the same globals, modules, environment and backend after it',
  async () => {
    const file = 'node_modules/.cache/tfjs-logistic/registry.mjs'; // from where the packages are found
    await bundle(['@tensorflow/*'], file);
    const script = `
    import Module from 'node:module';
    import util from 'node:util';
    import tf from '@tensorflow/tfjs';
    import { openPlace } from './${file}';
    tf.env().set('IS_TEST', true); // no advertisement of tfjs-node
    await tf.setBackend('cpu');
    const mine = tf.tensor1d([1, 2]);
    const state = () => JSON.stringify({
      globals: Object.getOwnPropertyNames(globalThis).sort(),
      util: Object.entries(Object.getOwnPropertyDescriptors(util)).map(([name, { value }]) => [name, typeof value]),
      environment: process.env,
      backend: tf.getBackend(),
    });
    const [before, load] = [state(), Module._load];
    const place = await openPlace('node', { threads: 1, cells: 0 });
    const said = [place.detail, state() === before, Module._load === load, [...tf.add(mine, 1).dataSync()], tf.getBackend()];
    console.log(JSON.stringify(said));`;
    const { stdout, stderr } = await runScript(script, process.cwd());
    expect(JSON.parse(stdout.trim().split('\n').at(-1)!)).toEqual([
      expect.stringMatching(/^TensorFlow\.js 4\.\S+ tensorflow ops$/),
      ...[true, true, [2, 3], 'cpu'],
    ]);
    expect(stderr).toBe('');
  },
);

describe('a package that does not work', () => {
  const broken = 'the package @tensorflow/tfjs-node does not work here: ';

  beforeAll(async () => {
    await bundle(['@tensorflow/*'], join(folder, 'registry.mjs'));
    await fake('tfjs', 'exports.ready = async () => {};');
  });

  async function fake(name: string, script: string): Promise<void> {
    const path = join(folder, 'node_modules', '@tensorflow', name);
    await mkdir(path, { recursive: true });
    await writeFile(join(path, 'package.json'), '{ "main": "index.js" }');
    await writeFile(join(path, 'index.js'), script);
  }

  /** What opening the backend throws, in a process of its own, which goes on. */
  async function refusal(): Promise<Record<string, string>> {
    const script = `
      import { openPlace } from './registry.mjs';
      const opening = openPlace('node', { threads: 1, cells: 0 });
      console.log(JSON.stringify(await opening.catch(({ code, message, hint }) => ({ code, message, hint }))));`;
    return JSON.parse((await runScript(script, folder)).stdout);
  }

  test('because it is not there', async () => {
    expect(await refusal()).toEqual({
      code: 'backend-missing',
      message: 'the backend node needs the package @tensorflow/tfjs-node',
      hint: 'npm install @tensorflow/tfjs-node',
    });
  });

  const hint = 'npm rebuild @tensorflow/tfjs-node --build-addon-from-source, or choose another backend';
  test.each([
    [
      'whose library is missing',
      'throw new Error("tfjs_binding.node can not be found");',
      'Error: tfjs_binding.node can not be found',
    ],
    ['whose own package is missing', 'require("bindings");', "Error: Cannot find module 'bindings'"],
    ['that ends the process', 'process.kill(process.pid, "SIGILL");', 'its process ended with SIGILL'],
    ['that aborts', 'process.abort();', 'its process ended with SIGABRT'],
    ['that exits', 'process.exit(7);', 'its process ended with exit code 7'],
    [
      'that computes nonsense',
      'Object.assign(exports, { ones() {}, matMul: () => ({ dataSync: () => [3] }) });',
      'Error: it computes 1 + 1 = 3',
    ],
  ])('%s', async (_, script, reason) => {
    await fake('tfjs-node', script);
    expect(await refusal()).toEqual({ code: 'backend-unavailable', message: broken + reason, hint });
  });
});

test('a script that hangs is given up', async () => {
  expect(await runtime.tryScript('setInterval(() => {}, 1000)', 0.2)).toBe('no answer within 0.2 s');
});
