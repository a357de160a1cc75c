/**
 * The compiled kernels: decoded and compiled once, when first asked for. It knows what the functions are
 * called and nothing of what they read; importing it does nothing.
 */
import { kernelsBase64 } from './kernels.generated.ts';

/** The exports of assembly/index.ts: sums at the header's address, to the given order. */
export interface Kernels {
  evaluate32(header: number, order: number): void;
  evaluate64(header: number, order: number): void;
}

let compiled: Promise<WebAssembly.Module | undefined> | undefined;

/** The module, or undefined where WebAssembly or its SIMD instructions are missing. */
export function compileKernels(): Promise<WebAssembly.Module | undefined> {
  compiled ??= compile();
  return compiled;
}

async function compile(): Promise<WebAssembly.Module | undefined> {
  if (typeof WebAssembly === 'undefined') return undefined;
  const bytes = Uint8Array.from(atob(kernelsBase64), (character) => character.charCodeAt(0));
  return WebAssembly.validate(bytes) ? await WebAssembly.compile(bytes) : undefined;
}

/** The kernels over one memory. Asynchronous because a page's main thread may refuse to do it at once. */
export async function openKernels(module: WebAssembly.Module, memory: WebAssembly.Memory): Promise<Kernels> {
  const instance = await WebAssembly.instantiate(module, { env: { memory } });
  return instance.exports as unknown as Kernels;
}
