/**
 * Runs kernels and reads back what they wrote: many commands in one submission, their results in one buffer, one wait. Only
 * results that exceed the largest buffer take more than one submission. It knows no formula.
 */
import { type Device, readBuffer, usage } from './device.ts';
import type { Workspace } from './workspace.ts';

/** One dispatch of a kernel. */
export interface Command {
  readonly pipeline: GPUComputePipeline;
  /** Buffers by binding, from 1 on; binding 0 is the struct `Shape`. */
  readonly buffers: Readonly<Record<number, GPUBuffer | 'result'>>;
  /** Numbers of `Shape`, where the numbers that the command writes begin at `out` of the result. */
  readonly shape: (out: number) => readonly number[];
  readonly workgroups: readonly [x: number, y: number, z: number];
  /** How many numbers it writes. */
  readonly count: number;
  take(numbers: Float32Array): void;
}

/** Runs the commands in their order. `name` says to a person what they do. */
export async function run(
  device: Device,
  workspace: Workspace,
  name: string,
  commands: readonly Command[],
): Promise<void> {
  for (const together of submissions(commands, device.largestBuffer / 4)) {
    const numbers = await device.step(name, () => submit(device, workspace, together));
    let at = 0;
    for (const { count, take } of together) {
      take(numbers.subarray(at, at + count));
      at += count;
    }
  }
}

/** Commands whose results fit into one buffer. */
function submissions(commands: readonly Command[], most: number): Command[][] {
  const all: Command[][] = [];
  let room = 0;
  for (const command of commands) {
    if (command.count > room) {
      all.push([]);
      room = most;
    }
    all.at(-1)!.push(command);
    room -= command.count;
  }
  return all;
}

/** Records and submits, before it first awaits; gives all numbers of the result. */
function submit({ gpu }: Device, workspace: Workspace, commands: readonly Command[]): Promise<Float32Array> {
  const size = 4 * commands.reduce((sum, { count }) => sum + count, 0);
  const stride = gpu.limits.minUniformBufferOffsetAlignment;
  const result = workspace.buffer('result', size, usage.storage | usage.copySource);
  const staging = workspace.buffer('staging', size, usage.mapRead | usage.copyTarget);
  const shapes = workspace.buffer('shapes', stride * commands.length, usage.uniform | usage.copyTarget);
  const encoder = gpu.createCommandEncoder();
  let out = 0;
  for (const [i, { pipeline, buffers, shape, workgroups, count }] of commands.entries()) {
    const numbers = Uint32Array.from(shape(out));
    gpu.queue.writeBuffer(shapes, i * stride, numbers);
    const entries: GPUBindGroupEntry[] = [
      { binding: 0, resource: { buffer: shapes, offset: i * stride, size: numbers.byteLength } },
      ...Object.entries(buffers).map(([binding, buffer]) => {
        return { binding: Number(binding), resource: { buffer: buffer === 'result' ? result : buffer } };
      }),
    ];
    const pass = encoder.beginComputePass();
    pass.setPipeline(pipeline);
    pass.setBindGroup(0, gpu.createBindGroup({ layout: pipeline.getBindGroupLayout(0), entries }));
    pass.dispatchWorkgroups(...workgroups);
    pass.end();
    out += count;
  }
  encoder.copyBufferToBuffer(result, 0, staging, 0, size);
  gpu.queue.submit([encoder.finish()]);
  return readBuffer(staging, size);
}
