/**
 * What is written into a kernel memory: panels of X, standardised and interleaved on the way, labels, and score vectors as
 * the kernels read them. It sums nothing.
 */
import type { Precision } from '../../rows/contract.ts';
import { numbersOf, panelAt, panelWidth } from './layout.ts';
import type { KernelMemory } from './memory.ts';

/** Four features of consecutive slots. */
export interface Panel {
  /** The first feature, a multiple of four, and the first slot, a multiple of `rowStep`. */
  readonly first: number;
  readonly slot: number;
  /** One feature after the other, not yet standardised. Slots that pad a shard hold the feature's mean. */
  readonly values: Float64Array;
  /** Four means, then the reciprocals of four scales; 0 for features that are missing. */
  readonly moments: Float64Array;
}

/** Four features of consecutive slots that lie apart, one array each. */
export interface PanelLines extends Omit<Panel, 'values'> {
  readonly lines: readonly Float64Array[];
}

export function writePanel(rows: KernelMemory, { values, ...panel }: Panel): void {
  const count = values.length / panelWidth;
  const line = (_: unknown, k: number): Float64Array => values.subarray(k * count, (k + 1) * count);
  writeLines(rows, { ...panel, lines: Array.from({ length: panelWidth }, line) });
}

/** By way of the buffer that belongs to one block: what the kernel reads must lie in its memory. */
export function writeLines({ kernels, memory, layout }: KernelMemory, panel: PanelLines): void {
  const { first, slot, lines, moments } = panel;
  const { buffer, lineBytes, lanes } = layout;
  const count = lines[0]!.length;
  const interleave = layout.precision === 'float32' ? kernels.interleave32 : kernels.interleave64;
  new Float64Array(memory.buffer, layout.moments, 2 * panelWidth).set(moments);
  let s = layout.shards.findIndex(({ end }) => end > slot);
  for (let done = 0; done < count; ) {
    while (layout.shards[s]!.end <= slot + done) s++;
    const { address, rows } = panelAt(layout, layout.shards[s]!, { first, slot: slot + done });
    const next = Math.min(count, done + rows);
    for (let feature = 0; feature < panelWidth; feature++) {
      const staged = new Float64Array(memory.buffer, buffer + feature * lineBytes, next - done);
      staged.set(lines[feature]!.subarray(done, next));
    }
    interleave(buffer, lineBytes, (next - done) / lanes, address, layout.moments);
    done = next;
  }
}

/** Signed weights, or weights and then classes, of the slots from `slot` on. */
export function writeLabels({ memory, layout }: KernelMemory, slot: number, values: Float64Array): void {
  const numbers = numbersOf(memory.buffer, layout);
  const count = layout.classes === 0 ? values.length : values.length / 2;
  numbers.set(values.subarray(0, count), layout.weights / layout.bytes + slot);
  if (layout.classes > 0) numbers.set(values.subarray(count), layout.classes / layout.bytes + slot);
}

interface Vectors {
  readonly at: number;
  /** [w_1 … w_n, b] of each in turn. */
  readonly vectors: Float64Array;
  readonly precision: Precision;
}

/** Writes score vectors as the kernels read them: w padded to whole panels, then b. */
export function writeVectors({ memory, layout }: KernelMemory, { at, vectors, precision }: Vectors): void {
  const n = layout.features;
  const width = layout.panels * panelWidth;
  const count = vectors.length / (n + 1);
  const numbers = new (precision === 'float32' ? Float32Array : Float64Array)(memory.buffer, at, count * (width + 1));
  numbers.fill(0);
  for (let c = 0; c < count; c++) {
    numbers.set(vectors.subarray(c * (n + 1), c * (n + 1) + n), c * (width + 1));
    numbers[c * (width + 1) + width] = vectors[c * (n + 1) + n]!;
  }
}
