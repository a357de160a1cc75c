/**
 * The page's side of the worker. The worker's script is the page's own, from a Blob: a page that was opened from a folder
 * may load no other file. A call is a promise; `stop` aborts it.
 */
import { LogisticError } from '../../../../src/errors.ts';
import { scriptFor, scriptText } from '../script.ts';
import type { CallName, Calls, Reply, Step } from './messages.ts';

interface Pending {
  resolve(value: unknown): void;
  reject(error: unknown): void;
  readonly steps: ((steps: readonly Step[]) => void) | undefined;
}

export type Running<T> = Promise<T> & { stop(): void };

const pending = new Map<number, Pending>();
let worker: Worker | undefined;
let calls = 0;

function started(): Worker {
  if (worker !== undefined) return worker;
  const script = new Blob([scriptFor('lab')], { type: 'text/javascript' });
  worker = new Worker(URL.createObjectURL(script), { name: 'lab' });
  worker.postMessage({ script: scriptText() });
  worker.onmessage = ({ data }: MessageEvent<Reply>) => {
    const call = pending.get(data.id);
    if (call === undefined) return;
    if ('steps' in data) {
      call.steps?.(data.steps);
      return;
    }
    pending.delete(data.id);
    if ('value' in data) call.resolve(data.value);
    else call.reject(new LogisticError(data.problem.code ?? 'bug', data.problem.message, { hint: data.problem.hint }));
  };
  worker.onerror = ({ message }) => {
    for (const { reject } of pending.values()) reject(new Error(message));
    pending.clear();
    worker = undefined;
  };
  return worker;
}

/** Calls the worker; `steps` hears the steps of a path as they come. */
export function call<N extends CallName>(
  name: N,
  args: Parameters<Calls[N]>,
  steps?: (steps: readonly Step[]) => void,
): Running<Awaited<ReturnType<Calls[N]>>> {
  const id = ++calls;
  const promise = new Promise((resolve, reject) => {
    pending.set(id, { resolve, reject, steps });
    started().postMessage({ id, name, args });
  }) as Promise<Awaited<ReturnType<Calls[N]>>>;
  return Object.assign(promise, { stop: () => worker?.postMessage({ stop: id }) });
}
