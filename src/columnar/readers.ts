/**
 * The cells of one typed column as its chunks come: numbers and booleans as they are, texts trimmed and coded. Where the
 * cells are kept is not known here.
 */
import { inexactFrom, judgeCategory } from '../data/infer.ts';
import type { Column, ColumnHead, ColumnRequest } from '../data/table.ts';
import { Dictionary, textColumn } from '../data/typed-column.ts';
import { LogisticError, type Warning } from '../errors.ts';
import { readText } from '../predict/cell.ts';

/** What cells are read as. */
export type Storage = 'number' | 'boolean' | 'text';

/** Columns are told by their places among those that are wanted. */
export interface ColumnarChunk {
  readonly rows: number;
  /** Copies numbers or booleans to values[at, …), NaN for null, and returns the number of nulls. */
  copyNumbers(column: number, values: Float64Array, at: number): number;
  /** The texts of a column by row of the chunk. */
  texts(column: number): (row: number) => string | null;
}

/** Numbers and codes of texts; NaN, or of whole numbers −1, where a cell is missing. */
export type Cells = Float64Array | Int32Array;

export interface ColumnReader {
  readonly name: string;
  /** As its source describes it. */
  readonly type: string;
  /** Rows that have been read. */
  readonly rows: number;
  /** Whether each number is that of the row before and one. */
  readonly counts: boolean;
  /** Whether a number is so large that whole numbers are skipped there. */
  readonly beyondExact: boolean;
  /** Reads a column of a chunk to cells[at, …). */
  read(chunk: ColumnarChunk, column: number, cells: Cells, at: number): void;
  /** The column of the cells. Throws LogisticError 'not-finite'. */
  finish(label: string, cells: Cells): Column;
  /** The same without cells; `places`: the level of each code. */
  store(label: string): ColumnHead & { readonly places: Int32Array };
}

interface Named {
  readonly name: string;
  readonly type: string;
}

/** Identifiers among typed columns: whole numbers beyond 2^53, and texts that never repeat. */
export function judge(column: ColumnHead, reader: ColumnReader, request: ColumnRequest): Warning | undefined {
  const { name } = column;
  const asked =
    name === request.target || request.categorical?.includes(name) === true || request.numeric?.includes(name) === true;
  if (asked) return undefined;
  if (/BIGINT|HUGEINT/.test(reader.type) && reader.beyondExact) {
    const message = `${name}: whole numbers beyond 2^53 lose digits and look like an identifier, so it is left out`;
    return { code: 'id-like', message, columns: [name] };
  }
  return judgeCategory(column, reader.rows);
}

/** A column of numbers or booleans. */
export class NumberReader implements ColumnReader {
  readonly name: string;
  readonly type: string;
  readonly #storage: Storage;
  #nulls = 0;
  #nans = 0;
  #infinite: { readonly row: number; readonly value: number } | undefined;
  #last: number | undefined;
  rows = 0;
  counts = true;
  beyondExact = false;

  constructor({ name, type }: Named, storage: Storage) {
    this.name = name;
    this.type = type;
    this.#storage = storage;
  }

  read(chunk: ColumnarChunk, column: number, cells: Cells, at: number): void {
    const values = cells as Float64Array;
    const nulls = chunk.copyNumbers(column, values, at);
    this.#nulls += nulls;
    this.#nans += countNaN(values, at, chunk.rows) - nulls;
    if (largest(values, at, chunk.rows) >= inexactFrom) {
      this.beyondExact = true;
      const end = at + chunk.rows;
      const place = values.subarray(at, end).findIndex((value) => Math.abs(value) === Number.POSITIVE_INFINITY);
      if (place >= 0) this.#infinite ??= { row: this.rows + place, value: values[at + place]! };
    }
    for (let i = 0; this.counts && i < chunk.rows; i++) {
      const value = values[at + i]!;
      this.counts = this.#last === undefined ? Number.isInteger(value) : value - this.#last === 1;
      this.#last = value;
    }
    this.rows += chunk.rows;
  }

  finish(label: string, cells: Cells): Column {
    const head = this.#head(label);
    if (head.kind === 'numeric') return { ...head, values: cells as Float64Array };
    return { ...head, codes: Int32Array.from(cells, (value) => (Number.isNaN(value) ? -1 : value)) };
  }

  store(label: string): ColumnHead & { readonly places: Int32Array } {
    const head = this.#head(label);
    return { ...head, places: head.kind === 'numeric' ? new Int32Array(0) : Int32Array.of(0, 1) };
  }

  #head(label: string) {
    const { name } = this;
    const tokens = Object.fromEntries(Object.entries({ '': this.#nulls, NaN: this.#nans }).filter(([, n]) => n > 0));
    const missing = { count: this.#nulls + this.#nans, tokens };
    if (this.#storage === 'boolean') {
      const words: readonly [string, string] = ['false', 'true'];
      return { kind: 'boolean' as const, name, words, typed: true, missing };
    }
    if (this.#infinite !== undefined) {
      const { row, value } = this.#infinite;
      throw new LogisticError(
        'not-finite',
        `${label}: row ${row + 1}, column ${name}: ${value} is not a finite number`,
      );
    }
    return { kind: 'numeric' as const, name, missing };
  }
}

function countNaN(values: Float64Array, from: number, length: number): number {
  let count = 0;
  for (let i = from; i < from + length; i++) if (Number.isNaN(values[i])) count++;
  return count;
}

function largest(values: Float64Array, from: number, length: number): number {
  let most = 0;
  for (let i = from; i < from + length; i++) {
    const size = Math.abs(values[i]!);
    if (size > most) most = size; // which NaN never is
  }
  return most;
}

/** A column of texts. */
export class TextReader implements ColumnReader {
  readonly name: string;
  readonly type: string;
  readonly #dictionary = new Dictionary(0);
  readonly #tokens: ReadonlySet<string>;
  readonly #asCategory: boolean;
  readonly #missing: Record<string, number> = {};
  readonly counts = false;
  readonly beyondExact = false;
  rows = 0;

  /** `asCategory`: a pair of words is one too, not a boolean. */
  constructor({ name, type }: Named, tokens: ReadonlySet<string>, asCategory: boolean) {
    this.name = name;
    this.type = type;
    this.#tokens = tokens;
    this.#asCategory = asCategory;
  }

  read(chunk: ColumnarChunk, column: number, cells: Cells, at: number): void {
    const textAt = chunk.texts(column);
    const none = cells instanceof Int32Array ? -1 : Number.NaN;
    for (let row = 0; row < chunk.rows; row++) {
      const cell = textAt(row);
      const text = readText(cell, this.#tokens);
      if (text === undefined) {
        const token = cell?.trim() ?? '';
        this.#missing[token] = (this.#missing[token] ?? 0) + 1;
      }
      cells[at + row] = text === undefined ? none : this.#dictionary.codeOf(text);
    }
    this.rows += chunk.rows;
  }

  finish(_label: string, cells: Cells): Column {
    return this.#columnOf(cells as Int32Array);
  }

  store(): ColumnHead & { readonly places: Int32Array } {
    const column = this.#columnOf(Int32Array.from(this.#dictionary.texts.keys()));
    if (column.kind === 'numeric') throw new TypeError(`${this.name} is of texts`);
    const { codes: places, ...head } = column;
    return { ...head, places };
  }

  #columnOf(codes: Int32Array): Column {
    const tokens = this.#missing;
    const missing = { count: Object.values(tokens).reduce((sum, times) => sum + times, 0), tokens };
    return textColumn(this.name, { codes, texts: this.#dictionary.texts }, missing, this.#asCategory);
  }
}
