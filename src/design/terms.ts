/**
 * Features → terms with their scaling: mean and deviation of each over the training rows, and which of them are
 * constant there. It knows nothing of how terms are fitted.
 */
import type { Column } from '../data/table.ts';
import type { Warning } from '../errors.ts';
import { sum } from '../math/vector.ts';
import type { Feature } from '../predict/model-file.ts';
import { overRows } from '../yielding.ts';
import { levelReader, numberReader, type RowList } from './encode.ts';
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

/** The terms of features, each with its scaling over the training rows. */
export async function scaleTerms(
  features: readonly Feature[],
  columns: readonly Column[],
  training: TrainingRows,
  options: { readonly intercept: boolean },
): Promise<ScaledTerms> {
  const scalings: Scaling[][] = [];
  for (const [k, feature] of features.entries()) scalings.push(await scalingsOf(feature, columns[k]!, training));
  return termsWith(features, scalings, options);
}

export interface ScaledTerms {
  readonly terms: readonly ScaledTerm[];
  readonly warnings: readonly Warning[];
}

/**
 * The terms of features whose scalings are known. Without an intercept nothing is centred, and a constant column is one
 * like any other.
 */
export function termsWith(
  features: readonly Feature[],
  scalings: readonly (readonly Scaling[])[],
  { intercept }: { readonly intercept: boolean },
): ScaledTerms {
  requireDistinctTerms(features.flatMap(termsOf));
  const terms: ScaledTerm[] = [];
  const constant = new Set<string>();
  for (const [k, feature] of features.entries()) {
    const own = termsOf(feature);
    for (const [j, term] of own.entries()) {
      const { mean, scale, constant: still } = scalings[k]![j]!;
      const excluded = still && intercept;
      if (excluded) constant.add(feature.column);
      terms.push({ ...term, mean: intercept ? mean : 0, scale, ...(excluded && { excluded: 'constant' }) });
    }
    if (own.length === 0) constant.add(feature.column);
  }
  const names = [...constant];
  if (names.length === 0) return { terms, warnings: [] };
  const message = `${names.join(', ')}: constant over the training rows, so the coefficient is 0 and predictions do not depend on it`;
  return { terms, warnings: [{ code: 'constant-column', message, columns: names }] };
}

async function scalingsOf(feature: Feature, column: Column, training: TrainingRows): Promise<Scaling[]> {
  const count = training.rows.length;
  const { weights } = training;
  if (feature.kind === 'numeric') {
    if (column.kind !== 'numeric') throw new TypeError(`column ${column.name} is not numeric`);
    return [await measureScaling(numberReader(feature, column, training), { count, weights })];
  }
  if (column.kind === 'numeric') throw new TypeError(`column ${column.name} has no levels`);
  // The mean of an indicator is its level's fraction p of the weight, its variance p·(1 − p).
  const totals = new Float64Array(termsOf(feature).length + 1);
  const read = levelReader(feature, column, training);
  await overRows(count, (from, to) => {
    const codes = new Int32Array(to - from);
    read(from, codes);
    for (let i = 0; i < codes.length; i++) totals[codes[i]!]! += weights ? weights[from + i]! : 1;
  });
  return indicatorScalings(totals);
}

/** The scalings of the indicators of all levels but the first, from the weight of each level. */
export function indicatorScalings(totals: Float64Array): Scaling[] {
  const all = sum(totals);
  return Array.from(totals.subarray(1), (own) => {
    const constant = own === 0 || own === all;
    return { mean: own / all, scale: constant ? 1 : Math.sqrt((own / all) * ((all - own) / all)), constant };
  });
}
