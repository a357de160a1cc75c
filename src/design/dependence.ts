/**
 * Columns of the standardised design that earlier columns explain exactly, so that infinitely many coefficients fit
 * equally well. The choice among them is R's: the later column gets coefficient 0.
 */
import type { Warning } from '../errors.ts';
import { type Dependency, findDependencies } from '../math/cholesky.ts';
import { createRandom } from '../math/random.ts';
import type { RowSource, RowSums } from '../rows/contract.ts';
import { type Feature, featuresOf, readStandardised } from '../rows/source.ts';
import { yieldAfter } from '../yielding.ts';
import type { ScaledTerm } from './terms.ts';

/** Beyond this many columns the n² Gram matrix and what is done with it cost more than the fit. */
const dependenceLimit = 3000;
/** With a penalty, where the optimum is unique and a dependence is only something to know. */
const penalisedLimit = 1000;

/**
 * What a pivot must keep of its column's squared length to count as independent. Rounding leaves about
 * n·ε of it in an exact dependence, 1e−13 at n = 1000; 1e−11 is a hundred times that.
 */
const pivotTolerance = 1e-11;

/** Sample rows for each column in the first look, in runs of so many. */
const sampleFactor = 20;
const runLength = 64;
/** Rows of a random projection for each column, and some more. */
const projectionFactor = 1.25;
const projectionMargin = 64;

/**
 * The terms with what earlier ones determine marked as excluded, and what is said of it. `find` looks among the terms
 * that are to be estimated: those that are not excluded yet and no offsets. With a penalty all stay: the optimum is unique.
 */
