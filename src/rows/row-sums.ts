/**
 * The contract that makes homes of rows interchangeable: memory, streams, threads, GPUs, databases.
 * Every term of the objective but the penalty is a sum over rows, so partitions simply add.
 * It knows no penalty and no mean; who asks for sums does not know where the rows live.
 */
import type { Order, Rows, Sums } from '../backends/backend.ts';
import { sum } from '../math/vector.ts';

export interface RowSums {
  /** m */
  readonly rows: number;
  /** Σ s, the number of rows where there are no weights. */
  readonly totalWeight: number;
  /** The smallest weight, 1 where there are none. */
  readonly smallestWeight: number;
  /** n, without the intercept. */
  readonly features: number;
  /** Unit roundoff u of the arithmetic inside a block: 2⁻²⁴ or 2⁻⁵³. */
  readonly roundoff: number;
  /** Sums over rows at theta = [w_1 … w_n, b]; float64, in the form that backends/backend.ts gives. */
  evaluate(theta: Float64Array, order: Order, signal?: AbortSignal): Promise<Sums>;
  /** Z of every row at theta. */
  scores(theta: Float64Array, signal?: AbortSignal): Promise<Float64Array>;
  dispose(): void;
}

/** What a home can say of its rows before any evaluation. */
export function describeRows(rows: Rows): Pick<RowSums, 'rows' | 'totalWeight' | 'smallestWeight' | 'features'> {
  const { weights } = rows;
  return {
    rows: rows.count,
    features: rows.features,
    totalWeight: weights ? sum(weights) : rows.count,
    smallestWeight: weights ? smallest(weights) : 1,
  };
}

function smallest(values: Float64Array): number {
  let least = Number.POSITIVE_INFINITY;
  for (let i = 0; i < values.length; i++) if (values[i]! < least) least = values[i]!;
  return least;
}
