/**
 * TensorFlow.js and its wasm backend, loaded when they are first asked for. Both are packages that a user may not have
 * installed: then that is what the error says. It runs no op.
 */
import { LogisticError } from '../errors.ts';
import type { TensorFlow } from './portable.ts';

export function loadTensorFlow(): Promise<TensorFlow> {
  return load('@tensorflow/tfjs', 'TensorFlow.js backends need', () => import('@tensorflow/tfjs'));
}

/** TensorFlow.js with its backend `wasm` registered. */
export async function loadWasm(): Promise<TensorFlow> {
  const tf = await loadTensorFlow();
  const name = '@tensorflow/tfjs-backend-wasm';
  const wasm = await load(name, 'the backend wasm needs', () => import('@tensorflow/tfjs-backend-wasm'));
  const folder = await wasmFolder();
  if (folder !== undefined) wasm.setWasmPaths(folder);
  return tf;
}

async function load<T>(name: string, who: string, importPackage: () => Promise<T>): Promise<T> {
  try {
    return await importPackage();
  } catch (error) {
    if ((error as { code?: string }).code?.includes('MODULE_NOT_FOUND') !== true) throw error;
    throw new LogisticError('backend-missing', `${who} the package ${name}`, { hint: `npm install ${name}` });
  }
}

/** Where the .wasm files lie: in Node beside the package's own main file; elsewhere tfjs's default holds. */
async function wasmFolder(): Promise<string | undefined> {
  if (typeof process === 'undefined' || process.versions?.node === undefined) return undefined;
  const { createRequire } = await import('node:module');
  const main = createRequire(import.meta.url).resolve('@tensorflow/tfjs-backend-wasm');
  return main.slice(0, Math.max(main.lastIndexOf('/'), main.lastIndexOf('\\')) + 1);
}
