/**
 * Values at some places of a sorted column that is never sorted, nor held: counted in narrow bins first, and then only those
 * gathered whose bins hold a place that is asked for.
 */
import { argsort } from '../math/argsort.ts';

/** Goes through all values, some at a time, in the same order each time. */
type Passes = (visit: (values: Float64Array) => void) => Promise<void>;
type WeightedPasses = (visit: (values: Float64Array, weights: Float64Array) => void) => Promise<void>;

const bins = 2 ** 16;

/** The values by the places 0 … m − 1 that are asked for. */
export async function orderStatistics(places: readonly number[], over: Passes): Promise<ReadonlyMap<number, number>> {
  const binOf = await divide(over);
  const counts = new Float64Array(bins);
  await over((values) => {
    for (const x of values) counts[binOf(x)]!++;
  });
  const wanted = new Uint8Array(bins);
  const gatheredAt = new Map<number, number>();
  let [bin, below, gathered] = [0, 0, 0];
  for (const place of [...new Set(places)].sort((a, b) => a - b)) {
    for (; below + counts[bin]! <= place; bin++) below += counts[bin]!;
    if (wanted[bin] === 0) gathered += counts[bin]!;
    wanted[bin] = 1;
    gatheredAt.set(place, gathered - counts[bin]! + place - below);
  }
  const sorted = new Float64Array(gathered);
  let next = 0;
  await over((values) => {
    for (const x of values) if (wanted[binOf(x)] === 1) sorted[next++] = x;
  });
  sorted.sort();
  return new Map([...gatheredAt].map(([place, at]) => [place, sorted[at]!]));
}

/** The value up to which half of the weight is; where that is half of it exactly, the middle between it and the next one. */
export async function weightedMedian(over: WeightedPasses, total: number): Promise<number> {
  const binOf = await divide(over);
  const [counts, totals] = [new Float64Array(bins), new Float64Array(bins)];
  await over((values, weights) => {
    for (let i = 0; i < values.length; i++) {
      const bin = binOf(values[i]!);
      counts[bin]!++;
      totals[bin]! += weights[i]!;
    }
  });
  let [bin, below] = [0, 0];
  const last = counts.findLastIndex((count) => count > 0);
  for (; bin < last && below + totals[bin]! < total / 2; bin++) below += totals[bin]!;
  const following = counts.findIndex((count, k) => k > bin && count > 0);
  const gathered = counts[bin]! + (counts[following] ?? 0);
  const [own, ownWeights] = [new Float64Array(gathered), new Float64Array(gathered)];
  let next = 0;
  await over((values, weights) => {
    for (let i = 0; i < values.length; i++) {
      const k = binOf(values[i]!);
      if (k !== bin && k !== following) continue;
      own[next] = values[i]!;
      ownWeights[next++] = weights[i]!;
    }
  });
  const order = await argsort(own);
  let k = 0;
  for (below += ownWeights[order[0]!]!; below < total / 2 && k + 1 < gathered; ) below += ownWeights[order[++k]!]!;
  const middle = own[order[k]!]!;
  return below === total / 2 ? (middle + own[order[k + 1] ?? order[k]!]!) / 2 : middle;
}

/** The bin of a value, of as many of equal width between the smallest and the largest. */
async function divide(over: Passes): Promise<(x: number) => number> {
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  await over((values) => {
    for (const x of values) {
      if (x < low) low = x;
      if (x > high) high = x;
    }
  });
  const half = high / 2 - low / 2; // high − low itself may overflow
  if (!(half > 0)) return () => 0;
  return (x) => Math.min(bins - 1, Math.floor(((x / 2 - low / 2) / half) * bins));
}
