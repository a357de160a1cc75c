/** Node, and what has Node's modules: Deno, Bun, Electron. */
import { type ExecFileException, execFile } from 'node:child_process';
import { readSync, writeSync } from 'node:fs';
import Module, { createRequire } from 'node:module';
import { availableParallelism } from 'node:os';
import { dirname, sep } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { Runtime } from './contract.ts';

/** Gives a script the `self` of a browser's worker, and files. */
const selfOfWorker = `{
  const { parentPort } = require('node:worker_threads');
  globalThis.self = {
    postMessage: (message, transfer) => parentPort.postMessage(message, transfer),
    files: require('node:fs'),
  };
  parentPort.on('message', (data) => self.onmessage({ data }));
}
`;

/** What Node calls for every require(): of the request, and the module that makes it. */
type Load = (
  this: unknown,
  request: string,
  parent: { readonly filename?: string } | undefined,
  ...more: unknown[]
) => object;
const loader = Module as unknown as { _load: Load };

const { resolve } = createRequire(import.meta.url);

export const runtime: Runtime = {
  availableThreads: availableParallelism,
  files: { readSync, writeSync },
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
  requireInstalled(name, standIns) {
    const folder = dirname(resolve(`${name}/package.json`)) + sep;
    const load = loader._load;
    loader._load = function (request, parent, ...more) {
      const real = (): object => load.call(this, request, parent, ...more);
      const ofPackage = parent?.filename?.startsWith(folder) === true && Object.hasOwn(standIns, request);
      return ofPackage ? standIns[request]!(real) : real();
    };
    try {
      return createRequire(import.meta.url)(name);
    } finally {
      loader._load = load;
    }
  },
  tryScript: (script, limitSeconds) =>
    new Promise((end) => {
      const limits = { timeout: 1000 * limitSeconds, killSignal: 'SIGKILL' } as const;
      execFile(process.execPath, ['-e', script], limits, (error, _, errors) => {
        end(error === null ? undefined : whyEnded(error, errors, limitSeconds));
      });
    }),
  folderOf: (name) => dirname(resolve(name)) + sep,
};

function whyEnded({ killed, signal, code }: ExecFileException, errors: string, limitSeconds: number): string {
  if (killed) return `no answer within ${limitSeconds} s`;
  if (signal) return `its process ended with ${signal}`;
  return /^\w*Error\b.*/m.exec(errors)?.[0] ?? `its process ended with exit code ${code}`;
}
