/**
 * Entry `tfjs-logistic/browser`: the portable library, and models fetched from a URL.
 */
import { LogisticError } from './errors.ts';
import { FittedLogisticRegression } from './model/fitted.ts';

export * from './index.ts';

/** Fetches a model file. Throws LogisticError 'unreadable' when the server does not give it. */
export async function fetchModel(url: string | URL, init?: RequestInit): Promise<FittedLogisticRegression> {
  const response = await fetch(url, init);
  if (!response.ok) throw new LogisticError('unreadable', `${url}: ${response.status} ${response.statusText}`);
  return FittedLogisticRegression.fromJSON(await response.text());
}
