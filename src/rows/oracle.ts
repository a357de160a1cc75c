/**
 * The judge of all other homes of rows: plain float64 loops over columns of its own, slow and
 * obviously right. Every backend, fused kernel, stream and query is compared with it, and the float64
 * gradient in a fit's certificate comes from it where no float64 kernel runs.
 */
import type { Rows, Sums } from '../backends/backend.ts';
import { curvature, logLoss, residual } from '../math/logistic.ts';
import { addScaled, dot, sum, tripleDot } from '../math/vector.ts';
import { describeRows, type RowSums } from './row-sums.ts';

export function oracleRows(rows: Rows): RowSums {
  const { count, features, y, weights } = rows;
  const columns = Array.from({ length: features }, (_, j) => {
    const x = new Float64Array(count);
    rows.read(j, 0, x);
    return x;
  });
  const scores = (theta: Float64Array): Float64Array => {
    const z = new Float64Array(count).fill(theta[features]!);
    columns.forEach((x, j) => {
      addScaled(z, theta[j]!, x);
    });
    return z;
  };
  const weightOf = (i: number): number => (weights ? weights[i]! : 1);

  return {
    ...describeRows(rows),
    roundoff: 2 ** -53,
    async evaluate(theta, order, signal): Promise<Sums> {
      signal?.throwIfAborted();
      const z = scores(theta);
      const loss = sum(z.map((zi, i) => weightOf(i) * logLoss(zi, y[i]!)));
      if (order === 0) return { loss };

      const dz = z.map((zi, i) => weightOf(i) * residual(zi, y[i]!));
      const gradient = new Float64Array(features + 1);
      columns.forEach((x, j) => {
        gradient[j] = dot(x, dz);
      });
      gradient[features] = sum(dz);
      if (order === 1) return { loss, gradient };

      const d = z.map((zi, i) => weightOf(i) * curvature(zi));
      const size = features + 1;
      const hessian = new Float64Array(size * size);
      const set = (j: number, k: number, value: number): void => {
        hessian[j * size + k] = value;
        hessian[k * size + j] = value;
      };
      columns.forEach((x, j) => {
        for (let k = 0; k <= j; k++) set(j, k, tripleDot(x, columns[k]!, d));
        set(features, j, dot(x, d));
      });
      set(features, features, sum(d));
      return { loss, gradient, hessian };
    },
    scores: async (theta) => scores(theta),
    dispose() {},
  };
}
