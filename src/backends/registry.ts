/**
 * Backends by name, and what `auto` means. A backend that was asked for by name is used or is an error:
 * only `auto` and `cpu` choose, and what they chose is in the backend's `detail`. Nothing is loaded
 * before it is asked for.
 */
import { LogisticError, nearestName } from '../errors.ts';
import type { Backend } from './backend.ts';
import { createFusedBackend } from './cpu/fused.ts';
import { availableThreads } from './cpu/threads.ts';
import { createTfjsBackend, loadTensorFlow } from './tfjs.ts';

/** auto, cpu: fused WebAssembly kernels, or tfjs's cpu ops where SIMD is missing · tfjs-cpu, wasm: tfjs ops. */
export const backendNames = ['auto', 'cpu', 'tfjs-cpu', 'wasm'] as const;
export type BackendName = (typeof backendNames)[number];

export interface Resources {
  /** Threads that compute: 'auto' is all that the machine runs at a time. */
  readonly threads: 'auto' | number;
  /** Numbers in X, m·n: few of them stay on the calling thread, where they are done before a thread has started. */
  readonly cells: number;
}

export async function openBackend(name: BackendName, resources: Resources): Promise<Backend> {
  switch (name) {
    case 'auto':
    case 'cpu':
      return (await openFused(resources)) ?? withoutSimd(await createTfjsBackend(await loadTensorFlow(), 'cpu', 'cpu'));
    case 'tfjs-cpu':
      return createTfjsBackend(await loadTensorFlow(), 'tfjs-cpu', 'cpu');
    case 'wasm':
      return openWasm();
    default:
      throw new LogisticError('unknown-backend', `there is no backend ${JSON.stringify(name)}`, {
        hint: `choose one of ${backendNames.join(', ')}; ${nearestName(name, backendNames) ?? 'auto'} may be meant`,
      });
  }
}

/**
 * Below so many numbers in X a fit stays on the calling thread. Two threads begin to save time at about 2^22
 * (measured: placing, six Newton and three float64 evaluations); from 2^20 the calling thread would be held
 * for longer than 20 ms at a time, and threads cost a fit some 30 ms.
 */
export const threadedCells = 2 ** 20;

/** The fused backend, undefined where SIMD is missing. Threads that only 'auto' asked for may be refused to it. */
export async function openFused({ threads, cells }: Resources): Promise<Backend | undefined> {
  if (cells < threadedCells) return createFusedBackend(0);
  if (threads !== 'auto') return createFusedBackend(threads);
  try {
    return await createFusedBackend(await availableThreads());
  } catch (error) {
    const backend = await createFusedBackend(0);
    return backend && { ...backend, detail: `${backend.detail} (${(error as Error).message})` };
  }
}

function withoutSimd(backend: Backend): Backend {
  return { ...backend, detail: `${backend.detail} (there is no WebAssembly SIMD here)` };
}

/** tfjs's wasm backend, from its own package: the one optional peer of this page. */
async function openWasm(): Promise<Backend> {
  const tf = await loadTensorFlow();
  let wasm: typeof import('@tensorflow/tfjs-backend-wasm');
  try {
    wasm = await import('@tensorflow/tfjs-backend-wasm');
  } catch (error) {
    if ((error as { code?: string }).code?.includes('MODULE_NOT_FOUND') !== true) throw error;
    throw new LogisticError('backend-missing', 'the backend wasm needs the package @tensorflow/tfjs-backend-wasm', {
      hint: 'npm install @tensorflow/tfjs-backend-wasm',
    });
  }
  const folder = await wasmFolder();
  if (folder !== undefined) wasm.setWasmPaths(folder);
  return createTfjsBackend(tf, 'wasm', 'wasm');
}

/** Where the .wasm files lie: in Node beside the package's own main file; elsewhere tfjs's default holds. */
async function wasmFolder(): Promise<string | undefined> {
  if (typeof process === 'undefined' || process.versions?.node === undefined) return undefined;
  const { createRequire } = await import('node:module');
  const main = createRequire(import.meta.url).resolve('@tensorflow/tfjs-backend-wasm');
  return main.slice(0, Math.max(main.lastIndexOf('/'), main.lastIndexOf('\\')) + 1);
}
