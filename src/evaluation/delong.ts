/**
 * How precise an AUC is, and whether two models of the same rows differ in it: the standard error of DeLong, DeLong &
 * Clarke-Pearson (Biometrics 44, 1988), by placements from ranks (Sun & Xu 2014), in O(m log m). Weights count rows. It
 * knows scores and no model.
 */
import { argsort } from '../math/argsort.ts';
import { overRows } from '../yielding.ts';
import type { TwoClassMetrics } from './metrics.ts';
import type { Ordering, Ranked } from './ranks.ts';
import type { Reasons } from './ratio.ts';

/** Of every interval. */
const level = 0.95;
const paths = ['aucStandardError', 'aucInterval'] as const;

type AucPrecision = Pick<TwoClassMetrics, (typeof paths)[number]>;

/**
 * With V_i the fraction of the other kind that row i is on the right side of, ties half, n₁ and n₀ rows of each kind:
 *
 *   AUC = mean of V over either kind      var AUC = S₁/n₁ + S₀/n₀,  S = Σ (V_i − AUC)²/(n − 1) of a kind
 */
export async function aucPrecision(
  { pairs, own, others, ownSquares, otherSquares }: Ordering,
  weights: Float64Array | undefined,
  reasons: Reasons,
): Promise<AucPrecision> {
  const refused = refusal(own, others, weights);
  if (refused !== undefined) return noAucPrecision(refused, reasons);
  const auc = pairs / (own * others);
  const standardError = Math.sqrt(varianceOf({ own, others, ownSquares, otherSquares }));
  const { normalQuantile } = await import('../inference/tails.ts');
  const half = normalQuantile(level) * standardError;
  return { aucStandardError: standardError, aucInterval: [Math.max(0, auc - half), Math.min(1, auc + half)] };
}

export function noAucPrecision(reason: string, reasons: Reasons): AucPrecision {
  for (const path of paths) reasons[path] = reason;
  return { aucStandardError: null, aucInterval: null };
}

function refusal(own: number, others: number, weights: Float64Array | undefined): string | undefined {
  if (weights?.every(Number.isInteger) === false) return 'weights that are no whole numbers count no rows';
  return own > 1 && others > 1 ? undefined : 'it takes two rows of each class';
}

/** From Σ s·(placement − mean)² of each kind, a placement being a number of rows of the other one. */
function varianceOf({ own, others, ownSquares, otherSquares }: Omit<Ordering, 'pairs' | 'averagePrecision'>): number {
  return ownSquares / (others ** 2 * own * (own - 1)) + otherSquares / (own ** 2 * others * (others - 1));
}

/** Two models on the same rows. */
export interface AucComparison {
  readonly rows: number;
  readonly auc: number;
  readonly otherAuc: number;
  /** auc − otherAuc */
  readonly difference: number;
  /** Of the difference: the models are measured on the same rows, so it is less than two separate ones suggest. */
  readonly standardError: number;
  /** difference ± 1.96 of it: 95 %. */
  readonly interval: readonly [low: number, high: number];
  /** difference / standardError; 0 where both are 0. */
  readonly z: number;
  /** P(|Z| ≥ |z|), two-sided. */
  readonly p: number;
}

/**
 * DeLong's paired test. The variance of the difference is that of one AUC, with V_i − V'_i in place of V_i, which is
 * var AUC + var AUC' − 2·cov without their cancellation. Undefined, with the reason, where one AUC has no standard error.
 */
export async function compareAuc(
  rows: Ranked,
  otherScores: Float64Array,
): Promise<AucComparison | { readonly undefined: string }> {
  const { labels, own: ownClass, weights } = rows;
  const differences = await placements(rows);
  const [own, others] = [sumOver(rows, () => 1, true), sumOver(rows, () => 1, false)];
  const refused = refusal(own, others, weights);
  if (refused !== undefined) return { undefined: refused };
  const aucOf = (places: Float64Array): number => 1 - sumOver(rows, (i) => places[i]!, true) / (own * others);
  const auc = aucOf(differences);
  const otherPlaces = await placements({ scores: otherScores, labels, own: ownClass, weights });
  const otherAuc = aucOf(otherPlaces);
  for (let i = 0; i < differences.length; i++) differences[i]! -= otherPlaces[i]!;
  const squares = (kind: boolean, total: number): number => {
    const mean = sumOver(rows, (i) => differences[i]!, kind) / total;
    return sumOver(rows, (i) => (differences[i]! - mean) ** 2, kind);
  };
  const [ownSquares, otherSquares] = [squares(true, own), squares(false, others)];
  const standardError = Math.sqrt(varianceOf({ own, others, ownSquares, otherSquares }));
  const difference = auc - otherAuc;
  const z = difference === 0 ? 0 : difference / standardError;
  const { normalQuantile, twoSidedP } = await import('../inference/tails.ts');
  const half = normalQuantile(level) * standardError;
  const interval = [difference - half, difference + half] as const;
  return { rows: labels.length, auc, otherAuc, difference, standardError, interval, z, p: twoSidedP(z) };
}

/** Of each row, the weight of the other kind above its score, ties half. */
async function placements({ scores, labels, own, weights }: Ranked): Promise<Float64Array> {
  const order = await argsort(scores);
  const places = new Float64Array(order.length);
  let [ownAbove, othersAbove, end] = [0, 0, order.length];
  await overRows(order.length, (from, to) => {
    // Groups of equal scores from the top; one that reaches past this run waits for the next.
    for (let k = order.length - 1 - from; k >= order.length - to; k--) {
      if (k > 0 && scores[order[k - 1]!] === scores[order[k]!]) continue;
      let [ownTied, othersTied] = [0, 0];
      for (let j = k; j < end; j++) {
        const s = weights ? weights[order[j]!]! : 1;
        if (labels[order[j]!] === own) ownTied += s;
        else othersTied += s;
      }
      for (let j = k; j < end; j++) {
        const i = order[j]!;
        places[i] = labels[i] === own ? othersAbove + othersTied / 2 : ownAbove + ownTied / 2;
      }
      ownAbove += ownTied;
      othersAbove += othersTied;
      end = k;
    }
  });
  return places;
}

/** Σ s·x over the rows of the class, or over the others. */
function sumOver({ labels, own, weights }: Ranked, x: (i: number) => number, ofClass: boolean): number {
  let sum = 0;
  for (let i = 0; i < labels.length; i++) {
    if ((labels[i] === own) === ofClass) sum += (weights ? weights[i]! : 1) * x(i);
  }
  return sum;
}
