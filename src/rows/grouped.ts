/** Sums over rows by groups of them, from the source itself: a place holds rows in an order that knows no groups. */
import { yieldAfter } from '../yielding.ts';
import type { RowSource } from './contract.ts';
import { featuresOf, readStandardised } from './source.ts';

const runLength = 4096;

/** Σ r_i·[x_i; 1] over the rows of each group, [count, n + 1], for r and groups [m]. */
export async function groupedSums(
  source: Pick<RowSource, 'rows' | 'columns'>,
  r: Float64Array,
  { codes, count }: { readonly codes: Int32Array; readonly count: number },
): Promise<Float64Array> {
  const features = featuresOf(source);
  const width = features.length + 1;
  const sums = new Float64Array(count * width);
  const run = new Float64Array(runLength);
  for (let from = 0; from < source.rows; from += runLength) {
    const x = run.subarray(0, Math.min(runLength, source.rows - from));
    for (let j = 0; j < width; j++) {
      if (j < features.length) readStandardised(features[j]!, from, x);
      else x.fill(1);
      for (let i = 0; i < x.length; i++) sums[codes[from + i]! * width + j]! += r[from + i]! * x[i]!;
    }
    await yieldAfter(runLength * width);
  }
  return sums;
}
