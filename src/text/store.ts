/**
 * The cells of one column, gathered block by block: numbers as float64 with the byte that tells their spelling, texts
 * as numbers of the dictionary, 4 bytes each. So a column can become text when its last cell is read, and every cell
 * is still there as it stood. It decides nothing.
 */
import type { Column, ColumnHead } from '../data/table.ts';
import type { BlockColumn } from './block.ts';
import { spell } from './spelling.ts';

/** How many rows there will be, as far as is known. */
export interface Expected {
  rows: number;
}

/** The cells of one column as blocks give them. */
export interface GatheredColumn {
  readonly rows: number;
  /** Cells that are texts. */
  readonly texts: number;
  /** Which forms of numbers it has besides the common one: formBits. */
  readonly forms: number;
  append(column: BlockColumn, translate: Uint32Array | undefined): Promise<void> | void;
  whole(): Promise<ColumnStore> | ColumnStore;
}

/** Where cells are gathered, and what is kept of a column that has been decided. */
export interface CellKeeping<C extends ColumnHead> {
  open(expected: Expected): GatheredColumn;
  /** All columns have been gathered: so many rows of so many columns. */
  begin(rows: number, columns: number): Promise<void> | void;
  /** `at`: its place among the columns that are read. */
  keep(column: Column, at: number): Promise<C> | C;
}

export class ColumnStore implements GatheredColumn {
  readonly #expected: Expected;
  /** Numbers; undefined while there is none. */
  values: Float64Array | undefined;
  /** Spellings of the numbers; 0 where the cell is a text. */
  spellings: Uint8Array | undefined;
  /** Numbers of texts in the dictionary; undefined while there is none. */
  ids: Int32Array | undefined;
  #deltas: Int16Array | undefined;
  #rows = 0;
  /** Cells that are texts. */
  texts = 0;
  /** Which forms of numbers there are besides the common one: formBits. */
  forms = 0;

  constructor(expected: Expected) {
    this.#expected = expected;
  }

  get rows(): number {
    return this.#rows;
  }

  /** Adds the cells of a block. `translate`: this dictionary's number for each text of the dictionary that the block is by. */
  append(column: BlockColumn, translate: Uint32Array | undefined): void {
    const [at, rows] = [this.#rows, column.spellings.length];
    const end = at + rows;
    const { texts } = column;
    if (texts < rows || this.values !== undefined) {
      this.values = this.#roomFor(this.values, Float64Array, end);
      this.spellings = this.#roomFor(this.spellings, Uint8Array, end);
    }
    if (texts > 0 || this.ids !== undefined) this.ids = this.#roomFor(this.ids, Int32Array, end);
    if (column.deltas !== undefined || this.#deltas !== undefined) {
      this.#deltas = this.#roomFor(this.#deltas, Int16Array, end);
    }
    if (texts < rows) {
      this.values!.set(column.values, at);
      this.spellings!.set(column.spellings, at);
    }
    if (texts > 0) addIds(this.ids!, at, column, translate);
    if (column.deltas !== undefined) this.#deltas!.set(column.deltas, at);
    this.#rows = end;
    this.texts += texts;
    this.forms |= column.forms;
  }

  /** The column, which is here already. */
  whole(): this {
    return this;
  }

  isNumber(row: number): boolean {
    return this.spellings !== undefined && this.spellings[row] !== 0;
  }

  /** The text of a number's cell. */
  spellingAt(row: number): string {
    return spell(this.values![row]!, this.spellings![row]!, this.#deltas?.[row] ?? 0);
  }

  /** Gives the texts a place among the numbers as well. */
  requireValues(): void {
    this.values ??= new Float64Array(this.#rows);
  }

  /** The numbers in a buffer of their own, which may be longer; the store has them no more. */
  takeValues(): Float64Array {
    const values = this.values ?? new Float64Array(this.#rows);
    this.values = undefined;
    return values.length > 1.25 * this.#rows ? values.slice(0, this.#rows) : values.subarray(0, this.#rows);
  }

  #roomFor<T extends Float64Array | Uint8Array | Int32Array | Int16Array>(
    array: T | undefined,
    make: new (length: number) => T,
    rows: number,
  ): T {
    if (array !== undefined && array.length >= rows) return array;
    // Pages that are never written are never there.
    const larger = new make(
      Math.max(rows, this.#expected.rows, array === undefined ? 0 : Math.ceil(1.5 * array.length)),
    );
    if (array !== undefined) larger.set(array as never);
    return larger;
  }
}

function addIds(ids: Int32Array, at: number, column: BlockColumn, translate: Uint32Array | undefined): void {
  const { values, spellings } = column;
  const rows = spellings.length;
  const from = new Int32Array(values.buffer, values.byteOffset, 2 * rows);
  if (column.texts === rows) {
    if (translate === undefined) for (let row = 0; row < rows; row++) ids[at + row] = from[2 * row]!;
    else for (let row = 0; row < rows; row++) ids[at + row] = translate[from[2 * row]!]!;
    return;
  }
  for (let row = 0; row < rows; row++) {
    if (spellings[row] === 0) ids[at + row] = translate === undefined ? from[2 * row]! : translate[from[2 * row]!]!;
  }
}
