/**
 * Values at some places of a sorted column that is not sorted as a whole: counted in narrow bins first, of which those that
 * hold a place are gathered and sorted or, where they hold many values, divided again.
 */
import { argsort } from '../math/argsort.ts';

/** Goes through all values, some at a time, in the same order each time. */
type Passes = (visit: (values: Float64Array) => void) => Promise<void>;
type WeightedPasses = (visit: (values: Float64Array, weights: Float64Array) => void) => Promise<void>;

const bins = 2 ** 16;
/** Values that are gathered of a bin. */
const mostGathered = 2 ** 20;

/** The values by the places 0 … m − 1 that are asked for. */
export async function orderStatistics(places: readonly number[], over: Passes): Promise<ReadonlyMap<number, number>> {
  const { low, high, count, divided, binOf } = await divide(over);
  const found = new Map<number, number>();
  const between = [...new Set(places)].filter((place) => {
    if (place === 0 || low === high) found.set(place, low);
    else if (place === count - 1) found.set(place, high);
    return !found.has(place);
  });
  if (between.length === 0) return found;
  const counts = new Float64Array(bins);
  await over((values) => {
    for (const x of values) counts[binOf(x)]!++;
  });
  const wanted = new Map<number, { readonly below: number; readonly places: number[] }>();
  let [bin, below] = [0, 0];
  for (const place of between.sort((a, b) => a - b)) {
    for (; below + counts[bin]! <= place; bin++) below += counts[bin]!;
    if (!wanted.has(bin)) wanted.set(bin, { below, places: [] });
    wanted.get(bin)!.places.push(place);
  }
  const gathered = new Map<number, Float64Array>();
  for (const own of wanted.keys())
    if (!divided || counts[own]! <= mostGathered) gathered.set(own, new Float64Array(counts[own]!));
  const ends = new Map<number, number>();
  await over((values) => {
    for (const x of values) {
      const own = binOf(x);
      const into = gathered.get(own);
      if (into === undefined) continue;
      const end = ends.get(own) ?? 0;
      into[end] = x;
      ends.set(own, end + 1);
    }
  });
  for (const [own, { below, places }] of wanted) {
    const sorted = gathered.get(own)?.sort();
    const inBin: Passes = (visit) => over((values) => visit(values.filter((x) => binOf(x) === own)));
    const local = sorted
      ? undefined
      : await orderStatistics(
          places.map((place) => place - below),
          inBin,
        );
    for (const place of places) found.set(place, sorted?.[place - below] ?? local!.get(place - below)!);
  }
  return found;
}

/** The value up to which half of the weight is; where that is half of it exactly, the middle between it and the next one. */
export async function weightedMedian(over: WeightedPasses, total: number): Promise<number> {
  const { value, reached } = await valueAtWeight(total / 2, over);
  if (reached !== total / 2) return value;
  let next = Number.POSITIVE_INFINITY;
  await over((values) => {
    for (const x of values) if (x > value && x < next) next = x;
  });
  return next === Number.POSITIVE_INFINITY ? value : (value + next) / 2;
}

/** The smallest value such that values up to it weigh so much, and what they weigh. */
async function valueAtWeight(
  weight: number,
  over: WeightedPasses,
): Promise<{ readonly value: number; readonly reached: number }> {
  const { low, high, divided, binOf } = await divide(over);
  const [counts, totals] = [new Float64Array(bins), new Float64Array(bins)];
  await over((values, weights) => {
    for (let i = 0; i < values.length; i++) {
      const bin = binOf(values[i]!);
      counts[bin]!++;
      totals[bin]! += weights[i]!;
    }
  });
  if (low === high) return { value: low, reached: totals[0]! };
  const last = counts.findLastIndex((count) => count > 0);
  let [bin, below] = [0, 0];
  for (; bin < last && below + totals[bin]! < weight; bin++) below += totals[bin]!;
  const inBin: WeightedPasses = (visit) =>
    over((values, weights) => {
      const own = values.map((x) => Number(binOf(x) === bin));
      visit(
        values.filter((_, i) => own[i] === 1),
        weights.filter((_, i) => own[i] === 1),
      );
    });
  if (divided && counts[bin]! > mostGathered) {
    const { value, reached } = await valueAtWeight(weight - below, inBin);
    return { value, reached: below + reached };
  }
  const [gathered, weights] = [new Float64Array(counts[bin]!), new Float64Array(counts[bin]!)];
  let end = 0;
  await inBin((values, own) => {
    gathered.set(values, end);
    weights.set(own, end);
    end += values.length;
  });
  const order = await argsort(gathered);
  const at = (k: number): number => gathered[order[k]!]!;
  let k = 0;
  let reached = below + weights[order[0]!]!;
  while (k + 1 < end && (reached < weight || at(k + 1) === at(k))) reached += weights[order[++k]!]!;
  return { value: at(k), reached };
}

/** The smallest and the largest value, how many there are, and the bin of each, of bins of one width between the two. */
async function divide(over: Passes) {
  let [low, high, count] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0];
  await over((values) => {
    count += values.length;
    for (const x of values) {
      if (x < low) low = x;
      if (x > high) high = x;
    }
  });
  const half = high / 2 - low / 2; // high − low itself may overflow
  const divided = half > 0;
  const binOf = (x: number): number =>
    divided ? Math.min(bins - 1, Math.floor(((x / 2 - low / 2) / half) * bins)) : 0;
  return { low, high, count, divided, binOf };
}
