/**
 * What runs in a worker thread: a kernel behind messages. build-kernels.ts bundles it into worker.generated.ts, so that
 * it loads wherever the library does.
 */
import { serve } from '../runtime/serve.ts';
import { packBlock, readBlock } from './block.ts';
import { TextKernel } from './kernel.ts';
import type { BlockWorker, Setup } from './worker-messages.ts';

let reading: Promise<{ kernel: TextKernel; uses: Setup['uses'] }>;
let known = 0;

const worker: BlockWorker = {
  async describe({ module, uses, delimiter }) {
    reading = TextKernel.open(module).then((kernel) => {
      kernel.describe(uses, delimiter);
      return { kernel, uses };
    });
  },
  async read({ buffer, byteOffset, length, reuse }) {
    const { kernel, uses } = await reading;
    const packed = packBlock(readBlock(kernel, new Uint8Array(buffer, byteOffset, length), uses), reuse);
    const texts = kernel.textsFrom(known);
    known = kernel.get('texts');
    return { packed, buffer, texts };
  },
};

serve(worker, (answer) =>
  answer === undefined
    ? []
    : [answer.packed.buffer, answer.buffer, answer.texts.described.buffer, answer.texts.bytes.buffer],
);
