/**
 * Whether the maximum-likelihood estimate exists. Where classes overlap, Newton's step d dies away as the optimum comes
 * near; where a hyperplane separates some rows without dividing the others it goes on, for ever in the same direction:
 *
 *   (B22) x_i·(d_y − d_c) ≥ 0 for every row i of class y and every class c ≠ y, and > 0 for some      (d_0 = 0)
 *
 * Such a d is a direction of recession: the loss falls along it from any point, so no finite theta minimises it. The sign
 * condition is a proof by itself, wherever d comes from. For K = 2 it reads (2y − 1)·x·d ≥ 0.
 * Source: Albert & Anderson, On the existence of maximum likelihood estimates in logistic regression models,
 * Biometrika 71 (1984). It asks rows for what every place gives, and knows no column's name.
 */
import { findDependencies } from '../math/cholesky.ts';
import { maxNorm, sum } from '../math/vector.ts';
import type { Objective, Point } from '../objective/objective.ts';
import type { Measures, Precision, RowSums, ScoreHistogram } from '../rows/contract.ts';
import { joinSummaries } from '../rows/source.ts';
import { newton, newtonDirection } from '../solvers/newton.ts';

export interface Recession {
  /** d among all coefficients on the standardised features, [k, n + 1]. */
  readonly direction: Float64Array;
  /** Whether it tells every row's class from each other one: complete separation, else quasi-complete. */
  readonly complete: boolean;
  /** Σ s, as the place measures it, of the rows whose class it tells from some other: their number where rows have no weights. */
  readonly weight: number;
  /** That of all rows. */
  readonly totalWeight: number;
  /** Whether it is the only one, but for its length: else a coefficient may go to +∞ along one and to −∞ along another. */
  readonly unique: boolean;
}

/** A direction of recession and the point at which Newton's step was one. */
export interface Separation {
  readonly recession: Recession;
  readonly point: Point;
}

/** Rows move by 1 or more in z where they are separated; a step that moves none by this has died away. */
const negligibleMove = 2 ** -10;
/** A Hessian of this condition has lost the digits of the direction that is looked for. */
const mostCondition = 2 ** 46;
const maxSteps = 40;
/**
 * Multiples of d at which rows on the plane, |x·d| ≤ 2^−12 / multiple, still have equal probabilities to the width of a
 * bin, and rows that d moves by 1 have theirs at 1: what rounding of stored rows leaves of 0 is below that.
 */
const multiples: Readonly<Record<Precision, number>> = { float64: 2 ** 18, float32: 2 ** 8 };

export interface RecessionRequest {
  readonly rows: RowSums;
  readonly partitions: readonly number[] | undefined;
  /** Where the solve ended, with its Hessian, and the condition of that. */
  readonly point: Point;
  readonly condition: number | undefined;
  readonly tolerance: number;
  readonly signal: AbortSignal | undefined;
}

/** A direction of recession by Newton's step at `point`, or further on, and the point where it was found. */
export async function findRecession(
  exact: Objective,
  { rows, partitions, point: ended, condition, tolerance, signal }: RecessionRequest,
): Promise<Separation | undefined> {
  const { classWeights, smallestWeight } = joinSummaries(rows.partitions, partitions);
  const totalWeight = sum(classWeights);
  // No standardised |x| exceeds √(Σs / min s).
  const farthest = Math.sqrt(totalWeight / smallestWeight);
  const step = await newton.begin(exact, signal);
  // Steps by a Hessian of lost digits may have gone anywhere: once more from 0.
  const lost = condition === undefined || condition > mostCondition;
  let point = lost ? await exact.point(new Float64Array(exact.dimension), 2, signal) : ended;
  for (let steps = 0; steps <= maxSteps; steps++) {
    const direction = newtonDirection(point.hessian!, point.gradient);
    if (sum(direction.map(Math.abs)) * farthest < negligibleMove) return undefined;
    if (maxNorm(point.gradient) <= tolerance) {
      const multiple = multiples[rows.storagePrecision];
      const far = exact.expandStep(direction).map((d) => multiple * d);
      const found = readSigns(await rows.measure(far, 0.5, { partitions, signal }), classWeights.length);
      if (found) {
        const unique =
          (await freedom(
            exact,
            direction.map((d) => multiple * d),
            signal,
          )) === 1;
        return { recession: { ...found, direction: exact.expandStep(direction), unique }, point };
      }
    }
    const next = await step(point);
    if (next === undefined || !(maxNorm(next.gradient) < maxNorm(point.gradient))) return undefined;
    point = next;
  }
  return undefined;
}

/** What rounding leaves of a Hessian's diagonal entry that is 0; the features are standardised. */
const negligibleCurvature = 1e-11;

/**
 * The dimension of the directions that move no row which d leaves in its place, d among them; near d all of them are of
 * recession. Far along d the other rows have no curvature, so it is what the Hessian there lacks of its full rank.
 */
async function freedom(exact: Objective, far: Float64Array, signal: AbortSignal | undefined): Promise<number> {
  const { hessian } = await exact.point(far, 2, signal);
  const order = far.length;
  const gone = Array.from(far, (_, j) => hessian![j * order + j]! <= negligibleCurvature);
  const left = hessian!.map((h, at) => (gone[at % order] || gone[Math.floor(at / order)] ? 0 : h));
  return findDependencies(left, order, negligibleCurvature).length;
}

/**
 * (B22) from the probability that far along d each row's own class has: 1 where d tells it from every other class, 1/t
 * where it is tied with t − 1 of them and above the rest; anything else is a row that d moves the wrong way.
 */
function readSigns(
  { histograms }: Measures,
  K: number,
): Pick<Recession, 'complete' | 'weight' | 'totalWeight'> | undefined {
  const own = ownProbabilities(histograms);
  const bins = own.length;
  const byTies = new Float64Array(K + 1);
  for (let bin = 0; bin < bins; bin++) {
    if (own[bin] === 0) continue;
    const ties = Math.min(K, Math.round(bins / (bin + 0.5)));
    if (Math.abs(bin + 0.5 - bins / ties) > 1.5) return undefined;
    byTies[ties]! += own[bin]!;
  }
  const weight = sum(byTies.subarray(0, K));
  return weight > 0
    ? { complete: weight === byTies[1] && byTies[K] === 0, weight, totalWeight: sum(byTies) }
    : undefined;
}

/** Σ s of all rows by the bin of the probability of their own class. */
function ownProbabilities(histograms: readonly ScoreHistogram[]): Float64Array {
  const bins = histograms[0]!.own.length;
  const [only] = histograms;
  return Float64Array.from({ length: bins }, (_, bin) =>
    histograms.length === 1
      ? only!.own[bin]! + only!.others[bins - 1 - bin]!
      : histograms.reduce((total, { own }) => total + own[bin]!, 0),
  );
}
