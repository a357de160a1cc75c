// The weighted Gram matrix X·diag(d)·Xᵀ of one block of rows and its border X·dᵀ: the Hessian of the loss
// (B15) but for its corner Σd. Panels on and below the diagonal only; the host mirrors them.
// It knows no scores and no losses: d is whatever the rows' pass left.
import { add, addFour, load, mul, splat, vectorBytes } from './lanes';

/**
 * Adds one block's X·dᵀ to `border` and X·diag(d)·Xᵀ to `square` (float64, row length 4·panels).
 *
 * Each panel J is multiplied by d once, into `weighted`: [two pairs of features][vector of rows][2]. Then
 * every panel K ≤ J is met twice, by one pair at a time, in tiles of 2 × 4 whose eight sums stay in
 * registers: a full 4 × 4 tile needs sixteen and x86-64 has sixteen in all.
 */
export function gram<T>(
  x: usize,
  d: usize,
  panels: usize,
  rowBytes: usize,
  weighted: usize,
  border: usize,
  square: usize,
): void {
  const panelBytes: usize = 4 * rowBytes;
  const pairBytes: usize = 2 * rowBytes;
  const line: usize = panels * 32;
  for (let j: usize = 0; j < panels; j++) {
    weigh<T>(x + j * panelBytes, d, rowBytes, weighted, border + j * 32);
    const sums = square + j * 4 * line;
    for (let k: usize = 0; k <= j; k++) {
      const panel = x + k * panelBytes;
      tile<T>(panel, weighted, rowBytes, sums + k * 32, line);
      tile<T>(panel, weighted + pairBytes, rowBytes, sums + 2 * line + k * 32, line);
    }
  }
}

/** d∘X of one panel, into `weighted`, and its sums over rows. */
@inline
function weigh<T>(x: usize, d: usize, rowBytes: usize, weighted: usize, border: usize): void {
  const second = weighted + 2 * rowBytes;
  let c0 = splat<T>(0);
  let c1 = c0;
  let c2 = c0;
  let c3 = c0;
  for (let i: usize = 0; i < rowBytes; i += vectorBytes) {
    const s = load(d + i);
    const u0 = mul<T>(s, load(x));
    const u1 = mul<T>(s, v128.load(x, 16));
    const u2 = mul<T>(s, v128.load(x, 32));
    const u3 = mul<T>(s, v128.load(x, 48));
    v128.store(weighted + 2 * i, u0);
    v128.store(weighted + 2 * i, u1, 16);
    v128.store(second + 2 * i, u2);
    v128.store(second + 2 * i, u3, 16);
    c0 = add<T>(c0, u0);
    c1 = add<T>(c1, u1);
    c2 = add<T>(c2, u2);
    c3 = add<T>(c3, u3);
    x += 4 * vectorBytes;
  }
  addFour<T>(border, c0, c1, c2, c3);
}

/** Two weighted features against the four of one panel: two lines of `sums`, `line` bytes apart. */
function tile<T>(x: usize, pair: usize, rowBytes: usize, sums: usize, line: usize): void {
  let p0 = splat<T>(0);
  let p1 = p0;
  let p2 = p0;
  let p3 = p0;
  let q0 = p0;
  let q1 = p0;
  let q2 = p0;
  let q3 = p0;
  const end = pair + 2 * rowBytes;
  for (; pair < end; pair += 2 * vectorBytes) {
    const u = load(pair);
    const v = v128.load(pair, 16);
    const x0 = load(x);
    p0 = add<T>(p0, mul<T>(u, x0));
    q0 = add<T>(q0, mul<T>(v, x0));
    const x1 = v128.load(x, 16);
    p1 = add<T>(p1, mul<T>(u, x1));
    q1 = add<T>(q1, mul<T>(v, x1));
    const x2 = v128.load(x, 32);
    p2 = add<T>(p2, mul<T>(u, x2));
    q2 = add<T>(q2, mul<T>(v, x2));
    const x3 = v128.load(x, 48);
    p3 = add<T>(p3, mul<T>(u, x3));
    q3 = add<T>(q3, mul<T>(v, x3));
    x += 4 * vectorBytes;
  }
  addFour<T>(sums, p0, p1, p2, p3);
  addFour<T>(sums + line, q0, q1, q2, q3);
}
