/**
 * One reading of all pages for what a design is decided from: by class the rows, weights and moments of numbers, the rows
 * and weights of levels, which rows are left out and why, and a seeded random choice of rows. Moments are about a value of
 * each column's own, in units that neither overflow nor vanish.
 */

import type { FindingKind } from '../data/findings.ts';
import { readPages } from '../data/read-pages.ts';
import { isWeight, wrongWeight } from '../data/sample-weights.ts';
import type { PagedTable, StoredColumn } from '../data/stored-table.ts';
import { createRandom } from '../math/random.ts';
import { keyOf } from '../rows/key.ts';
import { type MarkedRows, type RowChoice, rowMarker } from '../rows/pages.ts';
import { type ClassMoments, joinMoments, noRows } from './class-moments.ts';
import { addClasses, addLevels, addMoments, type Frame } from './page-moments.ts';
import type { Dropped, Losses } from './select-rows.ts';

export interface PageSums {
  /** By class; those of columns with levels are of no numbers. */
  readonly classes: readonly ClassMoments[];
  /** Of columns with levels [levels, classes]: rows, and Σ s. */
  readonly levelRows: readonly Float64Array[];
  readonly levelWeights: readonly Float64Array[];
  readonly dropped: Dropped;
  /** By class. */
  readonly losses: readonly Losses[];
  /** Chosen rows as a page of their own, [width, chosen]. */
  readonly sample: { readonly page: Float64Array; readonly rows: number };
}

/** What the moments are about. */
export type SummedPages = PageSums & { readonly frames: readonly Frame[] };

export interface PageSumsRequest {
  readonly choice: RowChoice;
  readonly classes: number;
  readonly columns: readonly StoredColumn[];
  readonly frames: readonly Frame[];
  /** Rows of the sample at most. */
  readonly sampled: number;
  readonly seed: number;
  readonly signal: AbortSignal | undefined;
}

/** Squares within these neither over- nor underflow, whatever the number of rows. */
const [leastSquare, mostSquare] = [2 ** -900, 2 ** 900];

/** The sums, which are kept for the next fit. */
export function sumPages(
  kind: FindingKind,
  table: PagedTable,
  request: Omit<PageSumsRequest, 'frames'>,
): Promise<SummedPages> {
  const key = table.key === undefined ? undefined : keyOf([table.key, { ...request, signal: undefined }]);
  return table.findings.find(kind, key, () => sumAnew(table, request));
}

/**
 * The sums about the means of the first page, which is far from the mean of all rows by at most √(rows/page rows)
 * deviations; where it is further than four (rows in the order of a column, values far out, weights that differ much), once
 * more about the mean itself, in units of the range.
 */
async function sumAnew(table: PagedTable, request: Omit<PageSumsRequest, 'frames'>): Promise<SummedPages> {
  const { columns } = request;
  const first = await firstMeans(table);
  const frames = columns.map(({ at }): Frame => ({ about: first[at]!, unit: 1 }));
  const sums = await sumAbout(table, { ...request, frames });
  const better = columns.map(({ kind }, k) => (kind === 'numeric' ? betterFrame(sums, k, frames[k]!) : frames[k]!));
  if (better.every((frame, k) => frame === frames[k])) return { ...sums, frames };
  return { ...(await sumAbout(table, { ...request, frames: better })), frames: better };
}

/** The mean of each column over the first page. */
async function firstMeans(table: PagedTable): Promise<Float64Array> {
  const { pageRows, width, rows } = table;
  const page = new Float64Array(width * pageRows);
  await table.read(0, page);
  return Float64Array.from({ length: width }, (_, at) => {
    let [mean, count] = [0, 0];
    for (const value of page.subarray(at * pageRows, at * pageRows + Math.min(pageRows, rows))) {
      if (Number.isNaN(value)) continue;
      count++;
      mean += value / count - mean / count; // value − mean may overflow
    }
    return mean;
  });
}

function betterFrame({ classes }: PageSums, k: number, frame: Frame): Frame {
  const { weight, sum, squares, least, most } = joinMoments(classes, k);
  if (!(most > least)) return frame; // constant, or no row is fitted
  const mean = sum / weight;
  const variance = squares / weight - mean ** 2;
  const sound = variance > leastSquare && squares / weight < mostSquare && mean ** 2 <= 16 * variance;
  if (sound) return frame;
  const half = most / 2 - least / 2;
  return {
    about: frame.about + (Number.isFinite(mean) ? mean : least + half),
    unit: 2 ** Math.min(1023, -Math.ceil(Math.log2(half))),
  };
}

