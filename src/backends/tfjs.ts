/**
 * A TensorFlow.js backend as a `Backend`: it loads the library when first asked, keeps the tensors of
 * the placed rows, and runs portable.ts over them. Every op runs inside one synchronous section that
 * gives the application's own active backend back before it returns, so fits on different backends can
 * run at the same time and the application never notices. It knows no equation: those are portable.ts.
 */
import type { Tensor, Tensor2D } from '@tensorflow/tfjs';
import { LogisticError } from '../errors.ts';
import { addScaled } from '../math/vector.ts';
import {
  type Backend,
  maxBlockRows,
  type Order,
  type PlacedRows,
  type Precision,
  type Rows,
  type Sums,
} from './backend.ts';
import { type Block, blockSums, scores, type TensorFlow } from './portable.ts';

export async function loadTensorFlow(): Promise<TensorFlow> {
  return await import('@tensorflow/tfjs');
}

/** The portable backend over tfjs's backend `tfName`, which must be registered with that tfjs. */
export async function createTfjsBackend(tf: TensorFlow, name: string, tfName: string): Promise<Backend> {
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
    arithmetics: ['float32'],
    place: async (rows) => placeBlocks(tf, rows, active),
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

type Section = <T>(section: () => T) => T;
/** An op over a block at W [n, 1] and b [1, 1]. */
type Op = (block: Block, w: Tensor2D, b: Tensor2D) => Tensor;

function placeBlocks(tf: TensorFlow, rows: Rows, active: Section): PlacedRows {
  const { features } = rows;
  let blocks: Block[] | undefined = [];
  const dispose = (): void => {
    for (const block of blocks ?? []) tf.dispose([block.x, block.sign, block.weights]);
    blocks = undefined;
  };
  try {
    for (let start = 0; start < rows.count; start += maxBlockRows) {
      blocks.push(active(() => placeBlock(tf, rows, start)));
    }
  } catch (error) {
    dispose();
    throw error;
  }
  /** Takes what an op gives of each block in turn, read back. */
  const overBlocks = async (
    theta: Float64Array,
    signal: AbortSignal | undefined,
    op: Op,
    take: (numbers: Float64Array, index: number) => void,
  ): Promise<void> => {
    const w = Float32Array.from(theta.subarray(0, features));
    const b = Float32Array.of(theta[features]!);
    for (let index = 0; index === 0 || index < (blocks?.length ?? 0); index++) {
      signal?.throwIfAborted();
      const block = blocks?.[index];
      if (block === undefined) throw new LogisticError('disposed', 'these rows have been disposed of');
      const out = active(() => tf.tidy(() => op(block, tf.tensor2d(w, [features, 1]), tf.tensor2d(b, [1, 1]))));
      try {
        take(Float64Array.from(await out.data()), index);
      } finally {
        out.dispose();
      }
    }
  };
  return {
    async evaluate(theta: Float64Array, order: Order, _: Precision, signal?: AbortSignal): Promise<Sums> {
      const size = features + 1;
      const sums = (block: Block, w: Tensor2D, b: Tensor2D): Tensor => blockSums(tf, block, w, b, order);
      let total: Float64Array | undefined;
      await overBlocks(theta, signal, sums, (numbers) => {
        if (total === undefined) total = numbers;
        else addScaled(total, 1, numbers);
      });
      return {
        loss: total![0]!,
        ...(order >= 1 && { gradient: total!.slice(1, size + 1) }),
        ...(order === 2 && { hessian: total!.slice(size + 1) }),
      };
    },
    async scores(theta: Float64Array, signal?: AbortSignal): Promise<Float64Array> {
      const z = new Float64Array(rows.count);
      const ofBlock = ({ x }: Block, w: Tensor2D, b: Tensor2D): Tensor => scores(tf, x, w, b);
      await overBlocks(theta, signal, ofBlock, (numbers, index) => z.set(numbers, index * maxBlockRows));
      return z;
    },
    dispose,
  };
}

/** Rows start … start + maxBlockRows as float32 tensors. */
function placeBlock(tf: TensorFlow, rows: Rows, start: number): Block {
  const { features } = rows;
  const length = Math.min(maxBlockRows, rows.count - start);
  const x = new Float32Array(features * length);
  const values = new Float64Array(length);
  for (let j = 0; j < features; j++) {
    rows.read(j, start, values);
    x.set(values, j * length);
  }
  const sign = Float32Array.from(rows.y.subarray(start, start + length), (y) => 1 - 2 * y);
  const weights = rows.weights
    ? Float32Array.from(rows.weights.subarray(start, start + length))
    : new Float32Array(length).fill(1);
  return {
    x: tf.tensor2d(x, [features, length]),
    sign: tf.tensor2d(sign, [1, length]),
    weights: tf.tensor2d(weights, [1, length]),
  };
}
