/** Kernel memories: allocated for the rows, grown for what few ask for, refused in words when they cannot be had. */
import { LogisticError } from '../../errors.ts';
import type { Kernels } from './kernels.ts';
import type { Layout } from './layout.ts';

const pageBytes = 65_536;
const mostPages = 65_536;

/** A memory, the kernels that work in it, and where everything lies there. */
export interface KernelMemory {
  readonly kernels: Kernels;
  readonly memory: WebAssembly.Memory;
  readonly layout: Layout;
}

export function allocate(layout: Layout): WebAssembly.Memory {
  const pages = Math.ceil(layout.end / pageBytes);
  if (pages > mostPages) throw tooLarge(layout.end, layout);
  try {
    return new WebAssembly.Memory({ initial: pages });
  } catch (error) {
    throw tooLarge(layout.end, layout, error);
  }
}

/** Space for a Hessian or a matrix, which no one pays for who never asks for one. */
export function growTo(memory: WebAssembly.Memory, layout: Layout, bytes: number): void {
  const missing = Math.ceil(bytes / pageBytes) - memory.buffer.byteLength / pageBytes;
  if (missing <= 0) return;
  try {
    memory.grow(missing);
  } catch (error) {
    throw tooLarge(bytes, layout, error);
  }
}

/** Sets the first `count` sums to 0. */
export function clearSums({ memory, layout }: KernelMemory, count: number): void {
  growTo(memory, layout, layout.sums + 8 * count);
  new Float64Array(memory.buffer, layout.sums, count).fill(0);
}

function tooLarge(bytes: number, { slots, features, scoreVectors, precision }: Layout, cause?: unknown): LogisticError {
  const size = `${(bytes / 2 ** 30).toFixed(2)} GiB`;
  const classes = scoreVectors === 1 ? '' : ` and ${scoreVectors + 1} classes`;
  return new LogisticError(
    'too-large',
    `${slots} rows of ${features} features${classes} in ${precision} need ${size} in one piece, which cannot be had`,
    {
      hint: 'keep the rows on disk (--rows disk), or choose the solver lbfgs, which needs no Hessian',
      details: { bytes, cause },
    },
  );
}
