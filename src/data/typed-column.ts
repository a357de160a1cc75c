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
    const values = Float64Array.from(cells, (cell, row) => (texts[row] === undefined ? Number.NaN : toNumber(name, cell, row)));
    return { kind: 'numeric', name, values, missing };
  }
  if (type === 'boolean') {
    const codes = Int32Array.from(cells, (cell, row) => (texts[row] === undefined ? -1 : cell ? 1 : 0));
    return { kind: 'boolean', name, words: ['false', 'true'], codes, typed: true, missing };
  }
  return textColumn(name, texts, missing);
}

/** Texts (undefined where missing) → a boolean column when they keep to one pair of words, else a category. */
export function textColumn(name: string, texts: readonly (string | undefined)[], missing: Column['missing']): Column {
  const levels = [...new Set(texts)].filter((text) => text !== undefined).sort();
  const folded = new Set(levels.map((level) => level.toLowerCase()));
  const pair = booleanPairs.find((words) => [...folded].every((word) => words.includes(word)));
  if (pair !== undefined && levels.length > 0) {
    const spell = (word: string): string => levels.find((level) => level.toLowerCase() === word) ?? word;
    const codes = Int32Array.from(texts, (text) => (text === undefined ? -1 : pair.indexOf(text.toLowerCase())));
    return { kind: 'boolean', name, words: [spell(pair[0]), spell(pair[1])], codes, typed: false, missing };
  }
  const index = new Map(levels.map((level, code) => [level, code]));
  const codes = Int32Array.from(texts, (text) => (text === undefined ? -1 : index.get(text)!));
  return { kind: 'categorical', name, levels, codes, missing };
}

function commonType(name: string, cells: readonly Cell[], texts: readonly (string | undefined)[]): 'number' | 'boolean' | 'string' {
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
