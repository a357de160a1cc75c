/**
 * Rows in one WebAssembly memory, kept in one precision, and the sums over them. It knows no other memory, no source
 * of rows and no formula: those are in assembly/.
 */
import type { Order, Precision, Sums } from '../../rows/contract.ts';
import { evaluate } from './evaluate.ts';
import type { Kernels } from './kernels.ts';
import { type Layout, planLayout, type StoreShape } from './layout.ts';
import { allocate, type KernelMemory } from './memory.ts';
import { gradientOf, gramOf, quadraticForms, scores } from './rowwise.ts';
import type { Spans } from './runs.ts';
import { type Panel, type PanelLines, writeLabels, writeLines, writePanel } from './write.ts';

export interface Store {
  /** Standardises in float64 and rounds to the precision of the store. */
  writePanel(panel: Panel): void;
  writeLines(panel: PanelLines): void;
  /**
   * Two classes: q = (1 − 2y)·s of each slot from `slot` on, the class as the sign and the weight as the magnitude.
   * More: s of each slot, then y of each. 0 for slots that pad a shard.
   */
  writeLabels(slot: number, values: Float64Array): void;
  /** The bytes of all rows, labels and X: good until the next evaluation, which may move them. */
  image(): Uint8Array<ArrayBuffer>;
  evaluate(theta: Float64Array, order: Order, precision: Precision, spans?: Spans): Sums;
  /** Z [k, rows], in float64 like all that follow. */
  scores(theta: Float64Array, spans?: Spans): Float64Array;
  /** [k, n + 1] of r [k, rows]. */
  gradientOf(r: Float64Array, spans?: Spans): Float64Array;
  /** [n + 1, n + 1] of d [rows]. */
  gramOf(d: Float64Array, spans?: Spans): Float64Array;
  /** [rows] */
  quadraticForms(matrix: Float64Array, spans?: Spans): Float64Array;
}

/** An empty memory for so many rows. Throws LogisticError 'too-large'. */
export async function openStore(module: WebAssembly.Module, shape: StoreShape): Promise<Store> {
  const layout = planLayout(shape);
  const memory = allocate(layout);
  return storeOver(await WebAssembly.instantiate(module, { env: { memory } }), memory, layout);
}

/** The same at once, for callers that cannot wait: a page's main thread may refuse large modules, not these. */
export function openStoreNow(module: WebAssembly.Module, shape: StoreShape): Store {
  const layout = planLayout(shape);
  const memory = allocate(layout);
  return storeOver(new WebAssembly.Instance(module, { env: { memory } }), memory, layout);
}

function storeOver(instance: WebAssembly.Instance, memory: WebAssembly.Memory, layout: Layout): Store {
  const rows: KernelMemory = { kernels: instance.exports as unknown as Kernels, memory, layout };
  return {
    writePanel: (panel) => writePanel(rows, panel),
    writeLines: (panel) => writeLines(rows, panel),
    writeLabels: (slot, values) => writeLabels(rows, slot, values),
    image: () => new Uint8Array(memory.buffer, layout.weights, layout.sums - layout.weights),
    evaluate: (theta, order, precision, spans) => evaluate(rows, theta, { order, precision, spans }),
    scores: (theta, spans) => scores(rows, theta, spans),
    gradientOf: (r, spans) => gradientOf(rows, r, spans),
    gramOf: (d, spans) => gramOf(rows, d, spans),
    quadraticForms: (matrix, spans) => quadraticForms(rows, matrix, spans),
  };
}
