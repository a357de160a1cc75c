/**
 * Standardisation in float64, before any cast: x → (x − mean) / scale with weighted statistics, and the
 * way back from standardised coefficients to raw units. A column is constant relative to its own size.
 * It knows numbers only: no column's name, no category.
 */
import { dot, sum } from '../math/vector.ts';
import type { Turns } from '../turns.ts';

export interface Scaling {
  readonly mean: number;
  readonly scale: number;
  readonly constant: boolean;
}

/** Writes values from … from + into.length of a column into `into`. */
export type Reader = (from: number, into: Float64Array) => void;

/** Columns whose values agree to this many units in the last place of the largest count as constant. */
const constantUlps = 8;

/** A deviation whose square is no normal double counts as none. */
const vanishing = 2 ** -511;

/** Values that are read at a time, and summed at a time. */
const blockLength = 4096;

/**
 * Weighted mean and standard deviation (divided by Σs, ddof 0) of `count` values.
 *
 * Two passes: the range first, then every block's mean and squared deviations from it as shares of the
 * range, so that neither 1e300 nor 1e−100 overflows or vanishes; blocks are merged by the formula for two
 * samples (T. Chan, G. Golub & R. LeVeque, The American Statistician 37 (1983), equations 2.1).
 */
export async function measure(
  read: Reader,
  { count, weights }: { readonly count: number; readonly weights: Float64Array | undefined },
  turns: Turns,
): Promise<Scaling> {
  const buffer = new Float64Array(Math.min(count, blockLength));
  const blocks = (visit: (values: Float64Array, from: number) => void): Promise<void> =>
    turns.over(count, (from, to) => {
      for (let start = from; start < to; start += blockLength) {
        const values = buffer.subarray(0, Math.min(blockLength, to - start));
        read(start, values);
        visit(values, start);
      }
    });

  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  await blocks((values) => {
    const [least, most] = rangeOf(values);
    low = Math.min(low, least);
    high = Math.max(high, most);
  });
  const half = high / 2 - low / 2; // high − low itself may overflow
  const largest = Math.max(Math.abs(low), Math.abs(high));
  const constant = { mean: low, scale: 1, constant: true };
  if (half <= (constantUlps / 2) * Number.EPSILON * largest || half < vanishing) return constant;

  const unit = 2 ** -Math.ceil(Math.log2(half)); // a power of two, so that shares are exact but for one subtraction
  let total = 0;
  let mean = 0; // of the shares, which are from 0 to 1
  let squares = 0;
  await blocks((values, start) => {
    const own = weights?.subarray(start, start + values.length);
    const weight = own ? sum(own) : values.length;
    const blockMean = toShares(values, low, unit, own) / weight;
    const distance = blockMean - mean;
    squares += squaredDeviations(values, blockMean, own) + distance ** 2 * ((total * weight) / (total + weight));
    total += weight;
    mean += distance * (weight / total);
  });
  const scale = (2 * Math.sqrt(squares / total)) / unit;
  if (scale < vanishing) return constant;
  return { mean: low + (2 * mean) / unit, scale, constant: false };
}

// Loops with names of their own: engines keep the numbers that closures share in memory, not in registers.

function rangeOf(values: Float64Array): [low: number, high: number] {
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    if (value < low) low = value;
    if (value > high) high = value;
  }
  return [low, high];
}

/** Values → shares of the range from `low` on, in place, and Σ s·share. */
function toShares(values: Float64Array, low: number, unit: number, weights: Float64Array | undefined): number {
  const [factor, shift] = [unit / 2, (low / 2) * unit];
  for (let i = 0; i < values.length; i++) values[i] = values[i]! * factor - shift;
  return weights ? dot(weights, values) : sum(values);
}

/** Σ s·(value − mean)² */
function squaredDeviations(values: Float64Array, mean: number, weights: Float64Array | undefined): number {
  for (let i = 0; i < values.length; i++) values[i] = (values[i]! - mean) ** 2;
  return weights ? dot(weights, values) : sum(values);
}

/** x → (x − mean) / scale, by the reciprocal, since a division takes four times as long as a product. */
export function standardised(read: Reader, { mean, scale }: Scaling): Reader {
  const factor = 1 / scale; // no scale is so small that this overflows
  return (from, into) => {
    read(from, into);
    for (let i = 0; i < into.length; i++) into[i] = (into[i]! - mean) * factor;
  };
}
