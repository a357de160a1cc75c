/**
 * TensorFlow.js, its wasm backend and WebGPU, loaded when they are first asked for. They are packages that a user may not
 * have installed: then that is what the error says. It runs no op.
 */
import { runtime } from '#runtime';
import { LogisticError } from '../errors.ts';
import type { TensorFlow } from './portable.ts';

// An import() within try is an optional one to bundlers.

export async function loadTensorFlow(): Promise<TensorFlow> {
  try {
    return await import('@tensorflow/tfjs');
  } catch (error) {
    throw asMissing(error, '@tensorflow/tfjs', 'TensorFlow.js backends need');
  }
}

/** TensorFlow.js with its backend `wasm` registered. */
export async function loadWasm(): Promise<TensorFlow> {
  const tf = await loadTensorFlow();
  const name = '@tensorflow/tfjs-backend-wasm';
  try {
    const wasm = await import('@tensorflow/tfjs-backend-wasm');
    const folder = runtime.folderOf(name); // where there is none, tfjs's default holds
    if (folder !== undefined) wasm.setWasmPaths(folder);
  } catch (error) {
    throw asMissing(error, name, 'the backend wasm needs');
  }
  return tf;
}

/** WebGPU of Node, kept for ever: its object takes the process down if it is collected while a device is at work. */
let webgpuInNode: GPU | undefined;

/** WebGPU of the browser, or of the package webgpu in Node. */
export async function loadWebgpu(): Promise<GPU> {
  const own = globalThis.navigator?.gpu ?? webgpuInNode;
  if (own !== undefined) return own;
  try {
    const installed = (await runtime.importInstalled('webgpu')) as typeof import('webgpu') | undefined;
    // By the extension the software adapter takes ten times as long to compile a kernel; without it a loop writes the zeros.
    const without = 'disable-dawn-features=use_vulkan_zero_initialize_workgroup_memory_extension';
    webgpuInNode ??= installed?.create([without]);
  } catch (error) {
    const { message } = error as Error;
    const missing = asMissing(error, 'webgpu', 'the backend webgpu needs');
    if (missing !== error && !message.includes('dawn.node')) throw missing;
    const reason = `the package webgpu does not run here: ${message.split('\n', 1)}`; // it has no build for this system, or one that does not load
    throw new LogisticError('backend-unavailable', reason, { hint: 'choose backend cpu' });
  }
  if (webgpuInNode !== undefined) return webgpuInNode;
  throw new LogisticError('backend-unavailable', 'this browser offers no WebGPU to this page', {
    hint: 'serve the page by https or from localhost, to a browser that has WebGPU; or choose backend cpu',
  });
}

/** What import() threw, as 'backend-missing' where that is the reason: Node has a code for it, bundles and browsers name the package. */
export function asMissing(error: unknown, name: string, who: string): unknown {
  const { code, message } = error as { readonly code?: string; readonly message?: string };
  if (!(code === undefined ? message?.includes(name) : code.includes('MODULE_NOT_FOUND'))) return error;
  return new LogisticError('backend-missing', `${who} the package ${name}`, { hint: `npm install ${name}` });
}
