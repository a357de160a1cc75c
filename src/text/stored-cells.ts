/**
 * The cells of columns kept in a file while their types are undecided, which takes every row: as blocks give them, numbers
 * with their spelling and texts by their number, so that one column at a time is read back and decided. Then its cells go
 * to the pages of a stored table.
 */
import {
  bytesOfPages,
  type PageFile,
  type PageFileOpener,
  rowsPerPage,
  type StoredColumn,
} from '../data/stored-table.ts';
import type { Column } from '../data/table.ts';
import type { BlockColumn } from './block.ts';
import { type CellKeeping, ColumnStore, type GatheredColumn } from './store.ts';

export interface StoredCells extends CellKeeping<StoredColumn> {
  /** The pages, once every column has been kept; the cells as they were read are gone then. */
  finish(): Promise<PageFile>;
  /** Closes what is open, after an error. */
  close(): Promise<void>;
}

/** `bytes`: of the source, as far as is known; `expected`: columns that are read, or a guess. */
export async function openStoredCells(openFile: PageFileOpener, bytes: number, expected: number): Promise<StoredCells> {
  const cells = await openFile(bytes);
  const log: CellLog = { file: cells, end: 0 };
  let pages: PageFile | undefined;
  let [rows, width] = [0, 0];
  return {
    open: () => new LoggedColumn(log, rowsPerPage(expected)),
    async begin(...counts) {
      [rows, width] = counts;
      pages = await openFile(bytesOfPages(rows, width));
    },
    async keep(column, at) {
      const { numbers, ...kept } = splitColumn(column);
      const pageRows = rowsPerPage(width);
      for (let page = 0; page * pageRows < rows; page++) {
        const own = new Float64Array(pageRows);
        const held = numbers.subarray(page * pageRows, Math.min(rows, (page + 1) * pageRows));
        for (let i = 0; i < held.length; i++) own[i] = held[i]! < 0 && kept.kind !== 'numeric' ? Number.NaN : held[i]!;
        await pages!.write((page * width + at) * pageRows, own);
      }
      return { ...kept, at };
    },
    async finish() {
      await cells.close();
      return pages!;
    },
    async close() {
      await cells.close();
      await pages?.close();
    },
  };
}

/** A column as its cells, numbers or codes, and the rest; the codes are those of the levels. */
function splitColumn(column: Column) {
  if (column.kind === 'numeric') {
    const { values: numbers, ...head } = column;
    return { ...head, numbers, places: new Int32Array(0) };
  }
  const { codes: numbers, ...head } = column;
  const { length } = head.kind === 'boolean' ? head.words : head.levels;
  return { ...head, numbers, places: Int32Array.from({ length }, (_, level) => level) };
}

interface CellLog {
  readonly file: PageFile;
  /** Where the next record goes. */
  end: number;
}

/** Where the cells of some rows lie in the log: the numbers, the spellings and, where there are any, the deltas. */
interface CellRecord extends Pick<BlockColumn, 'texts'> {
  readonly at: number;
  readonly rows: number;
  readonly deltas: boolean;
}

const numbersFor = (bytes: number): number => Math.ceil(bytes / 8);

class LoggedColumn implements GatheredColumn {
  readonly #log: CellLog;
  readonly #records: CellRecord[] = [];
  readonly #most: number;
  #values: Float64Array;
  #spellings: Uint8Array;
  #deltas: Int16Array | undefined;
  #held = 0;
  /** Of the rows that are held. */
  #heldTexts = 0;
  rows = 0;
  texts = 0;
  forms = 0;

  constructor(log: CellLog, most: number) {
    this.#log = log;
    this.#most = most;
    this.#values = new Float64Array(most);
    this.#spellings = new Uint8Array(most);
  }

  async append(column: BlockColumn, translate: Uint32Array | undefined): Promise<void> {
    const { length } = column.spellings;
    for (let from = 0; from < length; ) {
      const count = Math.min(length - from, this.#most - this.#held);
      this.#take(column, translate, { from, count });
      from += count;
      if (this.#held === this.#most) await this.#flush();
    }
    this.rows += length;
    this.texts += column.texts;
    this.forms |= column.forms;
  }

  #take(
    { values, spellings, deltas }: BlockColumn,
    translate: Uint32Array | undefined,
    { from, count }: { readonly from: number; readonly count: number },
  ): void {
    const at = this.#held;
    this.#values.set(values.subarray(from, from + count), at);
    this.#spellings.set(spellings.subarray(from, from + count), at);
    if (deltas !== undefined) {
      this.#deltas ??= new Int16Array(this.#most);
      this.#deltas.set(deltas.subarray(from, from + count), at);
    }
    const ids = new Int32Array(this.#values.buffer);
    for (let i = at; i < at + count; i++) {
      if (this.#spellings[i] !== 0) continue;
      this.#heldTexts++;
      if (translate !== undefined) ids[2 * i] = translate[ids[2 * i]!]!;
    }
    this.#held += count;
  }

  async #flush(): Promise<void> {
    const rows = this.#held;
    const deltas = this.#deltas;
    const length = rows + numbersFor(rows) + (deltas === undefined ? 0 : numbersFor(2 * rows));
    const record = new Float64Array(length);
    record.set(this.#values.subarray(0, rows));
    new Uint8Array(record.buffer, 8 * rows).set(this.#spellings.subarray(0, rows));
    if (deltas !== undefined) {
      new Int16Array(record.buffer, 8 * (rows + numbersFor(rows))).set(deltas.subarray(0, rows));
    }
    const at = this.#log.end;
    this.#log.end += length;
    this.#records.push({ at, rows, texts: this.#heldTexts, deltas: deltas !== undefined });
    [this.#held, this.#heldTexts, this.#deltas] = [0, 0, undefined];
    await this.#log.file.write(at, record);
  }

  async whole(): Promise<ColumnStore> {
    if (this.#held > 0) await this.#flush();
    const store = new ColumnStore({ rows: this.rows });
    for (const { at, rows, texts, deltas } of this.#records) {
      const record = new Float64Array(rows + numbersFor(rows) + (deltas ? numbersFor(2 * rows) : 0));
      await this.#log.file.read(at, record);
      const column: BlockColumn = {
        values: record.subarray(0, rows),
        spellings: new Uint8Array(record.buffer, 8 * rows, rows),
        deltas: deltas ? new Int16Array(record.buffer, 8 * (rows + numbersFor(rows)), rows) : undefined,
        texts,
        forms: this.forms,
      };
      store.append(column, undefined);
    }
    return store;
  }
}
