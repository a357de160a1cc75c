/**
 * The hand-written equations as TensorFlow.js ops, on any of its backends, and the meaning of each fused kernel: a fused
 * kernel may be faster than this page, never different. X is [n, m] feature-major, W [n, k], b [k, 1], Z and dZ [k, m];
 * T and sums of classes are [1, m]; docs/derivation.md derives each labelled equation.
 * It knows no penalty, no mean over rows and no solver. Ops run on the backend that is active.
 */
import type * as TF from '@tensorflow/tfjs';

export type TensorFlow = typeof TF;
type Tensor2D = TF.Tensor2D;

/** One block of rows on the device. */
export interface Block {
  /** X [n, m] */
  readonly x: Tensor2D;
  /** Class of each row [1, m], as numbers. */
  readonly classes: Tensor2D;
  /** s [1, m] */
  readonly weights: Tensor2D;
}

/** (B9) Z = WᵀX + b, [k, m]. */
export function scores(tf: TensorFlow, x: Tensor2D, w: Tensor2D, b: Tensor2D): Tensor2D {
  return tf.add(tf.matMul(w, x, true, false), b);
}

/** T = (1 − 2Y)∘Z, [1, m], for two classes: the negative margin, in which both share one formula. */
export function negativeMargin(tf: TensorFlow, z: Tensor2D, sign: Tensor2D): Tensor2D {
  return tf.mul(sign, z);
}

/**
 * ln(1 + E) elementwise for E ≥ 0.
 *
 * tf.log1p is ln(1 + E) on several backends and loses every E below 6e-8, so this is E·ln(U)/(U − 1) with U = 1 + E, in
 * which the rounding of U cancels (W. Kahan; see N. Higham, Accuracy and Stability of Numerical Algorithms, 2nd ed.,
 * section 1.14.1).
 */
function log1p(tf: TensorFlow, e: Tensor2D): Tensor2D {
  const u = tf.add(e, 1);
  const excess = tf.sub(u, 1);
  const quotient = tf.div(tf.mul(tf.log(u), e), tf.maximum(excess, 2 ** -24));
  return tf.where(tf.equal(excess, 0), e, quotient) as Tensor2D;
}

/**
 * (B3) softplus(T) = ln(1 + e^T) elementwise, the loss of each row for two classes, whose mean is (B11).
 *
 * Computed as max(T, 0) + log1p(e^(−|T|)).
 */
export function rowLosses(tf: TensorFlow, t: Tensor2D): Tensor2D {
  return tf.add(tf.relu(t), log1p(tf, tf.exp(tf.neg(tf.abs(t))))) as Tensor2D;
}

/**
 * (B12) dZ = A − Y, [1, m], for two classes.
 *
 * Computed as (1 − 2Y)∘σ(T): in float32 the subtraction A − Y is exactly 0 from z = 17, this is not.
 */
export function residuals(tf: TensorFlow, t: Tensor2D, sign: Tensor2D): Tensor2D {
  return tf.mul(sign, tf.sigmoid(t));
}

/** (B5) A∘(1 − A), [1, m], for two classes, as σ(T)∘σ(−T): the complement is never formed by subtraction. */
export function curvatures(tf: TensorFlow, t: Tensor2D): Tensor2D {
  return tf.mul(tf.sigmoid(t), tf.sigmoid(tf.neg(t)));
}

/** What the formulas of K classes share. */
export interface Exponentials {
  /** max(0, z_1, …, z_k), [1, m] */
  readonly top: Tensor2D;
  /** e^(z_c − top) of classes 1 … k, [k, m] */
  readonly e: Tensor2D;
  /** Σ_c e^(z_c − top) − 1 over all K classes, [1, m]: never negative. */
  readonly rest: Tensor2D;
  /** Σ_{d≠c} e^(z_d − top) of classes c = 1 … k, [k, m] */
  readonly others: Tensor2D;
}

/**
 * Exponentials of scores less their maximum, each in [0, 1]: e^z itself overflows in float32 from z = 89.
 *
 * At least one is exactly 1. `rest` is the sum of those that are not and the number of those that are, less one, so that
 * nothing cancels. Where e_c = 1 the others are `rest`, and elsewhere 1 + rest − e_c, at least half of 1 + rest.
 */
export function exponentials(tf: TensorFlow, z: Tensor2D): Exponentials {
  const top = tf.relu(tf.max(z, 0, true)) as Tensor2D;
  const e = tf.exp(tf.sub(z, top)) as Tensor2D;
  const reference = tf.exp(tf.neg(top)) as Tensor2D;
  const isOne = (values: Tensor2D): Tensor2D => tf.cast(tf.equal(values, 1), 'float32') as Tensor2D;
  const below = (values: Tensor2D): Tensor2D => tf.mul(values, tf.sub(1, isOne(values)));
  const sumOf = (values: Tensor2D): Tensor2D => tf.sum(values, 0, true) as Tensor2D;
  const ones = tf.add(sumOf(isOne(e)), isOne(reference));
  const rest = tf.add(tf.add(sumOf(below(e)), below(reference)), tf.sub(ones, 1)) as Tensor2D;
  const others = tf.where(tf.equal(e, 1), rest, tf.sub(tf.add(rest, 1), e)) as Tensor2D;
  return { top, e, rest, others };
}

