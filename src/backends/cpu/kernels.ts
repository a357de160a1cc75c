/**
 * The compiled kernels: decoded and compiled once, when first asked for; importing this does nothing.
 * It knows nothing of what they compute.
 */
import { kernelsBase64 } from './kernels.generated.ts';

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
