/** The tfjs backends that every test of tensors runs on. */
import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import type { Backend } from '../../src/backends/backend.ts';
import { openBackend } from '../../src/backends/registry.ts';
import { loadTensorFlow } from '../../src/backends/tfjs.ts';

export const tf = await loadTensorFlow();
tf.env().set('IS_TEST', true); // no advertisement of tfjs-node

const wasm = await import('@tensorflow/tfjs-backend-wasm');
wasm.setWasmPaths(`${dirname(createRequire(import.meta.url).resolve('@tensorflow/tfjs-backend-wasm'))}/`);

await tf.ready();

export const tfjsNames = ['tfjs-cpu', 'wasm'] as const;
export const openTfjs = (name: (typeof tfjsNames)[number]): Promise<Backend> =>
  openBackend(name, { threads: 1, cells: 0 });
/** The name tfjs itself gives the backend. */
export const tfNameOf = { 'tfjs-cpu': 'cpu', wasm: 'wasm' } as const;
