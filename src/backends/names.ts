/** The names of backends that a user may ask for. By itself, so that options can be checked without any backend. */

/**
 * cpu: fused WebAssembly kernels, or TensorFlow.js's cpu ops where SIMD is missing · webgpu: fused kernels on a GPU ·
 * tfjs-cpu, wasm: TensorFlow.js ops · reference: plain float64 loops. webgpu, tfjs-cpu and wasm have float32 arithmetic, and
 * beside them cpu has float64.
 *
 * auto is cpu, everywhere: a fit ends in float64, which a GPU has not, so that webgpu places all rows twice and pays only
 * where passes over them in float32 outweigh that, on a GPU that only a measurement can judge. Whoever has one asks for it.
 */
export const backendNames = ['auto', 'cpu', 'webgpu', 'tfjs-cpu', 'wasm', 'reference'] as const;
export type BackendName = (typeof backendNames)[number];
