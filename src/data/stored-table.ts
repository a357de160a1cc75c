/**
 * A table whose cells are kept outside memory: pages of columns, [column][row], as float64. A number is itself, a text or
 * boolean the code of its level, a missing cell NaN. It knows the file as something that is written and read.
 */
import { Findings } from './findings.ts';
import type { ColumnHead, Table } from './table.ts';

/**
 * Where pages are kept; places and lengths are counted in float64 numbers. Whoever opens it closes it; what is asked of it
 * afterwards throws LogisticError 'disposed'.
 */
export interface PageFile {
  write(at: number, numbers: Float64Array): Promise<void>;
  read(at: number, into: Float64Array): Promise<void>;
  /** For other threads: the descriptor stays what it is until it is given back. */
  lend(): { readonly descriptor: number; giveBack(): void };
  /** Opens another file beside it, as a PageFileOpener does. */
  openBeside: PageFileOpener;
  /** Ends when all that was lent has been given back. */
  close(): Promise<void>;
}

/** Opens a file that so many bytes are expected for; throws LogisticError 'no-space' where there is no room. */
export type PageFileOpener = (bytes: number) => Promise<PageFile>;

/** A column by its place in a page; `places`: the level of each code, of columns that have levels. */
export type StoredColumn = ColumnHead & { readonly at: number; readonly places: Int32Array };

/** A table as pages of columns. */
export interface PagedTable extends Omit<Table, 'columns'> {
  readonly columns: readonly StoredColumn[];
  /** Rows of each page but the last, which holds what is left. */
  readonly pageRows: number;
  /** Columns of a page, of which some may have been left out. */
  readonly width: number;
  /** Reads a page, [width, pageRows], or some of its columns to their places. */
  read(page: number, into: Float64Array, columns?: readonly number[]): Promise<void>;
  /** Identifies the cells among those of tables over one file; absent: what is found of them cannot be kept. */
  readonly key?: string | undefined;
  /** Of all tables over the file. */
  readonly findings: Findings;
}

export interface StoredTable extends PagedTable, Pick<PageFile, 'openBeside' | 'close'> {
  /** Reads cells of one column of a page, from a row of the page on. */
  readColumn(page: number, at: number, into: Float64Array, from?: number): Promise<void>;
}

const pageBytes = 2 ** 23;
const [fewestRows, mostRows] = [512, 2 ** 16];

/** Rows that make a page of so many columns: whole blocks of the kernels, and about 8 MiB. */
export function rowsPerPage(width: number): number {
  const fitting = Math.floor(pageBytes / (8 * width) / fewestRows) * fewestRows;
  return Math.max(fewestRows, Math.min(mostRows, fitting));
}

/** Bytes of the pages of so many rows. */
export function bytesOfPages(rows: number, width: number): number {
  const pageRows = rowsPerPage(width);
  return Math.ceil(rows / pageRows) * pageRows * width * 8;
}

/** Rows, as they come, to pages. One page is filled while the last one is written. */
export class PageWriter {
  readonly #file: PageFile;
  readonly #width: number;
  readonly #pageRows: number;
  #page: Float64Array;
  #other: Float64Array;
  #held = 0;
  #pages = 0;
  rows = 0;
  #writing: Promise<void> = Promise.resolve();

  constructor(file: PageFile, width: number) {
    this.#file = file;
    this.#width = width;
    this.#pageRows = rowsPerPage(width);
    this.#page = new Float64Array(width * this.#pageRows);
    this.#other = new Float64Array(width * this.#pageRows);
  }

  /** Adds `count` rows: the first cells of each column. */
  async add(columns: readonly Float64Array[], count: number): Promise<void> {
    const pageRows = this.#pageRows;
    this.rows += count;
    for (let from = 0; from < count; ) {
      const taken = Math.min(count - from, pageRows - this.#held);
      for (let k = 0; k < this.#width; k++) {
        this.#page.set(columns[k]!.subarray(from, from + taken), k * pageRows + this.#held);
      }
      this.#held += taken;
      from += taken;
      if (this.#held === pageRows) await this.#flush();
    }
  }

  /** Writes the last page, filled up with zeros. */
  async finish(): Promise<void> {
    if (this.#held > 0) {
      for (let k = 0; k < this.#width; k++) {
        this.#page.fill(0, k * this.#pageRows + this.#held, (k + 1) * this.#pageRows);
      }
      await this.#flush();
    }
    await this.#writing;
  }

  async #flush(): Promise<void> {
    await this.#writing;
    const page = this.#page;
    this.#writing = this.#file.write(this.#pages * page.length, page);
    this.#writing.catch(() => {}); // told when the next page is due
    [this.#page, this.#other] = [this.#other, page];
    this.#pages++;
    this.#held = 0;
  }
}

/** A table over the pages of a file, which it closes. */
export function storedTable(
  file: PageFile,
  width: number,
  table: Pick<StoredTable, 'rows' | 'columns' | 'leftOut' | 'source' | 'badRows' | 'warnings'>,
): StoredTable {
  const pageRows = rowsPerPage(width);
  const readColumn: StoredTable['readColumn'] = (page, at, into, from = 0) =>
    file.read((page * width + at) * pageRows + from, into);
  return {
    ...table,
    width,
    pageRows,
    async read(page, into, columns) {
      if (columns === undefined || columns.length === width) await file.read(page * width * pageRows, into);
      else for (const at of columns) await readColumn(page, at, into.subarray(at * pageRows, (at + 1) * pageRows));
    },
    readColumn,
    key: '',
    findings: new Findings(),
    openBeside: (bytes) => file.openBeside(bytes),
    close: () => file.close(),
  };
}
