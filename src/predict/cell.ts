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

/** A whole cell that is a decimal number, in the syntax that JavaScript's and RE2's expressions share. */
export const numberPattern = '[+-]?(?:[0-9]+[.]?[0-9]*|[.][0-9]+)(?:[eE][+-]?[0-9]+)?';
/** The same with a decimal comma. */
export const numberPatternComma = numberPattern.replaceAll('[.]', '[,]');

const number = new RegExp(`^${numberPattern}$`);
const numberComma = new RegExp(`^${numberPatternComma}$`);

/** A cell as a string without the spaces around it; undefined when it counts as missing. */
export function readText(cell: Cell, missingTokens: ReadonlySet<string>): string | undefined {
  if (cell === null || cell === undefined) return undefined;
  if (typeof cell === 'number') return Number.isNaN(cell) ? undefined : String(cell);
  if (typeof cell !== 'string') return String(cell);
  const text = cell.trim();
  return missingTokens.has(text) ? undefined : text;
}

/** The number that a string spells as a whole, or undefined: never the 1 that parseFloat finds in "1,234". */
export function readNumber(text: string, decimalComma = false): number | undefined {
  if (!(decimalComma ? numberComma : number).test(text)) return undefined;
  const value = Number(decimalComma ? text.replace(',', '.') : text);
  return Number.isFinite(value) ? value : undefined;
}
