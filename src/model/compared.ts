/**
 * The likelihood-ratio test of two fitted models, one of which lies within the other: what is refused, and why. It sees model
 * files and no rows, and tells unlike rows by what is the same for all models of the same rows.
 */
import { LogisticError, plural } from '../errors.ts';
import { type ChiSquaredTest, chiSquared, type Summary } from '../inference/summary.ts';
import type { ModelFile } from '../predict/model-file.ts';
import type { TrainingReport } from './fit.ts';
import { columnOutside, hasIntercept } from './nested.ts';

export interface Compared {
  readonly model: ModelFile;
  readonly summary: Summary;
}

/** Means, deviations and likelihoods of the same rows agree to rounding. */
const sameRows = 1e-9;

/** Throws LogisticError 'not-nested'. */
export function compareNested(one: Compared, other: Compared): ChiSquaredTest {
  const [small, large] = one.summary.parameters <= other.summary.parameters ? [one, other] : [other, one];
  const [few, many] = [small.summary, large.summary];
  if (few.logLikelihood === null || many.logLikelihood === null) {
    throw notNested(
      'weights of a sample give no likelihood to compare models by',
      'use the Wald tests of the larger model',
    );
  }
  if ([small, large].some(({ model }) => reportOf(model).options?.firth)) {
    throw notNested(
      "by Firth's method a likelihood is penalised by the model's own terms",
      "use the tests of columns in the larger model's summary, whose refits keep its penalty",
    );
  }
  if (few.clusters !== undefined || many.clusters !== undefined) {
    throw notNested(
      'rows of clusters are not independent, so their likelihoods do not compare',
      'use the Wald tests of the larger model',
    );
  }
  if (few.observations !== many.observations) {
    throw notNested(
      `the smaller model was fitted to ${plural(few.observations, 'observation')} and the larger one to ${many.observations}`,
      'a row with a missing cell in a column of a model is left out: fit both to the rows that have them all, or fill cells (missing: impute)',
    );
  }
  if (!ofTheSameRows(small, large)) throw notNested('the two models were not fitted to the same rows and target');
  if (few.parameters === many.parameters) {
    throw notNested('the two models have the same number of terms: one must have more');
  }
  const outside = columnOutside(small.model, large.model);
  if (outside !== undefined) {
    throw notNested(
      `${outside} of the smaller model is no combination of the larger one's columns`,
      'the larger one must have all that the smaller one has, or functions that it can be made of',
    );
  }
  return chiSquared(Math.max(0, 2 * (many.logLikelihood - few.logLikelihood)), many.parameters - few.parameters);
}

const notNested = (message: string, hint?: string): LogisticError => new LogisticError('not-nested', message, { hint });

const reportOf = ({ training }: ModelFile): Partial<TrainingReport> => training;

/** Of as many rows: as far as classes, the null model and terms that both have can tell. */
function ofTheSameRows(one: Compared, other: Compared): boolean {
  const [a, b] = [one.model, other.model];
  const agree = (x: number, y: number, size = Math.abs(x)): boolean => Math.abs(x - y) <= sameRows * size;
  const centred = hasIntercept(a) && hasIntercept(b);
  const alike = a.target.name === b.target.name && String(a.target.classes) === String(b.target.classes);
  if (!alike) return false;
  const offsetsOf = ({ terms }: ModelFile): string =>
    JSON.stringify(terms.filter(({ offset }) => offset).map(({ factors }) => factors));
  const sameNull = hasIntercept(a) === hasIntercept(b) && offsetsOf(a) === offsetsOf(b);
  if (sameNull && !agree(one.summary.nullLogLikelihood!, other.summary.nullLogLikelihood!)) return false;
  const [counts, others] = [a, b].map((model) => reportOf(model).counts?.all.events);
  if (counts && others && a.target.reference === b.target.reference && String(counts) !== String(others)) return false;
  return a.terms.every(({ name, factors, mean, scale }) => {
    const twin = b.terms.find((term) => term.name === name && JSON.stringify(term.factors) === JSON.stringify(factors));
    return !twin || (agree(scale, twin.scale) && (!centred || agree(mean, twin.mean, scale)));
  });
}
