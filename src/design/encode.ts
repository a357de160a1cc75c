/**
 * Columns of the table → columns of the design over any rows, read when they are wanted and held nowhere: numbers
 * with missing cells imputed, and level codes, which stay codes. It decides nothing: that is features.ts. The
 * row-by-row twin for a saved model is predict/scorer.ts; a test holds the two together.
 */
import type { BooleanColumn, CategoricalColumn, Column, NumericColumn } from '../data/table.ts';
import { valueAt } from '../predict/basis.ts';
import { type Factor, type Feature, levelsOf, referencePlace } from '../predict/model-file.ts';
import { overRows } from '../yielding.ts';
import type { ColumnValues } from './bases.ts';
import type { RawTerm } from './features.ts';
import type { Reader } from './scale.ts';

/** Row numbers of the table. */
export interface RowList {
  readonly rows: Int32Array;
  /** Whether they ascend, so that first and last tell whether any is left out. */
  readonly ascending: boolean;
}

/** The numbers of a column over some rows, missing cells imputed. */
export function numberReader(feature: NumericFeature, column: NumericColumn, list: RowList): Reader {
  const fill = feature.impute;
  return (from, into) => {
    gather(column.values, list, from, into);
    if (fill === null) return;
    for (let i = 0; i < into.length; i++) if (Number.isNaN(into[i])) into[i] = fill;
  };
}

/** The numbers of a column over training rows and all rows. */
export function columnValues(
  feature: NumericFeature,
  column: NumericColumn,
  rows: { readonly training: RowList; readonly all: RowList },
): ColumnValues {
  return {
    training: rows.training.rows.length,
    over(which, visit) {
      const { length } = rows[which].rows;
      const read = numberReader(feature, column, rows[which]);
      const values = new Float64Array(Math.min(length, blockLength));
      return overRows(length, (from, to) => {
        for (let start = from; start < to; start += blockLength) {
          const own = values.subarray(0, Math.min(blockLength, to - start));
          read(start, own);
          visit(own);
        }
      });
    },
  };
}

/** Rows that are read at a time. */
const blockLength = 4096;

/** The places of a column's cells among the feature's levels over some rows; that of the reference for a level it does not have. */
export function levelReader(
  feature: LevelFeature,
  column: BooleanColumn | CategoricalColumn,
  list: RowList,
): (from: number, into: Int32Array) => void {
  const { codes } = column;
  const places = levelPlaces(feature, column);
  const reference = referencePlace(feature);
  const known = (place: number): number => (place < 0 ? reference : place);
  const placeOf = places.placeOf.map(known);
  const fill = known(places.fill);
  return (from, into) => {
    gather(codes, list, from, into);
    for (let i = 0; i < into.length; i++) into[i] = into[i]! < 0 ? fill : placeOf[into[i]!]!;
  };
}

/** The numbers of a term over some rows: the product of its factors, indicators first. */
export function termReader({ factors }: RawTerm, encodings: Encodings, list: RowList): Reader {
  const [only] = factors as [Factor];
  if (factors.length === 1 && only.basis.kind === 'identity') {
    return numberReader(...encodings.numbers(only.column), list);
  }
  const isIndicator = ({ basis }: Factor): boolean => basis.kind === 'level';
  const ordered = [...factors.filter(isIndicator), ...factors.filter((factor) => !isIndicator(factor))];
  const multipliers = ordered.map((factor) => multiplierOf(factor, encodings, list));
  return (from, into) => {
    into.fill(1);
    for (const multiply of multipliers) multiply(from, into);
  };
}

/** Multiplies numbers by a factor, which is not evaluated where they are 0 already: a spline takes longer than a product. */
function multiplierOf({ column: name, basis }: Factor, encodings: Encodings, list: RowList): Reader {
  if (basis.kind !== 'level') {
    const read = numberReader(...encodings.numbers(name), list);
    let space = new Float64Array(0);
    return (from, into) => {
      if (space.length < into.length) space = new Float64Array(into.length);
      const own = space.subarray(0, into.length);
      read(from, own);
      for (let i = 0; i < into.length; i++) if (into[i] !== 0) into[i]! *= valueAt(basis, own[i]!);
    };
  }
  const [feature, column] = encodings.levels(name);
  const read = levelReader(feature, column, list);
  const place = levelsOf(feature).indexOf(basis.level);
  let codes = new Int32Array(0);
  return (from, into) => {
    if (codes.length < into.length) codes = new Int32Array(into.length);
    const own = codes.subarray(0, into.length);
    read(from, own);
    for (let i = 0; i < into.length; i++) if (own[i] !== place) into[i] = 0;
  };
}

export type NumericFeature = Feature & { readonly kind: 'numeric' };
export type LevelFeature = Feature & { readonly kind: 'boolean' | 'categorical' };

/** Columns of the table by name, each with what it became. */
export interface Encodings {
  numbers(name: string): readonly [NumericFeature, NumericColumn];
  levels(name: string): readonly [LevelFeature, BooleanColumn | CategoricalColumn];
}

export function encodingsOf(features: readonly Feature[], columns: readonly Column[]): Encodings {
  const places = new Map(features.map(({ column }, k) => [column, k]));
  const at = (name: string): readonly [Feature, Column] => {
    const k = places.get(name)!;
    return [features[k]!, columns[k]!];
  };
  return {
    numbers(name) {
      const [feature, column] = at(name);
      if (feature.kind === 'numeric' && column.kind === 'numeric') return [feature, column];
      throw new TypeError(`column ${name} is not numeric`);
    },
    levels(name) {
      const [feature, column] = at(name);
      if (feature.kind !== 'numeric' && column.kind !== 'numeric') return [feature, column];
      throw new TypeError(`column ${name} has no levels`);
    },
  };
}

/** The values of rows[from], rows[from + 1], … */
function gather<T extends Float64Array | Int32Array>(
  values: T,
  { rows, ascending }: RowList,
  from: number,
  into: T,
): void {
  const first = rows[from]!;
  const { length } = into;
  if (ascending && rows[from + length - 1] === first + length - 1) into.set(values.subarray(first, first + length));
  else for (let i = 0; i < length; i++) into[i] = values[rows[from + i]!]!;
}

/** Rows of a level that the feature does not have. */
export async function countUnseen(feature: Feature, column: Column, rows: Int32Array): Promise<number> {
  if (column.kind === 'numeric' || feature.kind === 'numeric') return 0;
  const { codes } = column;
  const { placeOf, fill } = levelPlaces(feature, column);
  let unseen = 0;
  await overRows(rows.length, (from, to) => {
    for (let i = from; i < to; i++) {
      const code = codes[rows[i]!]!;
      if ((code < 0 ? fill : placeOf[code]!) < 0) unseen++;
    }
  });
  return unseen;
}

/** Of a column's codes and of a missing cell: the place among the feature's levels, −1 when it is none of them. */
function levelPlaces(feature: LevelFeature, column: BooleanColumn | CategoricalColumn) {
  const levels = feature.kind === 'boolean' ? [false, true] : levelsOf(feature);
  const own = column.kind === 'boolean' ? [false, true] : column.levels;
  const places = new Map<string | boolean, number>(levels.map((level, i) => [level, i]));
  const place = (level: string | boolean): number => places.get(level) ?? -1;
  return { placeOf: Int32Array.from(own, place), fill: feature.impute === null ? -1 : place(feature.impute) };
}
