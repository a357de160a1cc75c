/** The flags of `predict` and `evaluate` that are options of scoring. */
import { type FittedLogisticRegression, LogisticError, type ScoreOptions } from '../node.ts';

/** Throws LogisticError 'bad-option' for a threshold that is none, or that the model has no use for. */
export function scoreOptions({ unseen, threshold }: ScoreOptions, { classes }: FittedLogisticRegression): ScoreOptions {
  if (threshold === undefined) return { unseen };
  const expected = classes.length === 2 ? 'a number from 0 to 1' : `left out: the model has ${classes.length} classes`;
  if (classes.length > 2 || !(threshold >= 0 && threshold <= 1)) {
    throw new LogisticError('bad-option', `threshold must be ${expected}, found ${threshold}`, {
      details: { option: 'threshold' },
    });
  }
  return { unseen, threshold };
}
