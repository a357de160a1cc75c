/** Node, and what has Node's modules: Deno, Bun, Electron. */
import { createRequire } from 'node:module';
import { availableParallelism } from 'node:os';
import { dirname, sep } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { Runtime } from './contract.ts';

/** Gives a script the `self` of a browser's worker. */
const selfOfWorker = `{
  const { parentPort } = require('node:worker_threads');
  globalThis.self = { postMessage: (message, transfer) => parentPort.postMessage(message, transfer) };
  parentPort.on('message', (data) => self.onmessage({ data }));
}
`;

export const runtime: Runtime = {
  availableThreads: availableParallelism,
  startWorker(script, listener) {
    // Without the process's own flags, which may load a whole toolchain into every thread.
    const worker = new Worker(selfOfWorker + script, { eval: true, execArgv: [], name: 'tfjs-logistic' });
    worker.on('message', (data) => listener.message(data));
    worker.on('error', (error) => listener.died(error.message));
    worker.on('exit', (code) => listener.died(`exit code ${code}`));
    return {
      post: (message, transfer) => worker.postMessage(message, transfer),
      hold: (held) => (held ? worker.ref() : worker.unref()),
      async end() {
        worker.ref(); // or the process may end before the promise does
        await worker.terminate();
      },
    };
  },
  importInstalled: (name) => import(name),
  folderOf: (name) => dirname(createRequire(import.meta.url).resolve(name)) + sep,
};
