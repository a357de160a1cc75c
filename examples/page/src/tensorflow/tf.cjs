module.exports = globalThis.tf;
