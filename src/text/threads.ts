/**
 * Kernels in worker threads: each reads whole blocks and keeps a dictionary of its own, whose new texts come along with
 * a block and get the numbers they have here. How a worker is started is given from outside: Node and browsers differ.
 * A worker that dies turns every call into one error.
 */
import { LogisticError } from '../errors.ts';
import { type Block, unpackBlock } from './block.ts';
import { compileTextKernel, type TextKernel, type Use } from './kernel.ts';
import { workerSource } from './worker.generated.ts';
import type { Answer, Ask, Setup } from './worker-messages.ts';

/** A started worker. */
export interface WorkerLine {
  post(message: unknown, transfer: readonly ArrayBuffer[]): void;
  end(): Promise<unknown>;
}

export interface Threads {
  /** How many there may be. */
  readonly count: number;
  /** Starts a worker from the text of its script. */
  start(script: string, heard: { message(data: unknown): void; died(reason: string): void }): WorkerLine;
}

/** A block that was read. `done` gives the memory of its cells back, once they are copied. */
export interface ReadBlock {
  readonly block: Block;
  /** The block's bytes, which may be used again. */
  readonly bytes: Uint8Array;
  /** This kernel's number for each text of the dictionary that the block is by, where it is another. */
  readonly translate: Uint32Array | undefined;
  done(): void;
}

export interface Thread {
  /** Blocks that are waiting to be read or being read. */
  readonly busy: () => number;
  /** The block's memory goes along, and comes back with what was read. */
  read(block: Uint8Array, kernel: TextKernel): Promise<ReadBlock>;
  close(): Promise<void>;
}

/** Threads besides the one that is here. */
export async function openThreads(
  threads: Threads,
  { uses, delimiter }: { readonly uses: readonly Use[]; readonly delimiter: number },
): Promise<Thread[]> {
  const module = await compileTextKernel();
  return Array.from({ length: threads.count - 1 }, () => openThread(threads, { module, uses, delimiter }));
}

function openThread(threads: Threads, setup: Setup): Thread {
  const waiting: { resolve(answer: Answer): void; reject(error: unknown): void }[] = [];
  let death: LogisticError | undefined;
  const line = threads.start(workerSource, {
    message(data) {
      const answer = data as Answer;
      const caller = waiting.shift();
      if (answer.bug !== undefined) caller?.reject(answer.bug);
      else caller?.resolve(answer);
    },
    died(reason) {
      death ??= new LogisticError('worker-died', `a worker thread ended before its work was done: ${reason}`, {
        hint: 'read the file with --threads 1',
      });
      for (const { reject } of waiting.splice(0)) reject(death);
    },
  });
  line.post(setup, []);
  const spare: ArrayBuffer[] = [];
  let translate = new Uint32Array(256);
  let known = 0;
  return {
    busy: () => waiting.length,
    async read(bytes, kernel) {
      if (death !== undefined) throw death;
      const { length, byteOffset } = bytes;
      const buffer = bytes.buffer as ArrayBuffer;
      const reuse = spare.pop();
      const answer = await new Promise<Answer>((resolve, reject) => {
        waiting.push({ resolve, reject });
        line.post(
          { buffer, byteOffset, length, reuse } satisfies Ask,
          reuse === undefined ? [buffer] : [buffer, reuse],
        );
      });
      for (const { column, bytes: text } of answer.texts) {
        if (known === translate.length) {
          const longer = new Uint32Array(2 * known);
          longer.set(translate);
          translate = longer;
        }
        translate[known++] = kernel.intern(column, text);
      }
      const done = (): void => {
        spare.push(answer.packed.buffer);
      };
      const block = unpackBlock(answer.packed);
      return { block, bytes: new Uint8Array(answer.buffer, byteOffset, length), translate, done };
    },
    async close() {
      await line.end();
    },
  };
}
