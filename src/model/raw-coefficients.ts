/** Coefficients of the standardised features → of raw units, term by term, with those that were left out of the fit. */
import type { DecidedDesign } from '../design/design.ts';
import type { ModelFile, Term } from '../predict/model-file.ts';

/**
 * Back to raw units, for each score vector: coefficient_j = w_j / scale_j, intercept = b − Σ_j w_j·mean_j / scale_j.
 * Terms that were left out of the fit keep their place with coefficient 0.
 */
export function rawCoefficients(
  { terms, labels }: DecidedDesign,
  theta: Float64Array,
): Pick<ModelFile, 'terms' | 'intercepts' | 'standardizedIntercepts'> {
  const k = labels.classes.length - 1;
  const width = theta.length / k; // n + 1
  const standardizedIntercepts = Array.from({ length: k }, (_, c) => theta[(c + 1) * width - 1]!);
  const intercepts = [...standardizedIntercepts];
  let next = 0;
  const all = terms.map((term): Term => {
    const j = term.excluded === undefined ? next++ : undefined;
    const standardized = intercepts.map((_, c) => (j === undefined ? 0 : theta[c * width + j]!));
    standardized.forEach((w, c) => {
      intercepts[c]! -= (w * term.mean) / term.scale;
    });
    return { ...term, standardized, coefficients: standardized.map((w) => w / term.scale) };
  });
  return { terms: all, intercepts, standardizedIntercepts };
}
