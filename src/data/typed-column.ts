/**
 * Cells that have a type of their own (JavaScript's) → Column, decided by all of them: numbers,
 * booleans, or texts. A text is never read as a number here; a column of two types is an error that
 * names the row where the second type turns up.
 */
import { LogisticError } from '../errors.ts';
import { booleanPairs, type Cell, readText } from '../predict/cell.ts';
import type { Column } from './table.ts';

export function typedColumn(name: string, cells: readonly Cell[], missingTokens: readonly string[]): Column {
  const tokens = new Set(missingTokens);
  const texts = cells.map((cell) => readText(cell, tokens));
  const missing = countMissing(cells, texts);
  const type = commonType(name, cells, texts);
  if (type === 'number') {
    const values = Float64Array.from(cells, (cell, row) =>
      texts[row] === undefined ? Number.NaN : toNumber(name, cell, row),
    );
    return { kind: 'numeric', name, values, missing };
  }
  if (type === 'boolean') {
    const codes = Int32Array.from(cells, (cell, row) => (texts[row] === undefined ? -1 : cell ? 1 : 0));
    return { kind: 'boolean', name, words: ['false', 'true'], codes, typed: true, missing };
  }
  const dictionary = new Dictionary(cells.length);
  texts.forEach((text, row) => {
    if (text !== undefined) dictionary.set(row, text);
  });
  return textColumn(name, dictionary, missing);
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
  { codes, texts }: Dictionary,
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
      codes: codes.map((code) => translate[code] ?? -1),
      typed: false,
      missing,
    };
  }
  const levels = [...texts].sort();
  const place = new Map(levels.map((level, code) => [level, code]));
  const translate = texts.map((text) => place.get(text)!);
  return { kind: 'categorical', name, levels, codes: codes.map((code) => translate[code] ?? -1), missing };
}

/** A word in the letter case of another: TRUE for FALSE, True for False. */
function alike(word: string, model: string): string {
  if (model === model.toUpperCase() && model !== model.toLowerCase()) return word.toUpperCase();
  return /^[A-Z]/.test(model) ? word[0]!.toUpperCase() + word.slice(1) : word;
}

function commonType(
  name: string,
  cells: readonly Cell[],
  texts: readonly (string | undefined)[],
): 'number' | 'boolean' | 'string' {
  let type: string | undefined;
  for (let row = 0; row < cells.length; row++) {
    if (texts[row] === undefined) continue;
    const found = typeof cells[row] === 'bigint' ? 'number' : typeof cells[row];
    type ??= found;
    if (found !== type || !['number', 'boolean', 'string'].includes(found)) {
      throw new LogisticError('mixed-types', `row ${row + 1}, ${name}: found a ${found} in a column of ${type}s`, {
        hint: 'give every cell of a column the same type',
        details: { row: row + 1, column: name },
      });
    }
  }
  return (type ?? 'number') as 'number' | 'boolean' | 'string';
}

function toNumber(name: string, cell: Cell, row: number): number {
  const value = Number(cell);
  if (Number.isFinite(value) && (typeof cell !== 'bigint' || BigInt(value) === cell)) return value;
  throw new LogisticError('not-finite', `row ${row + 1}, ${name}: ${String(cell)} is not a number float64 can hold`, {
    details: { row: row + 1, column: name },
  });
}

function countMissing(cells: readonly Cell[], texts: readonly (string | undefined)[]): Column['missing'] {
  const tokens: Record<string, number> = {};
  let count = 0;
  texts.forEach((text, row) => {
    if (text !== undefined) return;
    const cell = cells[row];
    const token = typeof cell === 'string' ? cell.trim() : typeof cell === 'number' ? 'NaN' : '';
    tokens[token] = (tokens[token] ?? 0) + 1;
    count++;
  });
  return { count, tokens };
}
