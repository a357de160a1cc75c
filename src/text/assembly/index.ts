// The kernel of delimited text: one WebAssembly module for all of its parts.
export { entries, intern, texts } from './dictionary';
export { allocate } from './memory';
export { fives, reach } from './numbers';
export {
  cellEnd,
  cells,
  cellStart,
  cut,
  deltas,
  describe,
  faultBytes,
  faultCount,
  faults,
  formsSeen,
  jumpCount,
  jumps,
  lines,
  readRows,
  reserve,
  spellings,
  stride,
  textCounts,
  uses,
} from './rows';
export { badByte, countLineEnds, ends, findEnds, isOpen, lastRowEnd, restart, scan, text, unclosed } from './structure';
