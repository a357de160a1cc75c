// The bytes of a text as they pass by in pieces, sixteen at a time: line ends, and what looks like a number that is
// spelled in a doubtful way. It knows no format and no file; what it counts is told in ../text-lines.ts.

/** Address of 256 bytes: 1 for each byte that stands before a line end somewhere. The host reads them. */
const before: usize = 0;
const lineFeed: u8 = 10;
const carriageReturn: u8 = 13;

export let lineFeeds: u32 = 0;
/** Bytes of the longest line, its line feed included. */
export let longest: u32 = 0;
/** Carriage returns, and those of them that stand right before a line feed. */
export let returns: u32 = 0;
export let closed: u32 = 0;
/** Not 0 where an underscore, `+-`, or 0 and a digit at the beginning of a cell was seen since the last forget(). */
export let underscores: u32 = 0;
export let doubleSigns: u32 = 0;
export let leadingZeros: u32 = 0;

/** Bytes since the last line feed, of what was added, and where in memory the line or the rest of it begins. */
let line: u32 = 0;
let begin: usize = 0;
/** Of the last byte: whether a cell may begin after it, and whether it is a 0 that begins one, or a plus. */
let opens: u32 = 0;
let zero: u32 = 0;
let plus: u32 = 0;

export function forget(): void {
  underscores = 0;
  doubleSigns = 0;
  leadingZeros = 0;
}

/** The bytes from `at` to `end`; the two before `at` are what went before, and 15 after `end` may be read. */
export function add(at: usize, end: usize): void {
  begin = at;
  for (; at < end; at += 16) {
    const bytes = v128.load(at);
    const length: u32 = end - at < 16 ? <u32>(end - at) : 16;
    const there: u32 = (1 << length) - 1;
    const digits = within(bytes, 0x30, 9);
    const underscore = i8x16.eq(bytes, i8x16.splat(0x5f));
    // What words and numbers go on with: letters, digits, `_ . + -`, and all beyond ASCII, whose highest bit is set.
    const letters = within(v128.or(bytes, i8x16.splat(0x20)), 0x61, 25);
    const pluses = i8x16.eq(bytes, i8x16.splat(0x2b));
    const others = v128.or(underscore, v128.or(pluses, within(bytes, 0x2d, 1)));
    const joining = v128.or(v128.or(bytes, v128.or(letters, digits)), others);
    const isOpen: u32 = ~i8x16.bitmask(joining) & there;
    const isZero: u32 = i8x16.bitmask(i8x16.eq(bytes, i8x16.splat(0x30))) & ((isOpen << 1) | opens) & there;
    leadingZeros |= i8x16.bitmask(digits) & ((isZero << 1) | zero) & there;
    underscores |= i8x16.bitmask(underscore) & there;
    const isPlus: u32 = i8x16.bitmask(pluses) & there;
    doubleSigns |= i8x16.bitmask(i8x16.eq(bytes, i8x16.splat(0x2d))) & ((isPlus << 1) | plus) & there;
    opens = (isOpen >> (length - 1)) & 1;
    zero = (isZero >> (length - 1)) & 1;
    plus = (isPlus >> (length - 1)) & 1;
    const isReturn = i8x16.eq(bytes, i8x16.splat(carriageReturn));
    const isFeed = i8x16.eq(bytes, i8x16.splat(lineFeed));
    if (v128.any_true(v128.or(isReturn, isFeed))) {
      returns += popcnt<u32>(i8x16.bitmask(isReturn) & there);
      for (let ends: u32 = i8x16.bitmask(isFeed) & there; ends != 0; ends &= ends - 1) endLine(at + ctz<u32>(ends));
    }
  }
  line += <u32>(end - begin);
  longest = max(longest, line);
}

/** Lanes with low ≤ byte ≤ low + more. */
@inline
function within(bytes: v128, low: u8, more: u8): v128 {
  return i8x16.le_u(i8x16.sub(bytes, i8x16.splat(low)), i8x16.splat(more));
}

function endLine(at: usize): void {
  lineFeeds++;
  longest = max(longest, line + <u32>(at + 1 - begin));
  line = 0;
  begin = at + 1;
  let last: u8 = load<u8>(at - 1);
  if (last == carriageReturn) {
    closed++;
    last = load<u8>(at - 2);
  }
  store<u8>(before + last, 1);
}
