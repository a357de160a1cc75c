/**
 * How many training rows have each level, and how many of those are of each class: a row of a table of coefficients
 * says what it rests on. Counted by sums over placed rows, so that no column is read again.
 */
import type { RowSums } from '../rows/contract.ts';
import { type Placed, trainingPartitions } from './placed.ts';

/** Σs of rows. */
export interface LevelCount {
  readonly rows: number;
  /** Of each class but the reference, in the order of the model's score vectors. */
  readonly events: readonly number[];
}

/** Of all training rows, and by the name of each term that is the indicator of a level. */
export interface LevelCounts {
  readonly all: LevelCount;
  readonly levels: Readonly<Record<string, LevelCount>>;
}

/** Null where rows cannot be summed with weights of one's own (a database). */
export async function countLevels(
  { design, part }: Placed,
  rows: RowSums,
  signal: AbortSignal | undefined,
): Promise<LevelCounts | null> {
  if (rows.rowwise === undefined || part === undefined) return null;
  const over = { partitions: trainingPartitions(design), signal };
  const [k, m, width] = [rows.scoreVectors, design.counts.train, rows.features + 1];
  const weightOf = (i: number): number => part.sampleWeights?.[i] ?? 1;
  const [every, own] = [new Float64Array(k * m), new Float64Array(k * m)];
  for (let i = 0; i < m; i++) {
    every[i] = weightOf(i);
    const label = part.labels[i]!;
    if (label > 0) own[(label - 1) * m + i] = weightOf(i);
  }
  const [total, byClass] = [await rows.rowwise.gradientOf(every, over), await rows.rowwise.gradientOf(own, over)];
  const whole = part.sampleWeights?.every(Number.isInteger) !== false;
  /** Σ r·x in raw units of the j-th feature, which is placed as (x − mean)/scale; of none, Σ r. */
  const sumOf = (sums: Float64Array, c: number, j?: number): number => {
    const all = sums[c * width + width - 1]!;
    const { mean, scale } = j === undefined ? { mean: 1, scale: 0 } : fitted[j]!;
    const sum = j === undefined ? all : mean * all + scale * sums[c * width + j]!;
    return whole ? Math.round(sum) + 0 : sum; // 0 and not −0
  };
  const fitted = design.terms.filter(({ excluded }) => excluded === undefined);
  const countOf = (j?: number): LevelCount => ({
    rows: sumOf(total, 0, j),
    events: Array.from({ length: k }, (_, c) => sumOf(byClass, c, j)),
  });
  const indicators = fitted.flatMap(({ name, factors }, j) =>
    factors.length === 1 && factors[0]!.basis.kind === 'level' ? [[name, countOf(j)] as const] : [],
  );
  return { all: countOf(), levels: Object.fromEntries(indicators) };
}
