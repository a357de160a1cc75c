/**
 * Rows in one WebAssembly memory, kept in one precision, and the sums over them. It knows no other
 * memory and no formula: those are in assembly/.
 */
import { LogisticError } from '../../errors.ts';
import { addScaled } from '../../math/vector.ts';
import type { Order, Precision, Sums } from '../backend.ts';
import { type Layout, panelAt, panelWidth, planLayout, writeHeader, writeSignedWeights } from './layout.ts';

/** Blocks whose sums are added up one after the other before they join the total: rounding grows with the longer chain. */
const blocksARun = 128;
const pageBytes = 65_536;
const mostPages = 65_536;

/** The exports of assembly/index.ts: panels to where they stay, sums at the header's address to the given order. */
interface Kernels {
  interleave32(source: number, stride: number, vectors: number, target: number): void;
  interleave64(source: number, stride: number, vectors: number, target: number): void;
  evaluate32(header: number, order: number): void;
  evaluate64(header: number, order: number): void;
  /** float64 sums over float32 rows, and float32 sums over float64 rows. */
  evaluateWide(header: number, order: number): void;
  evaluateNarrow(header: number, order: number): void;
  /** Z of one block, in float64, into the room. */
  scores64(header: number): void;
  scoresWide(header: number): void;
}

export interface Store {
  /** A panel: the rows `from` onwards, `from` a multiple of 4, of four features from `first` on, one after the other. */
  writePanel(first: number, from: number, values: Float64Array): void;
  /** q = (1 − 2y)·s: one number carries the class as its sign and the weight as its magnitude. */
  writeSignedWeights(from: number, q: Float64Array): void;
  evaluate(theta: Float64Array, order: Order, arithmetic: Precision): Sums;
  /** Z, in float64. */
  scores(theta: Float64Array): Float64Array;
}

export interface StoreShape {
  readonly rows: number;
  readonly features: number;
  readonly precision: Precision;
}

/** An empty memory for so many rows. Throws LogisticError 'too-large'. */
export async function openStore(module: WebAssembly.Module, shape: StoreShape): Promise<Store> {
  const { layout, memory } = prepare(shape);
  return storeOver(await WebAssembly.instantiate(module, { env: { memory } }), memory, layout);
}

/** The same at once, for callers that cannot wait: a page's main thread may refuse large modules, not these. */
export function openStoreNow(module: WebAssembly.Module, shape: StoreShape): Store {
  const { layout, memory } = prepare(shape);
  return storeOver(new WebAssembly.Instance(module, { env: { memory } }), memory, layout);
}

function prepare({ rows, features, precision }: StoreShape): { layout: Layout; memory: WebAssembly.Memory } {
  const layout = planLayout(rows, features, precision);
  const memory = allocate(layout);
  return { layout, memory };
}

function storeOver(instance: WebAssembly.Instance, memory: WebAssembly.Memory, layout: Layout): Store {
  const kernels = instance.exports as unknown as Kernels;
  return {
    writePanel: (first, from, values) => writePanel(kernels, memory.buffer, layout, { first, from, values }),
    writeSignedWeights: (from, q) => writeSignedWeights(memory.buffer, layout, from, q),
    evaluate(theta, order, arithmetic) {
      if (order === 2) growFor(memory, layout);
      writeTheta(memory.buffer, layout, theta, arithmetic);
      const kernel = kernelOf(layout.precision, arithmetic);
      const run = blocksARun * layout.blockRows;
      let total: Sums | undefined;
      for (let from = 0; total === undefined || from < layout.rows; from += run) {
        writeHeader(memory.buffer, layout, from, Math.min(run, layout.rows - from));
        kernels[kernel](layout.header, order);
        const sums = readSums(memory.buffer, layout, order);
        total = total === undefined ? sums : plusSums(total, sums);
      }
      return total;
    },
    scores(theta) {
      const { header, room, rows, blockRows, precision } = layout;
      writeTheta(memory.buffer, layout, theta, 'float64');
      const z = new Float64Array(rows);
      for (let from = 0; from < rows; from += blockRows) {
        const count = Math.min(blockRows, rows - from);
        writeHeader(memory.buffer, layout, from, count);
        (precision === 'float64' ? kernels.scores64 : kernels.scoresWide)(header);
        z.set(new Float64Array(memory.buffer, room, count), from);
      }
      return z.subarray(0, layout.count);
    },
  };
}

