/** Rows of a file for prediction, whatever kind of file it is. */
import type { Warning } from '../errors.ts';
import type { Cell } from '../predict/cell.ts';

export interface CellFile {
  readonly names: readonly string[];
  /** Rows in file order, in chunks: strings as they stand from delimited text, typed cells otherwise. Ends early only by throwing. */
  readonly rows: AsyncIterable<Cell[][]>;
  readonly warnings: readonly Warning[];
  /** For who does not read the rows to their end; harmless otherwise. */
  close(): Promise<void>;
}
