/**
 * What the machine can read: a WebAssembly SIMD sum over 512 MiB, far beyond any cache, a part of it on each of as many
 * worker threads as the machine runs, in turns with the evaluations that are compared with it. Its one "evaluation" is
 * one pass; the sum is checked, so that no pass can be skipped.
 */
import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import type { Session } from './session.ts';
import { sumBase64 } from './sum.generated.ts';

export const bytesRead = 2 ** 29;
const pageBytes = 2 ** 16;

/** A thread with its own memory full of ones. */
const worker = `
const { parentPort, workerData } = require('node:worker_threads');
const { code, bytes } = workerData;
const memory = new WebAssembly.Memory({ initial: bytes / ${pageBytes} });
new Float64Array(memory.buffer).fill(1);
const { exports } = new WebAssembly.Instance(new WebAssembly.Module(code), { env: { memory } });
parentPort.on('message', () => parentPort.postMessage(exports.sum(bytes)));
parentPort.postMessage(0);
`;

export async function openMemoryRead(): Promise<Session> {
  const threads = Math.min(availableParallelism(), bytesRead / pageBytes);
  const code = Buffer.from(sumBase64, 'base64');
  const pages = bytesRead / pageBytes;
  const workers = Array.from({ length: threads }, (_, k) => {
    const bytes = pageBytes * (Math.floor(((k + 1) * pages) / threads) - Math.floor((k * pages) / threads));
    return new Worker(worker, { eval: true, execArgv: [], workerData: { code, bytes } });
  });
  const replies = (): Promise<number[]> =>
    Promise.all(workers.map((one) => new Promise<number>((resolve) => one.once('message', resolve))));
  await replies(); // started
  return {
    version: `${threads} threads, ${bytesRead / 2 ** 20} MiB`,
    async evaluate() {
      const sums = replies();
      for (const one of workers) one.postMessage(null);
      const total = (await sums).reduce((a, b) => a + b, 0);
      if (total !== bytesRead / 8) throw new Error(`summed ${total} of ${bytesRead / 8} ones`);
      return { loss: 0, gradient: [] };
    },
    async close() {
      await Promise.all(workers.map((one) => one.terminate()));
    },
  };
}
