/**
 * What a solver minimises: the mean loss over rows plus the penalty, as a function of theta alone.
 * It asks a home of rows for sums and never learns where the rows live, what a column is called or
 * which solver is asking.
 *
 *   (B16) f(θ) = Σ s·ℓ / Σ s + ½·l2·Σ_j p_j·w_j²      ∇f = [dW + l2·p∘W, db]      (intercept free)
 *
 * θ = [w_1 … w_n, b], or [w_1 … w_n] when there is no intercept. p_j = 1 penalises standardised
 * features alike; p_j = 1/scale_j² penalises the coefficients in raw units.
 */
import type { Order } from '../backends/backend.ts';
import type { RowSums } from '../rows/row-sums.ts';

/** f and its derivatives at one theta. */
export interface Point {
  readonly theta: Float64Array;
  readonly value: number;
  readonly gradient: Float64Array;
  /** Present when it was asked for with order 2; row by row, symmetric. */
  readonly hessian?: Float64Array;
}

export interface Objective {
  /** Length of theta. */
  readonly dimension: number;
  /** Relative rounding error of f and ∇f in the arithmetic of the rows' home. */
  readonly roundoff: number;
  /** A mean loss below this proves that every row is on its own side: no finite optimum. −∞ with a penalty. */
  readonly separatedBelow: number;
  value(theta: Float64Array, signal?: AbortSignal): Promise<number>;
  point(theta: Float64Array, order: 1 | 2, signal?: AbortSignal): Promise<Point>;
}

export interface Penalty {
  /** Strength of ½·l2·Σ p_j·w_j² on the mean loss; 0 is none. */
  readonly l2: number;
  /** p, length n; all 1 when absent. */
  readonly factors?: Float64Array | undefined;
}

export function createObjective(rows: RowSums, penalty: Penalty, intercept: boolean): Objective {
  const { features, totalWeight } = rows;
  const dimension = features + (intercept ? 1 : 0);
  const strength = (j: number): number => (j < features ? penalty.l2 * (penalty.factors ? penalty.factors[j]! : 1) : 0);

  const evaluate = (theta: Float64Array, order: Order, signal?: AbortSignal) => {
    const full = new Float64Array(features + 1);
    full.set(theta);
    return rows.evaluate(full, order, signal);
  };
  const penalised = (theta: Float64Array, loss: number): number => {
    let norm = 0;
    for (let j = 0; j < dimension; j++) norm += strength(j) * theta[j]! ** 2;
    return loss / totalWeight + norm / 2;
  };

  return {
    dimension,
    roundoff: rows.roundoff,
    // ℓ < ln 2 exactly when a row is on its own side, so Σ s·ℓ < min s · ln 2 puts every row there.
    separatedBelow: penalty.l2 > 0 ? Number.NEGATIVE_INFINITY : (rows.smallestWeight * Math.LN2) / totalWeight,
    async value(theta, signal) {
      return penalised(theta, (await evaluate(theta, 0, signal)).loss);
    },
    async point(theta, order, signal) {
      const sums = await evaluate(theta, order, signal);
      const gradient = Float64Array.from(theta, (w, j) => sums.gradient![j]! / totalWeight + strength(j) * w);
      const value = penalised(theta, sums.loss);
      if (order === 1) return { theta, value, gradient };
      return { theta, value, gradient, hessian: meanHessian(sums.hessian!) };
    },
  };

  /** The Hessian of f: sums over rows to means, the penalty on the diagonal, the intercept cut off if it is not free. */
  function meanHessian(sums: Float64Array): Float64Array {
    const hessian = new Float64Array(dimension * dimension);
    for (let j = 0; j < dimension; j++) {
      for (let k = 0; k < dimension; k++) hessian[j * dimension + k] = sums[j * (features + 1) + k]! / totalWeight;
      hessian[j * dimension + j]! += strength(j);
    }
    return hessian;
  }
}
