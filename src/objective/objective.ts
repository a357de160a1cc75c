/**
 * What a solver minimises: the mean loss over rows plus the penalty, as a function of theta alone. It asks placed
 * rows for sums and never learns where they are, what a column is called or which solver is asking.
 *
 *   (B16) f(θ) = Σ s·ℓ / Σ s + ½·l2·Σ_j p_j·w_j²      ∇f = [dW + l2·p∘W, db]      (intercepts free)
 *
 * With k > 1 score vectors the penalty is that of the K vectors of which the reference's is 0, about their mean w̄:
 *
 *   (B21) ½·l2·Σ_j p_j·Σ_c (w_cj − w̄_j)²,   w̄_j = Σ_c w_cj / K
 *
 * which does not depend on the choice of the reference class: it is the symmetric softmax of scikit-learn and glmnet.
 * θ has an entry for each coefficient that is free, [k, n + 1] where all are. p_j = 1 penalises standardised features
 * alike; p_j = 1/scale_j² penalises the coefficients in raw units.
 */
import { type Order, type Precision, type RowSums, roundoff } from '../rows/contract.ts';
import { joinSummaries } from '../rows/source.ts';

/** f and its derivatives at one theta. */
export interface Point {
  readonly theta: Float64Array;
  readonly value: number;
  readonly gradient: Float64Array;
  /** Present when it was asked for with order 2; row by row, symmetric. */
  readonly hessian?: Float64Array;
  /** Where a solver that came here would go next, where it says so. */
  readonly direction?: Float64Array;
}

export interface Objective {
  /** Length of theta. */
  readonly dimension: number;
  /** m */
  readonly rows: number;
  /** Of the arithmetic of the sums. */
  readonly precision: Precision;
  /** Relative rounding error of f and ∇f in the arithmetic of the sums. */
  readonly roundoff: number;
  /** f of the null model: intercepts alone, or nothing at all; undefined with an offset, where it takes a fit. */
  readonly nullValue: number | undefined;
  /** A mean loss below this proves that every row has its own class on top: no finite optimum. −∞ with a penalty. */
  readonly separatedBelow: number;
  /** Largest curvature of the loss anywhere, as a multiple of the largest at θ = 0. */
  readonly curvatureGrowth: number;
  value(theta: Float64Array, signal?: AbortSignal): Promise<number>;
  point(theta: Float64Array, order: 1 | 2, signal?: AbortSignal): Promise<Point>;
  /** ½·l2·…, the part of f that is not the mean loss. */
  penalty(theta: Float64Array): number;
  /** theta among all coefficients [k, n + 1], with those that are fixed, and 0 where they are not free. */
  expand(theta: Float64Array): Float64Array;
  /** A step of theta among all coefficients, 0 where they are not free. */
  expandStep(step: Float64Array): Float64Array;
  /** The entries of theta among all coefficients. */
  restrict(all: Float64Array): Float64Array;
}

export interface Penalty {
  /** Strength of the penalty on the mean loss; 0 is none. */
  readonly l2: number;
  /** p, length n; all 1 when absent. */
  readonly factors?: Float64Array | undefined;
}

export interface Problem {
  readonly penalty: Penalty;
  readonly intercept: boolean;
  /** Features whose coefficients are free, the others stay 0; absent: all. */
  readonly features?: readonly number[] | undefined;
  /** Coefficients of features that are fixed at a value, in every score vector, and not penalised: those of offsets. */
  readonly fixed?: ReadonlyMap<number, number> | undefined;
  /** Partitions of the rows that are fitted; absent: all. */
  readonly partitions?: readonly number[] | undefined;
}

