/**
 * What rows that are elsewhere are summed to, by class, whoever sums them: an engine, or a reading of pages; and what that says
 * of the rows and of each column of numbers.
 */
import { argument } from '../data/names.ts';
import { LogisticError } from '../errors.ts';
import type { Feature } from '../predict/model-file.ts';
import type { PartitionSummary } from '../rows/contract.ts';
import { type ColumnPurity, rangesOverlap } from './pure-columns.ts';
import { constantUlps, type Scaling, vanishing } from './scale.ts';

/** Of the rows of one class. */
export interface ClassMoments {
  readonly rows: number;
  /** Σ s, and the smallest s. */
  readonly weight: number;
  readonly smallest: number;
  /** Of each column of numbers, about a value of its own. */
  readonly columns: readonly Moments[];
}

/** Σ s·v, Σ s·v², min v and max v. */
export interface Moments {
  readonly sum: number;
  readonly squares: number;
  readonly least: number;
  readonly most: number;
}

const [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];

/** Of a class without a row. */
export const noRows = (columns: number): ClassMoments => ({
  rows: 0,
  weight: 0,
  smallest: low,
  columns: Array.from({ length: columns }, () => ({ sum: 0, squares: 0, least: low, most: high })),
});

/** What a weight of a class counts in the fit. */
export type WeightOfClass = (weight: number, code: number) => number;

/** `moments`: by class code, like those of all that follow. */
export function summaryOf(moments: readonly ClassMoments[], byClass: WeightOfClass): PartitionSummary {
  return {
    rows: moments.reduce((sum, { rows }) => sum + rows, 0),
    classWeights: Float64Array.from(moments, ({ weight }, code) => byClass(weight, code)),
    smallestWeight: Math.min(...moments.map(({ smallest }, code) => byClass(smallest, code))),
  };
}

/** The moments of the j-th column over some classes, each with its weight. */
export function joinMoments(
  moments: readonly ClassMoments[],
  j: number,
  byClass: WeightOfClass = (weight) => weight,
): Moments & { readonly weight: number } {
  let [weight, sum, squares, least, most] = [0, 0, 0, low, high];
  for (const [code, own] of moments.entries()) {
    const column = own.columns[j]!;
    weight += byClass(own.weight, code);
    sum += byClass(column.sum, code);
    squares += byClass(column.squares, code);
    least = Math.min(least, column.least);
    most = Math.max(most, column.most);
  }
  return { weight, sum, squares, least, most };
}

/** A centre that is so many deviations off costs a variance no digits to speak of. */
const nearDeviations = 4;

/** The means, where some centre is so far from its mean that the variance about it has lost digits; else undefined. */
export function betterCentres(
  moments: readonly ClassMoments[],
  centres: readonly number[],
  byClass: WeightOfClass,
): readonly number[] | undefined {
  const better = centres.map((centre, j) => {
    const { weight, sum, squares, least, most } = joinMoments(moments, j, byClass);
    const shift = sum / weight;
    const near = shift ** 2 <= nearDeviations ** 2 * (squares / weight - shift ** 2); // false where the variance is no number
    return near || least === most || !Number.isFinite(squares) ? centre : centre + shift;
  });
  return better.some((centre, j) => centre !== centres[j]) ? better : undefined;
}

/**
 * Mean, deviation and constancy of the j-th column from its moments about `centre`. Throws LogisticError 'not-finite' where
 * they overflow.
 */
export function momentScaling(
  name: string,
  moments: readonly ClassMoments[],
  j: number,
  centre: number,
  byClass: WeightOfClass,
): Scaling {
  const { weight, sum, squares, least, most } = joinMoments(moments, j, byClass);
  const shift = sum / weight;
  if (!Number.isFinite(centre + shift) || !Number.isFinite(squares)) {
    throw new LogisticError('not-finite', `column ${name}: its numbers are so large that their squares overflow`, {
      hint: `divide them by a power of ten, or leave the column out (--drop ${argument(name)})`,
      details: { column: name },
    });
  }
  const largest = Math.max(Math.abs(centre + least), Math.abs(centre + most));
  const constant = most - least <= constantUlps * Number.EPSILON * largest || most - least < 2 * vanishing;
  return { mean: centre + shift, scale: constant ? 1 : Math.sqrt(squares / weight - shift ** 2), constant };
}

/** The smallest and the largest number of the j-th column from its moments about `centre`. */
export function rangeOf(moments: readonly ClassMoments[], j: number, centre: number): readonly [number, number] {
  const { least, most } = joinMoments(moments, j);
  return [centre + least, centre + most];
}

/** Of ends and of a variance, relative, that are those of numbers 0 and 1, from sums of any length. */
const binaryRounding = 1e-10;

/**
 * The feature of a column of numbers. Of numbers from 0 to 1 the variance is below mean·(1 − mean) but where all of them are
 * 0 or 1.
 */
export function numericFeature(
  column: string,
  { mean, scale, constant }: Scaling,
  [least, most]: readonly [number, number],
  style?: Extract<Feature, { kind: 'numeric' }>['style'],
): Feature {
  const isNear = (value: number, truth: number): boolean => Math.abs(value - truth) <= binaryRounding;
  const binary = !constant && isNear(least, 0) && isNear(most, 1) && isNear(scale ** 2 / (mean * (1 - mean)), 1);
  return { kind: 'numeric', column, impute: null, ...(style && { style }), ...(binary && { binary }) };
}

/** Whether the ranges of the j-th column tell the classes apart. */
export function purityOfRanges(moments: readonly ClassMoments[], j: number): ColumnPurity {
  const ends = (end: 'least' | 'most') => Float64Array.from(moments, ({ columns }) => columns[j]![end]);
  return rangesOverlap(ends('least'), ends('most')) ? [] : 'perfect';
}
