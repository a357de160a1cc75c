/**
 * Standardisation in float64, before any cast: x → (x − mean) / scale with weighted statistics. A column is constant
 * relative to its own size. It knows numbers only: no column's name, no category.
 */
import { dot, sum } from '../math/vector.ts';
import { overRows } from '../yielding.ts';

export interface Scaling {
  readonly mean: number;
  readonly scale: number;
  readonly constant: boolean;
}

/** Writes values from … from + into.length of a column into `into`. */
export type Reader = (from: number, into: Float64Array) => void;

interface Extent {
  readonly count: number;
  readonly weights: Float64Array | undefined;
}

/** Columns whose values agree to this many units in the last place of the largest count as constant. */
export const constantUlps = 8;

/** A deviation whose square is no normal double counts as none. */
export const vanishing = 2 ** -511;

/** Values that are read at a time, and summed at a time. */
const blockLength = 4096;

/** Between these squares nothing over- or underflows, whatever the number of rows. */
const [leastSquare, mostSquare] = [2 ** -900, 2 ** 900];
/** A deviation below this fraction of the values themselves may be none. */
const doubtfulDeviation = 2 ** -40;

/** Weighted mean and standard deviation (divided by Σs, ddof 0) of `count` values. */
export async function measureScaling(read: Reader, extent: Extent): Promise<Scaling> {
  const pilot = new Float64Array(1);
  read(0, pilot);
  const first = await momentsAbout(pilot[0]!, read, extent);
  // A first value far out costs digits: once more, about the mean.
  const far = first.mean ** 2 > 16 * (first.square - first.mean ** 2);
  const moments = far ? await momentsAbout(pilot[0]! + first.mean, read, extent) : first;
  const mean = moments.about + moments.mean;
  const variance = moments.square - moments.mean ** 2;
  const doubtful =
    !(variance > leastSquare && moments.square < mostSquare && mean ** 2 < mostSquare) ||
    variance < (doubtfulDeviation * mean) ** 2;
  return doubtful ? measureExtreme(read, extent) : { mean, scale: Math.sqrt(variance), constant: false };
}

/** Weighted means of x − about and of (x − about)². */
async function momentsAbout(about: number, read: Reader, { count, weights }: Extent) {
  const totals = { weight: 0, sum: 0, square: 0 };
  await overBlocks(read, count, (values, start) => {
    addMoments(totals, values, about, weights?.subarray(start, start + values.length));
  });
  const { weight } = totals;
  return { about, mean: totals.sum / weight, square: totals.square / weight };
}

async function overBlocks(read: Reader, count: number, visit: (values: Float64Array, from: number) => void) {
  const buffer = new Float64Array(Math.min(count, blockLength));
  await overRows(count, (from, to) => {
    for (let start = from; start < to; start += blockLength) {
      const values = buffer.subarray(0, Math.min(blockLength, to - start));
      read(start, values);
      visit(values, start);
    }
  });
}

/**
 * The same for values of any size, and whether they are constant.
 *
 * Two passes: the range first, then every block's mean and squared deviations from it as fractions of the range, so
 * that neither 1e300 nor 1e−100 overflows or vanishes; blocks are merged by the formula for two samples (T. Chan,
 * G. Golub & R. LeVeque, The American Statistician 37 (1983), equations 2.1).
 */
async function measureExtreme(read: Reader, { count, weights }: Extent): Promise<Scaling> {
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  await overBlocks(read, count, (values) => {
    for (const value of values) {
      low = Math.min(low, value);
      high = Math.max(high, value);
    }
  });
  const half = high / 2 - low / 2; // high − low itself may overflow
  const largest = Math.max(Math.abs(low), Math.abs(high));
  const constant = { mean: low, scale: 1, constant: true };
  if (half <= (constantUlps / 2) * Number.EPSILON * largest || half < vanishing) return constant;

  const unit = 2 ** -Math.ceil(Math.log2(half)); // a power of two, so that fractions are exact but for one subtraction
  let total = 0;
  let mean = 0; // of the fractions, which are from 0 to 1
  let squares = 0;
  await overBlocks(read, count, (values, start) => {
    const own = weights?.subarray(start, start + values.length);
    const weight = own ? sum(own) : values.length;
    const blockMean = toFractions(values, low, unit, own) / weight;
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

interface Totals {
  weight: number;
  sum: number;
  square: number;
}

/** Adds Σs, Σ s·(x − about) and Σ s·(x − about)² of one block; four sums side by side, which a processor overlaps. */
function addMoments(totals: Totals, values: Float64Array, about: number, weights: Float64Array | undefined): void {
  let s0 = 0; // one by one: engines keep what an array pattern declares in memory, at four times the cost
  let s1 = 0;
  let s2 = 0;
  let s3 = 0;
  let q0 = 0;
  let q1 = 0;
  let q2 = 0;
  let q3 = 0;
  let i = 0;
  if (weights === undefined) {
    for (; i + 3 < values.length; i += 4) {
      const a = values[i]! - about;
      const b = values[i + 1]! - about;
      const c = values[i + 2]! - about;
      const d = values[i + 3]! - about;
      s0 += a;
      s1 += b;
      s2 += c;
      s3 += d;
      q0 += a * a;
      q1 += b * b;
      q2 += c * c;
      q3 += d * d;
    }
  }
  for (; i < values.length; i++) {
    const s = weights === undefined ? 1 : weights[i]!;
    const a = values[i]! - about;
    s0 += s * a;
    q0 += s * a * a;
  }
  totals.weight += weights === undefined ? values.length : sum(weights);
  totals.sum += s0 + s1 + (s2 + s3);
  totals.square += q0 + q1 + (q2 + q3);
}

/** Values → fractions of the range from `low` on, in place, and Σ s·fraction. */
function toFractions(values: Float64Array, low: number, unit: number, weights: Float64Array | undefined): number {
  const [factor, shift] = [unit / 2, (low / 2) * unit];
  for (let i = 0; i < values.length; i++) values[i] = values[i]! * factor - shift;
  return weights ? dot(weights, values) : sum(values);
}

/** Σ s·(value − mean)² */
function squaredDeviations(values: Float64Array, mean: number, weights: Float64Array | undefined): number {
  for (let i = 0; i < values.length; i++) values[i] = (values[i]! - mean) ** 2;
  return weights ? dot(weights, values) : sum(values);
}
