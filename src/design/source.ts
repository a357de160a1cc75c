/**
 * A design over any of its rows as a RowSource: the columns of the terms that are fitted, each with its scaling. The
 * numbers stay in the table until they are read; where they are placed is not known here.
 */
import { type Column, freeNumbers } from '../data/table.ts';
import { createRandom } from '../math/random.ts';
import type { Feature } from '../predict/model-file.ts';
import type { DenseColumn, DesignColumn, RowSource } from '../rows/contract.ts';
import { type Encodings, encodingsOf, levelReader, type RowList, termReader } from './encode.ts';
import type { Labels } from './labels.ts';
import { indicatedColumn, placesOf, runsOf, type ScaledTerm } from './terms.ts';

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
  const encodings = encodingsOf(features, columns);
  const fitted = terms.filter(({ excluded }) => excluded === undefined);
  const releaseOf = more.handOver === true ? releasing(fitted, encodings) : () => ({});
  return {
    rows: part.rows.length,
    columns: runsOf(fitted).map((run) => designColumn(run, encodings, part, releaseOf)),
    classes: labels.classes.length,
    labels: part.labels,
    weights: part.weights,
    partitions: more.partitions,
  };
}

function designColumn(
  run: readonly ScaledTerm[],
  encodings: Encodings,
  list: RowList,
  releaseOf: (term: ScaledTerm) => Pick<DenseColumn, 'release'>,
): DesignColumn {
  const name = indicatedColumn(run[0]!);
  if (name === undefined) {
    const [term] = run as [ScaledTerm];
    const { mean, scale } = term;
    return { kind: 'dense', mean, scale, read: termReader(term, encodings, list), ...releaseOf(term) };
  }
  const [feature, column] = encodings.levels(name);
  return {
    kind: 'levels',
    fitted: placesOf(run, feature),
    means: Float64Array.from(run, ({ mean }) => mean),
    scales: Float64Array.from(run, ({ scale }) => scale),
    read: levelReader(feature, column, list),
  };
}

/** Frees the numbers of a column once the last term that reads them has been placed. */
function releasing(terms: readonly ScaledTerm[], encodings: Encodings) {
  const uses = new Map<string, number>();
  const numeric = ({ factors }: ScaledTerm): string[] => [
    ...new Set(factors.flatMap(({ column, basis }) => (basis.kind === 'level' ? [] : [column]))),
  ];
  for (const column of terms.flatMap(numeric)) uses.set(column, (uses.get(column) ?? 0) + 1);
  return (term: ScaledTerm): Pick<DenseColumn, 'release'> => {
    const columns = numeric(term);
    if (columns.length === 0) return {};
    return {
      release() {
        for (const column of columns) {
          uses.set(column, uses.get(column)! - 1);
          if (uses.get(column) === 0) freeNumbers(encodings.numbers(column)[1]);
        }
      },
    };
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
