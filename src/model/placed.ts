/**
 * A design, placed once: its rows on the chosen backend, fold by fold, and a sample of them beside, for as many
 * solves as are wanted. What is opened here is closed here.
 */
import { openPlace } from '../backends/registry.ts';
import type { ColumnHead, MissingCells, Table } from '../data/table.ts';
import { type DecidedDesign, type Design, decideDesign } from '../design/design.ts';
import { type Part, samplePart, sourceOf } from '../design/source.ts';
import type { ClassTotals } from '../design/stored-columns.ts';
import type { Warning } from '../errors.ts';
import type { FitHooks } from '../fitting/options.ts';
import type { FitProblem } from '../fitting/solve.ts';
import type { ClusterSums } from '../inference/sandwich.ts';
import type { Penalty } from '../objective/objective.ts';
import type { NumberStyle } from '../predict/cell.ts';
import type { RowPlace, RowSource, RowSums } from '../rows/contract.ts';
import { groupedSums } from '../rows/grouped.ts';
import { countFeatures } from '../rows/source.ts';
import type { CheckedOptions } from './options.ts';

export interface Placed {
  /** Where the data came from, for the report. */
  readonly source: string;
  readonly design: DecidedDesign;
  /** Labels and weights of the rows, by partition; undefined where they stay elsewhere. */
  readonly part: Part | undefined;
  /** Rows that are not independent, where there are any. */
  readonly clusters?: (ClusterSums & { readonly column: string }) | undefined;
  /** Missing cells of each column that has any. */
  readonly missing: Readonly<Record<string, MissingCells>>;
  /** The column of sample weights and how its numbers are spelled; null where there is none. */
  readonly weights: { readonly column: string; readonly style?: NumberStyle } | null;
  /** Σ s of each class among the training rows; absent: nobody has summed them yet. */
  readonly totals?: ClassTotals;
  /** Whether all sample weights are whole numbers, as those are that count rows. */
  readonly wholeWeights: () => Promise<boolean>;
  readonly place: Pick<RowPlace, 'name' | 'detail'>;
  /** The rows may still be on their way. */
  readonly rows: Promise<RowSums>;
  /** The fit of the training rows. */
  readonly problem: FitProblem;
  /** What happened to the rows while they were fitted. */
  readonly warnings?: () => readonly Warning[];
}

/** Of this many numbers on, a sample is placed too, of which a first guess can be made. */
const sampledCells = 2 ** 20;
/** One row in so many is sampled. */
const rowsPerSampled = 16;
/** Numbers in a sample: of more rows fewer are enough. */
const mostCells = 2 ** 21;

/** Data that a fit can be over: a design is decided of them and their rows are placed, or stay where they are. */
export interface Dataset {
  /** Calls `use` with the rows, and closes what was opened for it. */
  withPlaced<T>(
    target: string,
    options: CheckedOptions,
    hooks: FitHooks,
    use: (placed: Placed) => Promise<T>,
  ): Promise<T>;
}

/** A table, whose columns are freed on the way: it is handed over. */
export function tableDataset(table: Table): Dataset {
  return { withPlaced: (...asked) => withPlacedTable(table, ...asked) };
}

async function withPlacedTable<T>(
  table: Table,
  target: string,
  options: CheckedOptions,
  hooks: FitHooks,
  use: (placed: Placed) => Promise<T>,
): Promise<T> {
  const { signal } = hooks;
  // Threads start while the design is decided.
  const opening = openPlace(options.backend, { threads: options.threads, cells: table.rows * cellsInRow(table) });
  opening.catch(() => {}); // reported below
  const placing: Promise<RowSums>[] = [];
  try {
    const design = await decideDesign(table, target, options, options.folds);
    signal?.throwIfAborted();
    const place = await opening;
    const sampleSource = sampleOf(design, options.seed);
    if (sampleSource) placing.push(place.place(sampleSource, options.precision, signal));
    const sample = await placing[0]; // before the columns are freed
    const source = sourceOf(design, design.part, {
      partitions: design.partitions,
      handOver: design.clusters === undefined,
    });
    const rows = place.place(source, options.precision, signal);
    rows.catch(() => {}); // reported to whoever awaits it
    placing.push(rows);
    const partitions = trainingPartitions(design);
    const problem: FitProblem = {
      rows,
      sample,
      penalty: penaltyOf(design, options),
      intercept: options.intercept,
      fixed: fixedOf(design),
      partitions,
      firth: options.firth ? { weights: design.part.weights } : undefined,
    };
    const missing = Object.fromEntries(
      table.columns.filter((c) => c.missing.count > 0).map((c) => [c.name, c.missing]),
    );
    return await use({
      source: table.source,
      design,
      part: design.part,
      clusters: clusterSums(design),
      missing,
      weights: weightsOf(table, options),
      wholeWeights: async () => design.part.sampleWeights?.every(Number.isInteger) !== false,
      place,
      rows,
      problem,
    });
  } finally {
    const placed = await Promise.allSettled(placing);
    await Promise.all(placed.map((rows) => (rows.status === 'fulfilled' ? rows.value.close() : undefined)));
    await opening.then(
      (place) => place.close(),
      () => {},
    );
  }
}

/** Sums by cluster over the training rows, read from the table, which keeps its numbers for them. */
function clusterSums(design: Design): Placed['clusters'] {
  const { clusters, part, counts } = design;
  if (clusters === undefined) return undefined;
  const training = { ...sourceOf(design, part), rows: counts.train };
  return { ...clusters, sumsOf: (r) => groupedSums(training, r, clusters) };
}

export function weightsOf(
  { columns }: { readonly columns: readonly ColumnHead[] },
  { weights: name }: CheckedOptions,
): Placed['weights'] {
  const column = columns.find((column) => column.name === name);
  if (column?.kind !== 'numeric') return null;
  return { column: column.name, ...(column.style && { style: column.style }) };
}

/** All partitions but the held-out one. */
export function trainingPartitions({ partitions, counts }: DecidedDesign): number[] {
  return partitions.flatMap((_, p) => (counts.holdout > 0 && p === partitions.length - 1 ? [] : [p]));
}

/** Numbers in a row of the design, before any term is excluded. */
function cellsInRow({ columns }: Table): number {
  return columns.reduce(
    (n, column) => n + (column.kind === 'categorical' ? Math.max(0, column.levels.length - 1) : 1),
    -1,
  );
}

/** A seeded random choice of training rows, or undefined where they hold fewer than `leastCells` numbers. */
export function sampleOf(design: Design, seed: number, leastCells = sampledCells): RowSource | undefined {
  const { counts, part } = design;
  const n = countFeatures(sourceOf(design, part));
  const count = Math.min(Math.floor(counts.train / rowsPerSampled), Math.floor(mostCells / Math.max(1, n)));
  if (counts.train * n < leastCells || count === 0) return undefined;
  return sourceOf(design, samplePart(part, counts.train, count, seed));
}

/** The coefficients of offsets, whose scale is 1. */
export function fixedOf({ terms }: DecidedDesign): FitProblem['fixed'] {
  const fitted = terms.filter((term) => term.excluded === undefined);
  return new Map(fitted.flatMap(({ offset }, j) => (offset ? [[j, 1] as const] : [])));
}

/** In raw units the penalty of a standardised coefficient grows with 1/scale². */
export function penaltyOf({ terms }: DecidedDesign, { l2, standardize }: CheckedOptions): Penalty {
  if (standardize) return { l2 };
  const fitted = terms.filter((term) => term.excluded === undefined);
  return { l2, factors: Float64Array.from(fitted, ({ scale }) => 1 / scale ** 2) };
}
