/**
 * A backend of TensorFlow.js as a place for rows: it keeps the tensors of the placed rows and runs portable.ts over
 * them, in float32. Every op runs inside one synchronous section that gives the application's own active backend back
 * before it returns, so fits on different backends can run at the same time and the application never notices.
 * It knows no equation: those are portable.ts.
 */
import type { Tensor, Tensor3D } from '@tensorflow/tfjs';
import { LogisticError } from '../errors.ts';
import type { Order, RowPlace, RowSource, RowSums, SumOptions, Sums } from '../rows/contract.ts';
import { measureScores } from '../rows/measure.ts';
import {
  countAskedRows,
  type Feature,
  featuresOf,
  readStandardised,
  releaseColumns,
  spansOf,
  summarisePartitions,
  withoutColumns,
} from '../rows/source.ts';
import { yieldAfter } from '../yielding.ts';
import { holdRows } from './held-rows.ts';
import { type Blocks, blockSums, scores, type TensorFlow } from './portable.ts';
import { type Faults, watchFaults } from './tfjs-faults.ts';

/**
 * Longest run of rows that ops sum in float32 before float64 takes over. Not 4096: features that lie a power of two apart
 * share their places in the cache, and wasm's scores take twice the time (measured).
 */
export const maxBlockRows = 4080;

/** The place over tfjs's backend `tfName`, which must be registered with that tfjs. */
export async function createTfjsPlace(tf: TensorFlow, name: string, tfName: string): Promise<RowPlace> {
  await tf.ready(); // the application's own default, so that there is something to give back
  if (tf.findBackend(tfName) === null) await tf.ready(); // waits for the initialisation that findBackend began
  if (tf.findBackend(tfName) === null) {
    throw new LogisticError('backend-unavailable', `TensorFlow.js has no working backend "${tfName}" here`, {
      hint: 'choose --backend auto',
    });
  }
  const active = <T>(section: () => T): T => withBackend(tf, tfName, section);
  await requireFloat32({ tf, active }, tfName);
  const faults = watchFaults(tf.findBackend(tfName));
  const device = { tf, active, faults, tensorNumbers: tensorNumbers(tfName) };
  const held = holdRows();
  return {
    name,
    detail: `TensorFlow.js ${tf.version_core} ${tfName} ops`,
    place: async (source, _storage, signal) => held.hold(await placeRows(device, source, signal)),
    async close() {
      await held.close();
      faults.stop();
    },
  };
}

/** Runs one synchronous section on a backend and gives the former one back, also when it throws. */
function withBackend<T>(tf: TensorFlow, name: string, section: () => T): T {
  const former = tf.getBackend();
  if (former === name) return section();
  void tf.setBackend(name); // switches before its first await, since the backend is initialised
  try {
    return section();
  } finally {
    void tf.setBackend(former);
  }
}

/**
 * One block a tensor on wasm, whose fast product takes a single block, which it packs at its first product and keeps; on
 * other backends 16 MB: few ops, and what they leave on the device in between stays small.
 */
const tensorNumbers = (tfName: string): number => (tfName === 'wasm' ? 0 : 2 ** 22);

interface Ops {
  readonly tf: TensorFlow;
  /** Runs a section with the backend active. */
  active<T>(section: () => T): T;
}

interface Device extends Ops {
  readonly faults: Faults;
  /** Numbers of X, or of Z where that is larger, in one tensor, unless a block has more. */
  readonly tensorNumbers: number;
}

/** By a product: WebGL renders 16-bit numbers on some devices, where 1 + 2⁻²⁰ is 1, and what it says of itself is not reliable. */
async function requireFloat32({ tf, active }: Ops, tfName: string): Promise<void> {
  const value = 1 + 2 ** -20;
  const length = 1024; // a short tensor webgl would leave to the cpu
  const product = active(() =>
    tf.tidy(() =>
      tf.mul(tf.tensor1d(new Float32Array(length).fill(value)), tf.tensor1d(new Float32Array(length).fill(1))),
    ),
  );
  const [found] = await product.data();
  product.dispose();
  if (found === value) return;
  throw new LogisticError(
    'backend-unavailable',
    `TensorFlow.js's backend "${tfName}" computes with fewer than 32 bits here`,
    {
      hint: "choose the backend 'auto', or a TensorFlow.js backend with 32-bit numbers",
    },
  );
}

/** Rows from … to of the source in one tensor. */
interface PlacedBlocks extends Blocks {
  readonly from: number;
  readonly to: number;
}

/** Rows that have been placed. */
interface PlacedRows {
  /** n and k */
  readonly features: number;
  readonly scoreVectors: number;
  /** Rows of a block: the same in all tensors. */
  readonly blockRows: number;
  readonly tensors: readonly PlacedBlocks[];
  dispose(): void;
}

/** An op over the blocks of a tensor at Wᵀ [1, k, n] and b [1, k, 1]; what it gives has one entry a block in its first dimension. */
type Op = (blocks: Blocks, wt: Tensor3D, b: Tensor3D) => Tensor;

