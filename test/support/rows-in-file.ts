/**
 * Rows that are not in memory: a RowSums over a file of numbers that is read again, row by row, at every evaluation,
 * with loops of its own. It gives sums and nothing else, as a database would: no number for a row, no `read`.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import type { RowSource, RowSums, Sums } from '../../src/rows/contract.ts';
import { measureScores } from '../../src/rows/measure.ts';
import { featuresOf, readStandardised, spansOf, summarisePartitions } from '../../src/rows/source.ts';

export interface RowsInFile extends RowSums {
  /** How often the file was read. */
  readonly reads: () => number;
}

/** Writes [x_1 … x_n, class, weight] of each row to `path` and forgets them. */
export function rowsInFile(source: RowSource, path: string): RowsInFile {
  const features = featuresOf(source);
  const n = features.length;
  const width = n + 2;
  const k = source.classes - 1;
  const numbers = new Float64Array(source.rows * width);
  const column = new Float64Array(source.rows);
  features.forEach((feature, j) => {
    readStandardised(feature, 0, column);
    for (let i = 0; i < source.rows; i++) numbers[i * width + j] = column[i]!;
  });
  for (let i = 0; i < source.rows; i++) {
    numbers[i * width + n] = source.labels[i]!;
    numbers[i * width + n + 1] = source.weights?.[i] ?? 1;
  }
  writeFileSync(path, new Uint8Array(numbers.buffer));
  let reads = 0;
  const read = (): Float64Array => {
    reads++;
    const bytes = readFileSync(path);
    return new Float64Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length));
  };
  const shape = { rows: source.rows, partitions: source.partitions };
  return {
    features: n,
    scoreVectors: k,
    partitions: summarisePartitions(source),
    precisions: ['float64'],
    storagePrecision: 'float64',
    async evaluate(theta, order, _precision, options): Promise<Sums> {
      const all = read();
      const size = k * (n + 1);
      const gradient = new Float64Array(size);
      const hessian = new Float64Array(size * size);
      let loss = 0;
      for (const { from, to } of spansOf(shape, options)) {
        for (let i = from; i < to; i++) {
          const x = Float64Array.of(...all.subarray(i * width, i * width + n), 1);
          const [y, s] = [all[i * width + n]!, all[i * width + n + 1]!];
          const z = [
            0,
            ...Array.from({ length: k }, (_, c) =>
              x.reduce((sum, value, j) => sum + theta[c * (n + 1) + j]! * value, 0),
            ),
          ];
          const top = Math.max(...z);
          const e = z.map((value) => Math.exp(value - top));
          const total = e.reduce((sum, value) => sum + value, 0);
          const a = e.map((value) => value / total);
          loss += s * (top + Math.log(total) - z[y]!);
          for (let c = 1; c <= k; c++) {
            const dz = s * (a[c]! - Number(y === c));
            for (let j = 0; j <= n; j++) gradient[(c - 1) * (n + 1) + j]! += dz * x[j]!;
            for (let d = 1; d <= k; d++) {
              const h = s * a[c]! * (Number(c === d) - a[d]!);
              for (let j = 0; j <= n; j++) {
                for (let l = 0; l <= n; l++)
                  hessian[((c - 1) * (n + 1) + j) * size + (d - 1) * (n + 1) + l]! += h * x[j]! * x[l]!;
              }
            }
          }
        }
      }
      return { loss, ...(order >= 1 && { gradient }), ...(order === 2 && { hessian }) };
    },
    async measure(theta, threshold, options) {
      const all = read();
      const spans = spansOf(shape, options);
      const m = spans.reduce((count, { from, to }) => count + to - from, 0);
      const scores = new Float64Array(k * m);
      let at = 0;
      for (const { from, to } of spans) {
        for (let i = from; i < to; i++, at++) {
          for (let c = 0; c < k; c++) {
            let z = theta[c * (n + 1) + n]!;
            for (let j = 0; j < n; j++) z += theta[c * (n + 1) + j]! * all[i * width + j]!;
            scores[c * m + at] = z;
          }
        }
      }
      const labels = Int32Array.from({ length: source.rows }, (_, i) => all[i * width + n]!);
      const weights = Float64Array.from({ length: source.rows }, (_, i) => all[i * width + n + 1]!);
      return measureScores({ ...shape, columns: [], classes: k + 1, labels, weights }, scores, threshold, options);
    },
    async close() {},
    reads: () => reads,
  };
}
