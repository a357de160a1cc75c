/**
 * Columns of the standardised design that earlier columns explain exactly, so that infinitely many
 * coefficients fit equally well. The choice among them is R's: the later column gets coefficient 0.
 * It knows columns by number; who they are is for the caller to say.
 */
import type { Rows } from '../backends/backend.ts';
import { type Dependency, findDependencies } from '../math/cholesky.ts';
import { dot, tripleDot } from '../math/vector.ts';

/** Beyond this many columns the n² Gram matrix costs more than the fit and is not formed. */
export const dependenceLimit = 1000;

/**
 * What a pivot must keep of its column's squared length to count as independent. Rounding leaves about
 * n·ε of it in an exact dependence, 1e−13 at n = 1000; 1e−11 is a hundred times that.
 */
const pivotTolerance = 1e-11;

/** Sample rows for each column in the first look. */
const sampleFactor = 20;

/**
 * Dependent columns in order. Columns that are independent on some rows are independent on all, so a
 * sample of 20·n rows comes first, and the whole only if the sample leaves a doubt.
 */
export function dependentColumns(rows: Rows): Dependency[] {
  const stride = Math.floor(rows.count / (sampleFactor * rows.columns.length));
  if (stride > 1) {
    const sample = rows.columns.map((x) => everyNth(x, stride));
    const weights = rows.weights ? everyNth(rows.weights, stride) : undefined;
    if (dependencies(sample, weights).length === 0) return [];
  }
  return dependencies(rows.columns, rows.weights);
}

function everyNth(x: Float64Array, stride: number): Float64Array {
  return Float64Array.from({ length: Math.floor(x.length / stride) }, (_, i) => x[i * stride]!);
}

/** Of the columns with an intercept before them: a column that is constant on these rows depends as well. */
function dependencies(columns: readonly Float64Array[], weights: Float64Array | undefined): Dependency[] {
  const order = columns.length;
  const gram = new Float64Array(order * order);
  columns.forEach((x, j) => {
    for (let k = 0; k <= j; k++) {
      const value = weights ? tripleDot(x, columns[k]!, weights) : dot(x, columns[k]!);
      gram[j * order + k] = value;
      gram[k * order + j] = value;
    }
  });
  return findDependencies(gram, order, pivotTolerance);
}
