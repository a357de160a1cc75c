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
import { curvature, residual } from '../math/logistic.ts';
import { addScaled } from '../math/vector.ts';
import type { RowwiseSums, SumOptions } from '../rows/contract.ts';

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
  /** [n + 1], on the standardised features. */
  readonly theta: Float64Array;
  /** V over those [n + 1, n + 1]; rows and columns of 0 where a coefficient is not free. */
  readonly bread: Float64Array;
  readonly labels: ArrayLike<number>;
  readonly weights: Float64Array | undefined;
  /** p */
  readonly parameters: number;
  readonly type: SandwichType;
  /** Of CR0 and CR1. */
  readonly clusters?: ClusterSums | undefined;
}

/** V·M·V, [n + 1, n + 1]. */
export async function sandwich(request: SandwichRequest): Promise<Float64Array> {
  const { rowwise, over, theta, bread, clusters } = request;
  const z = await rowwise.scores(theta, over);
  const meat = clusters
    ? await clusterMeat(z, request, clusters)
    : await rowwise.gramOf(await squares(z, request), over);
  return product(product(bread, meat, theta.length), bread, theta.length);
}

/** c·dz² of each row. */
async function squares(
  z: Float64Array,
  { rowwise, over, bread, labels, weights, type, parameters }: SandwichRequest,
): Promise<Float64Array> {
  const m = z.length;
  const forms = type === 'HC2' || type === 'HC3' ? await rowwise.quadraticForms(bread, over) : undefined;
  const observations = weights ? weights.reduce((sum, s) => sum + s, 0) : m;
  const factor = type === 'HC1' ? observations / (observations - parameters) : type === 'sampling' ? m / (m - 1) : 1;
  return z.map((own, i) => {
    const s = weights ? weights[i]! : 1;
    const left = forms ? 1 - curvature(own) * forms[i]! : 1;
    const c = type === 'sampling' ? s * s : type === 'HC3' ? s / left ** 2 : s / left;
    return factor * c * residual(own, labels[i]!) ** 2;
  });
}

async function clusterMeat(
  z: Float64Array,
  { theta: { length: order }, labels, weights, type }: SandwichRequest,
  { count, sumsOf }: ClusterSums,
): Promise<Float64Array> {
  const sums = await sumsOf(z.map((own, i) => (weights ? weights[i]! : 1) * residual(own, labels[i]!)));
  const factor = type === 'CR1' ? count / (count - 1) : 1;
  const meat = new Float64Array(order * order);
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
