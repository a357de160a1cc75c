/**
 * The options of scoring, checked where they come in: unknown names are refused with the nearest one.
 */
import { LogisticError, nearestName, unexpected } from '../errors.ts';
import type { UnseenPolicy } from './model-file.ts';

export interface ScoreOptions {
  /** What to do with a category that training never saw; default: as the model says. */
  readonly unseen?: UnseenPolicy | undefined;
  /** Two classes only: the positive class is predicted from this probability on; default: the model's. */
  readonly threshold?: number | undefined;
}

export function isProbability(value: unknown): boolean {
  return typeof value === 'number' && value >= 0 && value <= 1;
}

/** The options as they are; throws LogisticError 'bad-argument', 'unknown-option' or 'bad-option'. */
export function checkScoreOptions(options: unknown = {}, classes: number): ScoreOptions {
  if (typeof options !== 'object' || options === null || Array.isArray(options)) {
    throw unexpected('bad-argument', 'options', 'an object', options);
  }
  for (const [option, value] of Object.entries(options)) {
    if (value === undefined) continue;
    const refuse = (expected: string): never => {
      throw unexpected('bad-option', option, expected, value, { details: { option } });
    };
    if (option === 'unseen') {
      if (value !== 'error' && value !== 'ignore') refuse('"error" or "ignore"');
    } else if (option === 'threshold') {
      if (classes > 2) refuse('absent for more than two classes');
      if (!isProbability(value)) refuse('a number from 0 to 1');
    } else {
      const hint = `did you mean ${nearestName(option, ['unseen', 'threshold']) ?? 'unseen or threshold'}?`;
      throw new LogisticError('unknown-option', `there is no option ${JSON.stringify(option)}`, { hint });
    }
  }
  return options;
}
