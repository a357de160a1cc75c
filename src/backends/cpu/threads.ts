/**
 * Worker threads as hosts: started from the text in worker.generated.ts, spoken to by numbered messages,
 * ended by close(). A worker that dies turns every call, pending or to come, into one error. An idle
 * worker keeps no process alive. It knows neither rows nor sums.
 */
import { LogisticError } from '../../errors.ts';
import { nextTask } from '../../yielding.ts';
import type { Host } from './host.ts';
import { workerSource } from './worker.generated.ts';
import { type Call, type Reply, started } from './worker-messages.ts';

export interface Thread {
  readonly host: Host;
  close(): Promise<void>;
}

/** What differs between a worker of Node and one of a browser. */
interface WorkerConnection {
  post(message: Call, transfer: ArrayBuffer[]): void;
  /** Whether calls are pending. */
  hold(busy: boolean): void;
  end(): Promise<unknown>;
}

/** What a worker is heard to do. */
interface Listener {
  reply(reply: Reply): void;
  died(reason: string): void;
}

/** Threads that this machine runs at the same time. */
export async function availableThreads(): Promise<number> {
  if (!inNode()) return globalThis.navigator?.hardwareConcurrency ?? 1;
  return (await import('node:os')).availableParallelism();
}

/** New threads, all of them started. Throws LogisticError 'worker-died' where one may not or cannot start. */
export async function openThreads(count: number): Promise<Thread[]> {
  const opening: Promise<Thread>[] = [];
  for (let k = 0; k < count; k++) {
    const thread = openThread();
    thread.catch(() => {}); // reported below
    opening.push(thread);
    await nextTask(); // making one holds the event loop for some milliseconds
  }
  const opened = await Promise.allSettled(opening);
  const threads = opened.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
  const failure = opened.find((result) => result.status === 'rejected');
  if (failure === undefined) return threads;
  await Promise.all(threads.map((thread) => thread.close()));
  throw failure.reason;
}

async function openThread(): Promise<Thread> {
  const pending = new Map<number, { resolve(value: unknown): void; reject(error: unknown): void }>();
  let death: LogisticError | undefined;
  const die = (reason: string): void => {
    death ??= new LogisticError('worker-died', `a worker thread ended before its work was done: ${reason}`, {
      hint: 'if memory ran out, use fewer rows or precision float32',
    });
    for (const { reject } of pending.values()) reject(death);
    pending.clear();
  };
  const connection = await (inNode() ? connectInNode : connectInBrowser)({
    reply(reply) {
      const call = pending.get(reply.id);
      if (call === undefined) return; // it came too late: the thread is being closed
      pending.delete(reply.id);
      if (pending.size === 0) connection.hold(false);
      if ('value' in reply) call.resolve(reply.value);
      else if ('bug' in reply) call.reject(reply.bug);
      else call.reject(new LogisticError(reply.refused.code, reply.refused.message, reply.refused as object));
    },
    died: die,
  });
  await new Promise((resolve, reject) => pending.set(started, { resolve, reject })).catch(async (error) => {
    await connection.end();
    throw error;
  });
  let calls = started;
  const call = <T>(method: keyof Host, args: readonly unknown[], transfer: readonly Float64Array[] = []): Promise<T> =>
    new Promise((resolve, reject) => {
      if (death !== undefined) return reject(death);
      const id = ++calls;
      if (pending.size === 0) connection.hold(true);
      pending.set(id, { resolve: resolve as (value: unknown) => void, reject });
      connection.post(
        { id, method, args },
        transfer.map(({ buffer }) => buffer as ArrayBuffer),
      );
    });
  return {
    host: {
      open: (...args) => call('open', args),
      writePanel: (...args) => call('writePanel', args, [args[1].values]),
      writeLabels: (...args) => call('writeLabels', args, [args[2]]),
      evaluate: (...args) => call('evaluate', args),
      scores: (...args) => call('scores', args),
      gradientOf: (...args) => call('gradientOf', args, [args[1]]),
      gramOf: (...args) => call('gramOf', args, [args[1]]),
      quadraticForms: (...args) => call('quadraticForms', args),
      close: (...args) => call('close', args),
    },
    async close() {
      die('it was told to');
      await connection.end();
    },
  };
}

function inNode(): boolean {
  return typeof process !== 'undefined' && process.versions?.node !== undefined;
}

async function connectInNode({ reply, died }: Listener): Promise<WorkerConnection> {
  const { Worker } = await import('node:worker_threads');
  // Without the process's own flags, which may load a whole toolchain into every thread.
  const worker = new Worker(workerSource, { eval: true, execArgv: [], name: 'tfjs-logistic' });
  worker.on('message', reply);
  worker.on('error', (error) => died(error.message));
  worker.on('exit', (code) => died(`exit code ${code}`));
  return {
    post: (message, transfer) => worker.postMessage(message, transfer),
    hold: (busy) => (busy ? worker.ref() : worker.unref()),
    end() {
      worker.ref(); // or the process may end before the promise does
      return worker.terminate();
    },
  };
}

async function connectInBrowser({ reply, died }: Listener): Promise<WorkerConnection> {
  const address = URL.createObjectURL(new Blob([workerSource], { type: 'text/javascript' }));
  const worker = new Worker(address, { name: 'tfjs-logistic' });
  worker.onmessage = ({ data }) => reply(data as Reply);
  worker.onerror = ({ message }) => died(message ?? 'the page does not allow it (worker-src of its policy)');
  return {
    post: (message, transfer) => worker.postMessage(message, transfer),
    hold() {},
    async end() {
      worker.terminate();
      URL.revokeObjectURL(address);
    },
  };
}
