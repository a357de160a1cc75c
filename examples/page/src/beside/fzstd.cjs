/** 'fzstd' as the page has it: once the script beside it has been loaded. */
exports.Decompress = class {
  constructor(...given) {
    // biome-ignore lint/correctness/noConstructorReturn: it stands for another class that is not there yet.
    return new globalThis.besides.formats.Decompress(...given);
  }
};
