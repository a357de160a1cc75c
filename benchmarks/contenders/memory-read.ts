/**
 * What the machine can read: a WebAssembly SIMD sum over 512 MiB, far beyond any cache, half of it on each
 * of two worker threads, in the same rounds as the evaluations that are compared with it. Its one
 * "evaluation" is one pass; the sum is checked, so that no pass can be skipped.
 */
import { Worker } from 'node:worker_threads';
import type { Session, SessionContender } from '../contender.ts';

export const bytesRead = 2 ** 29;
const threads = 2;

export const memoryRead: SessionContender = {
  name: 'memory-read',
  about: `a plain WebAssembly SIMD sum over ${bytesRead / 2 ** 20} MiB on ${threads} threads: the read bandwidth`,
  measures: ['evaluation'],
  precision: 'float64',
  open,
};

/** Eight sums, so that no addition waits for the one before it. */
const kernel = `
export function sum(bytes: usize): f64 {
  ${lines((i) => `let s${i} = f64x2.splat(0);`)}
  for (let p: usize = 0; p < bytes; p += 128) {
    ${lines((i) => `s${i} = f64x2.add(s${i}, v128.load(p, ${16 * i}));`)}
  }
  ${lines((i) => (i === 0 ? '' : `s0 = f64x2.add(s0, s${i});`))}
  return f64x2.extract_lane(s0, 0) + f64x2.extract_lane(s0, 1);
}
`;

function lines(line: (i: number) => string): string {
  return Array.from({ length: 8 }, (_, i) => line(i)).join('\n');
}

/** A thread with its own memory full of ones. */
const worker = `
const { parentPort, workerData } = require('node:worker_threads');
const { code, bytes } = workerData;
const memory = new WebAssembly.Memory({ initial: bytes / 65536 });
new Float64Array(memory.buffer).fill(1);
const { exports } = new WebAssembly.Instance(new WebAssembly.Module(code), { env: { memory } });
parentPort.on('message', () => parentPort.postMessage(exports.sum(bytes)));
parentPort.postMessage(0);
`;

async function open(): Promise<Session> {
  const code = await compile();
  const bytes = bytesRead / threads;
  const workers = Array.from(
    { length: threads },
    () => new Worker(worker, { eval: true, execArgv: [], workerData: { code, bytes } }),
  );
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

async function compile(): Promise<Uint8Array> {
  const { default: asc } = await import('assemblyscript/asc'); // heavy: no other contender's process should load it
  let binary: Uint8Array | undefined;
  const { error, stderr } = await asc.main(
    ['sum.ts', '-O3', '--noAssert', '--enable', 'simd', '--runtime', 'stub', '--importMemory', '--outFile', 'sum.wasm'],
    {
      readFile: (name) => (name === 'sum.ts' ? kernel : null),
      writeFile(name, contents) {
        if (name.endsWith('.wasm')) binary = contents as Uint8Array;
      },
      listFiles: () => [],
    },
  );
  if (error || !binary) throw new Error(`the sum does not compile\n${stderr.toString()}`);
  return binary;
}
