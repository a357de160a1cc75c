/**
 * Corrections of the intercepts after a fit, where it was made to estimate something else than the probabilities of its
 * rows: the slopes stay.
 *
 *   class weights   b_c − ln(f_c/f_0), f the weights of the classes: prior correction (King & Zeng, Political Analysis 9
 *                   (2001), section 3.2)
 *   Firth's method  b at which mean a = mean y, FLIC (Puhr et al., Statistics in Medicine 36 (2017))
 */
import type { RowSums } from '../rows/contract.ts';
import type { CheckedOptions } from './options.ts';
import type { Placed } from './placed.ts';

interface Correction {
  readonly placed: Pick<Placed, 'design'>;
  readonly rows: RowSums;
  /** Those that were fitted. */
  readonly partitions: readonly number[];
  readonly options: Pick<CheckedOptions, 'priorCorrection' | 'flic'>;
  readonly signal: AbortSignal | undefined;
}

/** theta [k, n + 1] with the intercepts that the options ask for. */
export async function correctIntercepts(theta: Float64Array, correction: Correction): Promise<Float64Array> {
  const { placed, rows, options } = correction;
  const factors = placed.design.classFactors;
  if (options.priorCorrection && factors) {
    const width = rows.features + 1;
    return theta.map((w, at) =>
      at % width === width - 1 ? w - Math.log(factors[(at + 1) / width]! / factors[0]!) : w,
    );
  }
  return options.flic ? balanced(theta, correction) : theta;
}

/** Steps of Newton's method on the one intercept are smaller than this at the end, relative to it. */
const precision = 2 ** -50;
const maxSteps = 100;

/** The intercept at which the probabilities of the rows add up to the positives: Newton's method on the log-likelihood. */
async function balanced(theta: Float64Array, { rows, partitions, signal }: Correction): Promise<Float64Array> {
  const moved = theta.slice();
  const at = moved.length - 1;
  for (let step = 0; step < maxSteps; step++) {
    const { gradient, hessian } = await rows.evaluate(moved, 2, 'float64', { partitions, signal });
    const change = gradient![at]! / hessian!.at(-1)!;
    moved[at]! -= change;
    if (Math.abs(change) <= precision * Math.max(1, Math.abs(moved[at]!))) break;
  }
  return moved;
}
