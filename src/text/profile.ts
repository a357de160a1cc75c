/**
 * What the cells of a column look like, over all rows: the counts that data/infer.ts decides on. Each distinct text is
 * looked at once, by predict/cell.ts and the patterns here; numbers only where their spelling can matter. It decides
 * nothing.
 */
import { booleanWords, type Profile, type TextProfile } from '../data/infer.ts';
import type { Column } from '../data/table.ts';
import { booleanPairs, type NumberStyle, plainNumbers, readNumber } from '../predict/cell.ts';
import { formBits, formOf, forms, fractionOf } from './spelling.ts';
import type { ColumnStore } from './store.ts';

/** A distinct text of a column. */
export interface DistinctText {
  readonly id: number;
  readonly text: string;
  readonly count: number;
  /** The row where it comes first. */
  readonly row: number;
}

export interface Profiled {
  readonly profile: Profile;
  /** Texts that are not missing. */
  readonly texts: readonly DistinctText[];
  readonly missing: Column['missing'];
  /** Whether a cell counts as missing though it is a number: its text is one of the tokens. */
  readonly isToken: (row: number) => boolean;
}

export interface Dictionary {
  /** How many texts there are, of all columns. */
  readonly size: number;
  textOf(id: number): string;
}

const dressed = /^(?:[$€£¥]? ?[+-]?[0-9][0-9., \u00a0\u202f']*(?:[eE][+-]?[0-9]+)? ?[%$€£¥]?|[+-]?(?:inf|infinity))$/i;
export const date =
  /^(?:[0-9]{4}[-/.][0-9]{1,2}[-/.][0-9]{1,2}|[0-9]{1,2}[-/.][0-9]{1,2}[-/.](?:[0-9]{4}|[0-9]{2}))(?:[T ][0-9]{1,2}:.*)?$/s;
const leadingZero = /^0[0-9]/;
const whole = /^[+-]?[0-9]+$/;
export const decimalComma: NumberStyle = { decimal: ',', thousands: '' };
export const commaThousands: NumberStyle = { decimal: '.', thousands: ',' };
export const pointThousands: NumberStyle = { decimal: ',', thousands: '.' };
/** Beyond this a float64 skips whole numbers. */
const exactBelow = 2 ** 53;

export function profileColumn(
  name: string,
  store: ColumnStore,
  dictionary: Dictionary,
  tokens: ReadonlySet<string>,
): Profiled {
  const all = distinctTexts(store, dictionary);
  const texts = all.filter(({ text }) => !tokens.has(text));
  const numericTokens = tokenNumbers(store, tokens);
  const isToken = (row: number): boolean => numericTokens.get(store.values![row]!)?.has(store.spellingAt(row)) === true;
  const missing = { count: 0, tokens: {} as Record<string, number> };
  const addMissing = (token: string, count: number): void => {
    missing.tokens[token] = (missing.tokens[token] ?? 0) + count;
    missing.count += count;
  };
  for (const { text, count } of all) if (tokens.has(text)) addMissing(text, count);
  if (numericTokens.size > 0) {
    for (let row = 0; row < store.rows; row++) {
      if (store.isNumber(row) && isToken(row)) addMissing(store.spellingAt(row), 1);
    }
  }
  const profile = countCells(name, store, texts, { present: store.rows - missing.count, isToken, numericTokens });
  return { profile, texts, missing, isToken };
}

/** The distinct texts of a column in the order of their first rows. */
function distinctTexts(store: ColumnStore, dictionary: Dictionary): DistinctText[] {
  if (store.texts === 0) return [];
  const counts = new Int32Array(dictionary.size);
  const first: { readonly id: number; readonly row: number }[] = [];
  const { ids, spellings, rows } = store;
  for (let row = 0; row < rows; row++) {
    if (spellings !== undefined && spellings[row] !== 0) continue;
    const id = ids![row]!;
    if (counts[id]!++ === 0) first.push({ id, row });
  }
  return first.map(({ id, row }) => ({ id, text: dictionary.textOf(id), count: counts[id]!, row }));
}

/** The tokens that a cell of numbers could spell, by their number. */
function tokenNumbers(store: ColumnStore, tokens: ReadonlySet<string>): Map<number, Set<string>> {
  const found = new Map<number, Set<string>>();
  if (store.values === undefined) return found;
  for (const token of tokens) {
    for (const style of [plainNumbers, decimalComma]) {
      const value = readNumber(token, style);
      if (value !== undefined) found.set(value, (found.get(value) ?? new Set()).add(token));
    }
  }
  return found;
}

interface Counting {
  readonly present: number;
  readonly isToken: (row: number) => boolean;
  readonly numericTokens: ReadonlyMap<number, unknown>;
}

function countCells(name: string, store: ColumnStore, texts: readonly DistinctText[], counting: Counting): Profile {
  const { present } = counting;
  const fromText = countTexts(texts);
  const numberCells = present - texts.reduce((sum, { count }) => sum + count, 0);
  const doubtful = fromText.numbers < fromText.count || (store.forms & (formBits.comma | formBits.long)) !== 0;
  if (!doubtful) {
    return { name, present, ...fromText, numbers: fromText.numbers + numberCells };
  }
  const cells = countNumbers(store, counting);
  const numbers = fromText.numbers + numberCells - cells.commas;
  const profile = {
    name,
    present,
    numbers,
    leadingZeros: fromText.leadingZeros,
    beyondExact: fromText.beyondExact + cells.beyondExact,
  };
  if (numbers === present) return profile;
  const distinct = (): number => texts.length + distinctNumbers(store, counting.isToken);
  const { pairs, anyBoolean, dates } = fromText.looks;
  const looks: TextProfile = {
    distinct,
    pairs,
    anyBoolean: anyBoolean + cells.zeroOrOne,
    dates,
    wholesBelow1000: cells.wholesBelow1000,
    wholesFrom1000: cells.wholesFrom1000,
    dressed: fromText.looks.dressed + cells.commas,
    decimalComma: fromText.looks.decimalComma + cells.commas + cells.wholes + cells.wholeExponents,
    commaThousands: fromText.looks.commaThousands + cells.groups + numberCells - cells.commas - cells.exponents,
    pointThousands: fromText.looks.pointThousands + cells.commas + cells.wholes + cells.pointGroups,
  };
  return { ...profile, texts: looks };
}

function countTexts(texts: readonly DistinctText[]) {
  const counts = { count: 0, numbers: 0, leadingZeros: 0, beyondExact: 0 };
  const looks = { anyBoolean: 0, dressed: 0, dates: 0, decimalComma: 0, commaThousands: 0, pointThousands: 0 };
  const pairs = booleanPairs.map(() => 0);
  for (const { text, count } of texts) {
    counts.count += count;
    const number = readNumber(text);
    if (number !== undefined) {
      counts.numbers += count;
      if (leadingZero.test(text)) counts.leadingZeros += count;
      if (Math.abs(number) > exactBelow && whole.test(text)) counts.beyondExact += count;
    } else if (dressed.test(text)) looks.dressed += count;
    if (readNumber(text, decimalComma) !== undefined) looks.decimalComma += count;
    if (readNumber(text, commaThousands) !== undefined) looks.commaThousands += count;
    if (readNumber(text, pointThousands) !== undefined) looks.pointThousands += count;
    if (date.test(text)) looks.dates += count;
    if (text.length > longestWord) continue;
    const word = text.toLowerCase();
    if (booleanWords.includes(word)) looks.anyBoolean += count;
    booleanPairs.forEach((pair, k) => {
      if (pair.includes(word)) pairs[k]! += count;
    });
  }
  return { ...counts, looks: { ...looks, pairs } };
}

const longestWord = Math.max(...booleanWords.map(({ length }) => length));

/** Counts over the cells that are numbers, by their spelling. */
function countNumbers(store: ColumnStore, { isToken, numericTokens }: Counting) {
  const counts = {
    commas: 0,
    wholes: 0,
    wholesBelow1000: 0,
    wholesFrom1000: 0,
    exponents: 0,
    wholeExponents: 0,
    groups: 0,
    pointGroups: 0,
    zeroOrOne: 0,
    beyondExact: 0,
  };
  const { values, spellings, rows } = store;
  if (spellings === undefined) return counts;
  const anyToken = numericTokens.size > 0;
  for (let row = 0; row < rows; row++) {
    const spelling = spellings[row]!;
    if (spelling === 0 || (anyToken && isToken(row))) continue;
    const form = formOf(spelling);
    const fraction = fractionOf(spelling);
    const size = Math.abs(values![row]!);
    // One group of three: 1,234 or 1.234, but not 0,234.
    const group = fraction === 3 && size >= 1 && size < 1000;
    if (form === forms.comma) {
      counts.commas++;
      if (group) counts.groups++;
    } else if (form === forms.exponent) {
      counts.exponents++;
      if (fraction === 1) counts.wholeExponents++;
    } else if (fraction === 0) {
      counts.wholes++;
      if (size >= 1000) counts.wholesFrom1000++;
      else if (size > 0) counts.wholesBelow1000++;
      if (size > exactBelow) counts.beyondExact++;
      if (size <= 1 && !Object.is(values![row], -0) && values![row]! >= 0) counts.zeroOrOne++;
    } else if (group) counts.pointGroups++;
  }
  return counts;
}

/** Different spellings of the cells that are numbers. */
function distinctNumbers(store: ColumnStore, isToken: (row: number) => boolean): number {
  const found = new Set<string>();
  for (let row = 0; row < store.rows; row++) {
    if (store.isNumber(row) && !isToken(row)) found.add(store.spellingAt(row));
  }
  return found.size;
}
