/**
 * Loss, gradient and Hessian over the rows of one kernel memory: run after run of blocks, each in the working precision,
 * added up in float64. It knows where sums lie, and no formula.
 */
import type { Order, Precision, Sums } from '../../rows/contract.ts';
import { type Layout, numbersOf, panelWidth, sumOffsets, writeHeader } from './layout.ts';
import { clearSums, type KernelMemory } from './memory.ts';
import { type Run, runsOf, type Spans } from './runs.ts';
import { plusSums, readSums } from './sums.ts';
import { writeVectors } from './write.ts';

/** Blocks whose sums are added up one after the other before they join the total: rounding grows with the longer chain. */
const blocksARun = 128;

interface Request {
  readonly order: Order;
  readonly precision: Precision;
  readonly spans: Spans | undefined;
}

export function evaluate(rows: KernelMemory, theta: Float64Array, { order, precision, spans }: Request): Sums {
  const { kernels, memory, layout } = rows;
  const { scoreVectors } = layout;
  const kernel = kernels[kernelOf(layout.precision, precision)];
  const { border, count } = sumOffsets(scoreVectors, layout.panels * panelWidth);
  const needed = order < 2 ? border : count;
  clearSums(rows, needed);
  writeVectors(rows, { at: layout.theta, vectors: theta, precision });
  let total: Sums | undefined;
  let blocks = 0;
  const join = (): void => {
    const sums = readSums(memory.buffer, layout, scoreVectors, order);
    total = total === undefined ? sums : plusSums(total, sums);
  };
  for (const run of runsOf(layout, spans, blocksARun)) {
    if (blocks >= blocksARun) {
      join();
      clearSums(rows, needed);
      blocks = 0;
    }
    writeHeader(memory.buffer, layout, { ...run, theta: layout.theta, scoreVectors });
    withoutOthers(memory.buffer, layout, run, () => kernel(layout.header, order));
    blocks += run.rows / layout.blockRows;
  }
  join();
  return total!;
}

function kernelOf(kept: Precision, computed: Precision) {
  if (kept === computed) return computed === 'float32' ? 'evaluate32' : 'evaluate64';
  return computed === 'float32' ? 'evaluateNarrow' : 'evaluateWide';
}

/**
 * Sums over a run as if the rows that are not asked for had weight 0: their weights are taken out for the time of one
 * call. At most one block at each end of a span has such rows.
 */
function withoutOthers(memory: ArrayBuffer, layout: Layout, { at, rows, from, to, whole }: Run, sum: () => void): void {
  if (whole) {
    sum();
    return;
  }
  const first = layout.weights / layout.bytes + at;
  const weights = numbersOf(memory, layout).subarray(first, first + rows);
  const kept = weights.slice();
  weights.fill(0, 0, from - at);
  weights.fill(0, to - at);
  try {
    sum();
  } finally {
    weights.set(kept);
  }
}