export function createObjective(rows: RowSums, precision: Precision, problem: Problem): Objective {
  const { features: n, scoreVectors: k } = rows;
  const { penalty, intercept, fixed = new Map<number, number>(), partitions } = problem;
  const { rows: count, classWeights, smallestWeight } = joinSummaries(rows.partitions, partitions);
  const totalWeight = classWeights.reduce((sum, weight) => sum + weight, 0);
  const free = freeEntries(n, k, problem);
  const dimension = free.length;
  const size = k * (n + 1);
  const centring = k > 1 ? 1 / (k + 1) : 0;
  const strength = (j: number): number => (j < n && !fixed.has(j) ? penalty.l2 * (penalty.factors?.[j] ?? 1) : 0);

  const expandStep = (step: Float64Array): Float64Array => {
    const all = new Float64Array(size);
    for (let i = 0; i < dimension; i++) all[free[i]!] = step[i]!;
    return all;
  };
  const expand = (theta: Float64Array): Float64Array => {
    const all = expandStep(theta);
    for (const [j, value] of fixed) for (let c = 0; c < k; c++) all[c * (n + 1) + j] = value;
    return all;
  };
  const evaluate = (all: Float64Array, order: Order, signal?: AbortSignal) =>
    rows.evaluate(all, order, precision, { partitions, signal });
  /** Σ_c w_cj of each feature. */
  const totals = (all: Float64Array): Float64Array => {
    const sums = new Float64Array(n + 1);
    for (let at = 0; at < size; at++) sums[at % (n + 1)]! += all[at]!;
    return sums;
  };
  const penaltyOf = (all: Float64Array): number => {
    if (penalty.l2 === 0) return 0;
    const sums = totals(all);
    let norm = 0;
    for (let at = 0; at < size; at++) norm += strength(at % (n + 1)) * all[at]! ** 2;
    for (let j = 0; j < n; j++) norm -= strength(j) * centring * sums[j]! ** 2;
    return norm / 2;
  };

  return {
    dimension,
    rows: count,
    precision,
    roundoff: roundoff[precision],
    nullValue: fixed.size > 0 ? undefined : intercept ? entropy(classWeights) : Math.log(k + 1),
    // ℓ < ln 2 exactly when a_y > ½, so Σ s·ℓ < min s · ln 2 puts the own class of every row on top.
    separatedBelow: penalty.l2 > 0 ? Number.NEGATIVE_INFINITY : (smallestWeight * Math.LN2) / totalWeight,
    // diag(a) − a·aᵀ has no eigenvalue above ½, and 1/K is its largest at a = 1/K; for K = 2, a(1 − a) ≤ ¼ is met there.
    curvatureGrowth: k > 1 ? (k + 1) / 2 : 1,
    async value(theta, signal) {
      const all = expand(theta);
      return (await evaluate(all, 0, signal)).loss / totalWeight + penaltyOf(all);
    },
    async point(theta, order, signal) {
      const all = expand(theta);
      const sums = await evaluate(all, order, signal);
      const value = sums.loss / totalWeight + penaltyOf(all);
      const means = totals(all);
      const gradient = Float64Array.from(free, (at) => {
        const j = at % (n + 1);
        return sums.gradient![at]! / totalWeight + strength(j) * (all[at]! - centring * means[j]!);
      });
      if (order === 1) return { theta, value, gradient };
      return { theta, value, gradient, hessian: meanHessian(sums.hessian!) };
    },
    penalty: (theta) => penaltyOf(expand(theta)),
    expand,
    expandStep,
    restrict: (all) => Float64Array.from(free, (at) => all[at]!),
  };

  /** The Hessian of f over the free entries: sums over rows to means, and the penalty of each feature with itself. */
  function meanHessian(sums: Float64Array): Float64Array {
    const hessian = new Float64Array(dimension * dimension);
    for (let i = 0; i < dimension; i++) {
      const row = free[i]!;
      const j = row % (n + 1);
      for (let l = 0; l < dimension; l++) {
        const column = free[l]!;
        hessian[i * dimension + l] = sums[row * size + column]! / totalWeight;
        if (column % (n + 1) === j) hessian[i * dimension + l]! += strength(j) * (Number(row === column) - centring);
      }
    }
    return hessian;
  }
}

/** Positions of the free coefficients among all, [k, n + 1]. */
function freeEntries(n: number, k: number, { features, fixed, intercept }: Problem): number[] {
  const slopes = (features ?? Array.from({ length: n }, (_, j) => j)).filter((j) => !fixed?.has(j));
  const own = [...slopes, ...(intercept ? [n] : [])];
  return Array.from({ length: k }, (_, c) => own.map((j) => c * (n + 1) + j)).flat();
}

/** −Σ_c p_c·ln p_c: the mean loss where the probability of each class is its fraction of the weight. */
function entropy(classWeights: Float64Array): number {
  const total = classWeights.reduce((sum, weight) => sum + weight, 0);
  return classWeights.reduce(
    (sum, weight) => (weight > 0 ? sum - (weight / total) * Math.log(weight / total) : sum),
    0,
  );
}
