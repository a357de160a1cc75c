/**
 * What runs in a worker thread, of Node or of a browser: a kernel behind messages. build-kernels.ts bundles it into
 * worker.generated.ts, so that it loads wherever the library does.
 */
import { packBlock, readBlock } from './block.ts';
import { TextKernel } from './kernel.ts';
import type { Answer, Ask, Setup } from './worker-messages.ts';

interface Port {
  postMessage(message: unknown, transfer?: readonly ArrayBuffer[]): void;
}

declare const require: (name: string) => {
  readonly parentPort: Port & { on(event: 'message', listener: (message: Setup | Ask) => void): void };
};
declare const self: Port & { onmessage: (event: { readonly data: Setup | Ask }) => void };

let reading: Promise<{ kernel: TextKernel; uses: Setup['uses'] }>;
let known = 0;

async function hear(message: Setup | Ask, port: Port): Promise<void> {
  if ('module' in message) {
    reading = TextKernel.open(message.module).then((kernel) => {
      kernel.describe(message.uses, message.delimiter);
      return { kernel, uses: message.uses };
    });
    return;
  }
  try {
    const { kernel, uses } = await reading;
    const { buffer, byteOffset, length, reuse } = message;
    const read = readBlock(kernel, new Uint8Array(buffer, byteOffset, length), uses);
    const packed = packBlock(read, reuse);
    const texts: Answer['texts'][number][] = [];
    for (const end = kernel.get('texts'); known < end; known++) {
      const { column, bytes } = kernel.entry(known);
      texts.push({ column, bytes: bytes.slice() });
    }
    port.postMessage({ packed, buffer, texts } satisfies Answer, [packed.buffer, buffer]);
  } catch (bug) {
    port.postMessage({ bug });
  }
}

if (typeof self === 'undefined') {
  const { parentPort } = require('node:worker_threads');
  parentPort.on('message', (message) => void hear(message, parentPort));
} else self.onmessage = ({ data }) => void hear(data, self);
