/** The names of backends that a user may ask for. By itself, so that options can be checked without any backend. */

/**
 * cpu: fused WebAssembly kernels, or TensorFlow.js's cpu ops where SIMD is missing · webgpu: fused kernels on a GPU · node
 * (native TensorFlow), wasm, tfjs-cpu, tfjs (the backend that the application has made active): TensorFlow.js ops ·
 * reference: plain float64 loops. All but cpu and reference have float32 arithmetic, and beside them cpu has float64.
 *
 * auto is cpu, everywhere: a fit ends in float64, which a GPU has not, so that webgpu places all rows twice and pays only
 * where passes over them in float32 outweigh that, on a GPU that only a measurement can judge. Whoever has one asks for it.
 */
export const backendNames = ['auto', 'cpu', 'webgpu', 'node', 'wasm', 'tfjs', 'tfjs-cpu', 'reference'] as const;
export type BackendName = (typeof backendNames)[number];
