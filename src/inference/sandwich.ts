/**
 * Covariance that does not trust the model's variance: V·M·V with V the inverse information and M the sum over rows of
 * squared scores, Σ c·dz²·x·xᵀ (White 1980; for generalised linear models Zeileis, J. Stat. Software 16 (2006)).
 *
 *   HC0 c = s · HC1 c = s·n/(n − p) · HC2 c = s/(1 − h) · HC3 c = s/(1 − h)² · sampling c = s²·m/(m − 1)
 *
 * n = Σs, p parameters, m rows, h_i = a(1 − a)·xᵀ·V·x the leverage. Where rows of a cluster are not independent the scores
 * of its rows are added up first, M = c·Σ_g u_g·u_gᵀ with u_g = Σ_{i in g} s·dz·x (Liang & Zeger, Biometrika 73 (1986)):
 *
 *   CR0 c = 1 · CR1 c = G/(G − 1), of G clusters
 *
 * Two classes only.
 */
import { curvature } from '../math/logistic.ts';
import { addScaled, sum } from '../math/vector.ts';
import type { RowwiseSums, SumOptions } from '../rows/contract.ts';
import { overRows } from '../yielding.ts';

export type SandwichType = 'HC0' | 'HC1' | 'HC2' | 'HC3' | 'sampling' | 'CR0' | 'CR1';

/** Sums over the rows of clusters. */
export interface ClusterSums {
  /** G */
  readonly count: number;
  /** Σ r_i·[x_i; 1] over the rows of each, [G, n + 1]. */
  sumsOf(r: Float64Array): Promise<Float64Array>;
}

export interface SandwichRequest {
  readonly rowwise: RowwiseSums;
  readonly over: SumOptions;
  /** Of each row. */
  readonly z: Float64Array;
  /** dz of each row. */
  readonly residuals: Float64Array;
  /** V on the standardised features [n + 1, n + 1]; rows and columns of 0 where a coefficient is not free. */
  readonly bread: Float64Array;
  readonly weights: Float64Array | undefined;
  /** p */
  readonly parameters: number;
  readonly type: SandwichType;
  /** Of CR0 and CR1. */
  readonly clusters?: ClusterSums | undefined;
}

/** V·M·V, [n + 1, n + 1]. */
export async function sandwich(request: SandwichRequest): Promise<Float64Array> {
  const { rowwise, over, bread, clusters } = request;
  const meat = clusters ? await clusterMeat(request, clusters) : await rowwise.gramOf(await squares(request), over);
  const order = Math.sqrt(bread.length);
  return product(product(bread, meat, order), bread, order);
}

/** c·dz² of each row. */
async function squares({ rowwise, over, z, residuals, bread, weights, type, parameters }: SandwichRequest) {
  const m = z.length;
  const forms = type === 'HC2' || type === 'HC3' ? await rowwise.quadraticForms(bread, over) : undefined;
  const observations = weights ? sum(weights) : m;
  const factor = type === 'HC1' ? observations / (observations - parameters) : type === 'sampling' ? m / (m - 1) : 1;
  const result = new Float64Array(m);
  await overRows(m, (from, to) => {
    for (let i = from; i < to; i++) {
      const s = weights ? weights[i]! : 1;
      const left = forms ? 1 - curvature(z[i]!) * forms[i]! : 1;
      const c = type === 'sampling' ? s * s : type === 'HC3' ? s / left ** 2 : s / left;
      result[i] = factor * c * residuals[i]! ** 2;
    }
  });
  return result;
}

async function clusterMeat(
  { residuals, bread, weights, type }: SandwichRequest,
  { count, sumsOf }: ClusterSums,
): Promise<Float64Array> {
  const sums = await sumsOf(weights ? residuals.map((dz, i) => weights[i]! * dz) : residuals);
  const factor = type === 'CR1' ? count / (count - 1) : 1;
  const meat = new Float64Array(bread.length);
  const order = Math.sqrt(bread.length);
  for (let at = 0; at < sums.length; at += order) {
    const u = sums.subarray(at, at + order);
    for (let j = 0; j < order; j++) addScaled(meat.subarray(j * order, (j + 1) * order), factor * u[j]!, u);
  }
  return meat;
}

function product(a: Float64Array, b: Float64Array, order: number): Float64Array {
  const result = new Float64Array(order * order);
  for (let i = 0; i < order; i++) {
    for (let k = 0; k < order; k++) {
      const factor = a[i * order + k]!;
      for (let j = 0; j < order; j++) result[i * order + j]! += factor * b[k * order + j]!;
    }
  }
  return result;
}
