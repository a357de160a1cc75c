/** tensorflow.js: TensorFlow.js with its wasm backend, whose program is in it: for the check by tf.grad and the backend wasm. */
import * as tf from '@tensorflow/tfjs';
import * as wasm from '@tensorflow/tfjs-backend-wasm';

const names = ['tfjs-backend-wasm.wasm', 'tfjs-backend-wasm-simd.wasm', 'tfjs-backend-wasm-threaded-simd.wasm'];
wasm.setWasmPaths(Object.fromEntries(names.map((name) => [name, wasmProgram])));

export { tf, wasm };
