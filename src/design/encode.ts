/**
 * Columns of the table → columns of the design over any rows, read when they are wanted and held nowhere: numbers
 * with missing cells imputed, and level codes, which stay codes. It decides nothing: that is features.ts. The
 * row-by-row twin for a saved model is predict/scorer.ts; a test holds the two together.
 */
import type { BooleanColumn, CategoricalColumn, Column, NumericColumn } from '../data/table.ts';
import { type Feature, levelsOf } from '../predict/model-file.ts';
import { overRows } from '../yielding.ts';
import type { Reader } from './scale.ts';

/** Row numbers of the table. */
export interface RowList {
  readonly rows: Int32Array;
  /** Whether they ascend, so that first and last tell whether any is left out. */
  readonly ascending: boolean;
}

/** The numbers of a column over some rows, missing cells imputed. */
export function numberReader(feature: Feature & { kind: 'numeric' }, column: NumericColumn, list: RowList): Reader {
  const fill = feature.impute;
  return (from, into) => {
    gather(column.values, list, from, into);
    if (fill === null) return;
    for (let i = 0; i < into.length; i++) if (Number.isNaN(into[i])) into[i] = fill;
  };
}

/** The places of a column's cells among the feature's levels over some rows; −1 for a level it does not have. */
export function levelReader(
  feature: Feature & { kind: 'boolean' | 'categorical' },
  column: BooleanColumn | CategoricalColumn,
  list: RowList,
): (from: number, into: Int32Array) => void {
  const { codes } = column;
  const { placeOf, fill } = levelPlaces(feature, column);
  return (from, into) => {
    gather(codes, list, from, into);
    for (let i = 0; i < into.length; i++) into[i] = into[i]! < 0 ? fill : placeOf[into[i]!]!;
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
function levelPlaces(
  feature: Feature & { kind: 'boolean' | 'categorical' },
  column: BooleanColumn | CategoricalColumn,
) {
  const levels = feature.kind === 'boolean' ? [false, true] : levelsOf(feature);
  const own = column.kind === 'boolean' ? [false, true] : column.levels;
  const places = new Map<string | boolean, number>(levels.map((level, i) => [level, i]));
  const place = (level: string | boolean): number => places.get(level) ?? -1;
  return { placeOf: Int32Array.from(own, place), fill: feature.impute === null ? -1 : place(feature.impute) };
}
