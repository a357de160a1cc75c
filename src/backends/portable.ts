/**
 * The hand-written equations as TensorFlow.js ops, on any of its backends, and the meaning of each
 * fused kernel: a fused kernel may be faster than this page, never different. X is [n, m] feature-major,
 * W [n, 1], b [1, 1], Z, T and dZ [1, m]; docs/derivation.md derives each labelled equation.
 * It knows no penalty, no mean over rows and no solver. Ops run on the backend that is active.
 */
import type * as TF from '@tensorflow/tfjs';

export type TensorFlow = typeof TF;
type Tensor2D = TF.Tensor2D;

/** One block of rows on the device. */
export interface Block {
  /** X [n, m] */
  readonly x: Tensor2D;
  /** 1 − 2y [1, m]: −1 where y = 1, 1 where y = 0. */
  readonly sign: Tensor2D;
  /** s [1, m] */
  readonly weights: Tensor2D;
}

/** (B9) Z = WᵀX + b, [1, m]. */
export function scores(tf: TensorFlow, x: Tensor2D, w: Tensor2D, b: Tensor2D): Tensor2D {
  return tf.add(tf.matMul(w, x, true, false), b);
}

/** T = (1 − 2Y)∘Z, [1, m]: the score with the sign of being wrong, in which both classes share one formula. */
export function wrongness(tf: TensorFlow, z: Tensor2D, sign: Tensor2D): Tensor2D {
  return tf.mul(sign, z);
}

/**
 * (B3) softplus(T) = ln(1 + e^T) elementwise, the loss of each row, whose mean is (B11).
 *
 * Computed as max(T, 0) + log1p(E) with E = e^(−|T|). tf.log1p is ln(1 + E) on several backends and
 * loses every E below 6e-8, so log1p(E) is E·ln(U)/(U − 1) with U = 1 + E, in which the rounding of U
 * cancels (W. Kahan; see N. Higham, Accuracy and Stability of Numerical Algorithms, 2nd ed., section 1.14.1).
 */
export function rowLosses(tf: TensorFlow, t: Tensor2D): Tensor2D {
  const e = tf.exp(tf.neg(tf.abs(t)));
  const u = tf.add(e, 1);
  const excess = tf.sub(u, 1);
  const log1p = tf.where(tf.equal(excess, 0), e, tf.div(tf.mul(tf.log(u), e), tf.maximum(excess, 2 ** -24)));
  return tf.add(tf.relu(t), log1p) as Tensor2D;
}

/**
 * (B12) dZ = A − Y, [1, m].
 *
 * Computed as (1 − 2Y)∘σ(T): in float32 the subtraction A − Y is exactly 0 from z = 17, this is not.
 */
export function residuals(tf: TensorFlow, t: Tensor2D, sign: Tensor2D): Tensor2D {
  return tf.mul(sign, tf.sigmoid(t));
}

/** (B5) A∘(1 − A), [1, m], as σ(T)∘σ(−T): the complement is never formed by subtraction. */
export function curvatures(tf: TensorFlow, t: Tensor2D): Tensor2D {
  return tf.mul(tf.sigmoid(t), tf.sigmoid(tf.neg(t)));
}

/** (B13) m·dW = X·dZᵀ, [n, 1]. */
export function weightGradient(tf: TensorFlow, x: Tensor2D, dz: Tensor2D): Tensor2D {
  return tf.matMul(x, tf.reshape(dz, [-1, 1]));
}

/**
 * (B15) the Hessian of the loss over [W, b]: [X; 1]·diag(d)·[X; 1]ᵀ, [n + 1, n + 1], d = s∘A∘(1 − A).
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

/** Σ over the m entries of a row, [1, 1]: (B14) m·db = Σ dZ, and the sum of the losses for (B11). */
export function total(tf: TensorFlow, row: Tensor2D): Tensor2D {
  return tf.matMul(row, tf.onesLike(tf.transpose(row)));
}

/** All sums of one block in one flat tensor: the loss, then at order 1 the gradient, then at order 2 the Hessian. */
export function blockSums(tf: TensorFlow, block: Block, w: Tensor2D, b: Tensor2D, order: 0 | 1 | 2): TF.Tensor1D {
  const t = wrongness(tf, scores(tf, block.x, w, b), block.sign);
  const parts: TF.Tensor[] = [total(tf, tf.mul(block.weights, rowLosses(tf, t)))];
  if (order >= 1) {
    const dz = tf.mul(block.weights, residuals(tf, t, block.sign)) as Tensor2D;
    parts.push(weightGradient(tf, block.x, dz), total(tf, dz));
  }
  if (order === 2) parts.push(hessian(tf, block.x, tf.mul(block.weights, curvatures(tf, t))));
  return tf.concat1d(parts.map((part) => tf.reshape(part, [-1])));
}