async function placeRows(device: Device, source: RowSource, signal: AbortSignal | undefined): Promise<RowSums> {
  const { tf, active } = device;
  const features = featuresOf(source);
  const blockRows = Math.ceil(source.rows / Math.ceil(source.rows / maxBlockRows));
  const blockNumbers = Math.max(features.length, source.classes) * blockRows;
  const tensorRows = blockRows * Math.max(1, Math.floor(device.tensorNumbers / blockNumbers));
  const tensors: PlacedBlocks[] = [];
  const dispose = (): void => {
    for (const { x, classes, weights } of tensors) tf.dispose([x, classes, weights]);
    tensors.length = 0;
  };
  try {
    for (let from = 0; from < source.rows; from += tensorRows) {
      const to = Math.min(source.rows, from + tensorRows);
      const shape = { blocks: Math.ceil((to - from) / blockRows), features: features.length, blockRows };
      const x = await readBlocks(features, { from, to }, shape, signal);
      tensors.push({ from, to, ...active(() => toTensors(tf, source, { from, to }, shape, x)) });
    }
  } catch (error) {
    dispose();
    throw error;
  }
  releaseColumns(source);
  return rowSumsOf(device, source, {
    ...{ features: features.length, scoreVectors: source.classes - 1, blockRows },
    ...{ tensors, dispose },
  });
}

interface Range {
  readonly from: number;
  readonly to: number;
}

interface BlocksShape {
  readonly blocks: number;
  readonly features: number;
  readonly blockRows: number;
}

/** X [blocks, n, blockRows] of rows from … to, standardised; 0 where there are no more rows. */
async function readBlocks(
  features: readonly Feature[],
  { from, to }: Range,
  { blocks, blockRows }: BlocksShape,
  signal: AbortSignal | undefined,
): Promise<Float32Array> {
  const x = new Float32Array(blocks * features.length * blockRows);
  for (let block = 0; block < blocks; block++) {
    signal?.throwIfAborted();
    const first = from + block * blockRows;
    const values = new Float64Array(Math.min(blockRows, to - first));
    features.forEach((feature, j) => {
      readStandardised(feature, first, values);
      x.set(values, (block * features.length + j) * blockRows);
    });
    await yieldAfter(values.length * (features.length + 1));
  }
  return x;
}

function toTensors(
  tf: TensorFlow,
  { labels, weights, classes: K }: RowSource,
  { from, to }: Range,
  { blocks, features, blockRows }: BlocksShape,
  x: Float32Array,
): Blocks {
  const classes = new Float32Array(blocks * blockRows);
  const s = new Float32Array(blocks * blockRows);
  for (let i = from; i < to; i++) {
    classes[i - from] = K === 2 ? 1 - 2 * labels[i]! : labels[i]!;
    s[i - from] = weights ? weights[i]! : 1;
  }
  return {
    x: tf.tensor3d(x, [blocks, features, blockRows]),
    classes: tf.tensor3d(classes, [blocks, 1, blockRows]),
    weights: tf.tensor3d(s, [blocks, 1, blockRows]),
  };
}

function rowSumsOf(device: Device, source: RowSource, placed: PlacedRows): RowSums {
  const { tf } = device;
  const { features, scoreVectors: k } = placed;
  const labelled = withoutColumns(source);
  let closed = false;
  const requireOpen = (): void => {
    if (closed) throw new LogisticError('disposed', 'these rows have been closed');
  };
  const visitor = { device, source: labelled, placed, requireOpen };
  return {
    features,
    scoreVectors: k,
    partitions: summarisePartitions(source),
    precisions: ['float32'],
    storagePrecision: 'float32',
    async evaluate(theta, order, _precision, options) {
      const size = k * (features + 1);
      const pairs = (k * (k + 1)) / 2;
      const count = 1 + (order >= 1 ? size : 0) + (order === 2 ? pairs * (features + 1) ** 2 : 0);
      const total = new Float64Array(count);
      const op: Op = (blocks, wt, b) => blockSums(tf, blocks, wt, b, order);
      await overBlocks(visitor, { theta, options, op }, (sums) => {
        for (let at = 0; at < sums.length; at++) total[at % count]! += sums[at]!;
      });
      return unpackSums(total, k, features, order);
    },
    async measure(theta, threshold, options) {
      return measureScores(labelled, await scoresOf(visitor, theta, options), threshold, options);
    },
    async close() {
      closed = true;
      placed.dispose();
    },
  };
}

interface Visitor {
  readonly device: Device;
  readonly source: RowSource;
  readonly placed: PlacedRows;
  /** Throws once the rows have been closed. */
  requireOpen(): void;
}

interface Visit {
  readonly theta: Float64Array;
  readonly options: SumOptions | undefined;
  readonly op: Op;
}

/** Numbers that wait on the device before they are read back: 16 MB, which only Hessians of many classes reach. */
const readBackNumbers = 2 ** 22;

