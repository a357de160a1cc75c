/**
 * What every place does with a RowSource: features one by one, the summary of each partition, the runs of rows that a
 * sum is over, the release of columns. It stores no rows and sums nothing but weights.
 */
import { LogisticError } from '../errors.ts';
import type { DenseColumn, LevelColumn, PartitionSummary, RowSource, SumOptions } from './contract.ts';

/** One feature of the design: a dense column, or the indicator of one fitted level. */
export interface Feature {
  readonly mean: number;
  readonly scale: number;
  /** Writes x before it is standardised, of rows from … from + into.length. */
  read(from: number, into: Float64Array): void;
  /** The same without a copy, where there is none to make. */
  view?(from: number, count: number): Float64Array;
}

/**
 * The features of a source in order, level codes expanded to indicators. The codes that were read last are kept: the
 * levels of a column that are asked for the same rows one after another read them once.
 */
export function featuresOf({ columns }: Pick<RowSource, 'columns'>): Feature[] {
  return columns.flatMap((column): Feature[] => {
    if (column.kind === 'dense') return [column];
    const codesOf = codeReader(column);
    return column.fitted.map((level, k) => ({
      mean: column.means[k]!,
      scale: column.scales[k]!,
      read(from, into) {
        const codes = codesOf(from, into.length);
        for (let i = 0; i < into.length; i++) into[i] = codes[i] === level ? 1 : 0;
      },
    }));
  });
}

/** Gives the codes of rows from … from + length, to be used before the next call. */
function codeReader(column: LevelColumn): (from: number, length: number) => Int32Array {
  let space = new Int32Array(0);
  let last = { from: 0, codes: space };
  return (from, length) => {
    if (last.from === from && last.codes.length === length) return last.codes;
    if (space.length < length) space = new Int32Array(length);
    last = { from: 0, codes: space.subarray(0, 0) }; // or a read that fails would leave half of its codes
    const codes = space.subarray(0, length);
    column.read(from, codes);
    last = { from, codes };
    return codes;
  };
}

/** What of a column tells how many features it gives. */
type CountedColumn = Pick<DenseColumn, 'kind'> | Pick<LevelColumn, 'kind' | 'fitted'>;

/** n, without the intercept. */
export function countFeatures({ columns }: { readonly columns: readonly CountedColumn[] }): number {
  return columns.reduce((count, column) => count + (column.kind === 'dense' ? 1 : column.fitted.length), 0);
}

/** Writes feature values standardised: (x − mean) / scale, by the reciprocal. */
export function readStandardised(feature: Feature, from: number, into: Float64Array): void {
  feature.read(from, into);
  const { mean } = feature;
  const factor = 1 / feature.scale; // no scale is so small that this overflows
  for (let i = 0; i < into.length; i++) into[i] = (into[i]! - mean) * factor;
}

/** Tells whoever handed the rows over that its columns have been read for the last time. */
export function releaseColumns({ columns }: Pick<RowSource, 'columns'>): void {
  for (const column of columns) if (column.kind === 'dense') column.release?.();
}

/** What is kept of a source beside its rows: its columns may be freed. */
export function withoutColumns(source: RowSource): RowSource {
  return { ...source, columns: [] };
}

/** First row of each partition, and m. */
function partitionStarts({ rows, partitions = [rows] }: Pick<RowSource, 'rows' | 'partitions'>): number[] {
  const starts = [0];
  for (const count of partitions) starts.push(starts.at(-1)! + count);
  return starts;
}

export function summarisePartitions(source: RowSource): PartitionSummary[] {
  const { classes, labels, weights } = source;
  const starts = partitionStarts(source);
  return starts.slice(1).map((end, p) => {
    const classWeights = new Float64Array(classes);
    let smallestWeight = weights ? Number.POSITIVE_INFINITY : 1;
    for (let i = starts[p]!; i < end; i++) {
      const s = weights ? weights[i]! : 1;
      classWeights[labels[i]!]! += s;
      if (s < smallestWeight) smallestWeight = s;
    }
    return { rows: end - starts[p]!, classWeights, smallestWeight };
  });
}

/** The summaries of some partitions, or of all, as that of one. */
export function joinSummaries(
  summaries: readonly PartitionSummary[],
  partitions: readonly number[] = summaries.map((_, p) => p),
): PartitionSummary {
  const chosen = partitions.map((p) => {
    const summary = summaries[p];
    if (summary === undefined) throw new Error(`there is no partition ${p} of ${summaries.length}`);
    return summary;
  });
  return {
    rows: chosen.reduce((rows, summary) => rows + summary.rows, 0),
    classWeights: Float64Array.from(summaries[0]!.classWeights, (_, c) =>
      chosen.reduce((weight, summary) => weight + summary.classWeights[c]!, 0),
    ),
    smallestWeight: Math.min(...chosen.map((summary) => summary.smallestWeight)),
  };
}

/** A run of rows of one partition. */
export interface Span {
  readonly partition: number;
  readonly from: number;
  readonly to: number;
}

/** The runs of rows that a sum is over, in the order of the source. */
export function spansOf(
  source: Pick<RowSource, 'rows' | 'partitions'>,
  { partitions, range = [0, source.rows] }: SumOptions = {},
): Span[] {
  const starts = partitionStarts(source);
  const chosen = partitions && new Set(partitions);
  return starts.slice(1).flatMap((end, partition) => {
    const from = Math.max(starts[partition]!, range[0]);
    const to = Math.min(end, range[1]);
    return from < to && (chosen === undefined || chosen.has(partition)) ? [{ partition, from, to }] : [];
  });
}

/** Refuses sums over some of the rows, for places that only have sums over all. */
export function requireAllRows({ partitions, range }: SumOptions = {}, place: string): void {
  if (range === undefined && (partitions === undefined || partitions.join() === '0')) return;
  throw new LogisticError('bad-option', `${place} are summed all together`, {
    hint: 'read them into memory (--rows memory)',
  });
}

/** How many rows a sum is over. */
export function countAskedRows(source: Pick<RowSource, 'rows' | 'partitions'>, options?: SumOptions): number {
  return spansOf(source, options).reduce((count, { from, to }) => count + to - from, 0);
}
