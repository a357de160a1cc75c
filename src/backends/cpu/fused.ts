/**
 * The fused backend: all sums over a block of rows in one visit, by WebAssembly SIMD kernels on one
 * thread, in float32 or in float64. The meaning of the kernels is portable.ts; deleting this folder
 * would cost time and nothing else. It knows no tensor, no penalty and no solver.
 */
import { LogisticError } from '../../errors.ts';
import { addScaled } from '../../math/vector.ts';
import type { Backend, Order, PlacedRows, Rows, Sums } from '../backend.ts';
import { compileKernels } from './kernels.ts';
import { bytesPerRow, type Precision } from './layout.ts';
import { type Part, placePart } from './part.ts';

/** Bytes of rows in one memory: leaves 1 GiB of its 4 for the Hessian. */
const mostRowBytes = 3 * 2 ** 30;

/** The backend, or undefined where WebAssembly SIMD is missing. */
export async function createFusedBackend(precision: Precision): Promise<Backend | undefined> {
  const module = await compileKernels();
  if (module === undefined) return undefined;
  return {
    name: 'cpu',
    detail: `WebAssembly SIMD ${precision}, 1 thread`,
    precision,
    place: (rows) => placeInParts(module, precision, { rows, rowBytes: mostRowBytes }),
  };
}

/** Rows in as many memories as it takes when each may hold `rowBytes` bytes of them. */
export function placeInParts(
  module: WebAssembly.Module,
  precision: Precision,
  { rows, rowBytes }: { rows: Rows; rowBytes: number },
): PlacedRows {
  const most = Math.max(1, Math.floor(rowBytes / bytesPerRow(rows.columns.length, precision)));
  let parts: Part[] | undefined = [];
  for (let from = 0; from < rows.count; from += most) {
    parts.push(placePart(module, precision, { rows, from, to: Math.min(rows.count, from + most) }));
  }
  return {
    async evaluate(theta, order, signal) {
      if (parts === undefined) throw new LogisticError('disposed', 'these rows have been disposed of');
      signal?.throwIfAborted();
      const sums = emptySums(theta.length, order);
      for (const part of parts) addTo(sums, await part.evaluate(theta, order));
      return sums;
    },
    dispose() {
      parts = undefined; // a WebAssembly memory is freed when nothing refers to it
    },
  };
}

type Totals = { -readonly [K in keyof Sums]: Sums[K] };

function emptySums(size: number, order: Order): Totals {
  if (order === 0) return { loss: 0 };
  const gradient = new Float64Array(size);
  return order === 1 ? { loss: 0, gradient } : { loss: 0, gradient, hessian: new Float64Array(size * size) };
}

function addTo(totals: Totals, { loss, gradient, hessian }: Sums): void {
  totals.loss += loss;
  if (totals.gradient && gradient) addScaled(totals.gradient, 1, gradient);
  if (totals.hessian && hessian) addScaled(totals.hessian, 1, hessian);
}
