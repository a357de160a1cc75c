/** Confidence intervals of probabilities: σ(z ± q·√(xᵀ·V·x)), which lie between 0 and 1. Two classes. */
import { LogisticError, unexpected } from '../errors.ts';
import { deltaError } from '../inference/covariance.ts';
import { normalQuantile } from '../inference/tails.ts';
import { sigmoid } from '../math/logistic.ts';
import { type CellValues, type RowDesign, rawRow, scoresOf } from './design-rows.ts';

/** P of the positive class with its confidence interval. */
export interface ProbabilityInterval {
  readonly probability: number;
  readonly low: number;
  readonly high: number;
  /** √(xᵀ·V·x), of the log-odds. */
  readonly standardError: number;
}

/** The interval of a row from the values of its cells. Throws LogisticError 'bad-option', 'two-classes-only', 'no-summary'. */
export function intervalsOf(
  design: RowDesign,
  covariance: readonly (readonly number[])[] | string,
  level = 0.95,
): (values: CellValues) => ProbabilityInterval {
  if (!(typeof level === 'number' && level > 0 && level < 1)) {
    throw unexpected('bad-option', 'level', 'a number between 0 and 1', level, {
      hint: '0.95 for a 95 % interval',
      details: { option: 'level' },
    });
  }
  const { classes } = design.model.target;
  if (classes.length > 2) {
    throw new LogisticError(
      'two-classes-only',
      `intervals of probabilities are there for two classes; the model has ${classes.length}`,
    );
  }
  if (typeof covariance === 'string') {
    throw new LogisticError('no-summary', `there are no intervals of probabilities: ${covariance}`);
  }
  const quantile = normalQuantile(level);
  return (values) => {
    const x = rawRow(design, values);
    const z = scoresOf(design, x, values)[0]!;
    const standardError = deltaError(x, covariance);
    const half = quantile * standardError;
    return { probability: sigmoid(z), low: sigmoid(z - half), high: sigmoid(z + half), standardError };
  };
}
