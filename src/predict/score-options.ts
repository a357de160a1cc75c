/**
 * The options of scoring, checked where they come in: unknown names are refused with the nearest one.
 */
import { requireOptions, unexpected } from '../errors.ts';
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
  requireOptions(options, ['unseen', 'threshold'], 'scoring');
  const { unseen, threshold } = options as Record<keyof ScoreOptions, unknown>;
  const refuse = (option: string, expected: string, value: unknown): never => {
    throw unexpected('bad-option', option, expected, value, { details: { option } });
  };
  if (unseen !== undefined && unseen !== 'error' && unseen !== 'ignore')
    refuse('unseen', '"error" or "ignore"', unseen);
  if (threshold !== undefined) {
    if (classes > 2) refuse('threshold', `left out: the model has ${classes} classes`, threshold);
    if (!isProbability(threshold)) refuse('threshold', 'a number from 0 to 1', threshold);
  }
  return options as ScoreOptions;
}
