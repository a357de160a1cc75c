/**
 * Rows in one WebAssembly memory, kept in one precision, and the sums over them. It knows no other memory, no source
 * of rows and no formula: those are in assembly/.
 */
import type { Order, Precision, Sums } from '../../rows/contract.ts';
import {
  type Layout,
  numbersOf,
  panelAt,
  panelWidth,
  planLayout,
  type StoreShape,
  sumOffsets,
  writeHeader,
} from './layout.ts';
import { allocate, growTo } from './memory.ts';
import { countRows, type Run, runsOf, type Spans } from './runs.ts';
import { plusSums, readSums } from './sums.ts';

/** Blocks whose sums are added up one after the other before they join the total: rounding grows with the longer chain. */
const blocksARun = 128;

/** The exports of assembly/index.ts. All but the first two read the header at the given address. */
interface Kernels {
  interleave32(source: number, stride: number, vectors: number, target: number, moments: number): void;
  interleave64(source: number, stride: number, vectors: number, target: number, moments: number): void;
  evaluate32(header: number, order: number): void;
  evaluate64(header: number, order: number): void;
  /** float64 sums over float32 rows, and float32 sums over float64 rows. */
  evaluateWide(header: number, order: number): void;
  evaluateNarrow(header: number, order: number): void;
  /** What gives or takes a number for each row of one block, in float64 whatever the rows are kept in. */
  blockScores(header: number): void;
  blockGradients(header: number): void;
  blockGram(header: number): void;
  blockForms(header: number): void;
}

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

export interface Store {
  /** Standardises in float64 and rounds to the precision of the store. */
  writePanel(panel: Panel): void;
  /**
   * Two classes: q = (1 − 2y)·s of each slot from `slot` on, the class as the sign and the weight as the magnitude.
   * More: s of each slot, then y of each. 0 for slots that pad a shard.
   */
  writeLabels(slot: number, values: Float64Array): void;
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
  const kernels = instance.exports as unknown as Kernels;
  const { features, scoreVectors: k, panels } = layout;
  const offsets = sumOffsets(k, panels * panelWidth);
  const offsetsOfTwo = sumOffsets(1, panels * panelWidth);
  const clearSums = (count: number): void => {
    growTo(memory, layout, layout.sums + 8 * count);
    new Float64Array(memory.buffer, layout.sums, count).fill(0);
  };
  /** Visits block after block; `at` counts the rows that are asked for. */
  const overBlocks = (spans: Spans | undefined, theta: number, visit: (run: Run, at: number) => void): void => {
    let at = 0;
    for (const run of runsOf(layout, spans, 1)) {
      writeHeader(memory.buffer, layout, { ...run, theta, scoreVectors: k });
      visit(run, at);
      at += run.to - run.from;
    }
  };
  const line = (index: number, rows: number): Float64Array =>
    new Float64Array(memory.buffer, layout.buffer + index * layout.lineBytes, rows);
  /** Writes given numbers of a run's rows into lines of the buffer, with 0 for the rows that are not asked for. */
  const fillLines = (lines: number, given: Float64Array, { at, rows, from, to }: Run, done: number): void => {
    const count = given.length / lines;
    for (let c = 0; c < lines; c++) {
      const numbers = line(c, rows).fill(0);
      numbers.set(given.subarray(c * count + done, c * count + done + to - from), from - at);
    }
  };

