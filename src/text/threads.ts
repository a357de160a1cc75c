/**
 * Kernels in worker threads: each reads whole blocks and keeps a dictionary of its own, whose new texts come along with
 * a block and get the numbers they have here.
 */
import { openThread, type Thread } from '../runtime/thread.ts';
import { type Block, unpackBlock } from './block.ts';
import { compileTextKernel, type TextKernel } from './kernel.ts';
import { workerSource } from './worker.generated.ts';
import type { AskedBlock, BlockWorker, Setup } from './worker-messages.ts';

/** A block that was read. `done` gives the memory of its cells back, once they are copied. */
export interface ReadBlock {
  readonly block: Block;
  /** The block's bytes, which may be used again. */
  readonly bytes: Uint8Array;
  /** This kernel's number for each text of the dictionary that the block is by, where it is another. */
  readonly translate: Uint32Array | undefined;
  done(): void;
}

export interface BlockThread {
  /** Blocks that are waiting to be read or being read. */
  busy(): number;
  /** The block's memory goes along, and comes back with what was read. */
  read(block: Uint8Array, kernel: TextKernel): Promise<ReadBlock>;
}

export interface BlockThreads {
  /** Those that have started, which in a page whose policy allows no workers none will. */
  readonly started: readonly BlockThread[];
  close(): Promise<void>;
}

export async function openThreads(count: number, described: Omit<Setup, 'module'>): Promise<BlockThreads> {
  const setup: Setup = { module: await compileTextKernel(), ...described };
  const threads: Thread[] = [];
  const started: BlockThread[] = [];
  const start = async (): Promise<void> => {
    const thread = await openThread(workerSource, 'if memory ran out, read fewer columns');
    threads.push(thread);
    call(thread, 'describe', [setup]).catch(() => {}); // told where a block is read
    started.push(blockThread(thread));
  };
  const starting = Array.from({ length: count }, start);
  const all = Promise.allSettled(starting);
  return {
    started,
    async close() {
      await all;
      await Promise.all(threads.map((thread) => thread.close()));
    },
  };
}

function call<K extends keyof BlockWorker>(
  thread: Thread,
  method: K,
  args: Parameters<BlockWorker[K]>,
  transfer: readonly ArrayBuffer[] = [],
): ReturnType<BlockWorker[K]> {
  return thread.call(method, args, transfer) as ReturnType<BlockWorker[K]>;
}

function blockThread(thread: Thread): BlockThread {
  const spare: ArrayBuffer[] = [];
  let translate = new Uint32Array(256);
  let known = 0;
  return {
    busy: thread.pending,
    async read({ buffer: memory, byteOffset, length }, kernel) {
      const buffer = memory as ArrayBuffer;
      const reuse = spare.pop();
      const asked: AskedBlock = { buffer, byteOffset, length, reuse };
      const answer = await call(thread, 'read', [asked], reuse === undefined ? [buffer] : [buffer, reuse]);
      const count = answer.texts.described.length / 2;
      if (known + count > translate.length) {
        const longer = new Uint32Array(2 * (known + count));
        longer.set(translate);
        translate = longer;
      }
      kernel.intern(answer.texts, translate, known);
      known += count;
      const done = (): void => {
        spare.push(answer.packed.buffer);
      };
      const block = unpackBlock(answer.packed);
      return { block, bytes: new Uint8Array(answer.buffer, byteOffset, length), translate, done };
    },
  };
}
