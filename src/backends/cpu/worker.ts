/**
 * What runs in a worker thread, of Node or of a browser: a host behind messages. build-kernels.ts
 * bundles it into worker.generated.ts, so that it loads wherever the library does.
 */
import { LogisticError } from '../../errors.ts';
import { createHost } from './host.ts';
import { type Call, type Reply, started } from './worker-messages.ts';

interface Port {
  postMessage(message: unknown, transfer?: readonly ArrayBuffer[]): void;
}

declare const require: (name: string) => {
  readonly parentPort: Port & { on(event: 'message', listener: (call: Call) => void): void };
};
declare const self: Port & { onmessage: (event: { readonly data: Call }) => void };

const host = createHost();

async function answer({ id, method, args }: Call, port: Port): Promise<void> {
  const reply = (message: Reply, transfer: readonly ArrayBuffer[] = []): void => port.postMessage(message, transfer);
  try {
    const value = await (host[method] as (...args: readonly unknown[]) => Promise<unknown>)(...args);
    reply({ id, value }, buffersOf(value));
  } catch (error) {
    if (!(error instanceof LogisticError)) return reply({ id, bug: error });
    const { code, message, hint, details } = error;
    reply({ id, refused: { code, message, ...(hint === undefined ? {} : { hint }), details } });
  }
}

/** What a reply hands over instead of copying: arrays by themselves and those of sums. */
function buffersOf(value: unknown): ArrayBuffer[] {
  const values = value instanceof Float64Array ? [value] : Object.values(value ?? {});
  return values.flatMap((array) => (array instanceof Float64Array ? [array.buffer as ArrayBuffer] : []));
}

if (typeof self === 'undefined') {
  const { parentPort } = require('node:worker_threads');
  parentPort.on('message', (call) => void answer(call, parentPort));
  parentPort.postMessage({ id: started, value: undefined });
} else {
  self.onmessage = ({ data }) => void answer(data, self);
  self.postMessage({ id: started, value: undefined });
}