/** Y of classes 1 … k, [k, m]: 1 where a row is of the class, else 0. */
export function indicators(tf: TensorFlow, classes: Tensor2D, k: number): Tensor2D {
  return tf.cast(tf.equal(classes, tf.reshape(tf.range(1, k + 1, 1, 'float32'), [k, 1])), 'float32') as Tensor2D;
}

/** (B17) a_c = e^(z_c) / Σ_d e^(z_d) of classes 1 … k, [k, m]. */
export function softmax(tf: TensorFlow, { e, rest }: Exponentials): Tensor2D {
  return tf.div(e, tf.add(rest, 1));
}

/** (B18) ℓ = (max z − z_y) + ln(1 + rest), [1, m]. */
export function softmaxLosses(tf: TensorFlow, z: Tensor2D, y: Tensor2D, { top, rest }: Exponentials): Tensor2D {
  return tf.add(tf.sub(top, tf.sum(tf.mul(y, z), 0, true)), log1p(tf, rest)) as Tensor2D;
}

/** (B19) dZ = A − Y, [k, m], where c = y as −(1 − a_c) = −others / (1 + rest). */
export function softmaxResiduals(tf: TensorFlow, y: Tensor2D, { e, rest, others }: Exponentials): Tensor2D {
  return tf.div(tf.where(tf.equal(y, 1), tf.neg(others), e), tf.add(rest, 1));
}

/** (B20) a_c·([c = d] − a_d), [1, m], of score vectors c and d counted from 0; 1 − a_c as others / (1 + rest). */
export function crossCurvatures(tf: TensorFlow, exponentials: Exponentials, c: number, d: number): Tensor2D {
  const { e, rest, others } = exponentials;
  const line = (values: Tensor2D, index: number): Tensor2D => tf.slice2d(values, [index, 0], [1, -1]);
  const sum = tf.add(rest, 1);
  const factor = c === d ? line(others, c) : tf.neg(line(e, d));
  return tf.mul(tf.div(line(e, c), sum), tf.div(factor, sum));
}

/** (B13) m·dW = X·dZᵀ, [n, k]. */
export function weightGradient(tf: TensorFlow, x: Tensor2D, dz: Tensor2D): Tensor2D {
  return tf.matMul(x, tf.transpose(dz));
}

/**
 * (B15) the Hessian of the loss over one score vector or two: [X; 1]·diag(d)·[X; 1]ᵀ, [n + 1, n + 1], for two classes
 * with d = s∘A∘(1 − A).
 *
 * Built from its three blocks X·diag(d)·Xᵀ, X·dᵀ and Σd; the transpose is a tensor of its own because
 * the wasm backend multiplies seven times faster by it than by a transposing flag.
 */
export function hessian(tf: TensorFlow, x: Tensor2D, d: Tensor2D): Tensor2D {
  const square = tf.matMul(tf.mul(x, d), tf.transpose(x));
  const border = weightGradient(tf, x, d);
  const corner = total(tf, d);
  return tf.concat2d([tf.concat2d([square as Tensor2D, border], 1), tf.concat2d([tf.transpose(border), corner], 1)], 0);
}

/** Σ over the m entries of each row, [k, 1]: (B14) m·db = Σ dZ, and the sum of the losses for (B11). */
export function total(tf: TensorFlow, rows: Tensor2D): Tensor2D {
  return tf.matMul(rows, tf.ones([rows.shape[1], 1]));
}

/** Losses [1, m], residuals [k, m] and curvatures [1, m] of a block of rows, each for a weight of 1. */
interface RowTerms {
  losses(): Tensor2D;
  residuals(): Tensor2D;
  curvatures(c: number, d: number): Tensor2D;
}

function rowTerms(tf: TensorFlow, z: Tensor2D, classes: Tensor2D): RowTerms {
  const [k] = z.shape;
  if (k === 1) {
    const sign = tf.sub(1, tf.mul(classes, 2)) as Tensor2D;
    const t = negativeMargin(tf, z, sign);
    return {
      losses: () => rowLosses(tf, t),
      residuals: () => residuals(tf, t, sign),
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
 * All sums of one block in one flat tensor: the loss, then at order 1 the gradient [k, n + 1], then at order 2 the
 * Hessian [n + 1, n + 1] of each pair c ≤ d of score vectors.
 */
export function blockSums(tf: TensorFlow, block: Block, w: Tensor2D, b: Tensor2D, order: 0 | 1 | 2): TF.Tensor1D {
  const z = scores(tf, block.x, w, b);
  const terms = rowTerms(tf, z, block.classes);
  const weighted = (values: Tensor2D): Tensor2D => tf.mul(block.weights, values);
  const parts: TF.Tensor[] = [total(tf, weighted(terms.losses()))];
  if (order >= 1) {
    const dz = weighted(terms.residuals());
    parts.push(tf.concat2d([tf.transpose(weightGradient(tf, block.x, dz)), total(tf, dz)], 1));
  }
  if (order === 2) {
    for (let c = 0; c < z.shape[0]; c++) {
      for (let d = c; d < z.shape[0]; d++) parts.push(hessian(tf, block.x, weighted(terms.curvatures(c, d))));
    }
  }
  return tf.concat1d(parts.map((part) => tf.reshape(part, [-1])));
}
