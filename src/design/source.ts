/**
 * A design over any of its rows as a RowSource: the columns of the terms that are fitted, each with its scaling. The
 * numbers stay in the table until they are read; where they are placed is not known here.
 */
import { type Column, freeNumbers } from '../data/table.ts';
import { createRandom } from '../math/random.ts';
import type { Feature } from '../predict/model-file.ts';
import type { DesignColumn, RowSource } from '../rows/contract.ts';
import { levelReader, numberReader, type RowList } from './encode.ts';
import type { Labels } from './labels.ts';
import type { ScaledTerm } from './terms.ts';

/** Rows of the table with what belongs to each of them. */
export interface Part extends RowList {
  /** Class of each row, 0 the reference. */
  readonly labels: RowSource['labels'];
  /** What each row counts in the fit: its sample weight times the weight of its class. */
  readonly weights: Float64Array | undefined;
  /** What it counts in metrics. */
  readonly sampleWeights: Float64Array | undefined;
}

/** What of a design its rows depend on. */
export interface Encoding {
  readonly labels: Labels;
  readonly columns: readonly Column[];
  readonly features: readonly Feature[];
  readonly terms: readonly ScaledTerm[];
}

export function sourceOf(
  encoding: Encoding,
  part: Part,
  more: {
    readonly partitions?: readonly number[];
    /** Frees the numbers of a column of the table once they have been placed. */
    readonly handOver?: boolean;
  } = {},
): RowSource {
  const { labels, columns, features, terms } = encoding;
  return {
    rows: part.rows.length,
    columns: features.flatMap((feature, k): DesignColumn[] => {
      const own = terms.filter((term) => term.group === feature.column && term.excluded === undefined);
      return own.length === 0 ? [] : [designColumn(feature, columns[k]!, own, part, more.handOver === true)];
    }),
    classes: labels.classes.length,
    labels: part.labels,
    weights: part.weights,
    partitions: more.partitions,
  };
}

function designColumn(
  feature: Feature,
  column: Column,
  terms: readonly ScaledTerm[],
  list: RowList,
  handOver: boolean,
): DesignColumn {
  if (feature.kind === 'numeric' && column.kind === 'numeric') {
    const [{ mean, scale }] = terms as [ScaledTerm];
    const release = handOver ? { release: () => freeNumbers(column) } : {};
    return { kind: 'dense', mean, scale, read: numberReader(feature, column, list), ...release };
  }
  if (feature.kind === 'numeric' || column.kind === 'numeric') throw new TypeError(`${column.name} changed its kind`);
  const levels: readonly string[] = feature.kind === 'boolean' ? feature.words : feature.levels;
  return {
    kind: 'levels',
    fitted: terms.map(({ factors: [factor] }) => {
      const { basis } = factor!;
      return basis.kind === 'level' ? levels.indexOf(basis.level) : -1;
    }),
    means: Float64Array.from(terms, ({ mean }) => mean),
    scales: Float64Array.from(terms, ({ scale }) => scale),
    read: levelReader(feature, column, list),
  };
}

/**
 * `count` of the first `among` rows of a part, in their order: of so many stretches of equal length one row each, by a
 * seeded random choice. Every row is as likely as any other, and no period in the file can hide from it.
 */
export function samplePart(part: Part, among: number, count: number, seed: number): Part {
  const random = createRandom(seed);
  const chosen = Int32Array.from({ length: count }, (_, i) => {
    const [from, to] = [Math.floor((i * among) / count), Math.floor(((i + 1) * among) / count)];
    return from + Math.floor(random() * (to - from));
  });
  const { rows, ascending, labels } = part;
  const drawn = (values: Float64Array | undefined) => values && Float64Array.from(chosen, (i) => values[i]!);
  return {
    rows: chosen.map((i) => rows[i]!),
    ascending,
    labels: chosen.map((i) => labels[i]!),
    weights: drawn(part.weights),
    sampleWeights: drawn(part.sampleWeights),
  };
}
