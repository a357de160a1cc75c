/** Rows grouped by quantiles of their probability: what Hosmer and Lemeshow's test and the calibration error count in. */
import type { SortedRows } from './sorted.ts';

/** Rows whose probability is within [low, high]. */
export interface ProbabilityGroup {
  readonly low: number;
  readonly high: number;
  /** Σs */
  readonly rows: number;
  /** Σs of its positive rows. */
  readonly observed: number;
  /** Σ s·P */
  readonly expected: number;
}

export const groupCount = 10;

/**
 * At most `groupCount` groups, ended by the type-7 quantiles of the probabilities (R's `quantile`) at 1/10, 2/10, …;
 * equal probabilities stay together. Weights are whole numbers and count rows.
 */
export function quantileGroups({ p, y, s, total }: SortedRows): ProbabilityGroup[] {
  const groups: ProbabilityGroup[] = [];
  let [from, counted, next] = [0, 0, 1];
  for (let i = 0; i < p.length; i++) {
    counted += s[i]!;
    if (p[i + 1] === p[i]) continue;
    // The quantile at k/10 lies between the rows ⌊(n − 1)·k/10⌋ and the next: it ends a group after the first of them.
    if (counted <= Math.floor(((total - 1) * next) / groupCount) && i < p.length - 1) continue;
    groups.push(groupOf({ p, y, s }, from, i + 1));
    from = i + 1;
    while (next < groupCount && Math.floor(((total - 1) * next) / groupCount) < counted) next++;
  }
  return groups;
}

function groupOf({ p, y, s }: Pick<SortedRows, 'p' | 'y' | 's'>, from: number, to: number): ProbabilityGroup {
  let [rows, observed, expected] = [0, 0, 0];
  for (let i = from; i < to; i++) {
    rows += s[i]!;
    observed += s[i]! * y[i]!;
    expected += s[i]! * p[i]!;
  }
  return { low: p[from]!, high: p[to - 1]!, rows, observed, expected };
}
