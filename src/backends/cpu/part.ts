/**
 * Consecutive rows in memories of their own, one for each precision that is kept. A thread holds parts,
 * and never sees another's. It knows neither threads nor formulas.
 */
import type { Order, Precision, Sums } from '../backend.ts';
import { openStore, type Store } from './store.ts';

export interface PartShape {
  readonly rows: number;
  readonly features: number;
  /** The precisions in which the rows are kept, one or both. */
  readonly keep: readonly Precision[];
}

export interface Part {
  /** Four features of rows `from` onwards, as a store takes them. */
  writePanel(first: number, from: number, values: Float64Array): void;
  /** q = (1 − 2y)·s: one number carries the class as its sign and the weight as its magnitude. */
  writeSignedWeights(from: number, q: Float64Array): void;
  /** float64 arithmetic judges the float64 rows where they are kept, else the float32 rows. */
  evaluate(theta: Float64Array, order: Order, arithmetic: Precision): Sums;
  /** Z, in float64, of the rows in the highest precision that is kept. */
  scores(theta: Float64Array): Float64Array;
}

/** An empty part. Throws LogisticError 'too-large'. */
export async function openPart(module: WebAssembly.Module, { rows, features, keep }: PartShape): Promise<Part> {
  const stores = new Map<Precision, Store>();
  for (const precision of keep) stores.set(precision, await openStore(module, { rows, features, precision }));
  return {
    writePanel(first, from, values) {
      for (const store of stores.values()) store.writePanel(first, from, values);
    },
    writeSignedWeights(from, q) {
      for (const store of stores.values()) store.writeSignedWeights(from, q);
    },
    evaluate(theta, order, arithmetic) {
      const store = stores.get(arithmetic) ?? (arithmetic === 'float64' ? stores.get('float32') : undefined);
      if (store === undefined) throw new Error(`${arithmetic} sums over rows that are not kept in ${arithmetic}`);
      return store.evaluate(theta, order, arithmetic);
    },
    scores: (theta) => (stores.get('float64') ?? stores.get('float32')!).scores(theta).subarray(0, rows),
  };
}
