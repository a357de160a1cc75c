/**
 * Values at some places of a sorted column that is never sorted, nor held: counted in narrow bins first, and then only those
 * gathered whose bins hold a place that is asked for.
 */

/** Goes through all values, some at a time, in the same order each time. */
type Passes = (visit: (values: Float64Array) => void) => Promise<void>;

const bins = 2 ** 16;

/** By the places 0 … m − 1 that are asked for. Without them all values are equal to one another, they are that one. */
export async function orderStatistics(places: readonly number[], over: Passes): Promise<ReadonlyMap<number, number>> {
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  await over((values) => {
    for (const x of values) {
      if (x < low) low = x;
      if (x > high) high = x;
    }
  });
  const half = high / 2 - low / 2; // high − low itself may overflow
  const binOf = (x: number): number =>
    half > 0 ? Math.min(bins - 1, Math.floor(((x / 2 - low / 2) / half) * bins)) : 0;
  const counts = new Float64Array(bins);
  await over((values) => {
    for (const x of values) counts[binOf(x)]!++;
  });
  const wanted = new Uint8Array(bins);
  const ascending = [...new Set(places)].sort((a, b) => a - b);
  // Of each place, its own among the values that are gathered.
  const [mapped, gathered] = [new Map<number, number>(), { count: 0 }];
  let [bin, below] = [0, 0];
  for (const place of ascending) {
    for (; below + counts[bin]! <= place; bin++) below += counts[bin]!;
    if (wanted[bin] === 0) gathered.count += counts[bin]!;
    wanted[bin] = 1;
    mapped.set(place, gathered.count - (below + counts[bin]! - place));
  }
  const sorted = new Float64Array(gathered.count);
  let next = 0;
  await over((values) => {
    for (const x of values) if (wanted[binOf(x)] === 1) sorted[next++] = x;
  });
  sorted.sort();
  return new Map([...mapped].map(([place, own]) => [place, sorted[own]!]));
}
