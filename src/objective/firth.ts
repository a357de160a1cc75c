/**
 * Firth's penalised likelihood for two classes: the log-likelihood plus ½·ln|I(θ)|, the logarithm of Jeffreys' prior, which
 * removes the first-order bias of the estimates and keeps them finite whatever is separated.
 *
 *   (B23) f*(θ) = f(θ) − ln|I| / (2·Σs),   I = Σs·H
 *         ∇f* = ∇f − Σ_i s_i·a_i(1 − a_i)·q_i·(½ − a_i)·x_i / Σs,   q_i = x_iᵀ·I⁻¹·x_i
 *
 * Its Hessian is taken to be that of f, as in Fisher scoring: what the prior adds is of order 1/m.
 * Source: Firth, Bias reduction of maximum likelihood estimates, Biometrika 80 (1993); Heinze & Schemper, A solution to
 * the problem of separation in logistic regression, Statistics in Medicine 21 (2002).
 */
import { cholesky, choleskyInverse, logDeterminant } from '../math/cholesky.ts';
import { curvature, sigmoid } from '../math/logistic.ts';
import { sum } from '../math/vector.ts';
import type { RowSums, RowwiseSums } from '../rows/contract.ts';
import { joinSummaries } from '../rows/source.ts';
import type { Objective, Problem } from './objective.ts';

/** `objective`: f in float64, without a penalty. `weights`: s of all placed rows. */
export function firthObjective(
  objective: Objective,
  rows: RowSums & { readonly rowwise: RowwiseSums },
  { partitions }: Problem,
  weights: Float64Array | undefined,
): Objective {
  const { rowwise, features: n } = rows;
  const totalWeight = sum(joinSummaries(rows.partitions, partitions).classWeights);
  const s = weights && chosenRows(weights, rows, partitions);
  const { dimension } = objective;
  // Places of the free coefficients among all [n + 1].
  const places = objective.restrict(Float64Array.from({ length: n + 1 }, (_, place) => place));

  const point: Objective['point'] = async (theta, _order, signal) => {
    const base = await objective.point(theta, 2, signal);
    const l = cholesky(
      base.hessian!.map((h) => totalWeight * h),
      dimension,
    );
    if (l === undefined) return { ...base, value: Number.POSITIVE_INFINITY };
    const inverse = choleskyInverse(l, dimension);
    const spread = new Float64Array((n + 1) ** 2);
    for (const [i, row] of places.entries()) {
      for (const [j, column] of places.entries()) spread[row * (n + 1) + column] = inverse[i * dimension + j]!;
    }
    const over = { partitions, signal };
    const z = await rowwise.scores(objective.expand(theta), over);
    const q = await rowwise.quadraticForms(spread, over);
    const pull = z.map((own, i) => (s ? s[i]! : 1) * curvature(own) * q[i]! * (0.5 - sigmoid(own)));
    const prior = objective.restrict(await rowwise.gradientOf(pull, over));
    return {
      ...base,
      value: base.value - logDeterminant(l, dimension) / (2 * totalWeight),
      gradient: base.gradient.map((g, j) => g - prior[j]! / totalWeight),
    };
  };
  return {
    ...objective,
    separatedBelow: Number.NEGATIVE_INFINITY,
    point,
    value: async (theta, signal) => (await point(theta, 2, signal)).value,
  };
}

/** The numbers of the rows of some partitions. */
function chosenRows(all: Float64Array, rows: RowSums, partitions: readonly number[] | undefined): Float64Array {
  if (partitions === undefined) return all;
  const chosen = new Float64Array(joinSummaries(rows.partitions, partitions).rows);
  const wanted = new Set(partitions);
  let [from, at] = [0, 0];
  for (const [p, { rows: count }] of rows.partitions.entries()) {
    if (wanted.has(p)) {
      chosen.set(all.subarray(from, from + count), at);
      at += count;
    }
    from += count;
  }
  return chosen;
}
