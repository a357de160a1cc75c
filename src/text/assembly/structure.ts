// Where cells end in a block of text: at delimiters and line ends that are not within quotes, in order. Every byte is
// looked at once for that, and once more, sixteen at a time, where some byte is not ASCII. It knows no cell's contents.
import { allocate } from './memory';

const lineFeed: u8 = 10;
const carriageReturn: u8 = 13;
const quote: u8 = 34;
/** Bytes that may be read past the end of a block; the host fills them with spaces. */
const slack: usize = 80;

/** The block's bytes, which the host puts there, and where its cells end. */
export let text: usize = 0;
export let ends: usize = 0;
let capacity: usize = 0;

/** Rooms for a block of so many bytes; true where they moved. */
export function reserveText(bytes: usize): bool {
  if (bytes <= capacity) return false;
  capacity = bytes;
  text = allocate(bytes + slack);
  ends = allocate(4 * (bytes + slack));
  return true;
}

/** Address of the quote that is never closed, 0 where there is none. */
export let unclosed: usize = 0;
/** Line ends within quotes. */
export let lineEndsInQuotes: u32 = 0;
/** Address of the first byte that is NUL or not UTF-8, 0 where there is none. */
export let badByte: usize = 0;

/** Finds the ends of cells in the block; returns how many there are, −1 after a bad byte. */
export function findEnds(length: usize, delimiter: u32): i32 {
  const end = text + length;
  const delimiters = i8x16.splat(<i8>delimiter);
  const feeds = i8x16.splat(lineFeed);
  const returns = i8x16.splat(carriageReturn);
  const quotes = i8x16.splat(quote);
  memory.fill(end, 0x20, slack);
  let all = i8x16.splat(0);
  let nuls = i8x16.splat(0);
  let quoted = i8x16.splat(0);
  let out = ends;
  for (let at = text; at < end; at += 16) {
    const bytes = v128.load(at);
    all = v128.or(all, bytes);
    nuls = v128.or(nuls, i8x16.eq(bytes, i8x16.splat(0)));
    const isQuote = i8x16.eq(bytes, quotes);
    quoted = v128.or(quoted, isQuote);
    const isEnd = v128.or(i8x16.eq(bytes, feeds), i8x16.eq(bytes, returns));
    let found: u32 = i8x16.bitmask(v128.or(v128.or(isEnd, isQuote), i8x16.eq(bytes, delimiters)));
    for (; found != 0; found &= found - 1) {
      store<u32>(out, <u32>at + ctz<u32>(found));
      out += 4;
    }
  }
  let count = <i32>((out - ends) >>> 2);
  if (delimiter == 0x20) while (count > 0 && load<u32>(ends + 4 * <usize>(count - 1)) >= <u32>end) count--;
  badByte = 0;
  if (i8x16.bitmask(all) != 0 || v128.any_true(nuls)) {
    badByte = firstBadByte(text, end);
    if (badByte != 0) return -1;
  }
  unclosed = 0;
  lineEndsInQuotes = 0;
  return v128.any_true(quoted) ? passQuotes(count) : count;
}

/** Takes quotes and what stands between them out of the ends. A quote opens at the start of a cell only. */
function passQuotes(count: i32): i32 {
  let out = ends;
  let start = text;
  const last = ends + 4 * <usize>count;
  for (let next = ends; next < last; next += 4) {
    const at = <usize>load<u32>(next);
    if (load<u8>(at) != quote) {
      store<u32>(out, <u32>at);
      out += 4;
      start = at + 1;
    } else if (isBlank(start, at)) {
      next = closing(next, last);
      if (next == 0) {
        unclosed = at;
        break;
      }
    }
  }
  return <i32>((out - ends) >>> 2);
}

/** Where in the ends the quote stands that closes the one at `open`; 0 where none does. */
function closing(open: usize, last: usize): usize {
  for (let next = open + 4; next < last; next += 4) {
    const at = <usize>load<u32>(next);
    const byte = load<u8>(at);
    if (byte == lineFeed || (byte == carriageReturn && load<u8>(at + 1) != lineFeed)) lineEndsInQuotes++;
    if (byte != quote) continue;
    if (load<u8>(at + 1) != quote) return next;
    next += 4; // doubled
  }
  return 0;
}

/** Whether there are only spaces and tabs. */
@inline
export function isBlank(from: usize, to: usize): bool {
  while (from < to && (load<u8>(from) == 0x20 || load<u8>(from) == 9)) from++;
  return from == to;
}

/** Line ends in a stretch of text; CRLF is one. */
export function countLineEnds(from: usize, to: usize): u32 {
  let count: u32 = 0;
  for (; from < to; from++) {
    const byte = load<u8>(from);
    if (byte == lineFeed || (byte == carriageReturn && load<u8>(from + 1) != lineFeed)) count++;
  }
  return count;
}

/** The Unicode Standard, table 3-7: the sequences that are UTF-8. */
function firstBadByte(at: usize, end: usize): usize {
  while (at < end) {
    if (at + 16 <= end) {
      const bytes = v128.load(at);
      if (!v128.any_true(i8x16.le_s(bytes, i8x16.splat(0)))) {
        at += 16;
        continue;
      }
    }
    const byte: u32 = load<u8>(at);
    if (byte == 0) return at;
    if (byte < 0x80) {
      at++;
      continue;
    }
    let more: usize = 1;
    let low: u32 = 0x80;
    let high: u32 = 0xbf;
    if (byte >= 0xc2 && byte <= 0xdf) {
      // two bytes
    } else if (byte >= 0xe0 && byte <= 0xef) {
      more = 2;
      if (byte == 0xe0) low = 0xa0;
      if (byte == 0xed) high = 0x9f;
    } else if (byte >= 0xf0 && byte <= 0xf4) {
      more = 3;
      if (byte == 0xf0) low = 0x90;
      if (byte == 0xf4) high = 0x8f;
    } else return at;
    if (at + more >= end) return at;
    for (let k: usize = 1; k <= more; k++) {
      const next: u32 = load<u8>(at + k);
      if (next < low || next > high) return at;
      low = 0x80;
      high = 0xbf;
    }
    at += more + 1;
  }
  return 0;
}

/**
 * For cutting a text into blocks of whole rows: the state is what the last byte left. `scan` goes on over the bytes of
 * the room from `from` to `to` and tells where the last row ends.
 */
let inQuotes: bool = false;
/** After a quote in quotes: it closed them unless another follows. */
let maybeClosed: bool = false;
let atStart: bool = true;
export let lastRowEnd: usize = 0;

export function restart(): void {
  inQuotes = false;
  maybeClosed = false;
  atStart = true;
}

/** Whether the text so far ends within quotes. */
export function isOpen(): bool {
  return inQuotes && !maybeClosed;
}

/** A line end that is the last byte may be half of CRLF, so it ends no row yet. */
export function scan(from: usize, to: usize, delimiter: u32): void {
  lastRowEnd = 0;
  for (let at = from; at < to; at++) {
    const byte: u32 = load<u8>(at);
    if (inQuotes) {
      if (byte == quote) {
        maybeClosed = !maybeClosed;
        continue;
      }
      if (!maybeClosed) continue;
      inQuotes = false;
      maybeClosed = false;
    }
    if (byte == lineFeed || byte == carriageReturn) {
      atStart = true;
      if (byte == lineFeed || (at + 1 < to && load<u8>(at + 1) != lineFeed)) lastRowEnd = at + 1;
    } else if (byte == delimiter) atStart = true;
    else if (byte == quote && atStart) {
      inQuotes = true;
      atStart = false;
    } else if (byte != 0x20 && byte != 9) atStart = false;
  }
}
