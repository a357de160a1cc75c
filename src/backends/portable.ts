/**
 * The hand-written equations as TensorFlow.js ops, on any of its backends, and the meaning of each fused kernel: a fused
 * kernel may be faster than this page, never different. Rows lie in blocks of equal length, and an op takes all blocks of
 * a tensor at once. With m rows in each block X is [blocks, n, m] feature-major, Wᵀ [1, k, n], b [1, k, 1], Z and dZ
 * [blocks, k, m]; T and sums of classes are [blocks, 1, m]; docs/derivation.md derives each labelled equation.
 * It knows no penalty, no mean over rows and no solver. Ops run on the backend that is active.
 */
import type * as TF from '@tensorflow/tfjs';

export type TensorFlow = typeof TF;
type Tensor3D = TF.Tensor3D;

/** Blocks of rows on the device. A row of weight 0 adds nothing: it fills a block up, or is not asked for. */
export interface Blocks {
  /** X [blocks, n, m] */
  readonly x: Tensor3D;
  /** [blocks, 1, m]: 1 − 2Y for two classes, for more the number of each row's class. */
  readonly classes: Tensor3D;
  /** s [blocks, 1, m] */
  readonly weights: Tensor3D;
}

/** (B9) Z = WᵀX + b, [blocks, k, m]. */
export function scores(tf: TensorFlow, x: Tensor3D, wt: Tensor3D, b: Tensor3D): Tensor3D {
  return tf.add(tf.matMul(wt, x), b);
}

/** T = (1 − 2Y)∘Z, [blocks, 1, m], for two classes: the negative margin, in which both share one formula. */
export function negativeMargin(tf: TensorFlow, z: Tensor3D, sign: Tensor3D): Tensor3D {
  return tf.mul(sign, z);
}

/** 1/3 + Q/5 + … + Q⁵/13 has these divisors; up to Q = 1/9 the rest of the series is below 2⁻²⁶. */
const seriesDivisors = [13, 11, 9, 7, 5, 3] as const;

/**
 * ln(1 + E) elementwise for E ≥ 0.
 *
 * tf.log1p is ln(1 + E) on several backends and loses every E below 6e-8, and WGSL's log has an absolute error, which no
 * trick with it undoes. So up to E = 1 this is 2·atanh(S) = 2S·(1 + Q/3 + Q²/5 + …) with S = E/(2 + E) and Q = S², which
 * is at most 1/9 (see N. Higham, Accuracy and Stability of Numerical Algorithms, 2nd ed., section 1.14.1, for the
 * cancellation that it avoids).
 */
function log1p(tf: TensorFlow, e: Tensor3D): Tensor3D {
  const s = tf.div(e, tf.add(e, 2));
  const q = tf.square(s);
  const series = seriesDivisors.reduce<TF.Tensor>((sum, divisor) => tf.add(tf.mul(sum, q), 1 / divisor), tf.scalar(0));
  const small = tf.mul(tf.mul(s, 2), tf.add(tf.mul(series, q), 1));
  return tf.where(tf.greater(e, 1), tf.log(tf.add(e, 1)), small) as Tensor3D;
}

/** Backends of TensorFlow.js whose softplus is exact to a few roundings; those of GPUs take ln(1 + e^T) by WGSL's or GLSL's log. */
const exactSoftplus: ReadonlySet<string> = new Set(['cpu', 'wasm', 'tensorflow']);

/**
 * (B3) softplus(T) = ln(1 + e^T) elementwise, the loss of each row for two classes, whose mean is (B11).
 *
 * Computed by tf.softplus where that keeps the digits of small losses, elsewhere as max(T, 0) + log1p(e^(−|T|)).
 */
export function rowLosses(tf: TensorFlow, t: Tensor3D): Tensor3D {
  if (exactSoftplus.has(tf.getBackend())) return tf.softplus(t);
  return tf.add(tf.relu(t), log1p(tf, tf.exp(tf.neg(tf.abs(t)))));
}

/**
 * (B12) dZ = A − Y, [blocks, 1, m], for two classes.
 *
 * Computed as (1 − 2Y)∘σ(T): in float32 the subtraction A − Y is exactly 0 from z = 17, this is not.
 */
export function residuals(tf: TensorFlow, t: Tensor3D, sign: Tensor3D): Tensor3D {
  return tf.mul(sign, tf.sigmoid(t));
}

