/**
 * Columns that alone tell two classes apart in almost every row, as what was only known afterwards does: AUC of the column
 * as a score of at least 0.999. Those that do it in every row are pure-columns.ts's. It looks at a sample first and at all
 * rows only of columns that are suspect there; it fits nothing.
 */
import type { Column } from '../data/table.ts';
import type { Warning } from '../errors.ts';
import { argsort } from '../math/argsort.ts';
import type { Feature } from '../predict/model-file.ts';
import { overRows } from '../yielding.ts';
import type { Labels } from './labels.ts';

interface LeakRequest {
  /** The training rows. */
  readonly rows: Int32Array;
  readonly labels: Labels;
  /** What the columns became, in their order. */
  readonly features: readonly Feature[];
  /** The rows are a random sample of those meant. */
  readonly sampled?: boolean;
}

/** Of this AUC on a column is suspect: in the sample, and in all rows. */
const suspectInSample = 0.99;
const suspect = 0.999;
/** Rows of each class in the sample. */
const sampledRows = 512;

/** `known`: columns that other warnings name. */
export async function leakWarnings(
  columns: readonly Column[],
  { rows, labels, features, sampled }: LeakRequest,
  known: ReadonlySet<string>,
): Promise<Warning[]> {
  if (labels.classes.length > 2) return [];
  const sample = sampleOf(rows, labels);
  const found: string[] = [];
  for (const [k, column] of columns.entries()) {
    if (known.has(column.name)) continue;
    const aucOver = async (some: Int32Array) => {
      const codes = Uint8Array.from(some, (row) => labels.codes[row]!);
      const auc = await aucOf(scoresOf(column, features[k]!, some, codes), codes);
      return column.kind === 'numeric' ? Math.max(auc, 1 - auc) : auc; // shares have a direction
    };
    if ((await aucOver(sample)) >= suspectInSample && (await aucOver(rows)) >= suspect) found.push(column.name);
  }
  if (found.length === 0) return [];
  const where = sampled ? 'almost every row of a random sample' : 'almost every row';
  const message = `${found.join(', ')}: alone tells the classes apart in ${where} (AUC at least ${suspect}); if it is only known afterwards, drop it`;
  return [{ code: 'possible-leak', message, columns: found }];
}

/** The first rows of each class. */
function sampleOf(rows: Int32Array, { codes }: Labels): Int32Array {
  const taken = [0, 0];
  return rows.filter((row) => taken[codes[row]!]!++ < sampledRows);
}

/**
 * Numbers as they are. Of a level the share of class 1 among its other rows, so that levels of few rows do not speak for
 * themselves; of its only row nothing, ½. An AUC below ½ is what leaving the own row out makes of levels that tell nothing.
 */
function scoresOf(column: Column, { impute }: Feature, rows: Int32Array, codes: Uint8Array): Float64Array {
  if (column.kind === 'numeric') {
    return Float64Array.from(rows, (row) => {
      const value = column.values[row]!;
      return Number.isNaN(value) ? Number(impute) : value;
    });
  }
  const counts = new Map<number, [all: number, positive: number]>();
  rows.forEach((row, i) => {
    const level = column.codes[row]!;
    const [all, positive] = counts.get(level) ?? [0, 0];
    counts.set(level, [all + 1, positive + codes[i]!]);
  });
  return Float64Array.from(rows, (row, i) => {
    const [all, positive] = counts.get(column.codes[row]!)!;
    return all === 1 ? 0.5 : (positive - codes[i]!) / (all - 1);
  });
}

/** P(score of a row of class 1 > that of one of class 0), ties half (Mann & Whitney 1947). */
async function aucOf(scores: Float64Array, codes: Uint8Array): Promise<number> {
  const order = await argsort(scores);
  let [pairs, below, positives] = [0, 0, 0];
  let [tiedNegatives, tiedPositives] = [0, 0];
  await overRows(order.length, (from, to) => {
    for (let k = from; k < to; k++) {
      const i = order[k]!;
      if (codes[i] === 1) tiedPositives++;
      else tiedNegatives++;
      if (k + 1 < order.length && scores[order[k + 1]!] === scores[i]) continue;
      pairs += tiedPositives * (below + tiedNegatives / 2);
      below += tiedNegatives;
      positives += tiedPositives;
      tiedNegatives = 0;
      tiedPositives = 0;
    }
  });
  return pairs / (below * positives);
}