  return {
    writePanel: (panel) => writePanel(kernels, memory.buffer, layout, panel),
    writeLabels(slot, values) {
      const numbers = numbersOf(memory.buffer, layout);
      const count = layout.classes === 0 ? values.length : values.length / 2;
      numbers.set(values.subarray(0, count), layout.weights / layout.bytes + slot);
      if (layout.classes > 0) numbers.set(values.subarray(count), layout.classes / layout.bytes + slot);
    },
    evaluate(theta, order, precision, spans) {
      const kernel = kernels[kernelOf(layout.precision, precision)];
      const count = order < 2 ? offsets.border : offsets.count;
      clearSums(count);
      writeVectors(memory.buffer, layout, { at: layout.theta, vectors: theta, precision });
      let total: Sums | undefined;
      let blocks = 0;
      const join = (): void => {
        const sums = readSums(memory.buffer, layout, k, order);
        total = total === undefined ? sums : plusSums(total, sums);
      };
      for (const run of runsOf(layout, spans, blocksARun)) {
        if (blocks >= blocksARun) {
          join();
          clearSums(count);
          blocks = 0;
        }
        writeHeader(memory.buffer, layout, { ...run, theta: layout.theta, scoreVectors: k });
        withoutOthers(memory.buffer, layout, run, () => kernel(layout.header, order));
        blocks += run.rows / layout.blockRows;
      }
      join();
      return total!;
    },
    scores(theta, spans) {
      writeVectors(memory.buffer, layout, { at: layout.theta, vectors: theta, precision: 'float64' });
      const count = countRows(layout, spans);
      const z = new Float64Array(k * count);
      overBlocks(spans, layout.theta, ({ at, rows, from, to }, done) => {
        kernels.blockScores(layout.header);
        for (let c = 0; c < k; c++) z.set(line(c, rows).subarray(from - at, to - at), c * count + done);
      });
      return z;
    },
    gradientOf(r, spans) {
      clearSums(offsets.border);
      overBlocks(spans, layout.theta, (run, done) => {
        fillLines(k, r, run, done);
        kernels.blockGradients(layout.header);
      });
      return readSums(memory.buffer, layout, k, 1).gradient!;
    },
    gramOf(d, spans) {
      clearSums(offsetsOfTwo.count);
      overBlocks(spans, layout.theta, (run, done) => {
        fillLines(1, d, run, done);
        kernels.blockGram(layout.header);
      });
      return readSums(memory.buffer, layout, 1, 2).hessian!;
    },
    quadraticForms(matrix, spans) {
      // The matrix takes the place of the sums, which this operation has none of.
      growTo(memory, layout, layout.sums + 8 * (features + 1) * (panels * panelWidth + 1));
      writeVectors(memory.buffer, layout, { at: layout.sums, vectors: matrix, precision: 'float64' });
      const forms = new Float64Array(countRows(layout, spans));
      overBlocks(spans, layout.sums, ({ at, rows, from, to }, done) => {
        kernels.blockForms(layout.header);
        forms.set(line(0, rows).subarray(from - at, to - at), done);
      });
      return forms;
    },
  };
}

function kernelOf(kept: Precision, computed: Precision) {
  if (kept === computed) return computed === 'float32' ? 'evaluate32' : 'evaluate64';
  return computed === 'float32' ? 'evaluateNarrow' : 'evaluateWide';
}

/**
 * Sums over a run as if the rows that are not asked for had weight 0: their weights are taken out for the time of one
 * call. At most one block at each end of a span has such rows.
 */
function withoutOthers(memory: ArrayBuffer, layout: Layout, { at, rows, from, to, whole }: Run, sum: () => void): void {
  if (whole) {
    sum();
    return;
  }
  const first = layout.weights / layout.bytes + at;
  const weights = numbersOf(memory, layout).subarray(first, first + rows);
  const kept = weights.slice();
  weights.fill(0, 0, from - at);
  weights.fill(0, to - at);
  try {
    sum();
  } finally {
    weights.set(kept);
  }
}

/** By way of the buffer that belongs to one block: what the kernel reads must lie in its memory. */
function writePanel(
  kernels: Kernels,
  memory: ArrayBuffer,
  layout: Layout,
  { first, slot, values, moments }: Panel,
): void {
  const { buffer, lineBytes, lanes } = layout;
  const count = values.length / panelWidth;
  const interleave = layout.precision === 'float32' ? kernels.interleave32 : kernels.interleave64;
  new Float64Array(memory, layout.moments, 2 * panelWidth).set(moments);
  let s = layout.shards.findIndex(({ end }) => end > slot);
  for (let done = 0; done < count; ) {
    while (layout.shards[s]!.end <= slot + done) s++;
    const { address, rows } = panelAt(layout, layout.shards[s]!, { first, slot: slot + done });
    const next = Math.min(count, done + rows);
    for (let feature = 0; feature < panelWidth; feature++) {
      const staged = new Float64Array(memory, buffer + feature * lineBytes, next - done);
      staged.set(values.subarray(feature * count + done, feature * count + next));
    }
    interleave(buffer, lineBytes, (next - done) / lanes, address, layout.moments);
    done = next;
  }
}

interface Vectors {
  readonly at: number;
  /** [w_1 … w_n, b] of each in turn. */
  readonly vectors: Float64Array;
  readonly precision: Precision;
}

/** Writes score vectors as the kernels read them: w padded to whole panels, then b. */
function writeVectors(memory: ArrayBuffer, layout: Layout, { at, vectors, precision }: Vectors): void {
  const n = layout.features;
  const width = layout.panels * panelWidth;
  const count = vectors.length / (n + 1);
  const numbers = new (precision === 'float32' ? Float32Array : Float64Array)(memory, at, count * (width + 1));
  numbers.fill(0);
  for (let c = 0; c < count; c++) {
    numbers.set(vectors.subarray(c * (n + 1), c * (n + 1) + n), c * (width + 1));
    numbers[c * (width + 1) + width] = vectors[c * (n + 1) + n]!;
  }
}
