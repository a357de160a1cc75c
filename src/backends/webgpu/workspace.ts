/**
 * Buffers that evaluations use one after another: what was made once is there the next time, and made anew where more is
 * asked for, since a GPU takes longer to make a buffer than to sum over a million rows. Whatever they hold is the last user's.
 */
import { type Device, usage } from './device.ts';

export interface Workspace {
  /** A buffer of at least `size` bytes, for calls of a step (Device.step), in whose error scopes it may be made. */
  buffer(name: string, size: number, usage: number): GPUBuffer;
  /** The same where it is there already. */
  known(name: string, size: number): GPUBuffer | undefined;
  /** A buffer that kernels read, with these numbers. */
  write(name: string, numbers: Float32Array<ArrayBuffer> | Uint32Array<ArrayBuffer>): GPUBuffer;
  /** Destroys all of them; no other is made. */
  destroy(): void;
}

export function openWorkspace({ gpu }: Device): Workspace {
  const buffers = new Map<string, GPUBuffer>();
  let destroyed = false;
  const known = (label: string, size: number): GPUBuffer | undefined => {
    const made = buffers.get(label);
    return made !== undefined && made.size >= size ? made : undefined;
  };
  const buffer = (label: string, size: number, usage: number): GPUBuffer => {
    if (destroyed) throw new Error(`${label} is asked of a workspace that has been destroyed`);
    const there = known(label, size);
    if (there !== undefined) return there;
    buffers.get(label)?.destroy();
    const made = gpu.createBuffer({ label, size, usage });
    buffers.set(label, made);
    return made;
  };
  return {
    known,
    buffer,
    write(name, numbers) {
      const written = buffer(name, numbers.byteLength, usage.storage | usage.copyTarget);
      gpu.queue.writeBuffer(written, 0, numbers);
      return written;
    },
    destroy() {
      destroyed = true;
      for (const made of buffers.values()) made.destroy();
    },
  };
}