async function sumAbout(table: PagedTable, request: PageSumsRequest): Promise<PageSums> {
  const { choice, classes, columns, frames, signal } = request;
  const { pageRows } = table;
  const ofLevels = (column: StoredColumn): Float64Array => new Float64Array(countLevels(column) * classes);
  const sums = {
    classes: Array.from({ length: classes }, () => noRows(columns.length)),
    levelRows: columns.map(ofLevels),
    levelWeights: columns.map(ofLevels),
    dropped: { missing: 0, noTarget: 0, zeroWeight: 0 },
    losses: Array.from({ length: classes }, (): Losses => ({ missingIn: new Set(), weightless: 0 })),
  };
  const mark = rowMarker(choice);
  const sample = openSample(table, request);
  for await (const { number, page, held } of readPages(table, undefined, signal)) {
    const cell = (at: number, row: number): number => page[at * pageRows + row]!;
    if (choice.weights !== undefined) requireWeights(table, choice.weights, page, { number, held });
    const marked = mark(page, { pageRows, held }, (row) =>
      countLoss(sums, { choice, columns: table.columns }, (at) => cell(at, row)),
    );
    addClasses(sums.classes, marked, held);
    for (const [k, column] of columns.entries()) {
      const cells = page.subarray(column.at * pageRows, column.at * pageRows + held);
      if (column.kind === 'numeric') addMoments(sums.classes, k, { cells, marked, frame: frames[k]! });
      else addLevels(sums.levelRows[k]!, sums.levelWeights[k]!, cells, { ...marked, places: column.places, classes });
    }
    sample.take(page, marked, number);
  }
  return { ...sums, sample: sample.taken() };
}

export const countLevels = (column: StoredColumn): number =>
  column.kind === 'numeric' ? 0 : column.kind === 'boolean' ? 2 : column.levels.length;

/** Why a row is left out: its first reason, as for a table in memory; and what takes its class the row. */
function countLoss(
  { dropped, losses }: Pick<PageSums, 'losses' | 'dropped'>,
  { choice, columns }: Pick<PageSumsRequest, 'choice' | 'columns'>,
  cell: (at: number) => number,
): void {
  const code = choice.classOf.get(cell(choice.target));
  if (code === undefined) {
    dropped.noTarget++;
    return;
  }
  const gaps = choice.required.filter((at) => Number.isNaN(cell(at)));
  const weight = choice.weights === undefined ? 1 : cell(choice.weights);
  if (gaps.length > 0 || Number.isNaN(weight)) dropped.missing++;
  else dropped.zeroWeight++;
  for (const at of gaps) losses[code]!.missingIn.add(columns.find((column) => column.at === at)!.name);
  if (!(weight > 0)) losses[code]!.weightless++;
}

function requireWeights(
  { columns, pageRows }: PagedTable,
  at: number,
  page: Float64Array,
  { number, held }: { readonly number: number; readonly held: number },
): void {
  const weights = page.subarray(at * pageRows, at * pageRows + held);
  const wrong = weights.findIndex((value) => !Number.isNaN(value) && !isWeight(value));
  if (wrong < 0) return;
  const column = columns.find((candidate) => candidate.at === at)!.name;
  const row = number * pageRows + wrong + 1;
  throw wrongWeight(`row ${row}, column ${column}`, weights[wrong], { row, column });
}

/** Of as many stretches of equal length one row each, where it is fitted: as likely as any other. */
function openSample({ rows, pageRows, width }: PagedTable, { sampled, seed }: PageSumsRequest) {
  const random = createRandom(seed);
  const count = Math.min(rows, sampled);
  const bound = (i: number): number => Math.floor((i * rows) / count);
  const draw = (i: number): number => bound(i) + Math.floor(random() * (bound(i + 1) - bound(i)));
  const cells = new Float64Array(width * count);
  let taken = 0;
  let stretch = 0;
  let chosen = draw(0);
  return {
    take(page: Float64Array, { weights }: MarkedRows, number: number): void {
      const start = number * pageRows;
      for (; stretch < count && chosen < start + pageRows; chosen = draw(++stretch)) {
        if (weights[chosen - start] === 0) continue;
        for (let k = 0; k < width; k++) cells[k * count + taken] = page[k * pageRows + chosen - start]!;
        taken++;
      }
    },
    /** [width, taken] */
    taken(): PageSums['sample'] {
      if (taken === count) return { page: cells, rows: taken };
      const page = new Float64Array(width * taken);
      for (let k = 0; k < width; k++) page.set(cells.subarray(k * count, k * count + taken), k * taken);
      return { page, rows: taken };
    },
  };
}
