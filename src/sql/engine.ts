/** What this room asks of a database: one query at a time in one session, and what columns a query has. */
import type { PageFileOpener, StoredTable } from '../data/stored-table.ts';
import type { ColumnRequest, ReadOptions, Table } from '../data/table.ts';
import type { Dialect } from './dialects.ts';
import type { Statement } from './statement.ts';

/** A column as the engine describes it. */
export interface DescribedColumn {
  readonly name: string;
  /** The engine's own word for its type, for messages. */
  readonly type: string;
  /** Undefined where the type is none of these. */
  readonly kind: 'numeric' | 'boolean' | 'categorical' | undefined;
}

/** Whether a column holds whole numbers, which every engine spells alike: int8, Nullable(UInt32), HUGEINT, Int64. */
export const isWhole = ({ kind, type }: DescribedColumn): boolean => kind === 'numeric' && /int/i.test(type);

export interface Engine {
  readonly dialect: Dialect;
  /** What it is, for reports: 'DuckDB v1.5.6'. */
  readonly detail: string;
  /** The columns of a query, in order; no row is read. */
  describe(query: string, signal?: AbortSignal): Promise<readonly DescribedColumn[]>;
  /**
   * The rows of a statement: numbers, or texts that spell them. `onProgress` hears the share of it that is done, where
   * the engine says. Rejects with LogisticError 'connection-lost' where asking again may help.
   */
  run(
    statement: Statement,
    signal?: AbortSignal,
    onProgress?: (share: number) => void,
  ): Promise<readonly (readonly unknown[])[]>;
  close(): Promise<void>;
}

/** An engine that can also give its rows. */
export interface Connection extends Engine {
  /** The cells of a query as texts, '' where there is nothing, in chunks of rows and in the order of the engine. */
  cells(query: string, signal?: AbortSignal): AsyncIterable<readonly (readonly string[])[]>;
  /** All rows of a query as a table. */
  pull(query: string, request: ColumnRequest, options: ReadOptions): Promise<Table>;
  /** The same as pages on disk. */
  store(query: string, request: ColumnRequest, options: ReadOptions, openFile: PageFileOpener): Promise<StoredTable>;
}
