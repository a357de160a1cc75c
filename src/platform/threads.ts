/** Worker threads of Node for the reader of text. */
import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import type { Threads } from '../text/threads.ts';

export const nodeThreads: Threads = {
  count: availableParallelism(),
  start(script, heard) {
    // Without the process's own flags, which may load a whole toolchain into every thread.
    const worker = new Worker(script, { eval: true, execArgv: [], name: 'tfjs-logistic-reader' });
    worker.on('message', (data) => heard.message(data));
    worker.on('error', (error) => heard.died(error.message));
    worker.on('exit', (code) => heard.died(`exit code ${code}`));
    return { post: (message, transfer) => worker.postMessage(message, transfer), end: () => worker.terminate() };
  },
};