/** (B5) A∘(1 − A), [blocks, 1, m], for two classes, as σ(T)∘σ(−T): the complement is never formed by subtraction. */
export function curvatures(tf: TensorFlow, t: Tensor3D): Tensor3D {
  return tf.mul(tf.sigmoid(t), tf.sigmoid(tf.neg(t)));
}

/** What the formulas of K classes share. */
export interface Exponentials {
  /** max(0, z_1, …, z_k), [blocks, 1, m] */
  readonly top: Tensor3D;
  /** e^(z_c − top) of classes 1 … k, [blocks, k, m] */
  readonly e: Tensor3D;
  /** Σ_c e^(z_c − top) − 1 over all K classes, [blocks, 1, m]: never negative. */
  readonly rest: Tensor3D;
  /** Σ_{d≠c} e^(z_d − top) of classes c = 1 … k, [blocks, k, m] */
  readonly others: Tensor3D;
}

/**
 * Exponentials of scores less their maximum, each in [0, 1]: e^z itself overflows in float32 from z = 89.
 *
 * At least one is exactly 1. `rest` is the sum of those that are not and the number of those that are, less one, so that
 * nothing cancels. Where e_c = 1 the others are `rest`, and elsewhere 1 + rest − e_c, at least half of 1 + rest.
 */
export function exponentials(tf: TensorFlow, z: Tensor3D): Exponentials {
  const top = tf.relu(tf.max(z, 1, true)) as Tensor3D;
  const e = tf.exp(tf.sub(z, top)) as Tensor3D;
  const reference = tf.exp(tf.neg(top)) as Tensor3D;
  const ones = tf.floor(e); // none exceeds 1
  const referenceOnes = tf.floor(reference);
  const sumOf = (values: TF.Tensor): TF.Tensor => tf.sum(values, 1, true);
  const below = tf.add(sumOf(tf.sub(e, ones)), tf.sub(reference, referenceOnes));
  const rest = tf.add(below, tf.sub(tf.add(sumOf(ones), referenceOnes), 1)) as Tensor3D;
  const others = tf.where(tf.equal(e, 1), tf.mul(ones, rest), tf.sub(tf.add(rest, 1), e)) as Tensor3D;
  return { top, e, rest, others };
}

/**
 * Y of classes 1 … k, [blocks, k, m]: 1 where a row is of the class, else 0. By a difference that is compared with 0: the
 * wasm backend broadcasts the one and not the other by vectors.
 */
export function indicators(tf: TensorFlow, classes: Tensor3D, k: number): Tensor3D {
  const numbers = tf.reshape(tf.range(1, k + 1, 1, 'float32'), [1, k, 1]);
  return tf.cast(tf.equal(tf.sub(classes, numbers), 0), 'float32') as Tensor3D;
}

/** (B17) a_c = e^(z_c) / Σ_d e^(z_d) of classes 1 … k, [blocks, k, m]. */
export function softmax(tf: TensorFlow, { e, rest }: Exponentials): Tensor3D {
  return tf.div(e, tf.add(rest, 1));
}

/** (B18) ℓ = (max z − z_y) + ln(1 + rest), [blocks, 1, m]. */
export function softmaxLosses(tf: TensorFlow, z: Tensor3D, y: Tensor3D, { top, rest }: Exponentials): Tensor3D {
  return tf.add(tf.sub(top, tf.sum(tf.mul(y, z), 1, true)), log1p(tf, rest)) as Tensor3D;
}

/** (B19) dZ = A − Y, [blocks, k, m], where c = y as −(1 − a_c) = −others / (1 + rest). */
export function softmaxResiduals(tf: TensorFlow, y: Tensor3D, { e, rest, others }: Exponentials): Tensor3D {
  return tf.div(tf.where(tf.equal(y, 1), tf.neg(others), e), tf.add(rest, 1));
}

/** (B20) a_c·([c = d] − a_d), [blocks, 1, m], of score vectors c and d counted from 0; 1 − a_c as others / (1 + rest). */
export function crossCurvatures(tf: TensorFlow, exponentials: Exponentials, c: number, d: number): Tensor3D {
  const { e, rest, others } = exponentials;
  const line = (values: Tensor3D, index: number): Tensor3D => tf.slice3d(values, [0, index, 0], [-1, 1, -1]);
  const sum = tf.add(rest, 1);
  const factor = c === d ? line(others, c) : tf.neg(line(e, d));
  return tf.mul(tf.div(line(e, c), sum), tf.div(factor, sum));
}

