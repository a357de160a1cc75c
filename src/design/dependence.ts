/**
 * Columns of the standardised design that earlier columns explain exactly, so that infinitely many coefficients fit
 * equally well. The choice among them is R's: the later column gets coefficient 0.
 */
import type { Warning } from '../errors.ts';
import { type Dependency, findDependencies } from '../math/cholesky.ts';
import { dot, tripleDot } from '../math/vector.ts';
import type { RowSource } from '../rows/contract.ts';
import { type Feature, featuresOf, readStandardised } from '../rows/source.ts';
import { yieldAfter } from '../yielding.ts';
import type { ScaledTerm } from './terms.ts';

/** Beyond this many columns the n² Gram matrix costs more than the fit and is not formed. */
export const dependenceLimit = 1000;

/**
 * What a pivot must keep of its column's squared length to count as independent. Rounding leaves about
 * n·ε of it in an exact dependence, 1e−13 at n = 1000; 1e−11 is a hundred times that.
 */
export const pivotTolerance = 1e-11;

/** Sample rows for each column in the first look, in runs of so many. */
const sampleFactor = 20;
const runLength = 64;

/**
 * The terms with what earlier ones determine marked as excluded, and what is said of it. `find` looks among the terms
 * that are not excluded yet. With a penalty all stay: the optimum is unique.
 */
export async function excludeDependent(
  terms: readonly ScaledTerm[],
  find: () => Promise<readonly Dependency[]>,
  penalised: boolean,
): Promise<{ readonly terms: readonly ScaledTerm[]; readonly warnings: readonly Warning[] }> {
  const fitted = terms.filter((term) => term.excluded === undefined);
  if (fitted.length > dependenceLimit) {
    const message = `${fitted.length} columns: exact dependence among more than ${dependenceLimit} is not looked for`;
    return { terms, warnings: [{ code: 'dependence-unchecked', message }] };
  }
  const found = await find();
  const out = new Set(penalised ? [] : found.map(({ index }) => fitted[index]!));
  return {
    terms: terms.map((term) => (out.has(term) ? { ...term, excluded: 'dependent' } : term)),
    warnings: found.map((dependency) => describeDependency(dependency, fitted, penalised)),
  };
}

function describeDependency(
  { index, of, coefficients }: Dependency,
  terms: readonly ScaledTerm[],
  penalised: boolean,
): Warning {
  const consequence = penalised
    ? 'they share their effect as the penalty decides'
    : 'its coefficient is 0 and theirs carry its effect';
  const { name, group } = terms[index]!;
  if (of.length === 0) {
    const message = `${name} is 0 in every row, so its coefficient is 0`;
    return { code: 'constant-column', message, columns: [group] };
  }
  const others = [...new Set(of.map((j) => (terms[j]!.group === group ? terms[j]!.name : terms[j]!.group)))];
  const twin = of.length === 1 && Math.abs(Math.abs(coefficients[0]!) - 1) < 1e-6;
  return twin
    ? {
        code: 'identical-columns',
        message: `${name} and ${terms[of[0]!]!.name} are identical but for units: ${consequence}`,
        columns: [terms[of[0]!]!.group, group],
      }
    : {
        code: 'dependent-columns',
        message: `${name} is determined by ${others.join(', ')}: ${consequence}`,
        columns: [group, ...others],
      };
}

/**
 * Dependent columns in order. What depends on all rows depends on some of them, so a sample of 20·n rows comes
 * first; of all rows only the columns are looked at that a dependence of the sample names.
 */
export async function dependentColumns(source: RowSource): Promise<Dependency[]> {
  const features = featuresOf(source);
  if (features.length === 0) return [];
  const runs = Math.ceil((sampleFactor * features.length) / runLength);
  const stride = Math.floor(source.rows / runs);
  const everywhere = Array.from({ length: Math.ceil(source.rows / runLength) }, (_, k) => k * runLength);
  if (stride <= runLength) return dependencies(source, features, everywhere);
  const starts = Array.from({ length: runs }, (_, k) => k * stride);
  const sample = await dependencies(source, features, starts);
  if (sample.length === 0) return [];
  const named = [...new Set(sample.flatMap(({ index, of }) => [index, ...of]))].sort((a, b) => a - b);
  const some = named.map((j) => features[j]!);
  const found = await dependencies(source, some, everywhere);
  return found.map(({ index, of, coefficients }) => ({
    index: named[index]!,
    of: of.map((j) => named[j]!),
    coefficients,
  }));
}

/** Dependent columns on runs of rows. */
async function dependencies(
  { rows, weights }: RowSource,
  features: readonly Feature[],
  starts: readonly number[],
): Promise<Dependency[]> {
  const n = features.length;
  const gram = new Float64Array(n * n);
  const run = features.map(() => new Float64Array(runLength));
  for (const start of starts) {
    const length = Math.min(runLength, rows - start);
    const x = run.map((values) => values.subarray(0, length));
    const s = weights?.subarray(start, start + length);
    x.forEach((values, j) => {
      readStandardised(features[j]!, start, values);
      for (let l = 0; l <= j; l++) gram[j * n + l]! += s ? tripleDot(values, x[l]!, s) : dot(values, x[l]!);
    });
    await yieldAfter((runLength * n * n) / 2);
  }
  for (let j = 0; j < n; j++) for (let l = 0; l < j; l++) gram[l * n + j] = gram[j * n + l]!;
  return findDependencies(gram, n, pivotTolerance);
}
