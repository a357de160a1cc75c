/**
 * The place that all others are compared with: plain float64 loops over columns of its own, slow and obviously
 * right, for any number of classes. Every backend, fused kernel, stream and query must give its sums. It is also the
 * backend `reference`, and the float64 beside a backend that has none where no float64 kernel runs.
 */
import { LogisticError } from '../errors.ts';
import { crossCurvature, crossEntropy, probabilities, residuals } from '../math/softmax.ts';
import { addScaled } from '../math/vector.ts';
import type { Order, RowPlace, RowSource, RowSums, RowwiseSums, SumOptions, Sums } from './contract.ts';
import { measureScores } from './measure.ts';
import {
  countAskedRows,
  featuresOf,
  readStandardised,
  releaseColumns,
  spansOf,
  summarisePartitions,
  withoutColumns,
} from './source.ts';

export const referencePlace: RowPlace = {
  name: 'reference',
  detail: 'plain float64 loops',
  place: async (source, _storage, signal) => {
    signal?.throwIfAborted();
    const rows = referenceRows(source);
    releaseColumns(source);
    return rows;
  },
  async close() {},
};

export function referenceRows(source: RowSource): RowSums {
  const rows = readRows(source);
  const rowwise = rowwiseOver(rows);
  return {
    features: rows.n,
    scoreVectors: rows.k,
    partitions: summarisePartitions(source),
    precisions: ['float64'],
    storagePrecision: 'float64',
    evaluate: async (theta, order, _precision, options) => evaluate(rows, theta, order, options),
    measure: async (theta, threshold, options) =>
      measureScores(rows.source, await rowwise.scores(theta, options), threshold, options),
    rowwise,
    async close() {
      rows.columns.length = 0;
    },
  };
}

/** The rows of a source as numbers. */
interface Rows {
  /** Without its columns. */
  readonly source: RowSource;
  readonly n: number;
  readonly k: number;
  /** X [n + 1][m], standardised, the intercept's feature 1 last; none once the rows have been closed. */
  readonly columns: Float64Array[];
}

function readRows(source: RowSource): Rows {
  const columns = featuresOf(source).map((feature) => {
    const x = new Float64Array(source.rows);
    readStandardised(feature, 0, x);
    return x;
  });
  const n = columns.length;
  columns.push(new Float64Array(source.rows).fill(1));
  return { source: withoutColumns(source), n, k: source.classes - 1, columns };
}

/** Visits the rows that are asked for: i in the source, `at` among them. */
function visit(rows: Rows, options: SumOptions | undefined, visitRow: (i: number, at: number) => void): void {
  options?.signal?.throwIfAborted();
  if (rows.columns.length === 0) throw new LogisticError('disposed', 'these rows have been closed');
  let at = 0;
  for (const { from, to } of spansOf(rows.source, options)) for (let i = from; i < to; i++) visitRow(i, at++);
}

/** Writes the scores [k] of row i into z. */
function scoreRow({ n, k, columns }: Rows, theta: Float64Array, i: number, z: Float64Array): void {
  for (let c = 0; c < k; c++) {
    z[c] = 0;
    for (let j = 0; j <= n; j++) z[c]! += theta[c * (n + 1) + j]! * columns[j]![i]!;
  }
}

function evaluate(rows: Rows, theta: Float64Array, order: Order, options: SumOptions | undefined): Sums {
  const { source, n, k, columns } = rows;
  const size = k * (n + 1);
  const z = new Float64Array(k);
  const a = new Float64Array(k + 1);
  const dz = new Float64Array(k);
  const gradient = new Float64Array(order >= 1 ? size : 0);
  const hessian = new Float64Array(order === 2 ? size * size : 0);
  let loss = 0;
  visit(rows, options, (i) => {
    const s = source.weights ? source.weights[i]! : 1;
    const y = source.labels[i]!;
    scoreRow(rows, theta, i, z);
    loss += s * crossEntropy(z, y);
    if (order === 0) return;
    probabilities(z, a);
    residuals(z, y, a, dz);
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
}

function rowwiseOver(rows: Rows): RowwiseSums {
  const { source, n, k, columns } = rows;
  return {
    async scores(theta, options) {
      const m = countAskedRows(source, options);
      const all = new Float64Array(k * m);
      const z = new Float64Array(k);
      visit(rows, options, (i, at) => {
        scoreRow(rows, theta, i, z);
        for (let c = 0; c < k; c++) all[c * m + at] = z[c]!;
      });
      return all;
    },
    async gradientOf(r, options) {
      const m = countAskedRows(source, options);
      const gradient = new Float64Array(k * (n + 1));
      visit(rows, options, (i, at) => {
        for (let c = 0; c < k; c++) {
          for (let j = 0; j <= n; j++) gradient[c * (n + 1) + j]! += r[c * m + at]! * columns[j]![i]!;
        }
      });
      return gradient;
    },
    async gramOf(d, options) {
      const gram = new Float64Array((n + 1) ** 2);
      visit(rows, options, (i, at) => {
        for (let j = 0; j <= n; j++) {
          for (let l = 0; l <= n; l++) gram[j * (n + 1) + l]! += d[at]! * columns[j]![i]! * columns[l]![i]!;
        }
      });
      return gram;
    },
    async quadraticForms(matrix, options) {
      const forms = new Float64Array(countAskedRows(source, options));
      const product = new Float64Array(n + 1);
      visit(rows, options, (i, at) => {
        product.fill(0);
        for (let j = 0; j <= n; j++)
          addScaled(product, columns[j]![i]!, matrix.subarray(j * (n + 1), (j + 1) * (n + 1)));
        for (let j = 0; j <= n; j++) forms[at]! += product[j]! * columns[j]![i]!;
      });
      return forms;
    },
  };
}
