/**
 * How one cell is read: what is missing, what is a number, what is a boolean. Training and prediction
 * share this file, so the same string means the same thing in both. It knows no file, no column and no
 * model, and imports nothing.
 */

export type Cell = string | number | boolean | bigint | null | undefined;

/** Strings read as missing unless the user lists others. Case matters; spaces around a cell do not. */
export const defaultMissingTokens: readonly string[] = [
  '',
  '?',
  '-',
  'NA',
  'N/A',
  'n/a',
  '#N/A',
  'NaN',
  'nan',
  'NULL',
  'null',
];

/** Pairs of words read as a boolean, false first, in any case. A column must keep to one pair. */
export const booleanPairs: readonly (readonly [string, string])[] = [
  ['false', 'true'],
  ['f', 't'],
  ['no', 'yes'],
  ['n', 'y'],
  ['off', 'on'],
];

/** The pair that strings keep to, in any letter case: that of 'Yes' and 'no'. */
export function booleanPairOf(texts: readonly string[]): readonly [string, string] | undefined {
  return booleanPairs.find((words) => texts.every((text) => words.includes(text.toLowerCase())));
}

/** How the numbers of a column are spelled. */
export interface NumberStyle {
  readonly decimal: '.' | ',';
  /** What groups the digits of whole thousands, where anything does. */
  readonly thousands: '' | ',' | '.';
}

export const plainNumbers: NumberStyle = { decimal: '.', thousands: '' };

/** What a whole cell is in each style, by decimal and thousands. */
const patterns: Readonly<Record<string, RegExp>> = {
  '.': /^[+-]?(?:[0-9]+[.]?[0-9]*|[.][0-9]+)(?:[eE][+-]?[0-9]+)?$/,
  ',': /^[+-]?(?:[0-9]+[,]?[0-9]*|[,][0-9]+)(?:[eE][+-]?[0-9]+)?$/,
  '.,': /^[+-]?(?=[.]?[0-9])(?:[1-9][0-9]{0,2}(?:,[0-9]{3})+|[0-9]*)(?:[.][0-9]+)?$/,
  ',.': /^[+-]?(?=,?[0-9])(?:[1-9][0-9]{0,2}(?:[.][0-9]{3})+|[0-9]*)(?:,[0-9]+)?$/,
};

/** A cell as a string without the spaces around it; undefined when it counts as missing. */
export function readText(cell: Cell, missingTokens: ReadonlySet<string>): string | undefined {
  if (cell === null || cell === undefined) return undefined;
  if (typeof cell === 'number') return Number.isNaN(cell) ? undefined : String(cell);
  if (typeof cell !== 'string') return String(cell);
  const text = cell.trim();
  return missingTokens.has(text) ? undefined : text;
}

/** The number that a string spells as a whole, or undefined: never the 1 that parseFloat finds in "1,234". */
export function readNumber(text: string, { decimal, thousands } = plainNumbers): number | undefined {
  if (!patterns[decimal + thousands]!.test(text)) return undefined;
  const digits = thousands === '' ? text : text.replaceAll(thousands, '');
  const value = Number(digits.replace(',', '.'));
  return Number.isFinite(value) ? value : undefined;
}
