/** What a model's terms say about each other in words: which are curves, and where one that is part of a product holds. */
import { type Factor, levelsOf, type ModelFile, type Term } from '../predict/model-file.ts';

/** It bends: an orthogonal or raw polynomial, or a spline; a centred number does not. */
export const isCurve = ({ factors }: Pick<Term, 'factors'>): boolean =>
  factors.some(({ basis }) => {
    if (basis.kind !== 'piecewise') return false;
    return basis.knots.length > 0 || basis.pieces.some(({ coefficients }) => coefficients.length > 2);
  });

/** Of a term that products contain: the values of their other factors at which its odds ratio is what the model says. */
export function conditionOf(
  { factors: own }: Pick<Term, 'factors'>,
  { terms, features }: Pick<ModelFile, 'terms' | 'features'>,
): string | undefined {
  const columns = new Set(own.map(({ column }) => column));
  const products = terms.filter(
    ({ factors, excluded }) =>
      excluded === undefined &&
      factors.length > own.length &&
      [...columns].every((column) => factors.some((factor) => factor.column === column)),
  );
  const others = products.flatMap(({ factors }) => factors.filter(({ column }) => !columns.has(column)));
  const values = others.map((factor) => {
    if (factor.basis.kind !== 'level') return `${nameOf(factor, terms)} = 0`;
    const feature = features.find(({ column }) => column === factor.column)!;
    const coded = others.flatMap(({ column, basis }) =>
      column === factor.column && basis.kind === 'level' ? [basis.level] : [],
    );
    return `${factor.column} = ${levelsOf(feature).find((level) => !coded.includes(level))}`;
  });
  return values.length === 0 ? undefined : [...new Set(values)].join(', ');
}

/** As its main effect is called, where there is one: `log(fare)`. */
function nameOf({ column, basis }: Factor, terms: readonly Term[]): string {
  const main = terms.find(
    ({ factors }) => factors.length === 1 && factors[0]!.column === column && factors[0]!.basis.kind === basis.kind,
  );
  return main?.group ?? column;
}
