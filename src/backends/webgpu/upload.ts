/**
 * Writes the rows of a source into buffers of the GPU, block by block, standardised in float64 and then rounded. It waits for
 * the GPU now and then, or all rows would be copied once more on their way.
 */
import { LogisticError } from '../../errors.ts';
import type { RowSource } from '../../rows/contract.ts';
import { featuresOf, readStandardised } from '../../rows/source.ts';
import { yieldAfter } from '../../yielding.ts';
import { type Device, usage } from './device.ts';
import { blockRows, type Layout, lineBytes } from './layout.ts';

/** Bytes that may be on their way. */
const pendingBytes = 2 ** 26;

/** Some blocks of rows, in buffers of their own. */
export interface Part {
  /** X [block][feature][row] */
  readonly x: GPUBuffer;
  /** (1 − 2y)·s, or s and y: [block][line][row] */
  readonly rows: GPUBuffer;
}

export interface Uploaded {
  readonly parts: readonly Part[];
  /** The largest |x|, and 1, the intercept's. */
  readonly largest: number;
  destroy(): void;
}

export async function upload(
  device: Device,
  source: RowSource,
  layout: Layout,
  signal: AbortSignal | undefined,
): Promise<Uploaded> {
  const { features: n, rowLines, partBlocks } = layout;
  const { queue } = device.gpu;
  const blocks = Math.ceil(source.rows / blockRows);
  const features = featuresOf(source);
  const values = new Float64Array(blockRows);
  const x = new Float32Array(n * blockRows);
  const rows = new Float32Array(rowLines * blockRows);
  const parts: Part[] = [];
  const destroy = (): void => {
    for (const part of parts) {
      part.x.destroy();
      part.rows.destroy();
    }
  };
  let largest = 1;
  let pending = 0;
  const settle = async (): Promise<void> => {
    pending = 0;
    await device.step('copying rows', () => {
      queue.submit([]);
      return queue.onSubmittedWorkDone();
    });
  };
  try {
    for (let block = 0; block < blocks; block++) {
      signal?.throwIfAborted();
      const inPart = block % partBlocks;
      if (inPart === 0) {
        const count = Math.min(partBlocks, blocks - block);
        parts.push(await device.step('making room for rows', () => createPart(device, layout, count)));
      }
      const from = block * blockRows;
      const length = Math.min(blockRows, source.rows - from);
      if (length < blockRows) x.fill(0);
      features.forEach((feature, j) => {
        readStandardised(feature, from, values.subarray(0, length));
        x.set(values.subarray(0, length), j * blockRows);
      });
      for (let at = 0; at < x.length; at++) largest = Math.max(largest, Math.abs(x[at]!));
      writeRows(source, from, rows);
      const part = parts.at(-1)!;
      queue.writeBuffer(part.x, inPart * n * lineBytes, x);
      queue.writeBuffer(part.rows, inPart * rowLines * lineBytes, rows);
      pending += x.byteLength + rows.byteLength;
      if (pending >= pendingBytes) await settle();
      await yieldAfter(length * (n + 1));
    }
    await settle();
  } catch (error) {
    destroy();
    throw error;
  }
  return { parts, largest, destroy };
}

function createPart({ gpu }: Device, { features, rowLines }: Layout, blocks: number): Part {
  const create = (label: string, lines: number): GPUBuffer =>
    gpu.createBuffer({ label, size: blocks * lines * lineBytes, usage: usage.storage | usage.copyTarget });
  return { x: create('x', features), rows: create('rows', rowLines) };
}

/** The lines of a block that are no features; those that pad it have no weight. */
function writeRows({ rows: m, labels, weights }: RowSource, from: number, into: Float32Array): void {
  const signed = into.length === blockRows;
  into.fill(0);
  for (let i = 0; i < Math.min(blockRows, m - from); i++) {
    const s = weights ? weights[from + i]! : 1;
    const y = labels[from + i]!;
    into[i] = signed && y === 1 ? -s : s;
    if (!signed) into[blockRows + i] = y;
  }
}

/** The error of rows of which not even one block fits. */
export function blockTooLarge({ classes }: RowSource, features: number, largestBuffer: number): LogisticError {
  const message = `${blockRows} rows of ${features} features and ${classes} classes need more than the ${largestBuffer} bytes of the GPU's largest buffer`;
  return new LogisticError('too-large', message, { hint: 'choose backend cpu' });
}
