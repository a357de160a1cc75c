// Three passes over one block of rows: scores, what each row contributes, gradient. A block is [panel][vector of
// rows][4 features], so that every pass reads it in the order of memory through one pointer. It knows
// neither where blocks lie nor how many there are.
import { expOfNegative } from './exp';
import { add, addFour, load, mul, splat, vectorBytes } from './lanes';
import { log1pOfUnit } from './log1p';

/** Z = WᵀX + b for one block, into `z`. theta = [w padded to whole panels, b], in T. */
export function scores<T>(x: usize, theta: usize, panels: usize, rowBytes: usize, z: usize): void {
  const b = v128.load_splat<T>(theta + panels * 4 * sizeof<T>());
  for (let i: usize = 0; i < rowBytes; i += vectorBytes) v128.store(z + i, b);
  for (let panel: usize = 0; panel < panels; panel++) {
    const w = theta + panel * 4 * sizeof<T>();
    const w0 = v128.load_splat<T>(w);
    const w1 = v128.load_splat<T>(w, sizeof<T>());
    const w2 = v128.load_splat<T>(w, 2 * sizeof<T>());
    const w3 = v128.load_splat<T>(w, 3 * sizeof<T>());
    for (let i: usize = 0; i < rowBytes; i += vectorBytes) {
      const first = add<T>(mul<T>(w0, load(x)), mul<T>(w1, v128.load(x, 16)));
      const second = add<T>(mul<T>(w2, v128.load(x, 32)), mul<T>(w3, v128.load(x, 48)));
      v128.store(z + i, add<T>(load(z + i), add<T>(first, second)));
      x += 4 * vectorBytes;
    }
  }
}

/**
 * What each row of a block contributes, from its score z and its signed weight q = (1 − 2y)·s:
 * t = (1 − 2y)·z, the loss s·softplus(t) (B3), s·dz = q·σ(t) (B7) and s·da/dz = s·σ(t)·σ(−t) (B5).
 *
 * One e = e^(−|t|) in [0, 1] serves all three: softplus(t) = max(t, 0) + log1p(e); of σ(t) and σ(−t) one
 * is 1/(1 + e) and the other e/(1 + e), so neither is ever formed as a complement. t = ±1000 gives
 * exactly 1000 and 0. Each is within 6 roundings of its truth (test/backends/cpu/lanes.test.ts).
 * Stores s·dz over z and the curvature at `d`; adds Σ loss, Σ s·dz and Σ d to the first three sums.
 */
@inline
export function contributions<T>(z: usize, q: usize, rowBytes: usize, d: usize, sums: usize): void {
  const signBit = splat<T>(-0.0);
  const one = splat<T>(1);
  const zero = splat<T>(0);
  let losses = zero;
  let residuals = zero;
  let curvatures = zero;
  for (let i: usize = 0; i < rowBytes; i += vectorBytes) {
    const signed = load(q + i);
    const weight = v128.abs<T>(signed);
    const t = v128.xor(load(z + i), v128.and(signed, signBit));
    const e = expOfNegative<T>(v128.or(t, signBit));
    const loss = add<T>(v128.pmax<T>(t, zero), log1pOfUnit<T>(e));
    const larger = v128.div<T>(one, add<T>(one, e));
    const smaller = mul<T>(e, larger);
    const dz = mul<T>(signed, v128.bitselect(smaller, larger, v128.lt<T>(t, zero)));
    const curvature = mul<T>(weight, mul<T>(larger, smaller));
    v128.store(z + i, dz);
    v128.store(d + i, curvature);
    losses = add<T>(losses, mul<T>(weight, loss));
    residuals = add<T>(residuals, dz);
    curvatures = add<T>(curvatures, curvature);
  }
  addFour<T>(sums, losses, residuals, curvatures, zero);
}

/** m·dW = X·dZᵀ for one block (B13), added to one float64 sum a feature. */
export function gradient<T>(x: usize, dz: usize, panels: usize, rowBytes: usize, sums: usize): void {
  for (let panel: usize = 0; panel < panels; panel++) {
    let g0 = splat<T>(0);
    let g1 = g0;
    let g2 = g0;
    let g3 = g0;
    for (let i: usize = 0; i < rowBytes; i += vectorBytes) {
      const r = load(dz + i);
      g0 = add<T>(g0, mul<T>(r, load(x)));
      g1 = add<T>(g1, mul<T>(r, v128.load(x, 16)));
      g2 = add<T>(g2, mul<T>(r, v128.load(x, 32)));
      g3 = add<T>(g3, mul<T>(r, v128.load(x, 48)));
      x += 4 * vectorBytes;
    }
    addFour<T>(sums + panel * 32, g0, g1, g2, g3);
  }
}
