/**
 * TensorFlow.js and its wasm backend, loaded when they are first asked for. Both are packages that a user may not have
 * installed: then that is what the error says. It runs no op.
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

/** What import() threw, as 'backend-missing' where that is the reason: Node has a code for it, bundles and browsers name the package. */
function asMissing(error: unknown, name: string, who: string): unknown {
  const { code, message } = error as { readonly code?: string; readonly message?: string };
  if (!(code === undefined ? message?.includes(name) : code.includes('MODULE_NOT_FOUND'))) return error;
  return new LogisticError('backend-missing', `${who} the package ${name}`, { hint: `npm install ${name}` });
}
