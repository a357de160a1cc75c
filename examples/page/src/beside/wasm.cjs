/** '@tensorflow/tfjs-backend-wasm' as the page has it: once the script beside it has been loaded. */
module.exports = globalThis.besides.tensorflow.wasm;
