/**
 * Blocks of rows read one after the other by the kernel that is here, or by several threads at once: what they give
 * comes in the order of the file either way. It knows no column.
 */
import { nextTask } from '../yielding.ts';
import { packBlock, readBlock, unpackBlock } from './block.ts';
import type { BlockCutter } from './cutter.ts';
import type { TextKernel, Use } from './kernel.ts';
import { type BlockThreads, openThreads, type ReadBlock } from './threads.ts';

export interface BlockReader {
  /** Blocks in their order. What one gives is to be copied before the next one is asked for. */
  read(cutter: BlockCutter, bytes: AsyncIterable<Uint8Array>): AsyncGenerator<ReadBlock>;
  close(): Promise<void>;
}

export interface BlockReaderOptions {
  readonly uses: readonly Use[];
  readonly delimiter: number;
  /** Bytes in all, NaN where that is not known. */
  readonly size: number;
  /** Threads that may read, this one among them. */
  readonly threads: number;
}

/** Little beside what is kept, and enough that what is done once a block does not count. */
export const blockBytes = 2 ** 20;
/** Texts below this are read before threads have started. */
const worthThreads = 16 * 2 ** 20;

export async function blockReader(kernel: TextKernel, options: BlockReaderOptions): Promise<BlockReader> {
  const { threads, size } = options;
  kernel.describe(options.uses, options.delimiter);
  if (threads < 2 || !(size >= worthThreads)) return readerHere(kernel, options);
  return readerInThreads(kernel, await openThreads(threads - 1, options), options);
}

function readerHere(kernel: TextKernel, { uses }: BlockReaderOptions): BlockReader {
  return {
    async *read(cutter, bytes) {
      const read = function* (blocks: Iterable<Uint8Array>): Generator<ReadBlock> {
        for (const block of blocks) {
          yield { block: readBlock(kernel, block, uses), bytes: block, translate: undefined, done() {} };
          cutter.recycle(block.buffer as ArrayBuffer);
        }
      };
      for await (const piece of bytes) {
        yield* read(cutter.push(piece));
        await nextTask();
      }
      yield* read(cutter.finish());
    },
    async close() {},
  };
}

/** Blocks that wait at each thread, so that it is never without one. */
const waitingBlocks = 3;

/** The other threads get what they can take, and what is more is read here. */
function readerInThreads(kernel: TextKernel, threads: BlockThreads, { uses }: BlockReaderOptions): BlockReader {
  const spare: ArrayBuffer[] = [];
  const readHere = (bytes: Uint8Array): ReadBlock => {
    const packed = packBlock(readBlock(kernel, bytes, uses), spare.pop());
    return { block: unpackBlock(packed), bytes, translate: undefined, done: () => spare.push(packed.buffer) };
  };
  return {
    async *read(cutter, bytes) {
      const pending: { read: Promise<ReadBlock>; settled: boolean }[] = [];
      const add = (block: Uint8Array): void => {
        const free = threads.started.find((thread) => thread.busy() < waitingBlocks);
        const read = free === undefined ? Promise.resolve(readHere(block)) : free.read(block, kernel);
        const entry = { read, settled: false };
        const settle = (): void => {
          entry.settled = true;
        };
        read.then(settle, settle); // a failure is told where it is awaited
        pending.push(entry);
      };
      const drain = async function* (most: number): AsyncGenerator<ReadBlock> {
        while (pending.length > 0 && (pending[0]!.settled || pending.length > most)) {
          const read = await pending.shift()!.read;
          yield read;
          read.done();
          cutter.recycle(read.bytes.buffer as ArrayBuffer);
        }
      };
      for await (const piece of bytes) {
        for (const block of cutter.push(piece)) add(block);
        await nextTask();
        yield* drain(4 * waitingBlocks * threads.started.length);
      }
      for (const block of cutter.finish()) add(block);
      yield* drain(0);
    },
    close: threads.close,
  };
}
