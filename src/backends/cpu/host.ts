/**
 * Who holds stores and does as it is told: the calling thread, or a worker behind messages. Both are this one
 * contract, so that nobody else needs to know which. It knows no rows but its own.
 */
import type { Order, Precision, Sums } from '../../rows/contract.ts';
import type { StoreShape } from './layout.ts';
import type { Spans } from './runs.ts';
import { openStore, type Store } from './store.ts';
import type { Panel } from './write.ts';

/**
 * Stores by number; store.ts says what the calls mean. Arrays of values that are written are given away, and those of
 * panels, labels and images are given back for the next write.
 */
export interface Host {
  open(store: number, module: WebAssembly.Module, shape: StoreShape): Promise<void>;
  writePanel(store: number, panel: Panel): Promise<Float64Array>;
  writeLabels(store: number, slot: number, values: Float64Array): Promise<Float64Array>;
  image(store: number): Promise<Float64Array>;
  load(store: number, image: Float64Array): Promise<Float64Array>;
  evaluate(store: number, theta: Float64Array, order: Order, precision: Precision, spans?: Spans): Promise<Sums>;
  scores(store: number, theta: Float64Array, spans?: Spans): Promise<Float64Array>;
  gradientOf(store: number, r: Float64Array, spans?: Spans): Promise<Float64Array>;
  gramOf(store: number, d: Float64Array, spans?: Spans): Promise<Float64Array>;
  quadraticForms(store: number, matrix: Float64Array, spans?: Spans): Promise<Float64Array>;
  close(store: number): Promise<void>;
}

export function createHost(): Host {
  const stores = new Map<number, Store>();
  return {
    async open(store, module, shape) {
      stores.set(store, await openStore(module, shape));
    },
    async writePanel(store, panel) {
      stores.get(store)!.writePanel(panel);
      return panel.values;
    },
    async writeLabels(store, slot, values) {
      stores.get(store)!.writeLabels(slot, values);
      return values;
    },
    image: async (store) => stores.get(store)!.image(),
    async load(store, image) {
      stores.get(store)!.load(image);
      return image;
    },
    evaluate: async (store, theta, order, precision, spans) =>
      stores.get(store)!.evaluate(theta, order, precision, spans),
    scores: async (store, theta, spans) => stores.get(store)!.scores(theta, spans),
    gradientOf: async (store, r, spans) => stores.get(store)!.gradientOf(r, spans),
    gramOf: async (store, d, spans) => stores.get(store)!.gramOf(d, spans),
    quadraticForms: async (store, matrix, spans) => stores.get(store)!.quadraticForms(matrix, spans),
    async close(store) {
      stores.delete(store); // a WebAssembly memory is freed when nothing refers to it
    },
  };
}
