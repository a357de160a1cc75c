/**
 * A backend of TensorFlow.js as a place for rows: it keeps the tensors of the placed rows and runs portable.ts over
 * them, in float32. Every op runs inside one synchronous section that gives the application's own active backend back
 * before it returns, so fits on different backends can run at the same time and the application never notices.
 * It knows no equation: those are portable.ts.
 */
import type { Tensor, Tensor2D } from '@tensorflow/tfjs';
import { LogisticError } from '../errors.ts';
import { addScaled } from '../math/vector.ts';
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
import { type Block, blockSums, scores, type TensorFlow } from './portable.ts';

/** Longest run of rows that ops sum in float32 before float64 takes over. */
export const maxBlockRows = 4096;

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
  return {
    name,
    detail: `TensorFlow.js ${tf.version_core} ${tfName} ops`,
    place: (source, _storage, signal) => placeBlocks({ tf, active }, source, signal),
    async close() {},
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

interface Device {
  readonly tf: TensorFlow;
  /** Runs a section with the backend active. */
  active<T>(section: () => T): T;
}

/** Rows from … to of the source, all of one partition. */
interface PlacedBlock extends Block {
  readonly from: number;
  readonly to: number;
}

/** An op over a block at W [n, k] and b [k, 1]. */
type Op = (block: Block, w: Tensor2D, b: Tensor2D) => Tensor;

async function placeBlocks(device: Device, source: RowSource, signal: AbortSignal | undefined): Promise<RowSums> {
  const { tf, active } = device;
  const features = featuresOf(source);
  const blocks: PlacedBlock[] = [];
  const dispose = (): void => {
    for (const { x, classes, weights } of blocks) tf.dispose([x, classes, weights]);
    blocks.length = 0;
  };
  try {
    for (const span of spansOf(source)) {
      for (let from = span.from; from < span.to; from += maxBlockRows) {
        signal?.throwIfAborted();
        const to = Math.min(span.to, from + maxBlockRows);
        blocks.push(active(() => placeBlock(tf, source, features, { from, to })));
        await yieldAfter((to - from) * (features.length + 1));
      }
    }
  } catch (error) {
    dispose();
    throw error;
  }
  releaseColumns(source);
  return rowSumsOfBlocks(device, source, {
    features: features.length,
    scoreVectors: source.classes - 1,
    blocks,
    dispose,
  });
}

/** Rows from … to as float32 tensors. */
function placeBlock(
  tf: TensorFlow,
  { labels, weights }: RowSource,
  features: readonly Feature[],
  { from, to }: { readonly from: number; readonly to: number },
): PlacedBlock {
  const length = to - from;
  const x = new Float32Array(features.length * length);
  const values = new Float64Array(length);
  features.forEach((feature, j) => {
    readStandardised(feature, from, values);
    x.set(values, j * length);
  });
  const s = weights ? Float32Array.from(weights.subarray(from, to)) : new Float32Array(length).fill(1);
  return {
    ...{ from, to },
    x: tf.tensor2d(x, [features.length, length]),
    classes: tf.tensor2d(Float32Array.from(labels.subarray(from, to)), [1, length]),
    weights: tf.tensor2d(s, [1, length]),
  };
}

interface PlacedBlocks {
  /** n and k */
  readonly features: number;
  readonly scoreVectors: number;
  readonly blocks: readonly PlacedBlock[];
  dispose(): void;
}

function rowSumsOfBlocks(device: Device, source: RowSource, placed: PlacedBlocks): RowSums {
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
      const op: Op = (block, w, b) => blockSums(tf, block, w, b, order);
      await overBlocks(visitor, { theta, options, op }, (numbers) => addScaled(total, 1, numbers));
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
  readonly placed: PlacedBlocks;
  /** Throws once the rows have been closed. */
  requireOpen(): void;
}

interface Visit {
  readonly theta: Float64Array;
  readonly options: SumOptions | undefined;
  readonly op: Op;
}

/** Takes what an op gives of each block that has rows which are asked for, read back; from … to are those rows. */
async function overBlocks(
  { device: { tf, active }, source, placed: { features, scoreVectors, blocks }, requireOpen }: Visitor,
  { theta, options, op }: Visit,
  take: (numbers: Float64Array, block: PlacedBlock, from: number, to: number) => void,
): Promise<void> {
  const [w, b] = splitTheta(theta, features, scoreVectors);
  requireOpen();
  let index = 0;
  for (const span of spansOf(source, options)) {
    while (index < blocks.length && blocks[index]!.to <= span.from) index++;
    for (let next = index; (blocks[next]?.from ?? span.to) < span.to; next++) {
      options?.signal?.throwIfAborted();
      requireOpen();
      const block = blocks[next]!;
      const [from, to] = [Math.max(block.from, span.from), Math.min(block.to, span.to)];
      const out = active(() =>
        tf.tidy(() => {
          const asked = { ...block, weights: maskOutside(tf, block, from, to) };
          return op(asked, tf.tensor2d(w, [features, scoreVectors]), tf.tensor2d(b, [scoreVectors, 1]));
        }),
      );
      try {
        take(Float64Array.from(await out.data()), block, from, to);
      } finally {
        out.dispose();
      }
    }
  }
}

/** Z [k, m] of the rows that are asked for. */
async function scoresOf(visitor: Visitor, theta: Float64Array, options: SumOptions | undefined): Promise<Float64Array> {
  const { device, source, placed } = visitor;
  const k = placed.scoreVectors;
  const m = countAskedRows(source, options);
  const z = new Float64Array(k * m);
  let at = 0;
  const op: Op = ({ x }, w, b) => scores(device.tf, x, w, b);
  await overBlocks(visitor, { theta, options, op }, (numbers, block, from, to) => {
    const length = block.to - block.from;
    for (let c = 0; c < k; c++) {
      z.set(numbers.subarray(c * length + from - block.from, c * length + to - block.from), c * m + at);
    }
    at += to - from;
  });
  return z;
}

/** W [n, k] and b [k] of theta [k, n + 1], in float32. */
function splitTheta(theta: Float64Array, n: number, k: number): [w: Float32Array, b: Float32Array] {
  const w = new Float32Array(n * k);
  const b = new Float32Array(k);
  for (let c = 0; c < k; c++) {
    for (let j = 0; j < n; j++) w[j * k + c] = theta[c * (n + 1) + j]!;
    b[c] = theta[c * (n + 1) + n]!;
  }
  return [w, b];
}

/** The weights of a block, 0 for rows that are not asked for. */
function maskOutside(tf: TensorFlow, block: PlacedBlock, from: number, to: number): Tensor2D {
  const length = block.to - block.from;
  if (to - from === length) return block.weights;
  const mask = new Float32Array(length).fill(1, from - block.from, to - block.from);
  return tf.mul(block.weights, tf.tensor2d(mask, [1, length]));
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
