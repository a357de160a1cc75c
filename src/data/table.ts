/**
 * A table: named columns of one type each, every cell decided. Files, arrays and objects all become
 * this and lose nothing that the fit needs; what was dropped or doubtful on the way is counted here.
 * It knows no target, no feature and no encoding: that is the design's business.
 */
import type { Warning } from '../errors.ts';
import type { NumberStyle } from '../predict/cell.ts';

/** Missing cells, and how many of them each token spelled ('' is an empty cell or a null). */
export interface MissingCells {
  readonly count: number;
  readonly tokens: Readonly<Record<string, number>>;
}

interface ColumnBase {
  readonly name: string;
  readonly missing: MissingCells;
}

export interface NumericColumn extends ColumnBase {
  readonly kind: 'numeric';
  /** Length m, a buffer of its own; NaN where missing, finite elsewhere. Empty once `freeNumbers` has moved it away. */
  values: Float64Array;
  /** How the cells were spelled, where that was not plain: prediction reads them alike. */
  readonly style?: NumberStyle;
}

export interface CategoricalColumn extends ColumnBase {
  readonly kind: 'categorical';
  /** Distinct strings, sorted by UTF-16 code unit. */
  readonly levels: readonly string[];
  /** Length m: index into levels, −1 where missing. */
  readonly codes: Int32Array;
}

/** A column that keeps to one pair of boolean words (predict/cell.ts), or holds true and false themselves. */
export interface BooleanColumn extends ColumnBase {
  readonly kind: 'boolean';
  /** The pair as the data spell it, false first, for instance ['No', 'Yes']; both spelled even if one never occurs. */
  readonly words: readonly [string, string];
  /** Length m: 0 for false, 1 for true, −1 where missing. */
  readonly codes: Int32Array;
  /** True when the source itself has a boolean type (JSON, Parquet, JavaScript), so labels are true and false. */
  readonly typed: boolean;
}

/**
 * Ends a column: whoever was given the table and has copied the numbers for good frees them, an explicit move. A buffer
 * that is transferred to a closed port is freed at once, where the garbage collector would wait.
 */
export function freeNumbers(column: NumericColumn): void {
  const { port1 } = new MessageChannel();
  port1.close();
  port1.postMessage(undefined, [column.values.buffer as ArrayBuffer]);
  column.values = new Float64Array(0);
}

export type Column = NumericColumn | CategoricalColumn | BooleanColumn;

/** A column without its cells. */
export type ColumnHead =
  | Omit<NumericColumn, 'values'>
  | Omit<CategoricalColumn, 'codes'>
  | Omit<BooleanColumn, 'codes'>;

export interface Table {
  /** Rows held: rows read without the bad ones. */
  readonly rows: number;
  readonly columns: readonly Column[];
  /** Columns of the source that are not held: dropped by request, or left out with a warning. */
  readonly leftOut: readonly string[];
  /** Where it came from: a file's path, 'standard input', 'arrays', 'objects', 'columns' or 'Arrow table'. */
  readonly source: string;
  /** Rows that could not be read (ragged and the like) and were skipped under maxBadRows. */
  readonly badRows: number;
  readonly warnings: readonly Warning[];
}

/** What the user may say about the columns of a file before it is read. Names are matched exactly. */
export interface ColumnRequest {
  /** The target: never typed away, never an error of type; read as strings when it is mixed. */
  readonly target?: string | undefined;
  /** The column of sample weights, if any. */
  readonly weights?: string | undefined;
  /** Only these features (the target and the weights are read besides). */
  readonly only?: readonly string[] | undefined;
  /** All but these. */
  readonly drop?: readonly string[] | undefined;
  /** Columns that must be read as numbers; a cell that is not one is an error with line and column. */
  readonly numeric?: readonly string[] | undefined;
  /** Columns that must be read as strings, whatever they look like. */
  readonly categorical?: readonly string[] | undefined;
}

/** How text is read. Each has the default that the option table in docs/data.md gives. */
export interface ReadOptions {
  readonly delimiter?: string | undefined;
  /** true: a comma that could be either is decimal. */
  readonly decimalComma?: boolean | undefined;
  /** ',': a comma that could be either groups thousands. */
  readonly thousands?: ',' | undefined;
  /** false: the first line is data and columns are named c1, c2, … */
  readonly header?: boolean | undefined;
  readonly missingTokens?: readonly string[] | undefined;
  /** Rows that may be bad before reading is an error; default 0. */
  readonly maxBadRows?: number | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Fraction of the work done, from 0 to 1. */
  readonly onProgress?: ((fraction: number) => void) | undefined;
}
