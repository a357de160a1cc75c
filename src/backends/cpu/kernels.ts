/**
 * The compiled kernels and the functions they export: decoded and compiled once, when first asked for; importing this does nothing.
 * It knows nothing of what they compute.
 */
import { kernelsBase64 } from './kernels.generated.ts';

/** The exports of assembly/index.ts. All but the first two read the header at the given address. */
export interface Kernels {
  interleave32(source: number, stride: number, vectors: number, target: number, moments: number): void;
  interleave64(source: number, stride: number, vectors: number, target: number, moments: number): void;
  evaluate32(header: number, order: number): void;
  evaluate64(header: number, order: number): void;
  /** float64 sums over float32 rows, and float32 sums over float64 rows. */
  evaluateWide(header: number, order: number): void;
  evaluateNarrow(header: number, order: number): void;
  /** What gives or takes a number for each row of one block, in float64 whatever the rows are kept in. */
  blockScores(header: number): void;
  blockGradients(header: number): void;
  blockGram(header: number): void;
  blockForms(header: number): void;
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
