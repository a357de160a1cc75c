/**
 * What can go wrong, as data. A `LogisticError` is a mistake that its user can mend: it says what was
 * expected, what was found, where, and the next step. Anything else that is thrown is a bug and keeps
 * its stack. A `Warning` is said once, stored with the model, and stops nothing.
 */

export class LogisticError extends Error {
  override readonly name = 'LogisticError';
  /** Stable, kebab-case name of the kind of mistake. */
  readonly code: string;
  /** What to do next, as a sentence. */
  readonly hint: string | undefined;
  /** The facts behind the message, for programs. */
  readonly details: Readonly<Record<string, unknown>>;

  constructor(code: string, message: string, more: { hint?: string; details?: Record<string, unknown> } = {}) {
    super(message);
    this.code = code;
    this.hint = more.hint;
    this.details = more.details ?? {};
  }
}

export interface Warning {
  /** Stable, kebab-case name of the kind of warning. */
  readonly code: string;
  /** One line for a person. */
  readonly message: string;
  /** The columns it is about, where it is about columns. */
  readonly columns?: readonly string[];
}

/** A text from the data as messages show it: cut when it is long. */
export function brief(text: string): string {
  return text.length > 60 ? `${text.slice(0, 57)}…` : text;
}

/** The known name closest to `name` by edit distance, or undefined when none is near. */
export function nearestName(name: string, known: Iterable<string>): string | undefined {
  const wanted = name.toLowerCase();
  let best: string | undefined;
  let bestDistance = Math.max(1, Math.floor(name.length / 2)) + 1;
  for (const candidate of known) {
    const distance = editDistance(wanted, candidate.toLowerCase());
    if (distance < bestDistance) {
      best = candidate;
      bestDistance = distance;
    }
  }
  return best;
}

/** Levenshtein's distance: the fewest insertions, deletions and substitutions that turn a into b. */
function editDistance(a: string, b: string): number {
  let previous = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const current = [i];
    for (let j = 1; j <= b.length; j++) {
      const substitution = (previous[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      current.push(Math.min(substitution, (previous[j] ?? 0) + 1, (current[j - 1] ?? 0) + 1));
    }
    previous = current;
  }
  return previous[b.length] ?? 0;
}
