/**
 * Covariance that does not trust the model's variance: V·M·V with V the inverse information and M the sum over rows of
 * squared scores, Σ c·dz²·x·xᵀ (White 1980; for generalised linear models Zeileis, J. Stat. Software 16 (2006)).
 *
 *   HC0 c = s · HC1 c = s·n/(n − p) · HC2 c = s/(1 − h) · HC3 c = s/(1 − h)² · sampling c = s²·m/(m − 1)
 *
 * n = Σs, p parameters, m rows, h_i = a(1 − a)·xᵀ·V·x the leverage. Two classes only.
 */
import { curvature, residual } from '../math/logistic.ts';
import type { RowwiseSums, SumOptions } from '../rows/contract.ts';

export type SandwichType = 'HC0' | 'HC1' | 'HC2' | 'HC3' | 'sampling';

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
}

/** V·M·V, [n + 1, n + 1]. */
export async function sandwich(request: SandwichRequest): Promise<Float64Array> {
  const { rowwise, over, theta, bread, labels, weights, type } = request;
  const z = await rowwise.scores(theta, over);
  const m = z.length;
  const forms = type === 'HC2' || type === 'HC3' ? await rowwise.quadraticForms(bread, over) : undefined;
  const observations = weights ? weights.reduce((sum, s) => sum + s, 0) : m;
  const factor = {
    HC0: 1,
    HC1: observations / (observations - request.parameters),
    HC2: 1,
    HC3: 1,
    sampling: m / (m - 1),
  }[type];
  const squares = z.map((own, i) => {
    const s = weights ? weights[i]! : 1;
    const left = forms ? 1 - curvature(own) * forms[i]! : 1;
    const c = type === 'sampling' ? s * s : type === 'HC3' ? s / left ** 2 : s / left;
    return factor * c * residual(own, labels[i]!) ** 2;
  });
  const meat = await rowwise.gramOf(squares, over);
  return product(product(bread, meat, theta.length), bread, theta.length);
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
