/**
 * Cells that have a type of their own (JavaScript's) → Column, decided by all of them: numbers,
 * booleans, or strings. A string is never read as a number unless that is asked for; a column of two types is an
 * error that names the row where the second type turns up. The cells are read before it returns.
 */
import { LogisticError } from '../errors.ts';
import { booleanPairOf, type Cell, readNumber, readText } from '../predict/cell.ts';
import { describe, isTypedArray } from './kinds.ts';
import { addMissing, copyNumbers, exactNumber, type Missing, notFinite, numericColumn } from './numbers.ts';
import type { Column } from './table.ts';

export interface Reading {
  /** Strings that count as missing, '' among them. */
  readonly missingTokens: ReadonlySet<string>;
  /** What the column shall be, whatever its cells are. */
  readonly as?: 'numeric' | 'categorical' | undefined;
}

export function typedColumn(name: string, cells: ArrayLike<unknown>, reading: Reading): Column {
  if (isTypedArray(cells) && reading.as !== 'categorical') return numericColumn(name, copyNumbers(cells, name));
  const source = { name, cells, missing: { count: 0, tokens: {} }, ...reading };
  const type = reading.as === undefined ? typeOfFirst(source) : reading.as === 'numeric' ? 'number' : 'string';
  if (type === 'boolean') return booleans(source);
  if (type === 'string') return strings(source);
  return numbers(source);
}

interface Source extends Reading {
  readonly name: string;
  readonly cells: ArrayLike<unknown>;
  readonly missing: Missing;
}

type CellType = 'number' | 'boolean' | 'string';

/** The type of the first cell that is not missing. */
function typeOfFirst({ name, cells, missingTokens }: Source): CellType {
  for (let row = 0; row < cells.length; row++) {
    if (readText(cells[row] as Cell, missingTokens) !== undefined) return typeOf(cells[row], { name, row });
  }
  return 'number';
}

function typeOf(cell: unknown, { name, row }: { name: string; row: number }): CellType {
  const type = typeof cell;
  if (type === 'bigint') return 'number';
  if (type === 'number' || type === 'boolean' || type === 'string') return type;
  throw new LogisticError(
    'bad-data',
    `row ${row + 1}, column ${name}: found ${describe(cell)}; a cell is a number, a string, a boolean or null`,
    { hint: 'convert the column to one of these, or leave it out (drop)', details: { row: row + 1, column: name } },
  );
}

function mixedTypes(type: CellType, row: number, { name, cells }: Source): LogisticError {
  const found = typeOf(cells[row], { name, row });
  return new LogisticError('mixed-types', `row ${row + 1}, ${name}: found a ${found} in a column of ${type}s`, {
    hint: 'give every cell of a column the same type',
    details: { row: row + 1, column: name },
  });
}

function numbers(source: Source): Column {
  const { name, cells, missing } = source;
  const values = new Float64Array(cells.length);
  let check = 0; // NaN once a number is not finite
  for (let row = 0; row < cells.length; row++) {
    const cell = cells[row];
    if (typeof cell === 'number') {
      values[row] = cell;
      check += cell - cell;
    } else values[row] = otherNumber(source, row);
  }
  if (check !== 0) {
    for (let row = 0; row < cells.length; row++) {
      const cell = cells[row];
      if (typeof cell !== 'number' || Number.isFinite(cell)) continue;
      if (!Number.isNaN(cell)) throw notFinite(name, row, cell);
      addMissing(missing, cell);
    }
  }
  return { kind: 'numeric', name, values, missing };
}

/** What a cell that is no number counts for in a column of numbers. */
function otherNumber(source: Source, row: number): number {
  const { name, cells, missing, missingTokens, as } = source;
  const cell = cells[row];
  if (typeof cell === 'bigint') return exactNumber(cell, row, name);
  if (cell === null || cell === undefined || (typeof cell === 'string' && missingTokens.has(cell.trim()))) {
    addMissing(missing, cell);
    return Number.NaN;
  }
  if (as !== 'numeric') throw mixedTypes('number', row, source);
  const value =
    typeof cell === 'string' ? readNumber(cell.trim()) : typeof cell === 'boolean' ? Number(cell) : undefined;
  if (value !== undefined) return value;
  throw new LogisticError('not-a-number', `row ${row + 1}, column ${name}: ${describe(cell)} is not a number`, {
    hint: 'fix the cell, or name its string among missingTokens',
    details: { row: row + 1, column: name },
  });
}

