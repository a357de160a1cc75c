/**
 * The place that all others are compared with: plain float64 loops over columns of its own, slow and obviously
 * right, for any number of classes. Every backend, fused kernel, stream and query must give its sums. It is also the
 * backend `reference`, and the float64 beside a backend that has none where no float64 kernel runs.
 */
import { LogisticError } from '../errors.ts';
import { crossCurvature, crossEntropy, probabilities, residuals } from '../math/softmax.ts';
import { addScaled } from '../math/vector.ts';
import type { RowPlace, RowSource, RowSums, SumOptions, Sums } from './contract.ts';
import { measureScores } from './measure.ts';
import { featuresOf, readStandardised, spansOf, summarisePartitions } from './source.ts';

export const referencePlace: RowPlace = {
  name: 'reference',
  detail: 'plain float64 loops',
  place: async (source, _storage, signal) => {
    signal?.throwIfAborted();
    const rows = referenceRows(source);
    for (const column of source.columns) if (column.kind === 'dense') column.release?.();
    return rows;
  },
  async close() {},
};

export function referenceRows(source: RowSource): RowSums {
  const { rows, labels, weights } = source;
  const columns = featuresOf(source).map((feature) => {
    const x = new Float64Array(rows);
    readStandardised(feature, 0, x);
    return x;
  });
  const n = columns.length;
  const k = source.classes - 1;
  columns.push(new Float64Array(rows).fill(1)); // the intercept's feature

  /** Visits the rows that are asked for: i in the source, `at` among them. */
  const visit = (options: SumOptions | undefined, row: (i: number, at: number) => void): void => {
    options?.signal?.throwIfAborted();
    if (columns.length === 0) throw new LogisticError('disposed', 'these rows have been closed');
    let at = 0;
    for (const { from, to } of spansOf(source, options)) for (let i = from; i < to; i++) row(i, at++);
  };
  const count = (options?: SumOptions): number =>
    spansOf(source, options).reduce((total, { from, to }) => total + to - from, 0);
  const scoresOfRow = (theta: Float64Array, i: number, z: Float64Array): void => {
    for (let c = 0; c < k; c++) {
      z[c] = 0;
      for (let j = 0; j <= n; j++) z[c]! += theta[c * (n + 1) + j]! * columns[j]![i]!;
    }
  };
  const scores = (theta: Float64Array, options?: SumOptions): Float64Array => {
    const m = count(options);
    const all = new Float64Array(k * m);
    const z = new Float64Array(k);
    visit(options, (i, at) => {
      scoresOfRow(theta, i, z);
      for (let c = 0; c < k; c++) all[c * m + at] = z[c]!;
    });
    return all;
  };

  return {
    features: n,
    scoreVectors: k,
    partitions: summarisePartitions(source),
    precisions: ['float64'],
    storagePrecision: 'float64',
    async evaluate(theta, order, _precision, options): Promise<Sums> {
      const size = k * (n + 1);
      const z = new Float64Array(k);
      const a = new Float64Array(k + 1);
      const dz = new Float64Array(k);
      const gradient = new Float64Array(order >= 1 ? size : 0);
      const hessian = new Float64Array(order === 2 ? size * size : 0);
      let loss = 0;
      visit(options, (i) => {
        const s = weights ? weights[i]! : 1;
        scoresOfRow(theta, i, z);
        loss += s * crossEntropy(z, labels[i]!);
        if (order === 0) return;
        probabilities(z, a);
        residuals(z, labels[i]!, a, dz);
        for (let c = 0; c < k; c++) {
          for (let j = 0; j <= n; j++) gradient[c * (n + 1) + j]! += s * dz[c]! * columns[j]![i]!;
        }
        if (order === 1) return;
        for (let c = 0; c < k; c++) {
          for (let d = 0; d < k; d++) {
            const curvature = s * crossCurvature(z, a, c + 1, d + 1);
            for (let j = 0; j <= n; j++) {
              const row = (c * (n + 1) + j) * size + d * (n + 1);
              for (let l = 0; l <= n; l++) hessian[row + l]! += curvature * columns[j]![i]! * columns[l]![i]!;
            }
          }
        }
      });
      return { loss, ...(order >= 1 && { gradient }), ...(order === 2 && { hessian }) };
    },
    measure: async (theta, threshold, options) => measureScores(source, scores(theta, options), threshold, options),
    rowwise: {
      scores: async (theta, options) => scores(theta, options),
      async gradientOf(r, options) {
        const m = count(options);
        const gradient = new Float64Array(k * (n + 1));
        visit(options, (i, at) => {
          for (let c = 0; c < k; c++) {
            for (let j = 0; j <= n; j++) gradient[c * (n + 1) + j]! += r[c * m + at]! * columns[j]![i]!;
          }
        });
        return gradient;
      },
      async gramOf(d, options) {
        const gram = new Float64Array((n + 1) ** 2);
        visit(options, (i, at) => {
          for (let j = 0; j <= n; j++) {
            for (let l = 0; l <= n; l++) gram[j * (n + 1) + l]! += d[at]! * columns[j]![i]! * columns[l]![i]!;
          }
        });
        return gram;
      },
      async quadraticForms(matrix, options) {
        const forms = new Float64Array(count(options));
        const product = new Float64Array(n + 1);
        visit(options, (i, at) => {
          product.fill(0);
          for (let j = 0; j <= n; j++)
            addScaled(product, columns[j]![i]!, matrix.subarray(j * (n + 1), (j + 1) * (n + 1)));
          for (let j = 0; j <= n; j++) forms[at]! += product[j]! * columns[j]![i]!;
        });
        return forms;
      },
    },
    async close() {
      columns.length = 0;
    },
  };
}
