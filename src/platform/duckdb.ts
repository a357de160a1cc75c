/**
 * DuckDB, opened for one piece of reading: nothing left in the current folder, nothing downloaded,
 * memory bounded, aborts and progress wired. SQL text is quoted here and nowhere else.
 */
import type { DuckDBConnection, DuckDBDataChunk } from '@duckdb/node-api';
import { loadOptional } from './load-optional.ts';

export interface Database {
  /** All rows of a query, as objects. */
  rows<T>(sql: string): Promise<T[]>;
  /** The rows of a relation. */
  count(relation: string): Promise<number>;
  /** The chunks of a query, in order. */
  stream(sql: string): AsyncIterable<DuckDBDataChunk>;
  /** Copies a column of doubles of a chunk to values[at, …), NaN for null, and returns the number of nulls. */
  copyNumbers: CopyNumbers;
  close(): Promise<void>;
}

/** By the memory of the vector: cell by cell takes twenty times as long. */
export type CopyNumbers = (chunk: DuckDBDataChunk, column: number, values: Float64Array, at: number) => number;

const progressInterval = 100;

/** Throws LogisticError 'package-missing' where the optional dependency is not installed. */
export function loadDuckDB() {
  const load = <T>(name: string): T => loadOptional(name, 'DuckDB and Parquet need');
  const { DuckDBInstance } = load<typeof import('@duckdb/node-api')>('@duckdb/node-api');
  return { DuckDBInstance, raw: load<typeof import('@duckdb/node-bindings')>('@duckdb/node-bindings') };
}

interface DatabaseOptions {
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((share: number) => void) | undefined;
}

/** What closing a connection of our own means. */
export interface OwnConnection {
  readonly connection: DuckDBConnection;
  close(): void;
}

/** A database of our own: in memory, or a file of one, which is only read. */
export async function openInstance(path: string, more: Record<string, string> = {}): Promise<OwnConnection> {
  const { DuckDBInstance } = loadDuckDB();
  const instance = await DuckDBInstance.create(path, {
    ...(path !== ':memory:' && { access_mode: 'READ_ONLY' }),
    autoinstall_known_extensions: 'false',
    autoload_known_extensions: 'false',
    temp_directory: '', // nothing is left in the current folder
    ...more,
  });
  const connection = await instance.connect();
  for (const setting of [
    "TimeZone = 'UTC'", // times are the same texts everywhere
    "streaming_buffer_size = '64MB'", // with 1 MB its threads wait for each other
    "allocator_bulk_deallocation_flush_threshold = '4MB'", // freed memory goes back: 70 MB less
    'enable_progress_bar = true',
    'enable_progress_bar_print = false',
  ]) {
    await connection.run(`set ${setting}`);
  }
  return {
    connection,
    close() {
      connection.closeSync();
      instance.closeSync();
    },
  };
}

export async function openDatabase(options: DatabaseOptions): Promise<Database> {
  const { connection, close } = await openInstance(':memory:', { memory_limit: '2GB' });
  return databaseOf(connection, options, close);
}

/** Calls back with the share of a connection's query that is done, until the function that it gives is called. */
export function followProgress(connection: DuckDBConnection, onProgress: (share: number) => void): () => void {
  const timer = setInterval(() => onProgress(Math.max(0, connection.progress.percentage) / 100), progressInterval);
  timer.unref();
  return () => clearInterval(timer);
}

/** A connection that is open already, whose settings stay as they are; `end` is what closing it means. */
export function databaseOf(connection: DuckDBConnection, options: DatabaseOptions, end = (): void => {}): Database {
  const { raw } = loadDuckDB();
  const { signal, onProgress } = options;
  let open = true;
  const interrupt = (): void => connection.interrupt();
  signal?.addEventListener('abort', interrupt);
  const unfollow = onProgress && followProgress(connection, onProgress);

  /** DuckDB's own word for an interrupt gives way to the signal's reason. */
  const guarded = async <T>(work: () => Promise<T>): Promise<T> => {
    signal?.throwIfAborted();
    try {
      return await work();
    } catch (error) {
      signal?.throwIfAborted();
      throw error;
    }
  };
  async function* stream(sql: string): AsyncIterable<DuckDBDataChunk> {
    const result = await guarded(() => connection.stream(sql));
    for (;;) {
      const chunk = await guarded(() => result.fetchChunk());
      if (chunk === null || chunk.rowCount === 0) return;
      yield chunk;
    }
  }
  return {
    rows: <T>(sql: string) => guarded(async () => (await connection.runAndReadAll(sql)).getRowObjectsJS() as T[]),
    async count(relation) {
      const [{ m }] = (await guarded(async () =>
        (await connection.runAndReadAll(`select count(*)::double as m from ${relation}`)).getRowObjectsJS(),
      )) as unknown as [{ m: number }];
      return m;
    },
    stream,
    copyNumbers({ chunk, rowCount }, column, values, at) {
      const vector = raw.data_chunk_get_vector(chunk, column);
      const bytes = raw.vector_get_data(vector, rowCount * Float64Array.BYTES_PER_ELEMENT);
      values.set(new Float64Array(bytes.buffer, bytes.byteOffset, rowCount), at);
      // A bit for each row, in words of 64; null where every row is there, whatever its type says.
      const valid = raw.vector_get_validity(vector, Math.ceil(rowCount / 64) * 8) as Uint8Array | null;
      let nulls = 0;
      for (let row = 0; valid !== null && row < rowCount; row++) {
        if (((valid[row >> 3]! >> (row & 7)) & 1) === 1) continue;
        values[at + row] = Number.NaN;
        nulls++;
      }
      return nulls;
    },
    async close() {
      unfollow?.();
      signal?.removeEventListener('abort', interrupt);
      if (open) end();
      open = false;
    },
  };
}

/** A text as an SQL literal. NUL cannot stand in one. */
const literal = (text: string): string => `'${text.replaceAll("'", "''")}'`;

/** A name as an SQL identifier. */
export const identifier = (name: string): string => `"${name.replaceAll('"', '""')}"`;

/** A path as DuckDB's readers take it, with nothing in it read as a pattern. */
export const pathLiteral = (path: string): string => literal(path.replace(/[*?[\]{}]/g, (char) => `[${char}]`));
