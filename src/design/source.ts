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
  readonly labels: Uint8Array | Uint16Array;
  readonly weights: Float64Array | undefined;
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

/** `count` of the first `among` rows of a part, drawn without replacement by a seeded random choice, in their order. */
export function samplePart(part: Part, among: number, count: number, seed: number): Part {
  const random = createRandom(seed);
  const chosen = new Int32Array(count);
  // Selection sampling: D. Knuth, The Art of Computer Programming 2, section 3.4.2, algorithm S.
  for (let i = 0, taken = 0; taken < count; i++) {
    if ((among - i) * random() < count - taken) chosen[taken++] = i;
  }
  return {
    rows: chosen.map((i) => part.rows[i]!),
    ascending: part.ascending,
    labels:
      part.labels instanceof Uint8Array
        ? Uint8Array.from(chosen, (i) => part.labels[i]!)
        : Uint16Array.from(chosen, (i) => part.labels[i]!),
    weights: part.weights && Float64Array.from(chosen, (i) => part.weights![i]!),
  };
}
