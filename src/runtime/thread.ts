/**
 * A worker thread as methods that are called: started from the text of a script that serves them (serve.ts), spoken to
 * by numbered messages, ended by close(). A worker that dies turns every call, pending or to come, into one error. An
 * idle worker keeps no process alive. It knows no method.
 */
import { runtime } from '#runtime';
import { LogisticError } from '../errors.ts';
import type { WorkerLine } from './contract.ts';
import { type Call, type Reply, started } from './messages.ts';

export interface Thread {
  /** Calls a method of the worker; memory in `transfer` is given away. */
  call<T>(method: string, args: readonly unknown[], transfer?: readonly ArrayBuffer[]): Promise<T>;
  /** Calls that are not answered yet. */
  pending(): number;
  close(): Promise<void>;
}

/** A thread that has started. Throws LogisticError 'worker-died', with `hint`, where it may not or cannot. */
export async function openThread(script: string, hint: string): Promise<Thread> {
  const pending = new Map<number, { resolve(value: unknown): void; reject(error: unknown): void }>();
  let death: LogisticError | undefined;
  const die = (reason: string): void => {
    death ??= new LogisticError('worker-died', `a worker thread ended before its work was done: ${reason}`, { hint });
    for (const { reject } of pending.values()) reject(death);
    pending.clear();
  };
  const line: WorkerLine = runtime.startWorker(script, {
    message(data) {
      const reply = data as Reply;
      const call = pending.get(reply.id);
      if (call === undefined) return; // it came too late: the thread is being closed
      pending.delete(reply.id);
      if (pending.size === 0) line.hold(false);
      if ('value' in reply) call.resolve(reply.value);
      else if ('bug' in reply) call.reject(reply.bug);
      else call.reject(new LogisticError(reply.refused.code, reply.refused.message, reply.refused));
    },
    died: die,
  });
  await new Promise((resolve, reject) => pending.set(started, { resolve, reject })).catch(async (error) => {
    await line.end();
    throw error;
  });
  let calls = started;
  return {
    call: (method, args, transfer = []) =>
      new Promise((resolve, reject) => {
        if (death !== undefined) return reject(death);
        const id = ++calls;
        if (pending.size === 0) line.hold(true);
        pending.set(id, { resolve: resolve as (value: unknown) => void, reject });
        line.post({ id, method, args } satisfies Call, transfer);
      }),
    pending: () => pending.size,
    async close() {
      die('it was told to');
      await line.end();
    },
  };
}
