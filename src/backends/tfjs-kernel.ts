/**
 * The fused kernels as a custom kernel of TensorFlow.js's own backends cpu and webgpu, for tensors that a user made
 * there: one visit to the rows gives loss, dW and db, under the engine's profiler, tidy and tape. It registers nothing
 * until it is called, and knows no solver. What the kernel means is portable.ts; what it refuses, tfjs-inputs.ts; how it
 * runs, cpu/tfjs-kernel.ts and webgpu/tfjs-kernel.ts.
 */
import type * as TF from '@tensorflow/tfjs';
import { LogisticError } from '../errors.ts';
import { openCpuKernel } from './cpu/tfjs-kernel.ts';
import { runOnWebgpu } from './webgpu/tfjs-kernel.ts';

/** The name under which tf.profile lists the kernel. */
const kernelName = 'LogisticLossGradient';

/** What is needed of TensorFlow.js: `@tensorflow/tfjs`, or `tfjs-core` with `tfjs-backend-cpu` or `tfjs-backend-webgpu`. */
export type TensorFlowKernels = Pick<
  typeof TF,
  | 'engine'
  | 'findBackend'
  | 'findBackendFactory'
  | 'getBackend'
  | 'getGradient'
  | 'getKernel'
  | 'mul'
  | 'registerGradient'
  | 'registerKernel'
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
 * On cpu X is copied into kernel memory, as large as X again, at its first call; the copy goes when the tensor does. On
 * webgpu nothing is copied or read back: blocks are of 4096 rows, sums across blocks are float32, and labels and weights
 * are taken as they are.
 * `loss` is differentiable in w and b, once, so optimizers can minimise it.
 *
 * Throws LogisticError 'wrong-backend', 'bad-dtype', 'bad-shape', 'not-a-tensor', 'disposed', 'bad-label',
 * 'bad-weights', or 'too-large' when X does not fit a memory of 4 GiB.
 */
export type LossAndGradientFunction = <R extends TF.Rank>(inputs: LogisticInputs<R>) => LossAndGradient<R>;

/**
 * Registers the kernel LogisticLossGradient with the backends cpu and webgpu of `tf`, those of them that it has, once
 * however often it is called, and gives the function that runs it on whichever is active. Asynchronous because
 * WebAssembly is compiled; the function is not.
 *
 * Throws LogisticError 'backend-unavailable' where there is no backend webgpu, and for cpu WebAssembly SIMD or the backend
 * is missing, or a page's main thread may not instantiate WebAssembly at once.
 */
export async function registerFusedKernels(tf: TensorFlowKernels): Promise<LossAndGradientFunction> {
  const registered = await registerOn(tf);
  if (tf.getGradient(kernelName) === undefined) {
    tf.registerGradient({ kernelName, outputsToSave: [false, true, true], gradFunc: gradientOf(tf) });
  }
  return ({ x, y, w, b, weights }) => {
    const backend = tf.getBackend();
    if (!registered.includes(backend)) {
      throw new LogisticError(
        'wrong-backend',
        `TensorFlow.js's active backend is ${backend}, not ${registered.join(' or ')}`,
        {
          hint: `await tf.setBackend('${registered[0]}') and make the tensors there`,
        },
      );
    }
    const inputs: Record<string, TF.Tensor> = { x, y, w, b, ...(weights && { weights }) };
    const [loss, dW, db] = tf.engine().runKernel<TF.Tensor[]>(kernelName, inputs);
    return { loss: loss as TF.Scalar, dW: dW as TF.Tensor2D, db: db as TF.Tensor<typeof b.rankType> };
  };
}

/** The backends of `tf` that have the kernel now. */
async function registerOn(tf: TensorFlowKernels): Promise<string[]> {
  const register = (backendName: string, kernelFunc: TF.KernelFunc): string => {
    if (tf.getKernel(kernelName, backendName) === undefined) tf.registerKernel({ kernelName, backendName, kernelFunc });
    return backendName;
  };
  const webgpu = tf.findBackendFactory('webgpu') ? [register('webgpu', runOnWebgpu)] : [];
  try {
    return [register('cpu', await openCpuKernel(tf)), ...webgpu];
  } catch (error) {
    if (webgpu.length === 0 || (error as LogisticError).code !== 'backend-unavailable') throw error;
    return webgpu;
  }
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
