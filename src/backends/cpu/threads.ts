/** Worker threads as hosts: the methods of a host, called in a thread. It knows neither rows nor sums. */
import { openThread, type Thread } from '../../runtime/thread.ts';
import { nextTask } from '../../yielding.ts';
import type { Host } from './host.ts';
import { workerSource } from './worker.generated.ts';

export interface HostThread {
  readonly host: Host;
  close(): Promise<void>;
}

/** New threads, all of them started. Throws LogisticError 'worker-died' where one may not or cannot start. */
export async function openThreads(count: number): Promise<HostThread[]> {
  const opening: Promise<Thread>[] = [];
  for (let k = 0; k < count; k++) {
    const thread = openThread(workerSource, 'if memory ran out, use fewer rows or precision float32');
    thread.catch(() => {}); // reported below
    opening.push(thread);
    await nextTask(); // making one holds the event loop for some milliseconds
  }
  const opened = await Promise.allSettled(opening);
  const threads = opened.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
  const failure = opened.find((result) => result.status === 'rejected');
  if (failure === undefined) return threads.map((thread) => ({ host: hostIn(thread), close: thread.close }));
  await Promise.all(threads.map((thread) => thread.close()));
  throw failure.reason;
}

function hostIn(thread: Thread): Host {
  const call = <T>(method: keyof Host, args: readonly unknown[], given: readonly Float64Array[] = []): Promise<T> =>
    thread.call(
      method,
      args,
      given.map(({ buffer }) => buffer as ArrayBuffer),
    );
  return {
    open: (...args) => call('open', args),
    writePanel: (...args) => call('writePanel', args, [args[1].values]),
    writeLabels: (...args) => call('writeLabels', args, [args[2]]),
    evaluate: (...args) => call('evaluate', args),
    scores: (...args) => call('scores', args),
    gradientOf: (...args) => call('gradientOf', args, [args[1]]),
    gramOf: (...args) => call('gramOf', args, [args[1]]),
    quadraticForms: (...args) => call('quadraticForms', args),
    close: (...args) => call('close', args),
    openPages: (...args) => call('openPages', args),
    pageSums: (...args) => call('pageSums', args, [args[0].page]),
    imageSums: (...args) => call('imageSums', args),
    pageMeasures: (...args) => call('pageMeasures', args, [args[0].page]),
  };
}
