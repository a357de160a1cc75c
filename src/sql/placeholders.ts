/** A dialect that writes queries before their numbers and texts are known, for people to read: nothing is asked by it. */
import type { Dialect } from './dialects.ts';

/** No text of a database has it. */
const mark = '\u0000';

/** A text that is not known yet, written as `:name`. */
export const unknownText = (name: string): string => `${mark}:${name}`;

/** Numbers that are NaN stand as `:number`, unknown texts as `:name`, and known ones as literals instead of bound. */
export function withPlaceholders(dialect: Dialect): Dialect {
  return {
    ...dialect,
    parameter: undefined,
    number: (x) => (Number.isNaN(x) ? ':number' : dialect.number(x)),
    text: (text) => (text.startsWith(mark) ? text.slice(mark.length) : dialect.text(text)),
  };
}
