/**
 * Terms with their scaling: mean and deviation of each over the training rows, and which of them are constant there. It
 * knows nothing of how terms are fitted.
 */
import type { Warning } from '../errors.ts';
import { sum } from '../math/vector.ts';
import { type Feature, levelsOf, referencePlace } from '../predict/model-file.ts';
import { overRows } from '../yielding.ts';
import { type Encodings, levelReader, type RowList, termReader } from './encode.ts';
import { type RawTerm, requireDistinctTerms, termsOf } from './features.ts';
import { measureScaling, type Scaling } from './scale.ts';

/** A term with its scaling and the reason, if any, that keeps it out of the fit. */
export interface ScaledTerm extends RawTerm {
  readonly mean: number;
  readonly scale: number;
  readonly excluded?: 'constant' | 'dependent';
}

export interface TrainingRows extends RowList {
  readonly weights: Float64Array | undefined;
}

export interface ScaledTerms {
  readonly terms: readonly ScaledTerm[];
  readonly warnings: readonly Warning[];
}

/** Terms side by side that are indicators of levels of one column, whose codes are read once; any other by itself. */
export function runsOf<T extends RawTerm>(terms: readonly T[]): T[][] {
  const runs: T[][] = [];
  for (const term of terms) {
    const column = indicatedColumn(term);
    const last = runs.at(-1);
    if (column !== undefined && last !== undefined && indicatedColumn(last[0]!) === column) last.push(term);
    else runs.push([term]);
  }
  return runs;
}

/** The column of which a term is the indicator of a level. */
export function indicatedColumn({ factors }: RawTerm): string | undefined {
  const [{ column, basis }, ...more] = factors as [RawTerm['factors'][0], ...RawTerm['factors']];
  return basis.kind === 'level' && more.length === 0 ? column : undefined;
}

/** Terms to be, by group: one of a category with a single level has none. */
export interface GroupedTerms {
  readonly terms: readonly RawTerm[];
  readonly groups: readonly string[];
}

/** Each term with its scaling over the training rows. */
export async function scaleTerms(
  grouped: GroupedTerms,
  encodings: Encodings,
  training: TrainingRows,
  options: { readonly intercept: boolean },
): Promise<ScaledTerms> {
  const scalings: Scaling[] = [];
  for (const run of runsOf(grouped.terms)) scalings.push(...(await scalingsOf(run, encodings, training)));
  return withScalings(grouped, scalings, options);
}

/** The terms of features by themselves. */
export function plainTerms(features: readonly Feature[]): GroupedTerms {
  return { terms: features.flatMap(termsOf), groups: features.map(({ column }) => column) };
}

/** The terms of features by themselves, whose scalings are known: of a category those of all its levels. */
export function termsWith(
  features: readonly Feature[],
  scalings: readonly (readonly Scaling[])[],
  options: { readonly intercept: boolean },
): ScaledTerms {
  const grouped = plainTerms(features);
  const own = scalings.map((of, k) => {
    const feature = features[k]!;
    return feature.kind === 'numeric' ? of : of.filter((_, place) => place !== referencePlace(feature));
  });
  return withScalings(grouped, own.flat(), options);
}

/**
 * Without an intercept nothing is centred, and a constant column is one like any other. An offset stays as it is. Throws
 * LogisticError 'duplicate-terms'.
 */
export function withScalings(
  { terms, groups }: GroupedTerms,
  scalings: readonly Scaling[],
  { intercept }: { readonly intercept: boolean },
): ScaledTerms {
  requireDistinctTerms(terms);
  const scaled = terms.map((term, j): ScaledTerm => {
    if (term.offset) return { ...term, mean: 0, scale: 1 };
    const { mean, scale, constant } = scalings[j]!;
    const excluded = constant && intercept;
    return { ...term, mean: intercept ? mean : 0, scale, ...(excluded && { excluded: 'constant' }) };
  });
  const present = new Set(terms.map(({ group }) => group));
  const excluded = new Set(scaled.flatMap((term) => (term.excluded ? [term.group] : [])));
  const constant = groups.filter((group) => !present.has(group) || excluded.has(group));
  if (constant.length === 0) return { terms: scaled, warnings: [] };
  const message = `${constant.join(', ')}: constant over the training rows, so the coefficient is 0 and predictions do not depend on it`;
  return { terms: scaled, warnings: [{ code: 'constant-column', message, columns: constant }] };
}

async function scalingsOf(run: readonly RawTerm[], encodings: Encodings, training: TrainingRows): Promise<Scaling[]> {
  const count = training.rows.length;
  const { weights } = training;
  const column = indicatedColumn(run[0]!);
  if (column === undefined) return [await measureScaling(termReader(run[0]!, encodings, training), { count, weights })];
  const [feature, codes] = encodings.levels(column);
  const totals = new Float64Array(levelsOf(feature).length);
  const read = levelReader(feature, codes, training);
  await overRows(count, (from, to) => {
    const places = new Int32Array(to - from);
    read(from, places);
    for (let i = 0; i < places.length; i++) totals[places[i]!]! += weights ? weights[from + i]! : 1;
  });
  const indicators = indicatorScalings(totals);
  return placesOf(run, feature).map((place) => indicators[place]!);
}

/** The places among a feature's levels that some terms indicate. */
export function placesOf(run: readonly RawTerm[], feature: Feature): number[] {
  const levels = levelsOf(feature);
  return run.map(({ factors: [factor] }) => {
    const { basis } = factor!;
    return basis.kind === 'level' ? levels.indexOf(basis.level) : -1;
  });
}

/** The scalings of the indicators of all levels, from the weight of each: mean is its fraction p, variance p·(1 − p). */
export function indicatorScalings(totals: Float64Array): Scaling[] {
  const all = sum(totals);
  return Array.from(totals, (own) => {
    const constant = own === 0 || own === all;
    return { mean: own / all, scale: constant ? 1 : Math.sqrt((own / all) * ((all - own) / all)), constant };
  });
}