/** (B13) m·dWᵀ = dZ·Xᵀ, [blocks, k, n]: the transposed X·dZᵀ has the order of theta. */
export function weightGradient(tf: TensorFlow, x: Tensor3D, dz: Tensor3D): Tensor3D {
  return tf.matMul(dz, x, false, true);
}

/** L → L·Xᵀ of each block, for several L. */
export type TimesTransposed = (left: Tensor3D) => Tensor3D;

/**
 * For a single block Xᵀ is a tensor of its own, by which the wasm backend multiplies several times faster than by a
 * transposing flag; for more it knows no faster way, and native TensorFlow none than the flag.
 */
export function timesTransposed(tf: TensorFlow, x: Tensor3D): TimesTransposed {
  if (x.shape[0] > 1) return (left) => tf.matMul(left, x, false, true);
  const transposed = tf.transpose(x, [0, 2, 1]);
  return (left) => tf.matMul(left, transposed);
}

/**
 * (B15) the Hessian of the loss over one score vector or two: [X; 1]·diag(d)·[X; 1]ᵀ, [blocks, n + 1, n + 1], for two
 * classes with d = s∘A∘(1 − A). Built from its three parts X·diag(d)·Xᵀ, d·Xᵀ and Σd.
 */
export function hessian(tf: TensorFlow, x: Tensor3D, d: Tensor3D, product = timesTransposed(tf, x)): Tensor3D {
  const border = weightGradient(tf, x, d);
  const top = tf.concat3d([product(tf.mul(x, d)), tf.transpose(border, [0, 2, 1])], 2);
  return tf.concat3d([top, tf.concat3d([border, total(tf, d)], 2)], 1);
}

/** Σ over the m entries of each row, [blocks, k, 1]: (B14) m·db = Σ dZ, and the sum of the losses for (B11). */
export function total(tf: TensorFlow, rows: Tensor3D): Tensor3D {
  return tf.sum(rows, 2, true);
}

/** Losses [blocks, 1, m], residuals [blocks, k, m] and curvatures [blocks, 1, m] of rows, each for a weight of 1. */
interface RowTerms {
  losses(): Tensor3D;
  residuals(): Tensor3D;
  curvatures(c: number, d: number): Tensor3D;
}

function rowTerms(tf: TensorFlow, z: Tensor3D, classes: Tensor3D): RowTerms {
  const k = z.shape[1];
  if (k === 1) {
    const t = negativeMargin(tf, z, classes);
    return {
      losses: () => rowLosses(tf, t),
      residuals: () => residuals(tf, t, classes),
      curvatures: () => curvatures(tf, t),
    };
  }
  const y = indicators(tf, classes, k);
  const shared = exponentials(tf, z);
  return {
    losses: () => softmaxLosses(tf, z, y, shared),
    residuals: () => softmaxResiduals(tf, y, shared),
    curvatures: (c, d) => crossCurvatures(tf, shared, c, d),
  };
}

/**
 * All sums of each block in one row of [blocks, count]: the loss, then at order 1 the gradient [k, n + 1], then at order 2
 * the Hessian [n + 1, n + 1] of each pair c ≤ d of score vectors.
 */
export function blockSums(tf: TensorFlow, blocks: Blocks, wt: Tensor3D, b: Tensor3D, order: 0 | 1 | 2): TF.Tensor2D {
  const { x, classes, weights } = blocks;
  const z = scores(tf, x, wt, b);
  const k = z.shape[1];
  const terms = rowTerms(tf, z, classes);
  const weighted = (values: Tensor3D): Tensor3D => tf.mul(weights, values);
  const parts = [total(tf, weighted(terms.losses()))];
  if (order >= 1) {
    const dz = weighted(terms.residuals());
    parts.push(tf.concat3d([weightGradient(tf, x, dz), total(tf, dz)], 2));
  }
  if (order === 2) {
    const product = timesTransposed(tf, x);
    for (let c = 0; c < k; c++) {
      for (let d = c; d < k; d++) parts.push(hessian(tf, x, weighted(terms.curvatures(c, d)), product));
    }
  }
  const flat = parts.map((part) => tf.reshape(part, [x.shape[0], part.size / x.shape[0]]) as TF.Tensor2D);
  return tf.concat2d(flat, 1);
}
