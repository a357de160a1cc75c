/**
 * The scalar mathematics of one example, in float64: score z → probability a → loss, and what their
 * derivatives come to. Everything is written in t = (1 − 2y)·z, the negative margin, because in t both
 * classes share one formula that neither overflows nor cancels.
 * docs/derivation.md derives each labelled formula; it knows no rows, no weights and no tensors.
 */

/**
 * (B2) a = σ(z) = 1 / (1 + e^(−z)).
 *
 * Computed from e^(−|z|), which lies in (0, 1]: e^(−z) itself overflows for z < −709.
 */
export function sigmoid(z: number): number {
  const e = Math.exp(-Math.abs(z));
  return z >= 0 ? 1 / (1 + e) : e / (1 + e);
}

/**
 * softplus(t) = ln(1 + e^t), the loss of one example as a function of t = (1 − 2y)·z.
 *
 * Computed as max(t, 0) + log1p(e^(−|t|)): exact to a few ulp for every finite t, 1000 at t = 1000.
 */
export function softplus(t: number): number {
  return Math.max(t, 0) + Math.log1p(Math.exp(-Math.abs(t)));
}

/** The negative margin t = (1 − 2y)·z: t > 0 is a row on the wrong side. */
export function negativeMargin(z: number, y: number): number {
  return (1 - 2 * y) * z;
}

/**
 * (B3) ℓ(z, y) = −y·ln a − (1 − y)·ln(1 − a), with a = σ(z) and y ∈ {0, 1}.
 *
 * Computed as softplus(t), never through a: ln σ(z) is −∞ from z = −746 and useless long before.
 */
export function logLoss(z: number, y: number): number {
  return softplus(negativeMargin(z, y));
}

/**
 * (B7) dz = ∂ℓ/∂z = a − y.
 *
 * Computed as (1 − 2y)·σ(t): the subtraction a − y is exactly 0 from z = 37 (y = 1), this never is.
 */
export function residual(z: number, y: number): number {
  return (1 - 2 * y) * sigmoid(negativeMargin(z, y));
}

/**
 * (B5) ∂a/∂z = a·(1 − a), which is also ∂²ℓ/∂z².
 *
 * Computed as σ(z)·σ(−z): the complement 1 − a is never formed by subtraction.
 */
export function curvature(z: number): number {
  return sigmoid(z) * sigmoid(-z);
}
