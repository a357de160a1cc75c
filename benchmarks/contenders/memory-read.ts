/** The read bandwidth of the machine, in the same rounds as the evaluations that are compared with it. */
import { bytesRead, openMemoryRead } from '../../src/bench/memory-read.ts';
import type { SessionContender } from '../contender.ts';

export const memoryRead: SessionContender = {
  name: 'memory-read',
  about: `a plain WebAssembly SIMD sum over ${bytesRead / 2 ** 20} MiB on all threads: the read bandwidth`,
  measures: ['evaluation'],
  precision: 'float64',
  open: openMemoryRead,
};
