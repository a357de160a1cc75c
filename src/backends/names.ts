/** The names of backends that a user may ask for. By itself, so that options can be checked without any backend. */

/**
 * auto, cpu: fused WebAssembly kernels, or TensorFlow.js's cpu ops where SIMD is missing · tfjs-cpu, wasm: TensorFlow.js
 * ops in float32 and, beside them, what auto would take in float64 · reference: plain float64 loops.
 */
export const backendNames = ['auto', 'cpu', 'tfjs-cpu', 'wasm', 'reference'] as const;
export type BackendName = (typeof backendNames)[number];
