/**
 * Columns of the standardised design that earlier columns explain exactly, so that infinitely many
 * coefficients fit equally well. The choice among them is R's: the later column gets coefficient 0.
 * It knows columns by number; who they are is for the caller to say.
 */
import type { Rows } from '../backends/backend.ts';
import { type Dependency, findDependencies } from '../math/cholesky.ts';
import { dot, tripleDot } from '../math/vector.ts';
import type { Turns } from '../turns.ts';

/** Beyond this many columns the n² Gram matrix costs more than the fit and is not formed. */
export const dependenceLimit = 1000;

/**
 * What a pivot must keep of its column's squared length to count as independent. Rounding leaves about
 * n·ε of it in an exact dependence, 1e−13 at n = 1000; 1e−11 is a hundred times that.
 */
const pivotTolerance = 1e-11;

/** Sample rows for each column in the first look, in runs of so many. */
const sampleFactor = 20;
const runLength = 64;

/**
 * Dependent columns in order. What depends on all rows depends on some of them, so a sample of 20·n rows comes
 * first; of all rows only the columns are looked at that a dependence of the sample names.
 */
export async function dependentColumns(rows: Rows, turns: Turns): Promise<Dependency[]> {
  const runs = Math.ceil((sampleFactor * rows.features) / runLength);
  const stride = Math.floor(rows.count / runs);
  const everywhere = Array.from({ length: Math.ceil(rows.count / runLength) }, (_, k) => k * runLength);
  if (stride <= runLength) return dependencies(rows, everywhere, turns);
  const sample = await dependencies(
    rows,
    Array.from({ length: runs }, (_, k) => k * stride),
    turns,
  );
  if (sample.length === 0) return [];
  const named = [...new Set(sample.flatMap(({ index, of }) => [index, ...of]))].sort((a, b) => a - b);
  const some: Rows = { ...rows, features: named.length, read: (j, from, into) => rows.read(named[j]!, from, into) };
  const found = await dependencies(some, everywhere, turns);
  return found.map(({ index, of, coefficients }) => ({
    index: named[index]!,
    of: of.map((j) => named[j]!),
    coefficients,
  }));
}

/** Dependent columns on runs of rows. */
async function dependencies(rows: Rows, starts: readonly number[], turns: Turns): Promise<Dependency[]> {
  const { features, count, weights } = rows;
  const gram = new Float64Array(features * features);
  const run = Array.from({ length: features }, () => new Float64Array(runLength));
  const addRun = (start: number): void => {
    const length = Math.min(runLength, count - start);
    const x = run.map((values) => values.subarray(0, length));
    const s = weights?.subarray(start, start + length);
    x.forEach((values, j) => {
      rows.read(j, start, values);
      for (let k = 0; k <= j; k++) gram[j * features + k]! += s ? tripleDot(values, x[k]!, s) : dot(values, x[k]!);
    });
  };
  for (const start of starts) {
    addRun(start);
    await turns.spend((runLength * features * features) / 2);
  }
  for (let j = 0; j < features; j++) for (let k = 0; k < j; k++) gram[k * features + j] = gram[j * features + k]!;
  return findDependencies(gram, features, pivotTolerance);
}
