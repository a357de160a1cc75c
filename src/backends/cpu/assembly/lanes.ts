// One vector of 128 bits as lanes of T, which is f32 (four lanes) or f64 (two): the names that the
// kernels are written in, so that each algorithm is written once. Also the way from a vector to float64
// sums in memory. It knows no mathematics and no layout.

/** Bytes of a vector. */
export const vectorBytes: usize = 16;

@inline
export function load(at: usize): v128 {
  return v128.load(at);
}

@inline
export function add<T>(a: v128, b: v128): v128 {
  return v128.add<T>(a, b);
}

@inline
export function sub<T>(a: v128, b: v128): v128 {
  return v128.sub<T>(a, b);
}

@inline
export function mul<T>(a: v128, b: v128): v128 {
  return v128.mul<T>(a, b);
}

@inline
export function div<T>(a: v128, b: v128): v128 {
  return v128.div<T>(a, b);
}

@inline
export function splat<T>(value: f64): v128 {
  return v128.splat<T>(<T>value);
}

/**
 * Constant number `index` of a table of T, on all lanes. Read from memory because that is one instruction,
 * where engines build a vector that is written in the code from four, at every use in a loop.
 */
@inline
export function constant<T>(table: usize, index: usize): v128 {
  return v128.load_splat<T>(table + index * sizeof<T>());
}

/** p·x + c: one step of Horner's scheme, rounded twice (WebAssembly has no fused multiply-add). */
@inline
export function step<T>(p: v128, x: v128, c: v128): v128 {
  return add<T>(mul<T>(p, x), c);
}

/** 2^(low bits of each lane, read as a biased exponent). */
@inline
export function powerOfTwo<T>(biased: v128): v128 {
  if (sizeof<T>() == 4) return i32x4.shl(biased, 23);
  return i64x2.shl(biased, 52);
}

/** The lanes of v as two float64 partial sums. */
@inline
function widen<T>(v: v128): v128 {
  if (sizeof<T>() == 8) return v;
  return f64x2.add(f64x2.promote_low_f32x4(v), f64x2.promote_low_f32x4(v128.shuffle<f64>(v, v, 1, 0)));
}

/** sums[0] += Σ lanes of a, sums[1] += Σ lanes of b, in float64. */
@inline
export function addTwo<T>(sums: usize, a: v128, b: v128): void {
  const wideA = widen<T>(a);
  const wideB = widen<T>(b);
  const both = f64x2.add(v128.shuffle<f64>(wideA, wideB, 0, 2), v128.shuffle<f64>(wideA, wideB, 1, 3));
  v128.store(sums, f64x2.add(v128.load(sums), both));
}

/** The sum at `sum` += Σ lanes of v, in float64. */
@inline
export function addOne<T>(sum: usize, v: v128): void {
  const wide = widen<T>(v);
  f64.store(sum, f64.load(sum) + (f64x2.extract_lane(wide, 0) + f64x2.extract_lane(wide, 1)));
}

/** The same for four vectors and four float64 sums. */
@inline
export function addFour<T>(sums: usize, a: v128, b: v128, c: v128, d: v128): void {
  addTwo<T>(sums, a, b);
  addTwo<T>(sums + 16, c, d);
}

/** Σ of a row, still in lanes. */
@inline
export function sumRow<T>(at: usize, rowBytes: usize): v128 {
  let total = splat<T>(0);
  for (const end = at + rowBytes; at < end; at += vectorBytes) total = add<T>(total, load(at));
  return total;
}

/** Two vectors of float64 as one of float32. */
@inline
export function narrow(low: v128, high: v128): v128 {
  return v128.shuffle<f64>(f32x4.demote_f64x2_zero(low), f32x4.demote_f64x2_zero(high), 0, 2);
}

/** `count` numbers, a multiple of four, from float32 to float64. */
export function widenRow(from: usize, count: usize, to: usize): void {
  for (const end = from + 4 * count; from < end; from += vectorBytes) {
    const v = v128.load(from);
    v128.store(to, f64x2.promote_low_f32x4(v));
    v128.store(to, f64x2.promote_low_f32x4(v128.shuffle<f64>(v, v, 1, 0)), 16);
    to += 32;
  }
}

/** [vector of 4 rows][4 features] in float32 → [vector of 2 rows][4 features] in float64, `count` rows of panels. */
export function widenPanels(from: usize, count: usize, to: usize): void {
  for (const end = from + 16 * count; from < end; from += 4 * vectorBytes) {
    for (let feature: usize = 0; feature < 4; feature++) {
      const v = v128.load(from + feature * vectorBytes);
      v128.store(to + feature * vectorBytes, f64x2.promote_low_f32x4(v));
      v128.store(to + feature * vectorBytes, f64x2.promote_low_f32x4(v128.shuffle<f64>(v, v, 1, 0)), 64);
    }
    to += 8 * vectorBytes;
  }
}

/** `count` numbers, a multiple of four, from float64 to float32. */
export function narrowRow(from: usize, count: usize, to: usize): void {
  for (const end = from + 8 * count; from < end; from += 2 * vectorBytes) {
    v128.store(to, narrow(v128.load(from), v128.load(from, 16)));
    to += vectorBytes;
  }
}

/** [vector of 2 rows][4 features] in float64 → [vector of 4 rows][4 features] in float32, `count` rows of panels. */
export function narrowPanels(from: usize, count: usize, to: usize): void {
  for (const end = from + 32 * count; from < end; from += 8 * vectorBytes) {
    v128.store(to, narrow(v128.load(from), v128.load(from, 64)));
    v128.store(to, narrow(v128.load(from, 16), v128.load(from, 80)), 16);
    v128.store(to, narrow(v128.load(from, 32), v128.load(from, 96)), 32);
    v128.store(to, narrow(v128.load(from, 48), v128.load(from, 112)), 48);
    to += 4 * vectorBytes;
  }
}
