/** A fitted model as the likelihood-ratio test of nested models sees it (inference/compare.ts). */
import type { Compared } from '../inference/compare.ts';
import type { Summary } from '../inference/summary.ts';
import type { ModelFile } from '../predict/model-file.ts';
import type { TrainingReport } from './fit.ts';

export function comparedOf(model: ModelFile, summary: Summary): Compared {
  const { options }: Partial<TrainingReport> = model.training;
  return {
    target: model.target.name,
    terms: model.terms.flatMap(({ name, excluded }) => (excluded === undefined ? [name] : [])),
    curves: curvesOf(model),
    intercept: options?.intercept !== false,
    firth: options?.firth === true,
    summary,
  };
}

/** Columns of which a model has all terms of a polynomial or spline, which with an intercept add up to any line. */
function curvesOf({ terms, training }: ModelFile): string[] {
  const { options } = training as Partial<TrainingReport>;
  if (options?.intercept === false) return [];
  const excluded = new Set(terms.flatMap((term) => (term.excluded ? [term.group] : [])));
  return terms.flatMap(({ group, factors: [factor, second] }) =>
    factor!.basis.kind === 'piecewise' && second === undefined && !excluded.has(group) ? [factor!.column] : [],
  );
}
