/**
 * The fused kernels as a custom kernel of TensorFlow.js's own cpu backend, for tensors that a user made
 * there: one visit to the rows gives loss, dW and db, under the engine's profiler, tidy and tape. It
 * registers nothing until it is called, computes on the calling thread, and knows no solver. What the kernel
 * means is portable.ts; what it refuses, tfjs-inputs.ts.
 */
import type * as TF from '@tensorflow/tfjs';
import { LogisticError } from '../../errors.ts';
import { compileKernels } from './kernels.ts';
import { openStoreNow } from './store.ts';
import { createCopies, type Numbers } from './tfjs-copies.ts';
import { checkInputs, type KernelInputs } from './tfjs-inputs.ts';

/** The name under which tf.profile lists the kernel. */
const kernelName = 'LogisticLossGradient';

/** What is needed of TensorFlow.js: `@tensorflow/tfjs`, or `tfjs-core` with `tfjs-backend-cpu`. */
export type TensorFlowKernels = Pick<
  typeof TF,
  'engine' | 'findBackend' | 'getBackend' | 'getKernel' | 'mul' | 'registerGradient' | 'registerKernel'
>;

export interface LogisticInputs<R extends TF.Rank = TF.Rank> {
  /** X [n, m], feature-major: one feature is one row of the tensor. */
  readonly x: TF.Tensor2D;
  /** Y [m] or [1, m], 0 or 1. */
  readonly y: TF.Tensor1D | TF.Tensor2D;
  /** W [n, 1] */
  readonly w: TF.Tensor2D;
  /** b, one number: a scalar or [1, 1]. */
  readonly b: TF.Tensor<R>;
  /** s [m] or [1, m], ≥ 0; absent: all 1. */
  readonly weights?: TF.Tensor1D | TF.Tensor2D | undefined;
}

export interface LossAndGradient<R extends TF.Rank = TF.Rank> {
  /** The mean loss. */
  readonly loss: TF.Scalar;
  /** [n, 1] */
  readonly dW: TF.Tensor2D;
  /** In the shape of b. */
  readonly db: TF.Tensor<R>;
}

/**
 * Mean loss and gradient of logistic regression in one visit to the rows:
 * loss = Σ s·ℓ / Σ s (B11), dW = X·(s∘dZ)ᵀ / Σ s (B13), db = Σ s·dz / Σ s (B14); without weights Σ s = m.
 *
 * Computed as softplus(t) and (1 − 2y)·σ(t) with t = (1 − 2y)·z, in float32 within blocks of at most 512 rows and
 * float64 across them: within 32 roundings of Σ|terms| (test/backends/cpu/tfjs-kernel.test.ts).
 * X is copied into kernel memory, as large as X again, at its first call; the copy goes when the tensor does.
 * `loss` is differentiable in w and b, once, so optimizers can minimise it.
 *
 * Throws LogisticError 'wrong-backend', 'bad-dtype', 'bad-shape', 'not-a-tensor', 'disposed', 'bad-label',
 * 'bad-weights', or 'too-large' when X does not fit a memory of 4 GiB.
 */
export type LossAndGradientFunction = <R extends TF.Rank>(inputs: LogisticInputs<R>) => LossAndGradient<R>;

/**
 * Registers the kernel LogisticLossGradient with the cpu backend of `tf`, once however often it is called,
 * and gives the function that runs it. Asynchronous because WebAssembly is compiled; the function is not.
 *
 * Throws LogisticError 'backend-unavailable' where WebAssembly SIMD or the cpu backend is missing,
 * or where a page's main thread may not instantiate WebAssembly at once.
 */
