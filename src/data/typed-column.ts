/**
 * Cells that have a type of their own (JavaScript's) → Column, decided by all of them: numbers,
 * booleans, or texts. A text is never read as a number here; a column of two types is an error that
 * names the row where the second type turns up.
 */
import { LogisticError } from '../errors.ts';
import { booleanPairs, type Cell, readText } from '../predict/cell.ts';
import type { Turns } from '../turns.ts';
import type { Column } from './table.ts';

/** Cells by row. */
export interface Cells {
  readonly length: number;
  at(row: number): Cell;
}

export async function typedColumn(
  name: string,
  cells: Cells,
  missingTokens: readonly string[],
  turns: Turns,
): Promise<Column> {
  const tokens = new Set(missingTokens);
  const missing = { count: 0, tokens: {} as Record<string, number> };
  let type: CellType | undefined;
  await turns.over(cells.length, (from, to) => {
    for (let row = from; row < to; row++) {
      const cell = cells.at(row);
      if (readText(cell, tokens) === undefined) countMissing(missing, cell);
      else type = commonType(type, cell, { name, row });
    }
  });
  if (type === 'boolean') {
    const codes = new Int32Array(cells.length);
    await turns.over(cells.length, (from, to) => {
      for (let row = from; row < to; row++) {
        const cell = cells.at(row);
        codes[row] = readText(cell, tokens) === undefined ? -1 : cell ? 1 : 0;
      }
    });
    return { kind: 'boolean', name, words: ['false', 'true'], codes, typed: true, missing };
  }
  if (type === 'string') {
    const dictionary = new Dictionary(cells.length);
    await turns.over(cells.length, (from, to) => {
      for (let row = from; row < to; row++) {
        const text = readText(cells.at(row), tokens);
        if (text !== undefined) dictionary.set(row, text);
      }
    });
    return textColumn(name, dictionary, missing);
  }
  const values = new Float64Array(cells.length);
  await turns.over(cells.length, (from, to) => {
    for (let row = from; row < to; row++) {
      const cell = cells.at(row);
      values[row] = readText(cell, tokens) === undefined ? Number.NaN : toNumber(name, cell, row);
    }
  });
  return { kind: 'numeric', name, values, missing };
}

/** Texts as codes while they are read, so that each text is kept once. */
export class Dictionary {
  readonly codes: Int32Array;
  readonly texts: string[] = [];
  readonly #index = new Map<string, number>();

  constructor(rows: number) {
    this.codes = new Int32Array(rows).fill(-1);
  }

  /** A row's text; a row that is never set is missing. */
  set(row: number, text: string): void {
    const trimmed = text.trim();
    let code = this.#index.get(trimmed);
    if (code === undefined) {
      code = this.texts.push(trimmed) - 1;
      this.#index.set(trimmed, code);
    }
    this.codes[row] = code;
  }
}

/** Texts → a boolean column when they keep to one pair of words, else a category. */
export function textColumn(
  name: string,
  { codes, texts }: Pick<Dictionary, 'codes' | 'texts'>,
  missing: Column['missing'],
  asCategory = false,
): Column {
  const folded = texts.map((text) => text.toLowerCase());
  const pair = asCategory ? undefined : booleanPairs.find((words) => folded.every((word) => words.includes(word)));
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

type CellType = 'number' | 'boolean' | 'string';

/** The type of the cells so far and of one more. */
function commonType(type: CellType | undefined, cell: Cell, { name, row }: { name: string; row: number }): CellType {
  const found = typeof cell === 'bigint' ? 'number' : typeof cell;
  if ((type ?? found) === found && ['number', 'boolean', 'string'].includes(found)) return found as CellType;
  throw new LogisticError('mixed-types', `row ${row + 1}, ${name}: found a ${found} in a column of ${type ?? found}s`, {
    hint: 'give every cell of a column the same type',
    details: { row: row + 1, column: name },
  });
}

function toNumber(name: string, cell: Cell, row: number): number {
  const value = Number(cell);
  if (Number.isFinite(value) && (typeof cell !== 'bigint' || BigInt(value) === cell)) return value;
  throw new LogisticError('not-finite', `row ${row + 1}, ${name}: ${String(cell)} is not a number float64 can hold`, {
    details: { row: row + 1, column: name },
  });
}

function countMissing(missing: { count: number; tokens: Record<string, number> }, cell: Cell): void {
  const token = typeof cell === 'string' ? cell.trim() : typeof cell === 'number' ? 'NaN' : '';
  missing.tokens[token] = (missing.tokens[token] ?? 0) + 1;
  missing.count++;
}
