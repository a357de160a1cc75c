/**
 * Kernels in worker threads: each reads whole blocks and keeps a dictionary of its own, whose new texts come along with
 * a block and get the numbers they have here. How a worker is started is given from outside: Node and browsers differ.
 * A worker that dies turns every call into one error.
 */
import { LogisticError } from '../errors.ts';
import type { Block } from './block.ts';
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

export interface Thread {
  /** The block's memory goes along; `buffer` brings it back. `done` gives the memory of what was read back. */
  read(
    block: Uint8Array,
    kernel: TextKernel,
  ): Promise<{ block: Block; length: number; translate: Uint32Array; buffer: ArrayBuffer; done(): void }>;
  close(): Promise<void>;
}

export async function openThreads(
  threads: Threads,
  { uses, delimiter }: { readonly uses: readonly Use[]; readonly delimiter: number },
): Promise<Thread[]> {
  const module = await compileTextKernel();
  return Array.from({ length: threads.count }, () => openThread(threads, { module, uses, delimiter }));
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
    async read(bytes, kernel) {
      if (death !== undefined) throw death;
      const { length, byteOffset } = bytes;
      const buffer = bytes.buffer as ArrayBuffer;
      const reuse = spare.pop();
      const answer = await new Promise<Answer>((resolve, reject) => {
        waiting.push({ resolve, reject });
        line.post({ buffer, byteOffset, length, reuse } satisfies Ask, reuse === undefined ? [buffer] : [buffer, reuse]);
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
        if (answer.packed.byteLength > 0) spare.push(answer.packed);
      };
      return { block: answer.block, length, translate, buffer: answer.buffer, done };
    },
    async close() {
      await line.end();
    },
  };
}
