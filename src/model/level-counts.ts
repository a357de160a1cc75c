/**
 * How many training rows have each level, and how many of those are of each class: a row of a table of coefficients
 * says what it rests on. Counted by sums over placed rows, so that no column is read again, where a design has not been
 * decided from them.
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

/** Of Σs of each class. */
const countOf = (totals: Float64Array): LevelCount => ({
  rows: totals.reduce((sum, s) => sum + s, 0),
  events: [...totals.subarray(1)],
});

/** Numbers that are handed to the rows at most, one for each row and score vector. */
const mostNumbers = 2 ** 26;

/** Null where rows cannot be summed with weights of one's own (a database), or there are too many of them and of classes. */
export async function countLevels(
  { design, part, totals: known }: Placed,
  rows: RowSums,
  signal: AbortSignal | undefined,
): Promise<LevelCounts | null> {
  const [k, m, width] = [rows.scoreVectors, design.counts.train, rows.features + 1];
  const fitted = design.terms.filter(({ excluded }) => excluded === undefined);
  const indicators = fitted.flatMap(({ name, mean, scale, factors: [factor, ...more] }, j) => {
    const { column, basis } = factor!;
    return more.length === 0 && basis.kind === 'level' ? [{ name, mean, scale, j, column, level: basis.level }] : [];
  });
  if (known !== undefined) {
    const levels = indicators.map(({ name, column, level }) => [name, countOf(known.of(column, level))] as const);
    return { all: countOf(known.all), levels: Object.fromEntries(levels) };
  }
  if (rows.rowwise === undefined || part === undefined || k * m > mostNumbers) return null;
  const totals = new Float64Array(k + 1);
  for (let i = 0; i < m; i++) totals[part.labels[i]!]! += part.sampleWeights?.[i] ?? 1;
  const all = countOf(totals);
  if (indicators.length === 0) return { all, levels: {} };
  const [every, own] = [new Float64Array(k * m), new Float64Array(k * m)];
  for (let i = 0; i < m; i++) {
    const [label, s] = [part.labels[i]!, part.sampleWeights?.[i] ?? 1];
    every[i] = s;
    if (label > 0) own[(label - 1) * m + i] = s;
  }
  const over = { partitions: trainingPartitions(design), signal };
  const [total, byClass] = [await rows.rowwise.gradientOf(every, over), await rows.rowwise.gradientOf(own, over)];
  const whole = part.sampleWeights?.every(Number.isInteger) !== false;
  /** Σ r·x of an indicator x, which is placed as (x − mean)/scale: mean·Σr + scale·Σ r·(x − mean)/scale. */
  const sumOf = (sums: Float64Array, c: number, { j, mean, scale }: (typeof indicators)[number]): number => {
    const sum = mean * sums[c * width + width - 1]! + scale * sums[c * width + j]!;
    return whole ? Math.round(sum) + 0 : sum; // 0 and not −0
  };
  const levels = indicators.map((term) => {
    const events = Array.from({ length: k }, (_, c) => sumOf(byClass, c, term));
    return [term.name, { rows: sumOf(total, 0, term), events }] as const;
  });
  return { all, levels: Object.fromEntries(levels) };
}
