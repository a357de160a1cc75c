/**
 * Whether P = 0.3 comes true three times in ten: logistic recalibration, the smoothed calibration curve and the
 * distances to it that R's `rms::val.prob` reports. It means something on rows the model was not fitted to; on those it
 * was, maximum likelihood makes the slope 1 and the intercept 0 whatever the model.
 */
import { curvature, logLoss, residual } from '../math/logistic.ts';
import { yieldAfter } from '../yielding.ts';
import { type ProbabilityGroup, quantileGroups } from './groups.ts';
import { lowess } from './lowess.ts';
import type { SortedRows } from './sorted.ts';

/** Distances |smoothed − P| over the rows are null where weights differ: R's smooth has none. */
export interface Calibration {
  /** a and b of logit P(y = 1) = a + b·z, by maximum likelihood: 0 and 1 are right; null where the classes are separated. */
  readonly intercept: number | null;
  readonly slope: number | null;
  /** a of logit P(y = 1) = a + z: calibration in the large. */
  readonly interceptInTheLarge: number | null;
  /** Integrated calibration index, Eavg of val.prob: the mean distance. */
  readonly ici: number | null;
  /** Its 90 % quantile and its maximum. */
  readonly e90: number | null;
  readonly emax: number | null;
  /** Expected calibration error: Σ n/N·|observed − mean P| over ten groups of equal size. */
  readonly ece: number;
  readonly groups: readonly ProbabilityGroup[];
  /** The smoothed frequency at some of the probabilities, ascending. */
  readonly curve: readonly CurvePoint[];
}

export interface CurvePoint {
  readonly probability: number;
  readonly observed: number;
}

/** Points of the curve that are kept. */
const mostPoints = 101;
/** Newton's steps; where classes are separated each is a step of about 1, for ever. */
const mostIterations = 50;

export async function calibrate(sorted: SortedRows): Promise<Calibration> {
  const { p, y, s, total } = sorted;
  const groups = quantileGroups(sorted);
  const ece = groups.reduce((sum, { observed, expected }) => sum + Math.abs(observed - expected), 0) / total;
  const [intercept, slope] = await recalibrate(sorted, true);
  const [interceptInTheLarge] = await recalibrate(sorted, false);
  const recalibrated = { intercept, slope, interceptInTheLarge };
  if (s.some((weight) => weight !== s[0])) {
    return { ...recalibrated, ici: null, e90: null, emax: null, ece, groups, curve: [] };
  }
  const delta = (p[p.length - 1]! - p[0]!) / 100;
  const smooth = await lowess(p, y, { fraction: 2 / 3, delta });
  const distances = smooth.map((value, i) => Math.abs(value - p[i]!)).sort();
  return {
    ...recalibrated,
    ici: distances.reduce((sum, distance) => sum + distance, 0) / p.length,
    e90: quantile(distances, 0.9),
    emax: distances[distances.length - 1]!,
    ece,
    groups,
    curve: curveOf(p, smooth),
  };
}

/** Points at about equal distances of P, the first and the last among them. */
function curveOf(p: Float64Array, smooth: Float64Array): CurvePoint[] {
  const step = (p[p.length - 1]! - p[0]!) / (mostPoints - 1);
  const curve: CurvePoint[] = [];
  for (let i = 0; i < p.length; i++) {
    const last = curve[curve.length - 1];
    if (last && p[i]! - last.probability < step && i < p.length - 1) continue;
    curve.push({ probability: p[i]!, observed: smooth[i]! });
  }
  return curve;
}

/** Of ascending values, by R's type 7. */
function quantile(sorted: Float64Array, q: number): number {
  const at = (sorted.length - 1) * q;
  const [low, high] = [sorted[Math.floor(at)]!, sorted[Math.ceil(at)]!];
  return low + (at - Math.floor(at)) * (high - low);
}

/** [a, b] by Newton's method with halved steps, or a alone at b = 1; nulls where there is no finite maximum. */
async function recalibrate(
  { z, y, s, total, positives }: SortedRows,
  slope: boolean,
): Promise<readonly [number, number] | readonly [null, null]> {
  if (positives === 0 || positives === total || (slope && z[0] === z[z.length - 1])) return [null, null];
  const loss = ([a, b]: readonly [number, number]): number =>
    z.reduce((sum, own, i) => sum + s[i]! * logLoss(a + b * own, y[i]!), 0);
  let at: readonly [number, number] = [0, 1];
  let value = loss(at);
  for (let iteration = 0; iteration < mostIterations; iteration++) {
    const [stepA, stepB] = newtonStep({ z, y, s }, at, slope);
    await yieldAfter(16 * z.length);
    if (!Number.isFinite(stepA + stepB)) return [null, null];
    const [a, b] = at;
    const settled = Math.max(Math.abs(stepA), Math.abs(stepB)) <= 1e-7 * (1 + Math.abs(a) + Math.abs(b));
    if (settled) return [a - stepA, b - stepB]; // what is left is the square of this step
    for (let t = 1; t > 2 ** -30; t /= 2) {
      at = [a - t * stepA, b - t * stepB];
      const reached = loss(at);
      if (!(reached < value)) continue;
      value = reached;
      break;
    }
  }
  return [null, null];
}

/** H⁻¹·g of Σ s·ℓ(a + b·z, y) by a and b. */
function newtonStep(
  { z, y, s }: Pick<SortedRows, 'z' | 'y' | 's'>,
  [a, b]: readonly [number, number],
  slope: boolean,
): [number, number] {
  let [ga, gb, haa, hab, hbb] = [0, 0, 0, 0, 0];
  for (let i = 0; i < z.length; i++) {
    const t = a + b * z[i]!;
    const [error, w] = [s[i]! * residual(t, y[i]!), s[i]! * curvature(t)];
    ga += error;
    gb += error * z[i]!;
    haa += w;
    hab += w * z[i]!;
    hbb += w * z[i]! ** 2;
  }
  if (!slope) return [ga / haa, 0];
  const determinant = haa * hbb - hab ** 2;
  return [(hbb * ga - hab * gb) / determinant, (haa * gb - hab * ga) / determinant];
}
