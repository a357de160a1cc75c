/**
 * What TensorFlow.js's GPU backends do not say: a lost device or context, whose tensors are never read, and an op that
 * the GPU refused, after which tensors read as zeros. They are listened for, and thrown where numbers are read back.
 */
import { LogisticError } from '../errors.ts';
import { nextTask } from '../yielding.ts';

export interface Faults {
  /** Awaits a read. Throws LogisticError 'gpu-lost', or 'gpu-refused' for an op since it was last asked. */
  reading<T>(numbers: Promise<T>): Promise<T>;
  stop(): void;
}

/** The backend's own device or context: of webgpu, of webgl, of neither. */
interface GpuBackend {
  readonly device?: GPUDevice;
  readonly gpgpu?: { readonly gl: WebGLRenderingContext };
}

export function watchFaults(backend: object): Faults {
  const { device, gpgpu } = backend as GpuBackend;
  const listening = new AbortController();
  const { signal } = listening;
  let lost: string | undefined;
  let refused: string | undefined;
  const loss = new Promise<void>((resolve) => {
    const say = (reason: string): void => {
      lost = reason;
      resolve();
    };
    void device?.lost.then(({ reason, message }) => say(message || reason));
    gpgpu?.gl.canvas.addEventListener('webglcontextlost', () => say('its WebGL context is gone'), { signal });
  });
  const onError = ({ error }: GPUUncapturedErrorEvent): void => {
    refused ??= error.message;
  };
  device?.addEventListener('uncapturederror', onError, { signal });
  return {
    async reading(numbers) {
      const read = await Promise.race([numbers, loss]).catch(async (error) => {
        await nextTask(); // a loss is told after the promises that it rejects
        return lost === undefined ? Promise.reject(error) : undefined;
      });
      const why = refused;
      refused = undefined;
      if (lost !== undefined) throw lostBecause(lost);
      if (why !== undefined) throw refusedBecause(why);
      return read as Awaited<typeof numbers>;
    },
    stop: () => listening.abort(),
  };
}

const lostBecause = (reason: string): LogisticError =>
  new LogisticError('gpu-lost', `TensorFlow.js lost its GPU: ${reason}`, {
    hint: "choose the backend 'auto'; TensorFlow.js opens a GPU once a page",
  });

const refusedBecause = (reason: string): LogisticError =>
  new LogisticError('gpu-refused', `the GPU refused an op of TensorFlow.js: ${reason}`, {
    hint: "choose the backend 'auto', or webgpu, which has kernels of its own",
  });
