// A cell's bytes → the float64 that is nearest to the decimal number they spell, where that takes no decision: at most
// 19 digits that count, no leading zero, no plus. All other cells are texts, which the host reads by predict/cell.ts.
// A number keeps how it was spelled in one byte, so that its text can be had again (../spelling.ts):
//
//   point + d   [-]digits, d of them after a point       bare + d    [-].d digits, none before the point
//   comma + d   [-]digits,d digits                       1 + d       [-]D.d digits e±XX, as C prints it
//
// and `long` where there are more than 15 digits: then what the digits are apart from float64's is kept in 16 bits.
import { tables } from './memory';

export const point: u32 = 0x20;
export const bare: u32 = 0x40;
export const comma: u32 = 0x60;
export const long: u32 = 0x80;
/** The most digits after the point that a spelling holds. */
const maxFraction: u32 = 31;
/** Digits up to here come back from the float64 alone: 15. */
const shortLimit: u64 = 1_000_000_000_000_000;
/** The most whole number below which float64 holds all. */
const exactLimit: u64 = 1 << 53;

/** Powers of ten that float64 holds exactly, 10^0 … 10^22, and those nearest to 10^23 … 10^31. */
const tens: usize = tables;
for (let k: usize = 0; k < 32; k++) store<f64>(tens + 8 * k, powerOfTen(<i32>k));

function powerOfTen(k: i32): f64 {
  let power: f64 = 1;
  for (let i = min(k, 22); i > 0; i--) power *= 10;
  // A product of two exact powers is rounded once.
  if (k > 22) {
    let rest: f64 = 1;
    for (let i = k - 22; i > 0; i--) rest *= 10;
    power *= rest;
  }
  return power;
}

/** 5^q for q from −`reach` on, 128 bits each with the highest one set, low word first. The host fills them in. */
export const reach: i32 = 80;
export const fives: usize = tables + 0x200;

/** For digits that begin a cell of `length` bytes, with a point after `dot` of them: where each goes, right-aligned in 16. */
const shuffles: usize = tables + 0x1000;
for (let length: i32 = 0; length <= 16; length++) {
  for (let dot: i32 = 0; dot <= length; dot++) {
    let from = length - 1;
    for (let lane: i32 = 15; lane >= 0; lane--) {
      if (from == dot) from--;
      store<u8>(shuffles + <usize>((length * 17 + dot) * 16 + lane), <u8>(from < 0 ? 0xff : from));
      from--;
    }
  }
}

/** The number of the last cell that was one, its spelling, and its distance from what float64 says, where it is long. */
export let value: f64 = 0;
export let spelling: u32 = 0;
export let delta: i32 = 0;

/** Vectors that are read from memory, because that is one instruction where engines build one in the code from four. */
const vectors: usize = tables + 0x100;
v128.store(vectors, i8x16.splat(0x30));
v128.store(vectors, i8x16.splat(9), 16);
v128.store(vectors, i16x8(1000, 100, 10, 1, 1000, 100, 10, 1), 32);
v128.store(vectors, i16x8.splat(1), 48);
v128.store(vectors, i16x8(10000, 1, 10000, 1, 10000, 1, 10000, 1), 64);

/** A bit for each form, and one for long numbers. */
@inline
export function formBit(spelled: u32): u8 {
  return <u8>((<u32>1 << ((spelled >>> 5) & 3)) | ((spelled & long) >>> 3));
}

/** Sixteen lanes of digits 0 … 9 as one number. */
@inline
function digitsOf(lanes: v128): i64 {
  const weights = v128.load(vectors, 32);
  const low = i32x4.dot_i16x8_s(i16x8.extend_low_i8x16_u(lanes), weights);
  const high = i32x4.dot_i16x8_s(i16x8.extend_high_i8x16_u(lanes), weights);
  const fours = i32x4.dot_i16x8_s(i16x8.narrow_i32x4_s(low, high), v128.load(vectors, 48));
  const eights = i32x4.dot_i16x8_s(i16x8.narrow_i32x4_s(fours, fours), v128.load(vectors, 64));
  const both = i64x2.extract_lane(eights, 0);
  return (both & 0xffffffff) * 100_000_000 + (both >>> 32);
}

/**
 * The common case at once: [-]digits[.digits] in at most 16 bytes after the sign, 15 digits. Stores the number and its
 * spelling; false where the cell is anything else, which says nothing about it. Up to 17 bytes from `at` on are read.
 */
@inline
export function readShort(at: usize, end: usize, cell: usize, spelled: usize): bool {
  const negative: usize = load<u8>(at) == 0x2d ? 1 : 0;
  const begin = at + negative;
  const length: u32 = <u32>(end - begin);
  if (length - 1 > 15) return false;
  const lanes = i8x16.sub(v128.load(begin), v128.load(vectors));
  const beyond: u32 = 1 << length;
  const others: u32 = i8x16.bitmask(i8x16.gt_u(lanes, v128.load(vectors, 16))) & (beyond - 1);
  const dot: u32 = ctz<u32>(others | beyond);
  let fraction: u32 = 0;
  if (others != 0) {
    fraction = length - dot - 1;
    if ((others & (others - 1)) != 0 || load<u8>(begin + dot) != 0x2e || fraction == 0 || dot == 0) return false;
  }
  if (dot > 1 && load<u8>(begin) == 0x30) return false;
  const shuffle = v128.load(shuffles + <usize>(length * 17 + dot) * 16);
  const digits = digitsOf(i8x16.swizzle(lanes, shuffle));
  if (digits >= <i64>shortLimit) return false;
  const positive = <f64>digits / load<f64>(tens + 8 * <usize>fraction);
  store<u64>(cell, reinterpret<u64>(positive) | (<u64>negative << 63));
  store<u8>(spelled, <u8>(point + fraction));
  return true;
}

