/**
 * What stands for the missing cells of a stored table, decided on its training rows as in memory: the mean or median of
 * numbers, the level that most rows have. The columns are computed anew with these cells in their place.
 */
import type { ComputedColumns } from '../data/computed-columns.ts';
import type { StoredColumn } from '../data/stored-table.ts';
import { keyOf } from '../rows/key.ts';
import { type MarkedPage, overMarkedPages, type PagePass } from './marked-pages.ts';
import { fillOf, isBinary, type PresentCells } from './present-cells.ts';

interface FillRequest {
  /** The training rows. */
  readonly training: Omit<PagePass, 'columns'>;
  readonly imputation: 'mean' | 'median';
  /** What a row of a class, by its place, counts in the fit. */
  readonly weightOf: (weight: number, place: number) => number;
}

/** The cell that fills the missing ones: a number, or the code of a level; and whether numbers that are there are 0 and 1. */
export interface Fill {
  readonly cell: number;
  readonly binary: boolean;
}

/** By the name of each column. */
export type Fills = ReadonlyMap<string, Fill>;

export async function decideFills(columns: readonly StoredColumn[], request: FillRequest): Promise<Fills> {
  const fills = new Map<string, Fill>();
  for (const column of columns) {
    const cells = presentCells(column, request);
    const numeric = column.kind === 'numeric';
    fills.set(column.name, {
      cell: numeric ? await fillOf(cells, request.imputation) : await mostFrequent(column, cells),
      binary: numeric && (await isBinary(cells)),
    });
  }
  return fills;
}

function presentCells({ at }: StoredColumn, { training, weightOf }: FillRequest): PresentCells {
  const [values, own] = [new Float64Array(training.table.pageRows), new Float64Array(training.table.pageRows)];
  return (visit) =>
    overMarkedPages({ ...training, columns: [at] }, ({ held, labels, weights, cells }: MarkedPage) => {
      const all = cells(at);
      let count = 0;
      for (let i = 0; i < held; i++) {
        if (weights[i] === 0 || Number.isNaN(all[i])) continue;
        values[count] = all[i]!;
        own[count++] = weightOf(weights[i]!, labels[i]!);
      }
      return visit(values.subarray(0, count), own.subarray(0, count));
    });
}

/** A code of the level that weighs most, the first of those that do. */
async function mostFrequent({ places }: StoredColumn, cells: PresentCells): Promise<number> {
  const totals = new Array<number>(1 + places.reduce((most, level) => Math.max(most, level), 0)).fill(0);
  await cells((codes, weights) => {
    for (let i = 0; i < codes.length; i++) totals[places[codes[i]!]!]! += weights[i]!;
  });
  return places.indexOf(totals.indexOf(Math.max(...totals)));
}

/** The columns without missing cells. */
export function filledColumns(columns: readonly StoredColumn[], fills: Fills): ComputedColumns {
  const own = columns.map(({ at, name }) => ({ at, fill: fills.get(name)!.cell }));
  return {
    count: own.length,
    of: own.map(({ at }) => at),
    key: keyOf(['filled', own]),
    compute: ({ count, cells }, into) =>
      own.forEach(({ at, fill }, k) => {
        const all = cells(at);
        for (let i = 0; i < count; i++) into[k]![i] = Number.isNaN(all[i]) ? fill : all[i]!;
      }),
  };
}
