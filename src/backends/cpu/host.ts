/**
 * Who holds stores and does as it is told: the calling thread, or a worker behind messages. Both are this one
 * contract, so that nobody else needs to know which. It knows no rows but its own.
 */
import type { Measures, Order, Precision, Sums } from '../../rows/contract.ts';
import type { Files } from '../../runtime/contract.ts';
import type { StoreShape } from './layout.ts';
import {
  type LentPage,
  openPageStore,
  type PageNumber,
  type PageStore,
  type PageStoreShape,
  type SumRequest,
} from './page-store.ts';
import type { Spans } from './runs.ts';
import { openStore, type Store } from './store.ts';
import type { Panel } from './write.ts';

/**
 * Stores by number; store.ts says what the calls mean, and page-store.ts those of pages, of which a host has one store.
 * Arrays of values that are written are given away; those of panels, labels and pages are given back for the next.
 */
export interface Host {
  open(store: number, module: WebAssembly.Module, shape: StoreShape): Promise<void>;
  writePanel(store: number, panel: Panel): Promise<Float64Array>;
  writeLabels(store: number, slot: number, values: Float64Array): Promise<Float64Array>;
  evaluate(store: number, theta: Float64Array, order: Order, precision: Precision, spans?: Spans): Promise<Sums>;
  scores(store: number, theta: Float64Array, spans?: Spans): Promise<Float64Array>;
  gradientOf(store: number, r: Float64Array, spans?: Spans): Promise<Float64Array>;
  gramOf(store: number, d: Float64Array, spans?: Spans): Promise<Float64Array>;
  quadraticForms(store: number, matrix: Float64Array, spans?: Spans): Promise<Float64Array>;
  close(store: number): Promise<void>;
  openPages(module: WebAssembly.Module, shape: PageStoreShape): Promise<void>;
  pageSums(lent: LentPage, request: SumRequest, images: number | undefined): Promise<Sums & PageBack>;
  imageSums(page: PageNumber, request: SumRequest, images: number): Promise<Sums>;
  pageMeasures(lent: LentPage, theta: Float64Array, threshold: number): Promise<Measures & PageBack>;
}

export interface PageBack {
  readonly page: Float64Array;
}

/** `files`: where images of pages are. */
export function createHost(files?: Files): Host {
  const stores = new Map<number, Store>();
  let pages: PageStore | undefined;
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
    evaluate: async (store, theta, order, precision, spans) =>
      stores.get(store)!.evaluate(theta, order, precision, spans),
    scores: async (store, theta, spans) => stores.get(store)!.scores(theta, spans),
    gradientOf: async (store, r, spans) => stores.get(store)!.gradientOf(r, spans),
    gramOf: async (store, d, spans) => stores.get(store)!.gramOf(d, spans),
    quadraticForms: async (store, matrix, spans) => stores.get(store)!.quadraticForms(matrix, spans),
    async close(store) {
      stores.delete(store); // a WebAssembly memory is freed when nothing refers to it
    },
    async openPages(module, shape) {
      pages = await openPageStore(module, files, shape);
    },
    pageSums: async (lent, ...asked) => ({ ...pages!.evaluate(lent, ...asked), page: lent.page }),
    imageSums: async (...asked) => pages!.evaluateImage(...asked),
    pageMeasures: async (lent, ...asked) => ({ ...(await pages!.measure(lent, ...asked)), page: lent.page }),
  };
}