/** Any number that takes no decision. False where the cell is none, or spelled so that it must be kept as a text. */
export function readNumber(at: usize, end: usize): bool {
  const negative = at < end && load<u8>(at) == 0x2d;
  if (negative) at++;
  const begin = at;
  let digits: u64 = 0;
  let counting: u32 = 0; // digits since the first that is not 0
  let fraction: u32 = 0;
  let mark: u32 = 0;
  let whole: u32 = 0;
  for (; at < end; at++) {
    const byte: u32 = load<u8>(at);
    const digit = byte - 0x30;
    if (digit <= 9) {
      if (digits != 0 || digit != 0) counting++;
      if (counting > 19) return false;
      digits = digits * 10 + digit;
      if (mark != 0) fraction++;
      else whole++;
    } else if (mark == 0 && (byte == 0x2e || byte == 0x2c)) mark = byte;
    else break;
  }
  if (mark != 0 && fraction == 0) return false;
  if (fraction > maxFraction) return false;
  if (whole > 1 && load<u8>(begin) == 0x30) return false;
  if (whole == 0 && (mark != 0x2e || fraction == 0)) return false;
  let form: u32 = mark == 0x2c ? comma : whole == 0 ? bare : point;
  let power = -<i32>fraction;
  if (at < end) {
    if (form != point || whole != 1 || (load<u8>(begin) == 0x30 && digits != 0) || digits >= shortLimit) return false;
    const exponent = readExponent(at, end);
    if (exponent == noExponent || fraction + 1 > maxFraction) return false;
    if (digits == 0 && exponent != 0) return false; // 0e+05 would come back as 0e+00
    power += exponent;
    form = 1;
  }
  if (!nearest(digits, power)) return false;
  delta = 0;
  if (digits >= shortLimit) {
    delta = <i32>(digits - <u64>(value * load<f64>(tens + 8 * <usize>fraction)));
    form |= long;
  }
  if (negative) value = -value;
  spelling = form + fraction;
  return true;
}

const noExponent: i32 = i32.MIN_VALUE;

/** e±XX or e±XXX to the end of the cell, as C prints it. */
function readExponent(at: usize, end: usize): i32 {
  const length = end - at;
  if (load<u8>(at) != 0x65 || length < 4 || length > 5) return noExponent;
  const sign: u32 = load<u8>(at + 1);
  if (sign != 0x2b && sign != 0x2d) return noExponent;
  let exponent: i32 = 0;
  for (at += 2; at < end; at++) {
    const digit = <u32>load<u8>(at) - 0x30;
    if (digit > 9) return noExponent;
    exponent = exponent * 10 + <i32>digit;
  }
  if (length == 5 && exponent < 100) return noExponent;
  if (exponent == 0 && sign == 0x2d) return noExponent;
  return sign == 0x2d ? -exponent : exponent;
}

/** The float64 nearest to digits · 10^power into `value`; false where that is not known for sure. */
function nearest(digits: u64, power: i32): bool {
  if (digits <= exactLimit && power >= -22 && power <= 22) {
    const ten = load<f64>(tens + 8 * <usize>abs(power));
    value = power < 0 ? <f64>(<i64>digits) / ten : <f64>(<i64>digits) * ten;
    return true;
  }
  return digits != 0 && power >= -reach && power <= reach && lemire(digits, power);
}

/**
 * D. Lemire, Number parsing at a gigabyte per second (2021), section 5: the product with 128 bits of 5^q decides the
 * rounding except in cases that are told apart. False in those, and where the result is subnormal or overflows.
 */
function lemire(digits: u64, q: i32): bool {
  const shift = clz<u64>(digits);
  const w = digits << shift;
  const five = fives + <usize>(q + reach) * 16;
  const high = load<u64>(five + 8);
  let upper = highProduct(w, high);
  let lower = w * high;
  if ((upper & 0x1ff) == 0x1ff) {
    const more = highProduct(w, load<u64>(five));
    lower += more;
    if (lower < more) upper++;
  }
  if (lower == u64.MAX_VALUE && (q < -27 || q > 55)) return false;
  const carry = upper >>> 63;
  let mantissa = upper >>> (carry + 9);
  let exponent: i64 = (<i64>((217706 * q) >> 16) + 63) + <i64>carry - <i64>shift + 1023;
  if (exponent <= 0) return false;
  // halfway between two: to the even one
  if (lower <= 1 && q >= -4 && q <= 23 && (mantissa & 3) == 1 && mantissa << (carry + 9) == upper) mantissa &= ~1;
  mantissa = (mantissa + (mantissa & 1)) >>> 1;
  if (mantissa >= 1 << 53) {
    mantissa = 1 << 52;
    exponent++;
  }
  if (exponent >= 0x7ff) return false;
  value = reinterpret<f64>((<u64>exponent << 52) | (mantissa & ((1 << 52) - 1)));
  return true;
}

/** The upper half of a product of two 64-bit numbers. */
@inline
function highProduct(a: u64, b: u64): u64 {
  const a0 = a & 0xffffffff;
  const a1 = a >>> 32;
  const b0 = b & 0xffffffff;
  const b1 = b >>> 32;
  const middle = a1 * b0 + ((a0 * b0) >>> 32);
  return a1 * b1 + (middle >>> 32) + (((middle & 0xffffffff) + a0 * b1) >>> 32);
}
