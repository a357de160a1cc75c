/**
 * Rows in one WebAssembly memory and the sums over them. A memory ends at 4 GiB, so a set of rows may be
 * several parts whose sums add; a thread would hold one. It knows no formula and no other part.
 */
import { LogisticError } from '../../errors.ts';
import type { Order, Rows, Sums } from '../backend.ts';
import { type Kernels, openKernels } from './kernels.ts';
import { type Layout, numbersOf, type Precision, planLayout, writeRows } from './layout.ts';

const pageBytes = 65_536;
const mostPages = 65_536;

export interface Part {
  evaluate(theta: Float64Array, order: Order): Promise<Sums>;
}

/** Copies rows `from` to `to` into a memory of their own. */
export function placePart(
  module: WebAssembly.Module,
  precision: Precision,
  source: { rows: Rows; from: number; to: number },
): Part {
  const layout = planLayout(source.to - source.from, source.rows.columns.length, precision);
  const memory = allocate(layout);
  writeRows(memory.buffer, layout, source);
  let kernels: Promise<Kernels> | undefined;
  return {
    async evaluate(theta, order) {
      kernels ??= openKernels(module, memory);
      const { evaluate32, evaluate64 } = await kernels;
      if (order === 2) growFor(memory, layout);
      writeTheta(memory.buffer, layout, theta);
      (precision === 'float32' ? evaluate32 : evaluate64)(layout.header, order);
      return readSums(memory.buffer, layout, order);
    },
  };
}

function allocate(layout: Layout): WebAssembly.Memory {
  const pages = Math.ceil(layout.end / pageBytes);
  if (pages > mostPages) throw tooLarge(layout.end, layout);
  try {
    return new WebAssembly.Memory({ initial: pages });
  } catch (error) {
    throw tooLarge(layout.end, layout, error);
  }
}

/** Room for the Hessian, which no one pays for who never asks for one. */
function growFor(memory: WebAssembly.Memory, layout: Layout): void {
  const missing = Math.ceil(layout.endOfSquare / pageBytes) - memory.buffer.byteLength / pageBytes;
  if (missing <= 0) return;
  try {
    memory.grow(missing);
  } catch (error) {
    throw tooLarge(layout.endOfSquare, layout, error);
  }
}

function tooLarge(bytes: number, layout: Layout, cause?: unknown): LogisticError {
  const { rows, features, precision } = layout;
  const size = `${(bytes / 2 ** 30).toFixed(2)} GiB`;
  return new LogisticError(
    'too-large',
    `${rows} rows of ${features} features in ${precision} need ${size} in one piece, which cannot be had`,
    { hint: 'stream the rows, or choose the solver lbfgs, which needs no Hessian', details: { bytes, cause } },
  );
}

function writeTheta(buffer: ArrayBuffer, layout: Layout, theta: Float64Array): void {
  const at = layout.theta / layout.bytes;
  const numbers = numbersOf(buffer, layout);
  numbers.set(theta.subarray(0, layout.features), at);
  numbers[at + layout.panels * 4] = theta[layout.features]!;
}

/** The kernels' sums without their padding, the intercept last, the Hessian mirrored. */
function readSums(buffer: ArrayBuffer, layout: Layout, order: Order): Sums {
  const n = layout.features;
  const width = layout.panels * 4;
  const sums = new Float64Array(buffer, layout.sums);
  const loss = sums[0]!;
  if (order === 0) return { loss };

  const gradient = new Float64Array(n + 1);
  gradient.set(sums.subarray(4, 4 + n));
  gradient[n] = sums[1]!;
  if (order === 1) return { loss, gradient };

  const size = n + 1;
  const hessian = new Float64Array(size * size);
  const border = 4 + width;
  const square = border + width;
  for (let j = 0; j < n; j++) {
    for (let k = 0; k <= j; k++) {
      const value = sums[square + j * width + k]!;
      hessian[j * size + k] = value;
      hessian[k * size + j] = value;
    }
    hessian[n * size + j] = sums[border + j]!;
    hessian[j * size + n] = sums[border + j]!;
  }
  hessian[n * size + n] = sums[2]!;
  return { loss, gradient, hessian };
}