function booleans(source: Source): Column {
  const { name, cells, missing, missingTokens } = source;
  const codes = new Int32Array(cells.length);
  for (let row = 0; row < cells.length; row++) {
    const cell = cells[row];
    if (typeof cell === 'boolean') codes[row] = cell ? 1 : 0;
    else if (readText(cell as Cell, missingTokens) !== undefined) throw mixedTypes('boolean', row, source);
    else {
      addMissing(missing, cell);
      codes[row] = -1;
    }
  }
  return { kind: 'boolean', name, words: ['false', 'true'], codes, typed: true, missing };
}

/** Strings, or with `as` the strings that cells of any type make: the number 1 is the category "1". */
function strings(source: Source): Column {
  const { name, cells, missing, missingTokens, as } = source;
  const dictionary = new Dictionary(cells.length);
  const seen = new Map<unknown, number>(); // code of each cell as it is spelled; −1 for a missing one
  for (let row = 0; row < cells.length; row++) {
    const cell = cells[row];
    let code = seen.get(cell);
    if (code === undefined) {
      const text = readText(cell as Cell, missingTokens);
      if (text !== undefined && typeOf(cell, { name, row }) !== 'string' && as === undefined) {
        throw mixedTypes('string', row, source);
      }
      code = text === undefined ? -1 : dictionary.codeOf(text);
      seen.set(cell, code);
    }
    if (code < 0) addMissing(missing, cell);
    else dictionary.codes[row] = code;
  }
  return textColumn(name, dictionary, missing, as === 'categorical');
}

/** Strings as codes while they are read, so that each is kept once. */
export class Dictionary {
  readonly codes: Int32Array;
  readonly texts: string[] = [];
  readonly #index = new Map<string, number>();

  constructor(rows: number) {
    this.codes = new Int32Array(rows).fill(-1);
  }

  /** A row's string; a row that is never set is missing. */
  set(row: number, text: string): void {
    this.codes[row] = this.codeOf(text);
  }

  codeOf(text: string): number {
    const trimmed = text.trim();
    let code = this.#index.get(trimmed);
    if (code === undefined) {
      code = this.texts.push(trimmed) - 1;
      this.#index.set(trimmed, code);
    }
    return code;
  }
}

/** Strings → a boolean column when they keep to one pair of words, else a category. */
export function textColumn(
  name: string,
  { codes, texts }: Pick<Dictionary, 'codes' | 'texts'>,
  missing: Column['missing'],
  asCategory = false,
): Column {
  const folded = texts.map((text) => text.toLowerCase());
  const pair = asCategory ? undefined : booleanPairOf(texts);
  if (pair !== undefined && texts.length > 0) {
    const spell = (k: 0 | 1): string => texts[folded.indexOf(pair[k])] ?? alike(pair[k], texts[0]!);
    const translate = folded.map((word) => pair.indexOf(word));
    return {
      kind: 'boolean',
      name,
      words: [spell(0), spell(1)],
      codes: recoded(codes, translate),
      typed: false,
      missing,
    };
  }
  const levels = [...texts].sort();
  const place = new Map(levels.map((level, code) => [level, code]));
  const translate = texts.map((text) => place.get(text)!);
  return { kind: 'categorical', name, levels, codes: recoded(codes, translate), missing };
}

/** The place of each code in another order, −1 for −1. */
function recoded(codes: Int32Array, order: readonly number[]): Int32Array {
  const places = Int32Array.from({ length: order.length + 1 }, (_, k) => (k === 0 ? -1 : order[k - 1]!));
  const result = new Int32Array(codes.length);
  for (let row = 0; row < codes.length; row++) result[row] = places[codes[row]! + 1]!;
  return result;
}

/** A word in the letter case of another: TRUE for FALSE, True for False. */
function alike(word: string, model: string): string {
  if (model === model.toUpperCase() && model !== model.toLowerCase()) return word.toUpperCase();
  return /^[A-Z]/.test(model) ? word[0]!.toUpperCase() + word.slice(1) : word;
}
