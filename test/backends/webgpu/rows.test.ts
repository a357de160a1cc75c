/** Rows on a GPU beyond what every place must do (places.test.ts): split buffers, elementary functions, what is freed. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { loadWebgpu } from '../../../src/backends/load.ts';
import { arithmetic } from '../../../src/backends/webgpu/arithmetic.ts';
import { run } from '../../../src/backends/webgpu/commands.ts';
import { type Device, openDevice, usage } from '../../../src/backends/webgpu/device.ts';
import { lineBytes } from '../../../src/backends/webgpu/layout.ts';
import { createWebgpuPlace } from '../../../src/backends/webgpu/place.ts';
import { openWorkspace } from '../../../src/backends/webgpu/workspace.ts';
import { type RowSums, roundoff } from '../../../src/rows/contract.ts';
import { compensatedSums, worstError } from '../../support/compensated.ts';
import { randomRows, randomTheta } from '../../support/data.ts';
import { whyNoGpu } from '../../support/webgpu.ts';

describe.skipIf(whyNoGpu)('on this GPU', () => {
  let device: Device;
  beforeAll(async () => {
    device = await openDevice(await loadWebgpu());
  });
  afterAll(() => device?.gpu.destroy());

  test.each([2, 4])('sums do not depend on how buffers are split, %i classes', async (classes) => {
    const counts = [3000, 2000, 5000];
    const rows = randomRows({ m: 10_000, n: 3, classes, seed: 5, weighted: true, partitions: counts });
    const theta = randomTheta(3, 6, 2, classes - 1);
    const requests = [undefined, { partitions: [0, 2], range: [100, 9000] as const }];
    const sumsOn = async (largestBuffer: number) => {
      const place = createWebgpuPlace({ ...device, largestBuffer });
      const placed = await place.place(rows, 'float32');
      const sums = [];
      for (const request of requests) sums.push(await placed.evaluate(theta, 2, 'float32', request));
      const measured = await placed.measure(theta, 0.5);
      await place.close();
      return { sums, measured };
    };
    const whole = await sumsOn(device.largestBuffer);
    expect(worstError(whole.sums[0]!, compensatedSums(rows, theta)) / roundoff.float32).toBeLessThanOrEqual(32);
    // Lines of 4096 rows: a block of features to a buffer, and one or two pieces of rows to a kernel.
    expect(await sumsOn(6 * lineBytes)).toEqual(whole);
    expect(await sumsOn(13 * lineBytes)).toEqual(whole);
  });

  test('a block that does not fit is refused', async () => {
    const place = createWebgpuPlace({ ...device, largestBuffer: 5 * lineBytes });
    await expect(place.place(randomRows({ m: 10, n: 6 }), 'float32')).rejects.toMatchObject({
      code: 'too-large',
      message: expect.stringContaining('4096 rows of 6 features and 2 classes'),
    });
    await expect(place.place(randomRows({ m: 10, n: 2, classes: 4 }), 'float32')).rejects.toMatchObject({
      code: 'too-large',
    });
  });

  test('scores that overflow float32 are no sums, whatever the GPU makes of infinities', async () => {
    const place = createWebgpuPlace(device);
    const rows = randomRows({ m: 100, n: 2, seed: 7 });
    const placed = await place.place(rows, 'float32');
    // 1e39 is infinite in float32, 2e38·x₁ − 2e38·x₂ may be ∞ − ∞ on its way.
    for (const theta of [Float64Array.of(1e39, 0, 0), Float64Array.of(2e38, -2e38, 0), Float64Array.of(0, 0, NaN)]) {
      const { loss, gradient, hessian } = await placed.evaluate(theta, 2, 'float32');
      expect([loss, ...gradient!, ...hessian!].every(Number.isNaN)).toBe(true);
    }
    expect((await placed.evaluate(Float64Array.of(1e30, 1e30, 0), 1, 'float32')).loss).toBeGreaterThan(1e30);
    await place.close();
  });

  test('every buffer is destroyed by close, after an evaluation of each order and after one that failed', async () => {
    const alive = new Set<GPUBuffer>();
    const createBuffer: GPUDevice['createBuffer'] = (descriptor) => {
      const buffer = device.gpu.createBuffer(descriptor);
      alive.add(buffer);
      const destroy = buffer.destroy.bind(buffer);
      buffer.destroy = () => {
        alive.delete(buffer);
        destroy();
      };
      return buffer;
    };
    const counted = Object.create(device.gpu, {
      createBuffer: { value: createBuffer },
      queue: { value: device.gpu.queue },
      limits: { value: device.gpu.limits },
      createBindGroup: { value: device.gpu.createBindGroup.bind(device.gpu) },
      createCommandEncoder: { value: device.gpu.createCommandEncoder.bind(device.gpu) },
    });
    const place = createWebgpuPlace({ ...device, gpu: counted });
    const rows = randomRows({ m: 5000, n: 3, classes: 3, seed: 8 });
    const theta = randomTheta(3, 9, 1, 2);
    const placed: RowSums = await place.place(rows, 'float32');
    await placed.evaluate(theta, 2, 'float32');
    const kept = [...alive];
    for (const order of [0, 1, 2] as const) await placed.evaluate(theta, order, 'float32');
    expect(kept.every((buffer) => alive.has(buffer))).toBe(true); // every evaluation uses the same
    expect(alive.size).toBe(kept.length);
    await placed.measure(theta, 0.5);
    const reason = new Error('enough');
    const aborted = new AbortController();
    const pending = placed.evaluate(theta, 2, 'float32', { signal: aborted.signal });
    aborted.abort(reason);
    await expect(pending).rejects.toBe(reason);
    const closing = placed.evaluate(theta, 2, 'float32');
    await placed.close();
    await closing.catch((error) => expect(error).toMatchObject({ code: 'disposed' }));
    await expect.poll(() => alive.size).toBe(0);
  });

  test('exp and log1p keep their digits', async () => {
    const count = 1024;
    const code = /* wgsl */ `
      struct Shape { out: u32 }
      @group(0) @binding(0) var<uniform> shape: Shape;
      @group(0) @binding(1) var<storage, read> given: array<vec4f>;
      @group(0) @binding(2) var<storage, read_write> out: array<f32>;
      ${arithmetic}
      @compute @workgroup_size(64) fn main(@builtin(global_invocation_id) id: vec3u) {
        let a = given[id.x];
        let e = expNegative(a);
        let found = array(e, log1p(e), log1pAny(a));
        for (var f = 0u; f < 3u; f++) {
          for (var i = 0u; i < 4u; i++) { out[shape.out + f * ${count}u + 4u * id.x + i] = found[f][i]; }
        }
      }`;
    const a = Float32Array.from({ length: count }, (_, i) => (i < 512 ? i / 512 : (87 * (i - 511)) / 513));
    const pipeline = await device.pipeline('elementary functions', () => code);
    const given = device.gpu.createBuffer({ size: a.byteLength, usage: usage.storage | usage.copyTarget });
    device.gpu.queue.writeBuffer(given, 0, a);
    let found = new Float32Array();
    const workspace = openWorkspace(device);
    await run(device, workspace, 'elementary functions', [
      {
        pipeline,
        buffers: { 1: given, 2: 'result' },
        shape: (out) => [out, 0, 0, 0],
        workgroups: [count / 256, 1, 1],
        count: 3 * count,
        take: (numbers) => {
          found = numbers.slice();
        },
      },
    ]);
    given.destroy();
    workspace.destroy();
    /** The largest error in units in the last place of float32. */
    const worst = (values: Float32Array, truth: (i: number) => number): number =>
      values.reduce((most, value, i) => Math.max(most, Math.abs(value / truth(i) - 1) / 2 ** -24), 0);
    const e = found.subarray(0, count);
    expect(worst(e, (i) => Math.exp(-a[i]!))).toBeLessThanOrEqual(2 * 2);
    expect(worst(found.subarray(count, 2 * count), (i) => Math.log1p(e[i]!))).toBeLessThanOrEqual(2 * 4);
    expect(worst(found.subarray(2 * count + 1), (i) => Math.log1p(a[i + 1]!))).toBeLessThanOrEqual(2 * 4);
  });
});