/** Gives what an op makes of every tensor that has rows which are asked for, read back together in the order of the rows. */
async function overBlocks(
  { device: { tf, active, faults }, source, placed: { tensors }, requireOpen }: Visitor,
  { theta, options, op }: Visit,
  take: (numbers: Float32Array, visited: readonly PlacedBlocks[]) => void,
): Promise<void> {
  const spans = spansOf(source, options);
  let results: Tensor[] = [];
  let visited: PlacedBlocks[] = [];
  const readBack = async (): Promise<void> => {
    if (results.length === 0) return;
    const joined = active(() => tf.concat(results));
    tf.dispose(results);
    results = [];
    try {
      take((await faults.reading(joined.data())) as Float32Array, visited);
    } finally {
      joined.dispose();
      visited = [];
    }
  };
  try {
    requireOpen();
    for (const blocks of tensors) {
      const asked = within(spans, blocks);
      if (asked.length === 0) continue;
      options?.signal?.throwIfAborted();
      requireOpen();
      results.push(active(() => tf.tidy(() => op(masked(tf, blocks, asked), ...thetaTensors(tf, theta, blocks)))));
      visited.push(blocks);
      await yieldAfter(blocks.x.size / numbersOfARow);
      if (results.reduce((sum, { size }) => sum + size, 0) >= readBackNumbers) await readBack();
    }
    await readBack();
  } finally {
    tf.dispose(results);
  }
}

/** Numbers of X that ops visit in the time of a row of plain arithmetic. */
const numbersOfARow = 4;

/** The parts of spans between from and to. */
function within(spans: readonly Range[], { from, to }: Range): Range[] {
  return spans.flatMap((span) => {
    const part = { from: Math.max(from, span.from), to: Math.min(to, span.to) };
    return part.from < part.to ? [part] : [];
  });
}

/** The blocks with weight 0 for rows that are not asked for. */
function masked(tf: TensorFlow, blocks: PlacedBlocks, asked: readonly Range[]): Blocks {
  const { from, to, weights } = blocks;
  if (asked.reduce((rows, span) => rows + span.to - span.from, 0) === to - from) return blocks;
  const mask = new Float32Array(weights.size);
  for (const span of asked) mask.fill(1, span.from - from, span.to - from);
  return { ...blocks, weights: tf.mul(weights, tf.tensor3d(mask, weights.shape)) };
}

/** Wᵀ [1, k, n] and b [1, k, 1] of theta [k, n + 1]. */
function thetaTensors(tf: TensorFlow, theta: Float64Array, { x }: Blocks): [wt: Tensor3D, b: Tensor3D] {
  const n = x.shape[1];
  const k = theta.length / (n + 1);
  const whole = tf.tensor3d(Float32Array.from(theta), [1, k, n + 1]);
  return [tf.slice3d(whole, [0, 0, 0], [1, k, n]), tf.slice3d(whole, [0, 0, n], [1, k, 1])];
}

/** Z [k, m] of the rows that are asked for. */
async function scoresOf(visitor: Visitor, theta: Float64Array, options: SumOptions | undefined): Promise<Float64Array> {
  const { device, source, placed } = visitor;
  const { scoreVectors: k, blockRows } = placed;
  const m = countAskedRows(source, options);
  const spans = spansOf(source, options);
  const z = new Float64Array(k * m);
  let at = 0;
  const op: Op = ({ x }, wt, b) => scores(device.tf, x, wt, b);
  await overBlocks(visitor, { theta, options, op }, (numbers, visited) => {
    let first = 0; // of the tensor's numbers [blocks, k, blockRows]
    for (const blocks of visited) {
      for (const { from, to } of within(spans, blocks)) {
        for (let i = from - blocks.from; i < to - blocks.from; i++, at++) {
          const block = Math.floor(i / blockRows);
          for (let c = 0; c < k; c++) z[c * m + at] = numbers[first + ((k - 1) * block + c) * blockRows + i]!;
        }
      }
      first += blocks.x.shape[0] * k * blockRows;
    }
  });
  return z;
}

/** The flat sums of blockSums as the contract has them. */
function unpackSums(total: Float64Array, k: number, n: number, order: Order): Sums {
  const size = k * (n + 1);
  const loss = total[0]!;
  if (order === 0) return { loss };
  const gradient = total.slice(1, 1 + size);
  if (order === 1) return { loss, gradient };
  const hessian = new Float64Array(size * size);
  let at = 1 + size;
  for (let c = 0; c < k; c++) {
    for (let d = c; d < k; d++) {
      for (let i = c * (n + 1); i < (c + 1) * (n + 1); i++) {
        for (let j = d * (n + 1); j < (d + 1) * (n + 1); j++, at++) {
          hessian[i * size + j] = total[at]!;
          hessian[j * size + i] = total[at]!;
        }
      }
    }
  }
  return { loss, gradient, hessian };
}
