/**
 * Blocks of rows read one after the other by the kernel that is here, or by several threads at once: what they give
 * comes in the order of the file either way. It knows no column.
 */
import { nextTask } from '../yielding.ts';
import { type Block, readBlock } from './block.ts';
import type { BlockCutter } from './cutter.ts';
import type { TextKernel, Use } from './kernel.ts';
import { openThreads, type Thread, type Threads } from './threads.ts';

export type { Threads } from './threads.ts';

export interface ReadBlock {
  readonly block: Block;
  /** Bytes of the block. */
  readonly length: number;
  /** This kernel's number for each text of the dictionary that the block is by, where it is another. */
  readonly translate: Uint32Array | undefined;
}

export interface BlockReader {
  /** Bytes of a block as they suit it. */
  readonly blockBytes: number;
  /** Each block's memory is given back to the cutter when the next one is asked for. */
  read(cutter: BlockCutter, bytes: AsyncIterable<Uint8Array>): AsyncGenerator<ReadBlock>;
  close(): Promise<void>;
}

export interface BlockReaderOptions {
  readonly uses: readonly Use[];
  readonly delimiter: number;
  readonly size: number | undefined;
  readonly threads: Threads | undefined;
}

/** Little beside what is kept, and enough that what is done once a block does not count. */
const blockBytes = 2 ** 20;
/** Texts below this are read before threads have started. */
const worthThreads = 16 * 2 ** 20;

export async function blockReader(kernel: TextKernel, options: BlockReaderOptions): Promise<BlockReader> {
  const { threads, size = 0 } = options;
  kernel.describe(options.uses, options.delimiter);
  if (threads === undefined || threads.count < 2 || size < worthThreads) return readerHere(kernel, options);
  return readerInThreads(kernel, await openThreads(threads, options));
}

function readerHere(kernel: TextKernel, { uses }: BlockReaderOptions): BlockReader {
  return {
    blockBytes,
    async *read(cutter, bytes) {
      const blocks = function* (piece: Uint8Array | undefined): Generator<ReadBlock> {
        for (const block of piece === undefined ? cutter.finish() : cutter.push(piece)) {
          yield { block: readBlock(kernel, block, uses), length: block.length, translate: undefined };
          cutter.recycle(block.buffer as ArrayBuffer);
        }
      };
      for await (const piece of bytes) {
        yield* blocks(piece);
        await nextTask();
      }
      yield* blocks(undefined);
    },
    async close() {},
  };
}

function readerInThreads(kernel: TextKernel, threads: readonly Thread[]): BlockReader {
  return {
    blockBytes,
    async *read(cutter, bytes) {
      const pending: Promise<ReadBlock & { buffer: ArrayBuffer; done(): void }>[] = [];
      let next = 0;
      const give = (block: Uint8Array): void => {
        const thread = threads[next++ % threads.length]!;
        const reading = thread.read(block, kernel);
        reading.catch(() => {}); // told where it is awaited
        pending.push(reading);
      };
      const take = async (): Promise<ReadBlock & { buffer: ArrayBuffer; done(): void }> => await pending.shift()!;
      const drain = async function* (most: number): AsyncGenerator<ReadBlock> {
        while (pending.length > most) {
          const read = await take();
          yield read;
          read.done();
          cutter.recycle(read.buffer);
        }
      };
      for await (const piece of bytes) {
        for (const block of cutter.push(piece)) give(block);
        yield* drain(2 * threads.length);
      }
      for (const block of cutter.finish()) give(block);
      yield* drain(0);
    },
    async close() {
      await Promise.all(threads.map((thread) => thread.close()));
    },
  };
}
