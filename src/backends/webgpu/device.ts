/**
 * A GPU device whose faults are exceptions. WebGPU itself reports a fault to whoever listens and goes on with zeros, so
 * every step runs inside error scopes, and a lost device ends the step it was lost in. It knows no rows and no kernel;
 * of globals it touches none: constants of the specification stand here as numbers.
 */
import { LogisticError } from '../../errors.ts';

/** GPUBufferUsage and GPUMapMode. */
export const usage = { mapRead: 0x1, copySource: 0x4, copyTarget: 0x8, uniform: 0x40, storage: 0x80 } as const;
const mapModeRead = 0x1;

export interface Device {
  readonly gpu: GPUDevice;
  /** Adapter in words. */
  readonly detail: string;
  /** Bytes of the largest buffer that a kernel can be given. */
  readonly largestBuffer: number;
  /**
   * Runs a step whose calls to the device are made before its first await. Throws LogisticError 'gpu-lost', 'too-large'
   * or 'gpu-refused' that names the step; whatever is the library's own mistake is an Error.
   */
  step<T>(name: string, work: () => T | Promise<T>): Promise<T>;
  /** The compute pipeline of a kernel, compiled once a device. */
  pipeline(name: string, code: () => string): Promise<GPUComputePipeline>;
  /** When it is lost, destroyed among it. */
  readonly lost: Promise<void>;
}

const shared = new Map<GPU, Promise<Device>>();

/** The one device of all fits, with the kernels that have been compiled for it; a new one where there is none, or it was lost. */
export function sharedDevice(gpu: GPU): Promise<Device> {
  const known = shared.get(gpu);
  if (known !== undefined) return known;
  const opening = openDevice(gpu);
  const forget = (): unknown => shared.get(gpu) === opening && shared.delete(gpu);
  opening.then(({ lost }) => lost.then(forget), forget);
  shared.set(gpu, opening);
  return opening;
}

/** A device of the adapter that the system prefers for speed, with buffers as large as that has them. */
export async function openDevice(gpu: GPU): Promise<Device> {
  const adapter = await gpu.requestAdapter({ powerPreference: 'high-performance' });
  if (adapter === null) {
    throw new LogisticError('backend-unavailable', 'WebGPU finds no GPU here, nor a software adapter', {
      hint: 'install the driver of the GPU, in Linux its Vulkan driver and libvulkan1; or choose backend cpu',
    });
  }
  const { maxStorageBufferBindingSize, maxBufferSize } = adapter.limits;
  const requiredLimits = { maxStorageBufferBindingSize, maxBufferSize };
  return deviceOver(adapter, await adapter.requestDevice({ requiredLimits }));
}

function deviceOver({ info }: GPUAdapter, gpu: GPUDevice): Device {
  let loss: GPUDeviceLostInfo | undefined;
  const lost = gpu.lost.then((reason) => {
    loss = reason;
  });
  const pipelines = new Map<string, Promise<GPUComputePipeline>>();

  async function step<T>(name: string, work: () => T | Promise<T>): Promise<T> {
    if (loss !== undefined) throw lostIn(name, loss);
    // Pushed, used and popped in one go: the scopes of a device are one stack, which other steps share.
    for (const kind of ['validation', 'out-of-memory', 'internal'] as const) gpu.pushErrorScope(kind);
    let working: Promise<T>;
    try {
      working = Promise.resolve(work());
    } catch (error) {
      working = Promise.reject(error);
    }
    const scopes = [gpu.popErrorScope(), gpu.popErrorScope(), gpu.popErrorScope()];
    const [outcome, ...reports] = await Promise.allSettled([working, ...scopes]);
    const failed = outcome.status === 'rejected';
    // A lost device rejects what it was asked for a moment before it says that it is lost.
    if (failed && loss === undefined) await Promise.race([lost, new Promise((resolve) => setTimeout(resolve, 50))]);
    if (loss !== undefined) throw lostIn(name, loss);
    for (const report of reports) {
      if (report.status === 'fulfilled' && report.value !== null) throw reported(name, report.value);
    }
    if (failed) throw outcome.reason;
    return outcome.value;
  }

  return {
    gpu,
    detail: describe(info),
    largestBuffer: Math.min(gpu.limits.maxStorageBufferBindingSize, gpu.limits.maxBufferSize),
    step,
    pipeline(name, code) {
      let compiled = pipelines.get(name);
      if (compiled === undefined) {
        compiled = step(`compiling the kernel ${name}`, () => {
          const module = gpu.createShaderModule({ label: name, code: code() });
          return gpu.createComputePipelineAsync({ label: name, layout: 'auto', compute: { module } });
        });
        pipelines.set(name, compiled);
        compiled.catch(() => pipelines.delete(name));
      }
      return compiled;
    },
    lost,
  };
}

function describe({ vendor, architecture, device, description, isFallbackAdapter }: GPUAdapterInfo): string {
  const name = description || device || architecture;
  const software = isFallbackAdapter ? ', a software adapter, which is slower than backend cpu' : '';
  return `WebGPU, ${[vendor, name].filter((word) => word !== '').join(' ') || 'a GPU without a name'}${software}`;
}

function lostIn(name: string, { reason, message }: GPUDeviceLostInfo): LogisticError {
  return new LogisticError('gpu-lost', `the GPU was lost while ${name}: ${message || reason}`, {
    hint: 'fit again, which opens the GPU anew; backend cpu needs none',
    details: { step: name, reason },
  });
}

function reported(name: string, error: GPUError): Error {
  if (error instanceof Error) return error; // a scope that could not be read
  const more = { hint: 'choose backend cpu, or fewer rows', details: { step: name } };
  switch (error.constructor.name) {
    case 'GPUOutOfMemoryError':
      return new LogisticError('too-large', `the GPU has no memory left while ${name}: ${error.message}`, more);
    case 'GPUInternalError':
      return new LogisticError('gpu-refused', `the GPU refused while ${name}: ${error.message}`, more);
    default:
      return new Error(`while ${name}: ${error.message}`);
  }
}

/** The numbers in the first `size` bytes of a buffer, once the device has done what was submitted. */
export async function readBuffer(staging: GPUBuffer, size: number): Promise<Float32Array> {
  await staging.mapAsync(mapModeRead, 0, size);
  const numbers = new Float32Array(staging.getMappedRange(0, size).slice(0));
  staging.unmap();
  return numbers;
}
