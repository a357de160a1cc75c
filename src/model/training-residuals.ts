/**
 * What a summary needs of each training row by itself: residuals, and by them the sandwich over the coefficients that are free
 * and Tjur's R². The mathematics is inference/'s.
 */
import type { DecidedDesign } from '../design/design.ts';
import type { Part } from '../design/source.ts';
import { type SandwichType, sandwich } from '../inference/sandwich.ts';
import { residual } from '../math/logistic.ts';
import { overRows } from '../yielding.ts';
import type { CheckedOptions } from './options.ts';
import { type Placed, trainingPartitions } from './placed.ts';
import type { InferenceContext as Context } from './refits.ts';

/** Of each training row. */
interface Residuals {
  readonly z: Float64Array;
  /** dz */
  readonly residuals: Float64Array;
}

/** Undefined where rows have no numbers, or several. */
export async function residualsOf({
  placed: { design, part },
  solution,
  rows,
  hooks,
}: Context): Promise<Residuals | undefined> {
  if (rows.rowwise === undefined || part === undefined || rows.scoreVectors > 1) return undefined;
  const over = { partitions: trainingPartitions(design), signal: hooks.signal };
  const z = await rows.rowwise.scores(solution.theta, over);
  const residuals = new Float64Array(z.length);
  const visit = (from: number, to: number): void => {
    for (let i = from; i < to; i++) residuals[i] = residual(z[i]!, part.labels[i]!);
  };
  await overRows(z.length, visit, 8);
  return { z, residuals };
}

/** Mean probability of the positive class among its rows less that among the others: 1 less the means of |a − y| of either. */
export function tjurOf(residuals: Float64Array, { design, part }: Placed): number {
  const { labels, sampleWeights } = trainingPart(part!, design);
  const [sums, totals] = [new Float64Array(2), new Float64Array(2)];
  for (let i = 0; i < residuals.length; i++) {
    const s = sampleWeights ? sampleWeights[i]! : 1;
    sums[labels[i]!]! += s * Math.abs(residuals[i]!);
    totals[labels[i]!]! += s;
  }
  return 1 - sums[1]! / totals[1]! - sums[0]! / totals[0]!;
}

/** What the covariance is, where it is not that of the model. */
export const sandwichType = ({ cluster, robust, weightType }: CheckedOptions): SandwichType | undefined =>
  cluster === undefined ? (weightType === 'sampling' ? 'sampling' : robust) : (robust ?? 'CR1');

/** The sandwich on the standardised features, over the coefficients that are free. */
export async function robustly(
  type: SandwichType,
  inverse: Float64Array,
  { placed: { design, part, clusters }, objective, rows, order, hooks, z, residuals }: Context & Residuals,
): Promise<Float64Array> {
  const partitions = trainingPartitions(design);
  const full = rows.features + 1;
  const places = objective.restrict(Float64Array.from({ length: full }, (_, place) => place));
  const bread = new Float64Array(full * full);
  for (let at = 0; at < inverse.length; at++) bread[wide(at)] = inverse[at]!;
  const { sampleWeights: weights } = trainingPart(part!, design);
  const rowwise = rows.rowwise!;
  const over = { partitions, signal: hooks.signal };
  const whole = await sandwich({
    rowwise,
    over,
    z,
    residuals,
    bread,
    weights,
    parameters: order,
    type,
    clusters,
  });
  return Float64Array.from(inverse, (_, at) => whole[wide(at)]!);

  /** Of a place in a matrix of the free coefficients: the place in that of all. */
  function wide(at: number): number {
    return places[Math.floor(at / order)]! * full + places[at % order]!;
  }
}

function trainingPart(part: Part, { counts }: DecidedDesign) {
  return {
    labels: part.labels.subarray(0, counts.train),
    sampleWeights: part.sampleWeights?.subarray(0, counts.train),
  };
}