function kernelOf(kept: Precision, arithmetic: Precision) {
  if (kept === arithmetic) return arithmetic === 'float32' ? 'evaluate32' : 'evaluate64';
  return arithmetic === 'float32' ? 'evaluateNarrow' : 'evaluateWide';
}

interface Panel {
  readonly first: number;
  readonly from: number;
  readonly values: Float64Array;
}

/** By way of the room that belongs to one block: what the kernel reads must lie in its memory. */
function writePanel(kernels: Kernels, buffer: ArrayBuffer, layout: Layout, { first, from, values }: Panel): void {
  const { room, lanes, blockRows } = layout;
  const count = values.length / panelWidth;
  const staged = new Float64Array(buffer, room, panelWidth * blockRows);
  const interleave = layout.precision === 'float32' ? kernels.interleave32 : kernels.interleave64;
  for (let done = 0; done < count; ) {
    const { address, rows } = panelAt(layout, first, from + done);
    const next = Math.min(count, done + rows);
    const vectors = Math.ceil((next - done) / lanes);
    for (let k = 0; k < panelWidth; k++) {
      staged.set(values.subarray(k * count + done, k * count + next), k * blockRows);
      staged.fill(0, k * blockRows + next - done, k * blockRows + vectors * lanes);
    }
    interleave(room, blockRows * Float64Array.BYTES_PER_ELEMENT, vectors, address);
    done = next;
  }
}

/** a + b; a is given away. */
export function plusSums(a: Sums, b: Sums): Sums {
  if (a.gradient && b.gradient) addScaled(a.gradient, 1, b.gradient);
  if (a.hessian && b.hessian) addScaled(a.hessian, 1, b.hessian);
  return { ...a, loss: a.loss + b.loss };
}

function allocate(layout: Layout): WebAssembly.Memory {
  const pages = Math.ceil(layout.end / pageBytes);
  if (pages > mostPages) throw tooLarge(layout.end, layout);
  try {
    return new WebAssembly.Memory({ initial: pages });
  } catch (error) {
    throw tooLarge(layout.end, layout, error);
  }
}

/** Room for the Hessian, which no one pays for who never asks for one. */
function growFor(memory: WebAssembly.Memory, layout: Layout): void {
  const missing = Math.ceil(layout.endOfSquare / pageBytes) - memory.buffer.byteLength / pageBytes;
  if (missing <= 0) return;
  try {
    memory.grow(missing);
  } catch (error) {
    throw tooLarge(layout.endOfSquare, layout, error);
  }
}

function tooLarge(bytes: number, layout: Layout, cause?: unknown): LogisticError {
  const { rows, features, precision } = layout;
  const size = `${(bytes / 2 ** 30).toFixed(2)} GiB`;
  return new LogisticError(
    'too-large',
    `${rows} rows of ${features} features in ${precision} need ${size} in one piece, which cannot be had`,
    { hint: 'stream the rows, or choose the solver lbfgs, which needs no Hessian', details: { bytes, cause } },
  );
}

function writeTheta(buffer: ArrayBuffer, layout: Layout, theta: Float64Array, arithmetic: Precision): void {
  const numbers = new (arithmetic === 'float32' ? Float32Array : Float64Array)(
    buffer,
    layout.theta,
    layout.panels * 4 + 1,
  );
  numbers.fill(0);
  numbers.set(theta.subarray(0, layout.features));
  numbers[layout.panels * 4] = theta[layout.features]!;
}

/** The kernels' sums without their padding, the intercept last, the Hessian mirrored. */
function readSums(buffer: ArrayBuffer, layout: Layout, order: Order): Sums {
  const n = layout.features;
  const width = layout.panels * 4;
  const sums = new Float64Array(buffer, layout.sums);
  const loss = sums[0]!;
  if (order === 0) return { loss };

  const gradient = new Float64Array(n + 1);
  gradient.set(sums.subarray(4, 4 + n));
  gradient[n] = sums[1]!;
  if (order === 1) return { loss, gradient };

  const size = n + 1;
  const hessian = new Float64Array(size * size);
  const border = 4 + width;
  const square = border + width;
  for (let j = 0; j < n; j++) {
    for (let k = 0; k <= j; k++) {
      const value = sums[square + j * width + k]!;
      hessian[j * size + k] = value;
      hessian[k * size + j] = value;
    }
    hessian[n * size + j] = sums[border + j]!;
    hessian[j * size + n] = sums[border + j]!;
  }
  hessian[n * size + n] = sums[2]!;
  return { loss, gradient, hessian };
}
