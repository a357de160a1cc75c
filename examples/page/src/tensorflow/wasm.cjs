module.exports = globalThis.tfWasm;