export async function registerFusedKernels(tf: TensorFlowKernels): Promise<LossAndGradientFunction> {
  const module = await compileKernels();
  if (module === undefined) {
    throw new LogisticError('backend-unavailable', 'the fused kernels need WebAssembly SIMD, which is missing here', {
      hint: "fit with the backend 'tfjs-cpu', which needs none",
    });
  }
  if (tf.findBackend('cpu') === null) {
    throw new LogisticError('backend-unavailable', 'this TensorFlow.js has no cpu backend', {
      hint: "import '@tensorflow/tfjs-backend-cpu', or give the tf of '@tensorflow/tfjs'",
    });
  }
  requireSynchronous(module);
  if (tf.getKernel(kernelName, 'cpu') === undefined) register(tf, module);
  return ({ x, y, w, b, weights }) => {
    if (tf.getBackend() !== 'cpu') {
      throw new LogisticError('wrong-backend', `TensorFlow.js's active backend is ${tf.getBackend()}, not cpu`, {
        hint: "await tf.setBackend('cpu') and make the tensors there",
      });
    }
    const inputs: Record<string, TF.Tensor> = { x, y, w, b, ...(weights && { weights }) };
    const [loss, dW, db] = tf.engine().runKernel<TF.Tensor[]>(kernelName, inputs);
    return { loss: loss as TF.Scalar, dW: dW as TF.Tensor2D, db: db as TF.Tensor<typeof b.rankType> };
  };
}

/** Found out here, not in a tidy: on a page's main thread Chromium refuses large modules (156: above 8 MB; these have 14 kB). */
function requireSynchronous(module: WebAssembly.Module): void {
  try {
    openStoreNow(module, { shards: [1], features: 1, classes: 2, precision: 'float32' });
  } catch (error) {
    throw new LogisticError('backend-unavailable', 'WebAssembly cannot be instantiated at once on this thread', {
      hint: 'call it in a worker, or in a newer browser',
      details: { cause: error },
    });
  }
}

/** What is asked of the cpu backend itself; `has` never moves a tensor from another backend. */
interface CpuBackend {
  readonly data: { has(id: object): boolean };
  readSync(id: object): TF.backend_util.BackendValues;
  makeTensorInfo(shape: number[], dtype: 'float32', values: Float32Array): TF.TensorInfo;
}

function register(tf: TensorFlowKernels, module: WebAssembly.Module): void {
  const copies = createCopies(module);
  tf.registerKernel({
    kernelName,
    backendName: 'cpu',
    kernelFunc({ inputs, backend }) {
      const cpu = backend as CpuBackend;
      const { x, y, w, b, weights } = inputs as unknown as KernelInputs;
      const { n, m } = checkInputs({ x, y, w, b, weights }, (id) => cpu.data.has(id));
      const read = ({ dataId }: TF.TensorInfo): Float32Array => cpu.readSync(dataId) as Float32Array;
      const numbers = (info: TF.TensorInfo): Numbers => ({ id: info.dataId, values: read(info) });

      const theta = new Float64Array(n + 1);
      theta.set(read(w));
      theta.set(read(b), n);
      const sources = {
        n,
        m,
        x: { id: x.dataId, read: () => read(x) },
        y: numbers(y),
        weights: weights && numbers(weights),
      };
      const { loss, gradient, totalWeight } = copies.evaluate(sources, theta);
      const mean = (sums: ArrayLike<number>): Float32Array => Float32Array.from(sums, (sum) => sum / totalWeight);
      return [
        cpu.makeTensorInfo([], 'float32', mean([loss])),
        cpu.makeTensorInfo([n, 1], 'float32', mean(gradient!.subarray(0, n))),
        cpu.makeTensorInfo(b.shape, 'float32', mean(gradient!.subarray(n))),
      ];
    },
  });
  tf.registerGradient({ kernelName, outputsToSave: [false, true, true], gradFunc: gradientOf(tf) });
}

/** ∂loss/∂W = dW, ∂loss/∂b = db: the kernel has them already. */
function gradientOf(tf: TensorFlowKernels): TF.GradFunc {
  return (dy, saved) => {
    const [dLoss, ...others] = dy as TF.Tensor[];
    if (others.some((d) => d.dataSync().some((value) => value !== 0))) {
      throw new LogisticError('not-differentiable', `${kernelName} can be differentiated once: dW and db cannot`);
    }
    const [dW, db] = saved as [TF.Tensor, TF.Tensor];
    return { w: () => tf.mul(dLoss!, dW), b: () => tf.mul(dLoss!, db) };
  };
}
