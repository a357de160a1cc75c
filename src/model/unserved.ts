/** Options that rows which are not in memory, but on disk or in a database, are not fitted with. */
import { LogisticError } from '../errors.ts';
import type { CheckedOptions } from './options.ts';

/** Why rows on disk or in a database cannot be fitted so: what needs each row by itself. */
export function unserved(options: CheckedOptions): LogisticError | undefined {
  const { solver, firth, backend, cluster, robust } = options;
  if (firth) return notServed('firth', "Firth's likelihood needs each row by itself");
  if (cluster !== undefined) return notServed('cluster', 'sums by cluster need each row by itself');
  if (robust !== undefined) return notServed('robust', 'a sandwich needs each row by itself');
  if (backend !== 'auto' && backend !== 'cpu') return notServed('backend', 'sums are those of the engine, or of cpu');
  if (solver === 'gd') return notServed('solver', 'gradient descent would make thousands of passes');
  return undefined;
}

/** `where`: where the rows are, as the rest of a sentence; `instead`: the flag for where they could be. */
export function notServed(
  option: string,
  why: string,
  { where, instead } = { where: 'are not in memory', instead: '--rows memory' },
): LogisticError {
  return new LogisticError('bad-option', `${option}: while the rows ${where}, ${why}`, {
    hint: `leave it out, or read the rows once (${instead})`,
    details: { option },
  });
}
