/**
 * The cells of JSON rows kept in a file until the last row is there, column by column: numbers and booleans as float64, texts
 * by their number, each with a byte that tells which it is. What is no single value is kept as what messages call it.
 */
import { objectNames } from '../data/from-objects.ts';
import type { PageFileOpener } from '../data/stored-table.ts';
import type { JsonRow } from './json-rows.ts';
import type { GatheredColumn } from './store.ts';
import { openStoredCells, type StoredCells } from './stored-cells.ts';

/** What a cell is: bytes in the place of spellings, 0 for a text. */
const kinds = { text: 0, number: 1, boolean: 2, none: 3, nested: 4 } as const;

/** Columns that a file may well have. */
const expectedColumns = 16;

export interface JsonCells {
  readonly names: readonly string[];
  readonly stored: StoredCells;
  /** Adds rows, before which there were so many. */
  add(rows: readonly JsonRow[], before: number): Promise<void>;
  /** The cells of a column of so many rows. */
  cellsOf(name: string, rows: number): Promise<readonly unknown[]>;
}

export async function openJsonCells(openFile: PageFileOpener, bytes: number): Promise<JsonCells> {
  const stored = await openStoredCells(openFile, bytes, expectedColumns);
  const columns = new Map<string, GatheredColumn>();
  const texts: string[] = [];
  const numbers = new Map<string, number>();
  const numberOf = (text: string): number => {
    const known = numbers.get(text) ?? texts.push(text) - 1;
    numbers.set(text, known);
    return known;
  };

  function blockOf(rows: readonly JsonRow[], name: string) {
    const values = new Float64Array(rows.length);
    const ids = new Int32Array(values.buffer);
    const spellings = new Uint8Array(rows.length);
    let count = 0;
    for (const [i, row] of rows.entries()) {
      const cell = Object.hasOwn(row as object, name) ? (row as Readonly<Record<string, unknown>>)[name] : undefined;
      if (typeof cell === 'string') {
        ids[2 * i] = numberOf(cell);
        count++;
      } else if (typeof cell === 'number' || typeof cell === 'boolean') {
        values[i] = Number(cell);
        spellings[i] = typeof cell === 'number' ? kinds.number : kinds.boolean;
      } else spellings[i] = cell === null || cell === undefined ? kinds.none : kinds.nested;
    }
    return { values, spellings, deltas: undefined, texts: count, forms: 0 };
  }

  /** Rows in which no object has a column. */
  const nothing = (rows: number) => ({
    values: new Float64Array(rows),
    spellings: new Uint8Array(rows).fill(kinds.none),
    deltas: undefined,
    texts: 0,
    forms: 0,
  });

  return {
    get names() {
      return [...columns.keys()];
    },
    stored,
    async add(rows, before) {
      for (const name of objectNames(rows)) {
        if (columns.has(name)) continue;
        const column = stored.open({ rows: 0 });
        columns.set(name, column);
        await column.append(nothing(before), undefined);
      }
      for (const [name, column] of columns) await column.append(blockOf(rows, name), undefined);
    },
    async cellsOf(name, rows) {
      const { values, spellings, ids } = await columns.get(name)!.whole();
      return Array.from({ length: rows }, (_, i): unknown => {
        const kind = spellings?.[i] ?? kinds.text;
        if (kind === kinds.text) return texts[ids![i]!];
        if (kind === kinds.number) return values![i];
        if (kind === kinds.boolean) return values![i] === 1;
        return kind === kinds.none ? null : {};
      });
    },
  };
}
