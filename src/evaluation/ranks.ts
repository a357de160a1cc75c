/**
 * Measures of order: AUC and average precision, exactly from a score of each row, or AUC from histograms with a bound
 * of its error. A score is of one class against the rest; it knows no probability and no threshold.
 */
import { argsort } from '../math/argsort.ts';
import type { ScoreHistogram } from '../rows/contract.ts';
import { overRows } from '../yielding.ts';

/** Rows with a score for one class. */
export interface Ranked {
  /** [m], larger where the class is likelier. */
  readonly scores: Float64Array;
  /** Class of each row [m]. */
  readonly labels: ArrayLike<number>;
  /** The class in question. */
  readonly own: number;
  readonly weights?: Float64Array | undefined;
}

/** Numerators: over Σ own·Σ others, and over Σ own. */
export interface Ordering {
  /** Σ of s_i·s_j over (own, other) pairs in the right order, ties half: Mann & Whitney 1947. */
  readonly pairs: number;
  /** Σ (own weight at a score)·(precision down to it). */
  readonly averagePrecision: number;
  readonly own: number;
  readonly others: number;
  /** Σ s·(placement − mean)² of the rows of the class and of the others: what DeLong's variance of AUC is made of. */
  readonly ownSquares: number;
  readonly otherSquares: number;
}

/** Weight, mean and Σ s·(x − mean)² of what was added: Welford's recurrence, which does not cancel (West 1979). */
interface Moments {
  weight: number;
  mean: number;
  squares: number;
}

/** The way down the distinct scores: what is above the present one, and what is at it. */
interface Descent {
  pairs: number;
  averagePrecision: number;
  score: number;
  ownAbove: number;
  othersAbove: number;
  ownTied: number;
  othersTied: number;
  /** Placement of a row: the weight of the other kind above its score, what is tied counting half. */
  readonly ownPlaces: Moments;
  readonly otherPlaces: Moments;
}

/** One pass down the distinct scores, in O(m) after the sort. */
export async function rankScores(ranked: Ranked): Promise<Ordering> {
  const order = await argsort(ranked.scores);
  const descent: Descent = {
    pairs: 0,
    averagePrecision: 0,
    score: Number.NaN,
    ownAbove: 0,
    othersAbove: 0,
    ownTied: 0,
    othersTied: 0,
    ownPlaces: { weight: 0, mean: 0, squares: 0 },
    otherPlaces: { weight: 0, mean: 0, squares: 0 },
  };
  await overRows(order.length, (from, to) => goDown(descent, ranked, order, from, to), 4);
  joinTied(descent);
  const { pairs, averagePrecision, ownAbove, othersAbove, ownPlaces, otherPlaces } = descent;
  const [ownSquares, otherSquares] = [ownPlaces.squares, otherPlaces.squares];
  return { pairs, averagePrecision, own: ownAbove, others: othersAbove, ownSquares, otherSquares };
}

// A loop with a name of its own: engines keep the numbers that closures share in memory, not in registers.

function goDown(descent: Descent, ranked: Ranked, order: Uint32Array, from: number, to: number): void {
  const { scores, labels, own, weights } = ranked;
  for (let k = from; k < to; k++) {
    const i = order[order.length - 1 - k]!;
    if (scores[i] !== descent.score) {
      joinTied(descent);
      descent.score = scores[i]!;
    }
    const s = weights ? weights[i]! : 1;
    if (labels[i] === own) descent.ownTied += s;
    else descent.othersTied += s;
  }
}

/** What is tied joins what is above. */
function joinTied(descent: Descent): void {
  const { ownTied, othersTied } = descent;
  const placement = descent.ownAbove + ownTied / 2;
  descent.pairs += othersTied * placement;
  addTo(descent.ownPlaces, ownTied, descent.othersAbove + othersTied / 2);
  addTo(descent.otherPlaces, othersTied, placement);
  descent.ownAbove += ownTied;
  descent.othersAbove += othersTied;
  if (ownTied > 0) {
    descent.averagePrecision += (ownTied * descent.ownAbove) / (descent.ownAbove + descent.othersAbove);
  }
  descent.ownTied = 0;
  descent.othersTied = 0;
}

function addTo(moments: Moments, weight: number, x: number): void {
  if (weight === 0) return;
  moments.weight += weight;
  const difference = x - moments.mean;
  moments.mean += (weight / moments.weight) * difference;
  moments.squares += weight * difference * (x - moments.mean);
}

/**
 * The same `pairs` from bins of a probability, pairs within a bin counted half. Their order is not known, so that
 * `error`, half of Σ own·others within bins, bounds what `pairs` is off by.
 */
export function rankBins({ own, others }: ScoreHistogram): {
  readonly pairs: number;
  readonly error: number;
  readonly own: number;
  readonly others: number;
} {
  let [pairs, error, ownAbove, othersAbove] = [0, 0, 0, 0];
  for (let bin = own.length - 1; bin >= 0; bin--) {
    const tied = (own[bin]! * others[bin]!) / 2;
    pairs += others[bin]! * ownAbove + tied;
    error += tied;
    ownAbove += own[bin]!;
    othersAbove += others[bin]!;
  }
  return { pairs, error, own: ownAbove, others: othersAbove };
}
