/**
 * Features → numbers: the raw values of each term over any rows, read when they are wanted and held nowhere.
 * It decides nothing: that is features.ts. The row-by-row twin for a saved model is predict/scorer.ts; a
 * test holds the two together.
 */
import type { BooleanColumn, CategoricalColumn, Column } from '../data/table.ts';
import type { Feature } from '../predict/model-file.ts';
import type { Turns } from '../turns.ts';
import type { Reader } from './scale.ts';

/** The raw values of each of a feature's terms over some rows of a column, missing cells imputed. */
export function termReaders(feature: Feature, column: Column, rows: Int32Array): Reader[] {
  if (column.kind === 'numeric') {
    const { values } = column;
    const fill = feature.kind === 'numeric' ? feature.impute : null;
    return [
      (from, into) => {
        gather(values, rows, from, into);
        if (fill === null) return;
        for (let i = 0; i < into.length; i++) if (Number.isNaN(into[i])) into[i] = fill;
      },
    ];
  }
  const { codes } = column;
  const { levelOf, fill, count } = levelPlaces(feature, column);
  return Array.from(
    { length: count - 1 },
    (_, k): Reader =>
      (from, into) => {
        for (let i = 0; i < into.length; i++) {
          const code = codes[rows[from + i]!]!;
          into[i] = (code < 0 ? fill : levelOf[code]!) === k + 1 ? 1 : 0;
        }
      },
  );
}

/** The values of rows[from], rows[from + 1], … Rows ascend, so first and last tell whether any is left out. */
function gather(values: Float64Array, rows: Int32Array, from: number, into: Float64Array): void {
  const first = rows[from]!;
  const { length } = into;
  if (rows[from + length - 1] === first + length - 1) into.set(values.subarray(first, first + length));
  else for (let i = 0; i < length; i++) into[i] = values[rows[from + i]!]!;
}

/** Rows of a level that the feature does not have. */
export async function countUnseen(feature: Feature, column: Column, rows: Int32Array, turns: Turns): Promise<number> {
  if (column.kind === 'numeric') return 0;
  const { codes } = column;
  const { levelOf, fill } = levelPlaces(feature, column);
  let unseen = 0;
  await turns.over(rows.length, (from, to) => {
    for (let i = from; i < to; i++) {
      const code = codes[rows[i]!]!;
      if ((code < 0 ? fill : levelOf[code]!) < 0) unseen++;
    }
  });
  return unseen;
}

/** Of a column's codes and of a missing cell: the place among the feature's levels, −1 when it is none of them. */
function levelPlaces(feature: Feature, column: CategoricalColumn | BooleanColumn) {
  const levels = feature.kind === 'categorical' ? feature.levels : [false, true];
  const own = column.kind === 'categorical' ? column.levels : [false, true];
  const index = new Map<string | boolean, number>(levels.map((level, i) => [level, i]));
  const place = (level: string | boolean): number => index.get(level) ?? -1;
  return {
    levelOf: Int32Array.from(own, place),
    fill: feature.impute === null ? -1 : place(feature.impute as string | boolean),
    count: levels.length,
  };
}
