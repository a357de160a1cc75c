/** Pages, their workers, and every other place that has the web's interfaces and not Node's modules. */
import type { Runtime } from './contract.ts';

export const runtime: Runtime = {
  availableThreads: () => (typeof Worker === 'undefined' ? 1 : (navigator.hardwareConcurrency ?? 1)),
  files: undefined,
  startWorker(script, listener) {
    const address = URL.createObjectURL(new Blob([script], { type: 'text/javascript' }));
    const worker = new Worker(address, { name: 'tfjs-logistic' });
    worker.onmessage = ({ data }) => listener.message(data);
    worker.onerror = ({ message }) => listener.died(message ?? 'the page does not allow it (worker-src of its policy)');
    return {
      post: (message, transfer) => worker.postMessage(message, [...transfer]),
      hold() {},
      async end() {
        worker.terminate();
        URL.revokeObjectURL(address);
      },
    };
  },
  importInstalled: async () => undefined,
  requireInstalled: () => undefined,
  tryScript: async () => 'there are no processes here',
  folderOf: () => undefined,
};
