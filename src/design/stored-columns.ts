/**
 * What the sums over pages say of each column: the feature that it becomes, its scaling, whether it tells classes apart; and
 * the cells of some rows as a column of a table in memory.
 */
import type { PagedTable, StoredColumn } from '../data/stored-table.ts';
import type { Column } from '../data/table.ts';
import type { Warning } from '../errors.ts';
import { type Feature, type Label, levelsOf } from '../predict/model-file.ts';
import type { RowChoice } from '../rows/pages.ts';
import {
  type ClassMoments,
  momentScaling,
  numericFeature,
  purityOfRanges,
  rangeOf,
  type WeightOfClass,
} from './class-moments.ts';
import { unseenWarning } from './design.ts';
import { type MarkedPage, overMarkedPages } from './marked-pages.ts';
import type { SummedPages } from './page-sums.ts';
import { type ColumnPurity, purityOfLevels } from './pure-columns.ts';
import { type Scaling, vanishing } from './scale.ts';
import type { Fill, Fills } from './stored-fills.ts';
import { indicatorScalings } from './terms.ts';

/** The column with these cells. */
export function columnWith(column: StoredColumn, cells: Float64Array): Column {
  const { at, places, ...head } = column;
  if (head.kind === 'numeric') return { ...head, values: cells };
  return { ...head, codes: Int32Array.from(cells, (cell) => places[cell] ?? -1) };
}

export interface ColumnContext {
  /** What stands for missing cells, where they are filled. */
  readonly fills: Fills;
  readonly sums: SummedPages;
  /** By class code. */
  readonly moments: readonly ClassMoments[];
  /** The place of each class in the sums, by class code. */
  readonly order: readonly number[];
  readonly labels: readonly Label[];
  readonly byClass: WeightOfClass;
}

export interface DecidedColumn {
  readonly feature: Feature;
  readonly scalings: readonly Scaling[];
  readonly purity: ColumnPurity;
}

export function decideColumn(
  column: StoredColumn,
  k: number,
  { fills, sums, moments, order, labels, byClass }: ColumnContext,
): DecidedColumn {
  const { name } = column;
  const fill = fills.get(name);
  if (column.kind === 'numeric') {
    const scaling = scalingOf(name, k, { sums, moments, byClass });
    const { about, unit } = sums.frames[k]!;
    const [low, high] = rangeOf(moments, k, about * unit);
    return {
      feature: fill
        ? filledFeature(column, fill)
        : numericFeature(name, scaling, [low / unit, high / unit], column.style),
      scalings: [scaling],
      purity: purityOfRanges(moments, k),
    };
  }
  const names = namesOf(column);
  const classes = sums.classes.length;
  const filled = fill === undefined ? null : column.places[fill.cell]!;
  const totals = Float64Array.from(names, (_, level) =>
    order.reduce((sum, c, code) => sum + byClass(sums.levelWeights[k]![level * classes + c]!, code), 0),
  );
  const rows = names.flatMap((_, level) => order.map((c) => sums.levelRows[k]![level * classes + c]!));
  const purity = purityOfLevels(name, names, Float64Array.from(rows), labels);
  if (column.kind === 'boolean') {
    const feature: Feature = {
      kind: 'boolean',
      column: name,
      words: column.words,
      impute: filled === null ? null : filled === 1,
    };
    return { feature, scalings: indicatorScalings(totals), purity };
  }
  const occurs = (_: unknown, level: number): boolean => totals[level]! > 0;
  const feature: Feature = {
    kind: 'categorical',
    column: name,
    levels: column.levels.filter(occurs),
    impute: filled === null ? null : column.levels[filled]!,
  };
  return { feature, scalings: indicatorScalings(totals.filter(occurs)), purity };
}

const filledFeature = ({ name, style }: StoredColumn & { kind: 'numeric' }, { cell, binary }: Fill): Feature => ({
  kind: 'numeric',
  column: name,
  impute: cell,
  ...(style && { style }),
  ...(binary && { binary }),
});

/** Of the k-th column, of numbers. */
export function scalingOf(
  name: string,
  k: number,
  { sums, moments, byClass }: Pick<ColumnContext, 'sums' | 'moments' | 'byClass'>,
): Scaling {
  const { about, unit } = sums.frames[k]!;
  const { mean, scale, constant: alike } = momentScaling(name, moments, k, about * unit, byClass);
  const constant = alike || scale / unit < vanishing;
  return { mean: mean / unit, scale: constant ? 1 : scale / unit, constant };
}

/** Σ s of each class by its code, whatever the class weighs: of all training rows, and of those with a level. */
export interface ClassTotals {
  readonly all: Float64Array;
  of(column: string, level: string): Float64Array;
}

export function totalsOf(
  columns: readonly StoredColumn[],
  { classes, levelWeights }: SummedPages,
  order: readonly number[],
): ClassTotals {
  return {
    all: Float64Array.from(order, (place) => classes[place]!.weight),
    of(name, level) {
      const k = columns.findIndex((column) => column.name === name);
      const at = namesOf(columns[k]!).indexOf(level) * classes.length;
      return Float64Array.from(order, (place) => levelWeights[k]![at + place]!);
    },
  };
}

/** Of levels, by their places. */
export const namesOf = (column: StoredColumn): readonly string[] =>
  column.kind === 'numeric' ? [] : column.kind === 'boolean' ? column.words : column.levels;

/** Held-out cells of a category that no training row has. */
export async function unseenAmong(
  { columns, features }: { readonly columns: readonly StoredColumn[]; readonly features: readonly Feature[] },
  pages: PagedTable,
  held: RowChoice,
  signal: AbortSignal | undefined,
): Promise<Warning[]> {
  const counts = columns.map(({ name }) => ({ column: name, cells: 0 }));
  const categories = columns.flatMap(({ kind }, k) => (kind === 'categorical' ? [k] : []));
  if (categories.length === 0) return [];
  const known = categories.map((k) => placesSeen(columns[k]!, features[k]!));
  const count = ({ held, weights, cells }: MarkedPage): void => {
    categories.forEach((k, c) => {
      const own = cells(columns[k]!.at);
      for (let i = 0; i < held; i++) if (weights[i]! > 0 && !known[c]![own[i]!]) counts[k]!.cells++;
    });
  };
  const read = categories.map((k) => columns[k]!.at);
  await overMarkedPages({ table: pages, choice: held, columns: read, signal }, count);
  return unseenWarning(counts);
}

/** Of each code of a category, whether the feature has its level. */
function placesSeen(column: StoredColumn, feature: Feature): boolean[] {
  if (column.kind !== 'categorical') throw new TypeError(`${column.name} is no category`);
  const levels = new Set(levelsOf(feature));
  return Array.from(column.places, (level) => levels.has(column.levels[level]!));
}
