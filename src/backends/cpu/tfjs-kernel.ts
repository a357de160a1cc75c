/**
 * The kernel LogisticLossGradient on TensorFlow.js's cpu backend: the fused kernels over tensors that the application made
 * there, on the calling thread.
 */
import type * as TF from '@tensorflow/tfjs';
import { LogisticError } from '../../errors.ts';
import { checkInputs, type KernelInputs } from '../tfjs-inputs.ts';
import { compileKernels } from './kernels.ts';
import { openStoreNow } from './store.ts';
import { createCopies, type Numbers } from './tfjs-copies.ts';

/** Throws LogisticError 'backend-unavailable'. */
export async function openCpuKernel(tf: Pick<typeof TF, 'findBackend'>): Promise<TF.KernelFunc> {
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
  return kernelOf(module);
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

function kernelOf(module: WebAssembly.Module): TF.KernelFunc {
  const copies = createCopies(module);
  return ({ inputs, backend }) => {
    const cpu = backend as CpuBackend;
    const { x, y, w, b, weights } = inputs as unknown as KernelInputs;
    const { n, m } = checkInputs({ x, y, w, b, weights }, { name: 'cpu', has: (id) => cpu.data.has(id) });
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
  };
}