export async function excludeDependent(
  terms: readonly ScaledTerm[],
  find: () => Promise<readonly Dependency[]>,
  penalised: boolean,
): Promise<{ readonly terms: readonly ScaledTerm[]; readonly warnings: readonly Warning[] }> {
  const fitted = terms.filter(({ excluded, offset }) => excluded === undefined && !offset);
  const limit = penalised ? penalisedLimit : dependenceLimit;
  if (fitted.length > limit) {
    const message = `${fitted.length} columns: exact dependence among more than ${limit} is not looked for`;
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
 * Dependent columns in order. What depends on all rows depends on any combinations of them, so a first look is at a sample
 * of 20·n rows or, of many columns, at a random projection on 1.25·n; at all rows only the columns are looked at that a
 * dependence of the first look names.
 */
export async function dependentColumns(source: RowSource): Promise<Dependency[]> {
  const features = featuresOf(source);
  const n = features.length;
  if (n === 0) return [];
  const runs = Math.ceil((sampleFactor * n) / runLength);
  const stride = Math.floor(source.rows / runs);
  const everywhere = Array.from({ length: Math.ceil(source.rows / runLength) }, (_, k) => k * runLength);
  const buckets = Math.ceil(projectionFactor * n) + projectionMargin;
  // Products of the sample's Gram matrix against those of a pass over all rows.
  const many = sampleFactor * n * n > source.rows && buckets < source.rows;
  if (!many && stride <= runLength) return dependencies(source, features, everywhere);
  const first = many
    ? await projectedDependencies(source.rows, features, buckets)
    : await dependencies(
        source,
        features,
        Array.from({ length: runs }, (_, k) => k * stride),
      );
  return among(first, (named) =>
    dependencies(
      source,
      named.map((j) => features[j]!),
      everywhere,
    ),
  );
}

/**
 * The same of rows that are elsewhere: their sample has the first look, and `place` gives all of them with the columns that
 * it names. Where every score is 0, the first block of the Hessian is a multiple of their Gram matrix.
 */
export async function dependentElsewhere(
  sample: RowSource,
  place: (named: readonly number[]) => Promise<RowSums>,
  signal: AbortSignal | undefined,
): Promise<Dependency[]> {
  return among(await dependentColumns(sample), async (named) => {
    const rows = await place(named);
    try {
      const n = named.length;
      const size = rows.scoreVectors * (n + 1);
      const { hessian } = await rows.evaluate(new Float64Array(size), 2, 'float64', { signal });
      const gram = new Float64Array(n * n);
      for (let j = 0; j < n; j++) gram.set(hessian!.subarray(j * size, j * size + n), j * n);
      return findDependencies(gram, n, pivotTolerance);
    } finally {
      await rows.close();
    }
  });
}

/** What `find` finds among the columns that a first look names, by their numbers among all. */
async function among(
  first: readonly Dependency[],
  find: (named: readonly number[]) => Promise<readonly Dependency[]>,
): Promise<Dependency[]> {
  if (first.length === 0) return [];
  const named = [...new Set(first.flatMap(({ index, of }) => [index, ...of]))].sort((a, b) => a - b);
  const found = await find(named);
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
  const gram = new GramMatrix(features.length);
  const run = features.map(() => new Float64Array(runLength));
  for (const start of starts) {
    const length = Math.min(runLength, rows - start);
    const x = run.map((values) => values.subarray(0, length));
    x.forEach((values, j) => {
      readStandardised(features[j]!, start, values);
    });
    await gram.add(x, weights?.subarray(start, start + length));
  }
  return findDependencies(gram.finish(), features.length, pivotTolerance);
}

/**
 * Dependent columns of a random projection: every row, times a random number, is added to one of the buckets. A dependence
 * of all rows is one of the buckets too; independent columns stay independent but for chance, as where the only rows that
 * tell two columns apart fall into one bucket (Woodruff, Sketching as a Tool for Numerical Linear Algebra, 2014, section 2).
 */
async function projectedDependencies(
  rows: number,
  features: readonly Feature[],
  buckets: number,
): Promise<Dependency[]> {
  const random = createRandom(1);
  const projected = features.map(() => new Float64Array(buckets));
  const [into, factors, run] = [new Int32Array(runLength), new Float64Array(runLength), new Float64Array(runLength)];
  for (let start = 0; start < rows; start += runLength) {
    const x = run.subarray(0, Math.min(runLength, rows - start));
    for (let i = 0; i < x.length; i++) {
      into[i] = Math.floor(random() * buckets);
      factors[i] = 2 * random() - 1;
    }
    features.forEach((feature, j) => {
      readStandardised(feature, start, x);
      const sums = projected[j]!;
      for (let i = 0; i < x.length; i++) sums[into[i]!]! += factors[i]! * x[i]!;
    });
    await yieldAfter(runLength * features.length);
  }
  const gram = new GramMatrix(features.length);
  await gram.add(projected, undefined);
  return findDependencies(gram.finish(), features.length, pivotTolerance);
}

/** Σ s·x·xᵀ over rows as they come, [n, n]. */
class GramMatrix {
  readonly #order: number;
  readonly #sums: Float64Array;

  constructor(order: number) {
    this.#order = order;
    this.#sums = new Float64Array(order * order);
  }

  /** x [n] of as many rows each. Four columns at a time share the numbers of a fifth. */
  async add(x: readonly Float64Array[], weights: Float64Array | undefined): Promise<void> {
    const n = this.#order;
    const weighted = new Float64Array(x[0]!.length);
    for (const [j, values] of x.entries()) {
      weighted.set(values);
      if (weights) for (let i = 0; i < weighted.length; i++) weighted[i]! *= weights[i]!;
      for (let l = 0; l <= j; l += 4) addProducts(this.#sums, j * n + l, weighted, x.slice(l, Math.min(l + 4, j + 1)));
      await yieldAfter((weighted.length * j) / 4);
    }
  }

  /** The whole matrix of the half that is summed. */
  finish(): Float64Array {
    const n = this.#order;
    const sums = this.#sums;
    for (let j = 0; j < n; j++) for (let l = 0; l < j; l++) sums[l * n + j] = sums[j * n + l]!;
    return sums;
  }
}

/** Adds a·b for each of up to four columns b to the sums from a place on. */
function addProducts(sums: Float64Array, at: number, a: Float64Array, some: readonly Float64Array[]): void {
  const [b, c = b, d = b, e = b] = some as [Float64Array, Float64Array?, Float64Array?, Float64Array?];
  let [own, second, third, fourth] = [0, 0, 0, 0];
  for (let i = 0; i < a.length; i++) {
    const value = a[i]!;
    own += value * b[i]!;
    second += value * c[i]!;
    third += value * d[i]!;
    fourth += value * e[i]!;
  }
  sums[at]! += own;
  if (some.length > 1) sums[at + 1]! += second;
  if (some.length > 2) sums[at + 2]! += third;
  if (some.length > 3) sums[at + 3]! += fourth;
}
