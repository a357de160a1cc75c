/** The likelihood-ratio test of two nested models. It sees their summaries and no rows, and tells unlike rows by what is the same for all models of the same rows. */
import { LogisticError } from '../errors.ts';
import { type ChiSquaredTest, chiSquared, type Summary } from './summary.ts';

export interface Compared {
  readonly target: string;
  /** Names of the terms that were fitted. */
  readonly terms: readonly string[];
  /** Columns of which it has a curve, which a straight line is one of. */
  readonly curves: readonly string[];
  /** Whether they were fitted by Firth's method. */
  readonly intercept: boolean;
  readonly firth: boolean;
  readonly summary: Summary;
}

/** Rows that are the same give the same null model, to rounding. */
const sameRows = 1e-10;

/** Throws LogisticError 'not-nested'. */
export function compareNested(one: Compared, other: Compared): ChiSquaredTest {
  const [small, large] = one.summary.parameters <= other.summary.parameters ? [one, other] : [other, one];
  const [few, many] = [small.summary, large.summary];
  if (few.logLikelihood === null || many.logLikelihood === null) {
    throw new LogisticError('not-nested', 'weights of a sample give no likelihood to compare models by', {
      hint: 'use the Wald tests of the larger model',
    });
  }
  if (small.firth || large.firth) {
    throw new LogisticError('not-nested', "by Firth's method a likelihood is penalised by the model's own terms", {
      hint: "use the tests of columns in the larger model's summary, whose refits keep its penalty",
    });
  }
  if (few.clusters !== undefined || many.clusters !== undefined) {
    throw new LogisticError('not-nested', 'rows of clusters are not independent, so their likelihoods do not compare', {
      hint: 'use the Wald tests of the larger model',
    });
  }
  const alike =
    small.target === large.target &&
    few.observations === many.observations &&
    // Without an intercept the null model is another.
    (small.intercept !== large.intercept || Math.abs(few.nullLogLikelihood! / many.nullLogLikelihood! - 1) <= sameRows);
  if (!alike) throw new LogisticError('not-nested', 'the two models were not fitted to the same rows and target');
  if (few.parameters === many.parameters) {
    throw new LogisticError('not-nested', 'the two models have the same number of terms: one must have more');
  }
  if (small.intercept && !large.intercept) {
    throw new LogisticError(
      'not-nested',
      'only the smaller model has an intercept: the larger one must have all its terms',
    );
  }
  const stranger = small.terms.find((name) => ![...large.terms, ...large.curves].includes(name));
  if (stranger !== undefined) {
    throw new LogisticError(
      'not-nested',
      `only the smaller model has ${stranger}: the larger one must have all its terms`,
    );
  }
  return chiSquared(Math.max(0, 2 * (many.logLikelihood - few.logLikelihood)), many.parameters - few.parameters);
}
