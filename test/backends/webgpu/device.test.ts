/** Faults of a GPU are errors that name the step, and never zeros: WebGPU itself reports them to nobody. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { loadWebgpu } from '../../../src/backends/load.ts';
import { type Device, openDevice, readBuffer, sharedDevice, usage } from '../../../src/backends/webgpu/device.ts';
import { whyNoGpu } from '../../support/webgpu.ts';

test('without an adapter, the next step is said', async () => {
  const nothing = { requestAdapter: async () => null } as unknown as GPU;
  await expect(openDevice(nothing)).rejects.toMatchObject({
    code: 'backend-unavailable',
    message: 'WebGPU finds no GPU here, nor a software adapter',
    hint: expect.stringContaining('driver'),
  });
});

describe.skipIf(whyNoGpu)('a step', () => {
  let device: Device;
  beforeAll(async () => {
    device = await openDevice(await loadWebgpu());
  });
  afterAll(() => device?.gpu.destroy());

  /** x[0] + 7 of a buffer of so many bytes. */
  const addSeven = async (size: number): Promise<number> => {
    const { gpu } = device;
    const code = `
      @group(0) @binding(0) var<storage, read> x: array<f32>;
      @group(0) @binding(1) var<storage, read_write> out: array<f32>;
      @compute @workgroup_size(1) fn main() { out[0] = x[0] + 7.0; }`;
    const pipeline = await device.pipeline('seven', () => code);
    const [sum] = await device.step('adding seven', () => {
      const x = gpu.createBuffer({ size, usage: usage.storage });
      const out = gpu.createBuffer({ size: 16, usage: usage.storage | usage.copySource });
      const staging = gpu.createBuffer({ size: 16, usage: usage.mapRead | usage.copyTarget });
      const encoder = gpu.createCommandEncoder();
      const pass = encoder.beginComputePass();
      pass.setPipeline(pipeline);
      const entries = [x, out].map((buffer, binding) => ({ binding, resource: { buffer } }));
      pass.setBindGroup(0, gpu.createBindGroup({ layout: pipeline.getBindGroupLayout(0), entries }));
      pass.dispatchWorkgroups(1);
      pass.end();
      encoder.copyBufferToBuffer(out, 0, staging, 0, 16);
      gpu.queue.submit([encoder.finish()]);
      return readBuffer(staging, 16);
    });
    return sum!;
  };

  test('gives what it read, and two at once do not take one another’s faults', async () => {
    const tooLarge = device.gpu.limits.maxBufferSize + 4;
    const results = await Promise.allSettled([addSeven(16), addSeven(tooLarge), addSeven(16)]);
    expect(results.map((result) => (result.status === 'fulfilled' ? result.value : result.reason.message))).toEqual([
      7,
      expect.stringMatching(/^while adding seven: .*(limit|size|exceed)/s),
      7,
    ]);
  });

  test('names a kernel that does not compile', async () => {
    await expect(device.pipeline('broken', () => 'fn main( {')).rejects.toThrow(/^while compiling the kernel broken: /);
  });

  test('that throws by itself throws that', async () => {
    const reason = new TypeError('no');
    const thrower = (): never => {
      throw reason;
    };
    await expect(device.step('throwing', thrower)).rejects.toBe(reason);
  });

  test('tells memory, refusals and mistakes of ours apart', async () => {
    const reporting = async (kind: string): Promise<unknown> => {
      const named = Object.create({ constructor: { name: kind } }, { message: { value: 'what it said' } });
      const scopes = [named, null, null];
      const gpu = Object.assign(Object.create(null), {
        lost: new Promise(() => {}),
        limits: {},
        pushErrorScope() {},
        popErrorScope: async () => scopes.pop(),
      });
      const adapter = { info: { vendor: 'v', architecture: 'a' }, limits: {}, requestDevice: async () => gpu };
      const fake = await openDevice({ requestAdapter: async () => adapter } as unknown as GPU);
      return fake.step('trying', () => 0).catch((error) => error);
    };
    expect(await reporting('GPUOutOfMemoryError')).toMatchObject({ code: 'too-large', details: { step: 'trying' } });
    expect(await reporting('GPUInternalError')).toMatchObject({ code: 'gpu-refused', details: { step: 'trying' } });
    expect(await reporting('GPUValidationError')).toEqual(new Error('while trying: what it said'));
  });

  test('says that the GPU was lost, whether before or while it ran; the next device is a new one', async () => {
    const gpu = await loadWebgpu();
    const shared = await sharedDevice(gpu);
    expect(await sharedDevice(gpu)).toBe(shared);
    const pending = shared.step('waiting', () => {
      const staging = shared.gpu.createBuffer({ size: 16, usage: usage.mapRead | usage.copyTarget });
      const reading = readBuffer(staging, 16);
      shared.gpu.destroy();
      return reading;
    });
    const lost = { name: 'LogisticError', code: 'gpu-lost', details: { reason: 'destroyed' } };
    await expect(pending).rejects.toMatchObject({ ...lost, message: expect.stringContaining('lost while waiting: ') });
    await expect(shared.step('going on', () => 0)).rejects.toMatchObject(lost);
    const next = await sharedDevice(gpu);
    expect(next).not.toBe(shared);
    expect(await next.step('going on', () => 1)).toBe(1);
  });
});
