/** The coefficients of a model as a summary names them, and the scaling that takes their covariance to raw units. */
import type { DecidedDesign } from '../design/design.ts';
import { type Scaling, widthOf } from '../inference/covariance.ts';
import type { Estimate } from '../inference/summary.ts';
import { scoredClasses } from '../predict/model-file.ts';
import { rawCoefficients } from './raw-coefficients.ts';
import type { InferenceContext } from './refits.ts';

export function scalingOf(design: DecidedDesign, intercept: boolean): Scaling {
  const fitted = design.terms.filter((term) => term.excluded === undefined && !term.offset);
  return {
    means: Float64Array.from(fitted, ({ mean }) => mean),
    scales: Float64Array.from(fitted, ({ scale }) => scale),
    intercept,
  };
}

/** Every coefficient of the model, the intercept first, class by class. */
export function estimatesOf({
  placed: { design },
  solution,
  separation,
  options,
  scaling,
}: InferenceContext): Estimate[] {
  const { terms, intercepts } = rawCoefficients(design, solution.theta);
  const scored = scoredClasses(design.labels);
  const width = widthOf(scaling);
  const infinite = new Map(
    separation?.coefficients.map(({ name, class: of, sign }) => [`${of} ${name}`, sign > 0 ? '+∞' : '−∞']),
  );
  return scored.flatMap((label, c) => {
    const of = scored.length > 1 ? { class: label } : {};
    const noteOf = (name: string): string | undefined => {
      const limit = infinite.get(`${scored.length > 1 ? label : undefined} ${name}`);
      return limit && (separation!.unique ? `no finite estimate: ${limit}` : 'no finite estimate');
    };
    let next = c * width;
    const slopes = terms.map(({ name, group, coefficients, excluded, offset }): Estimate => {
      const note = offset ? 'offset' : excluded;
      const at = note === undefined ? next++ : undefined;
      return { name, term: group, ...of, estimate: coefficients[c]!, at, note: note ?? noteOf(name) };
    });
    if (!options.intercept) return slopes;
    const name = '(intercept)';
    return [{ name, term: null, ...of, estimate: intercepts[c]!, at: next, note: noteOf(name) }, ...slopes];
  });
}
