/** Rows of two classes in ascending order of their score: what curves, groups and smooths are made from. It knows no model. */
import { argsort } from '../math/argsort.ts';
import { sigmoid } from '../math/logistic.ts';
import type { Scored } from './metrics.ts';

export interface SortedRows {
  /** z [m], ascending. */
  readonly z: Float64Array;
  /** P(class 1) = σ(z) [m]. */
  readonly p: Float64Array;
  /** 1 of the positive class, else 0 [m]. */
  readonly y: Uint8Array;
  /** s [m] */
  readonly s: Float64Array;
  /** Σ s of all rows and of the positive ones. */
  readonly total: number;
  readonly positives: number;
}

export async function sortRows({ scores, labels, weights }: Scored): Promise<SortedRows> {
  const order = await argsort(scores);
  const z = Float64Array.from(order, (i) => scores[i]!);
  const y = Uint8Array.from(order, (i) => labels[i]!);
  const s = Float64Array.from(order, (i) => weights?.[i] ?? 1);
  return {
    z,
    p: z.map(sigmoid),
    y,
    s,
    total: s.reduce((sum, weight) => sum + weight, 0),
    positives: s.reduce((sum, weight, i) => sum + weight * y[i]!, 0),
  };
}
