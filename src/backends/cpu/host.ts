/**
 * Who holds parts and does as it is told: the calling thread, or a worker behind messages. Both are this
 * one contract, so that nobody else needs to know which. It knows no rows but its own.
 */
import type { Order, Precision, Sums } from '../backend.ts';
import { openStore, type Store, type StoreShape } from './store.ts';

/** Parts by number, each of them consecutive rows in a store. Buffers of values are given back for the next write. */
export interface Host {
  open(part: number, module: WebAssembly.Module, shape: StoreShape): Promise<void>;
  /** Four features from `first` on, rows counted within the part, one feature after the other. */
  writePanel(part: number, first: number, from: number, values: Float64Array): Promise<Float64Array>;
  writeSignedWeights(part: number, from: number, q: Float64Array): Promise<Float64Array>;
  evaluate(part: number, theta: Float64Array, order: Order, arithmetic: Precision): Promise<Sums>;
  scores(part: number, theta: Float64Array): Promise<Float64Array>;
  close(part: number): Promise<void>;
}

export function createHost(): Host {
  const parts = new Map<number, Store>();
  return {
    async open(part, module, shape) {
      parts.set(part, await openStore(module, shape));
    },
    async writePanel(part, first, from, values) {
      parts.get(part)!.writePanel(first, from, values);
      return values;
    },
    async writeSignedWeights(part, from, q) {
      parts.get(part)!.writeSignedWeights(from, q);
      return q;
    },
    evaluate: async (part, theta, order, arithmetic) => parts.get(part)!.evaluate(theta, order, arithmetic),
    scores: async (part, theta) => parts.get(part)!.scores(theta),
    async close(part) {
      parts.delete(part); // a WebAssembly memory is freed when nothing refers to it
    },
  };
}
