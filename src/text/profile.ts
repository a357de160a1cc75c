/**
 * What the cells of a column look like, over all rows: the counts that data/infer.ts decides on. Each distinct text is
 * looked at once, by predict/cell.ts and the patterns here; numbers only where their spelling can matter. It decides
 * nothing.
 */
import { booleanWords, inexactFrom, type Profile, type TextProfile } from '../data/infer.ts';
import type { Column } from '../data/table.ts';
import { booleanPairs, type NumberStyle, plainNumbers, readNumber } from '../predict/cell.ts';
import { formBits, formOf, forms, fractionOf } from './spelling.ts';
import type { ColumnStore } from './store.ts';

export interface Profiled {
  readonly profile: Profile;
  /** Numbers of the distinct texts that are not missing, in the order of their first rows. */
  readonly texts: Int32Array;
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

export function profileColumn(
  name: string,
  store: ColumnStore,
  dictionary: Dictionary,
  tokens: ReadonlySet<string>,
): Profiled {
  const distinct = distinctTexts(store, dictionary);
  const numericTokens = tokenNumbers(store, tokens);
  const isToken = (row: number): boolean => numericTokens.get(store.values![row]!)?.has(store.spellingAt(row)) === true;
  const missing = { count: 0, tokens: {} as Record<string, number> };
  const addMissing = (token: string, count: number): void => {
    missing.tokens[token] = (missing.tokens[token] ?? 0) + count;
    missing.count += count;
  };
  const counter = new TextCounter();
  let kept = 0;
  // One text at a time: of a column of identifiers there are as many as rows.
  for (const id of distinct.ids) {
    const text = dictionary.textOf(id);
    const count = distinct.counts[id]!;
    if (tokens.has(text)) addMissing(text, count);
    else {
      counter.add(text, count);
      distinct.ids[kept++] = id;
    }
  }
  const texts = distinct.ids.subarray(0, kept);
  if (numericTokens.size > 0) {
    for (let row = 0; row < store.rows; row++) {
      if (store.isNumber(row) && isToken(row)) addMissing(store.spellingAt(row), 1);
    }
  }
  const present = store.rows - missing.count;
  const profile = countCells(name, store, counter, { present, distinctTexts: kept, isToken, numericTokens });
  return { profile, texts, missing, isToken };
}

/** The numbers of the distinct texts of a column in the order of their first rows, and the cells of each text. */
function distinctTexts(store: ColumnStore, dictionary: Dictionary): { ids: Int32Array; counts: Int32Array } {
  if (store.texts === 0) return { ids: new Int32Array(0), counts: new Int32Array(0) };
  const counts = new Int32Array(dictionary.size);
  const found = new Int32Array(Math.min(dictionary.size, store.texts));
  let distinct = 0;
  const { ids, spellings, rows } = store;
  for (let row = 0; row < rows; row++) {
    if (spellings !== undefined && spellings[row] !== 0) continue;
    const id = ids![row]!;
    if (counts[id]!++ === 0) found[distinct++] = id;
  }
  return { ids: found.subarray(0, distinct), counts };
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
  readonly distinctTexts: number;
  readonly isToken: (row: number) => boolean;
  readonly numericTokens: ReadonlyMap<number, unknown>;
}

function countCells(name: string, store: ColumnStore, fromText: TextCounter, counting: Counting): Profile {
  const { present } = counting;
  const numberCells = present - fromText.count;
  const doubtful = fromText.numbers < fromText.count || (store.forms & (formBits.comma | formBits.long)) !== 0;
  if (!doubtful) {
    const { leadingZeros, beyondExact } = fromText;
    return { name, present, leadingZeros, beyondExact, numbers: fromText.numbers + numberCells };
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
  const distinct = (): number => counting.distinctTexts + distinctNumbers(store, counting.isToken);
  const { pairs, anyBoolean, dates } = fromText;
  const looks: TextProfile = {
    distinct,
    pairs,
    anyBoolean: anyBoolean + cells.zeroOrOne,
    dates,
    wholesBelow1000: cells.wholesBelow1000,
    wholesFrom1000: cells.wholesFrom1000,
    dressed: fromText.dressed + cells.commas,
    decimalComma: fromText.decimalComma + cells.commas + cells.wholes + cells.wholeExponents,
    commaThousands: fromText.commaThousands + cells.groups + numberCells - cells.commas - cells.exponents,
    pointThousands: fromText.pointThousands + cells.commas + cells.wholes + cells.pointGroups,
  };
  return { ...profile, texts: looks };
}

/** Cells by what their texts look like. What matters of all cells or not at all is no more counted once a cell is otherwise. */
class TextCounter {
  count = 0;
  numbers = 0;
  leadingZeros = 0;
  beyondExact = 0;
  dressed = 0;
  dates = 0;
  decimalComma = 0;
  commaThousands = 0;
  pointThousands = 0;
  anyBoolean = 0;
  readonly pairs = booleanPairs.map(() => 0);

  add(text: string, count: number): void {
    const before = this.count;
    this.count += count;
    const number = readNumber(text);
    if (number !== undefined) {
      this.numbers += count;
      if (leadingZero.test(text)) this.leadingZeros += count;
      if (Math.abs(number) >= inexactFrom && whole.test(text)) this.beyondExact += count;
    } else if (dressed.test(text)) this.dressed += count;
    if (this.decimalComma === before && readNumber(text, decimalComma) !== undefined) this.decimalComma += count;
    if (this.commaThousands === before && readNumber(text, commaThousands) !== undefined) this.commaThousands += count;
    if (this.pointThousands === before && readNumber(text, pointThousands) !== undefined) this.pointThousands += count;
    if (this.dates === before && date.test(text)) this.dates += count;
    if (this.anyBoolean !== before || text.length > longestWord) return;
    const word = text.toLowerCase();
    if (!booleanWords.includes(word)) return;
    this.anyBoolean += count;
    booleanPairs.forEach((pair, k) => {
      if (pair.includes(word)) this.pairs[k]! += count;
    });
  }
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
      if (size >= inexactFrom) counts.beyondExact++;
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
