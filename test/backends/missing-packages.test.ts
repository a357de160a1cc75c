/** What opening a backend says where the packages it computes with are not installed: in a process that finds none. */
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { build } from 'esbuild';
import { afterAll, beforeAll, expect, test } from 'vitest';

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'logistic-'));
  const outfile = join(folder, 'registry.mjs');
  const entryPoints = ['src/backends/registry.ts'];
  await build({ entryPoints, outfile, bundle: true, format: 'esm', platform: 'node', external: ['@tensorflow/*'] });
});
afterAll(() => rm(folder, { recursive: true }));

/** Opens backends in a process of its own, and gives what each says. */
async function open(names: readonly string[], before = ''): Promise<Record<string, unknown>[]> {
  const script = `
    import { openPlace } from './registry.mjs';
    ${before}
    const said = [];
    for (const name of ${JSON.stringify(names)}) {
      const opening = openPlace(name, { threads: 1, cells: 0 });
      said.push(await opening.catch(({ name, code, message, hint }) => ({ name, code, message, hint })));
    }
    console.log(JSON.stringify(said));`;
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', script], {
    cwd: folder,
  });
  return JSON.parse(stdout);
}

test('tfjs-cpu and wasm without TensorFlow.js', async () => {
  const missing = {
    name: 'LogisticError',
    code: 'backend-missing',
    message: 'TensorFlow.js backends need the package @tensorflow/tfjs',
    hint: 'npm install @tensorflow/tfjs',
  };
  expect(await open(['tfjs-cpu', 'wasm'])).toEqual([missing, missing]);
});

test('auto, cpu and reference need neither', async () => {
  const details = (await open(['auto', 'cpu', 'reference'])).map(({ detail }) => detail);
  const fused = 'WebAssembly SIMD, the calling thread';
  expect(details).toEqual([fused, fused, 'plain float64 loops']);
});

test('without WebAssembly SIMD either, auto is the reference and says so', async () => {
  const detail = 'plain float64 loops (there is no WebAssembly SIMD here)';
  expect(await open(['auto'], 'WebAssembly.validate = () => false;')).toEqual([{ name: 'cpu', detail }]);
});

test('wasm without its own package', async () => {
  const tfjs = join(folder, 'node_modules', '@tensorflow', 'tfjs');
  await mkdir(tfjs, { recursive: true });
  await writeFile(join(tfjs, 'package.json'), '{ "type": "module", "main": "index.js" }');
  await writeFile(join(tfjs, 'index.js'), '');
  expect(await open(['wasm'])).toMatchObject([
    {
      code: 'backend-missing',
      message: 'the backend wasm needs the package @tensorflow/tfjs-backend-wasm',
      hint: 'npm install @tensorflow/tfjs-backend-wasm',
    },
  ]);
});

test('webgpu without its package, and with one that does not run on this system', async () => {
  expect(await open(['webgpu'])).toMatchObject([
    { code: 'backend-missing', message: 'the backend webgpu needs the package webgpu', hint: 'npm install webgpu' },
  ]);
  const webgpu = join(folder, 'node_modules', 'webgpu');
  await mkdir(webgpu, { recursive: true });
  await writeFile(join(webgpu, 'package.json'), '{ "type": "module", "main": "index.js" }');
  const load = "import { createRequire } from 'node:module'; createRequire(import.meta.url)('./dist/plan9/dawn.node');";
  await writeFile(join(webgpu, 'index.js'), load);
  const [said] = await open(['webgpu']);
  expect(said).toMatchObject({ code: 'backend-unavailable', hint: 'choose backend cpu' });
  expect(said!.message).toMatch(/^the package webgpu does not run here: Cannot find module '.*dawn\.node'$/);
});
