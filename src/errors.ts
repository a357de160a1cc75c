/**
 * What can go wrong, as data. A `LogisticError` is a mistake that its user can fix: it says what was
 * expected, what was found, where, and the next step. Anything else that is thrown is a bug and keeps
 * its stack. A `Warning` is said once, stored with the model, and stops nothing. This file imports nothing.
 */

/** Marks errors of every copy of the class: each bundle and module system has a copy of its own. */
const brand = Symbol.for('tfjs-logistic.LogisticError');

export interface ErrorDetails {
  readonly hint?: string | undefined;
  readonly details?: Readonly<Record<string, unknown>>;
}

export class LogisticError extends Error {
  override readonly name = 'LogisticError';
  /** Stable, kebab-case name of the kind of mistake. */
  readonly code: string;
  /** What to do next, as a sentence. */
  readonly hint: string | undefined;
  /** The facts behind the message, for programs. */
  readonly details: Readonly<Record<string, unknown>>;

  constructor(code: string, message: string, more: ErrorDetails = {}) {
    super(message);
    this.code = code;
    this.hint = more.hint;
    this.details = more.details ?? {};
  }

  static {
    // Not a declared member: a symbol of its own in each declaration file would make the types of two copies differ.
    Object.assign(LogisticError.prototype, { [brand]: true });
    Object.defineProperty(LogisticError, 'name', { value: 'LogisticError' }); // bundlers rename a class that names itself
  }

  /** True of an error of any copy of this class; a subclass is tested by its prototype, as usual. */
  static override [Symbol.hasInstance](value: unknown): boolean {
    // biome-ignore lint/complexity/noThisInStatic: `this` is the class that is tested for, which may be a subclass.
    if (this !== LogisticError) return super[Symbol.hasInstance](value);
    return (value as { [brand]?: boolean } | null | undefined)?.[brand] === true;
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

/** A string from the data as messages show it: cut when it is long. */
export function brief(text: string): string {
  return text.length > 60 ? `${text.slice(0, 57)}…` : text;
}

/** A count and what it counts: 1 row, 2 rows. */
export function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

/** Any value as messages show what was found: as JSON where it can be, otherwise by its type. */
export function shown(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (typeof value === 'number') return String(value);
  try {
    return brief(JSON.stringify(value) ?? typeof value);
  } catch {
    return typeof value;
  }
}

/** The error of a value that is not what it should be: says what was expected and what was found. */
export function unexpected(
  code: string,
  what: string,
  expected: string,
  found: unknown,
  more?: ErrorDetails,
): LogisticError {
  return new LogisticError(code, `${what} should be ${expected}, found ${shown(found)}`, more);
}

/** The known name closest to `name` by edit distance, or undefined when none is near or has a character of it. */
export function nearestName(name: string, known: Iterable<string>): string | undefined {
  const wanted = name.toLowerCase();
  let best: string | undefined;
  let bestDistance = Math.max(2, (name.length + 1) / 2);
  for (const candidate of known) {
    const distance = editDistance(wanted, candidate.toLowerCase());
    if (distance < bestDistance && distance < name.length + candidate.length - 1) {
      best = candidate;
      bestDistance = distance;
    }
  }
  return best;
}

/** Refuses options that are no object or have an unknown key: LogisticError 'bad-argument' or 'unknown-option'. */
export function requireOptions(options: unknown, known: readonly string[], whose: string): void {
  if (typeof options !== 'object' || options === null || Array.isArray(options)) {
    throw unexpected('bad-argument', 'options', 'an object', options);
  }
  const stranger = Object.keys(options).find(
    (name) => !known.includes(name) && (options as Record<string, unknown>)[name] !== undefined,
  );
  if (stranger === undefined) return;
  const near = nearestName(stranger, known);
  throw new LogisticError('unknown-option', `${whose} has no option ${JSON.stringify(stranger)}`, {
    hint: near === undefined ? `its options are ${known.join(', ')}` : `did you mean ${near}?`,
    details: { option: stranger },
  });
}

/** Levenshtein's distance: the fewest insertions, deletions and substitutions that turn a into b. */
function editDistance(a: string, b: string): number {
  let previous = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const current = [i];
    for (let j = 1; j <= b.length; j++) {
      const substitution = previous[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      current.push(Math.min(substitution, previous[j]! + 1, current[j - 1]! + 1));
    }
    previous = current;
  }
  return previous[b.length]!;
}
