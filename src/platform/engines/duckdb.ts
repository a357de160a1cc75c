/** DuckDB as an engine: a database file opened read-only, files named in the query, or the user's own connection. */
import type { DuckDBConnection } from '@duckdb/node-api';
import type { ReadOptions } from '../../data/table.ts';
import { LogisticError } from '../../errors.ts';
import { dialects } from '../../sql/dialects.ts';
import type { Connection, DescribedColumn } from '../../sql/engine.ts';
import { type Database, databaseOf, followProgress, openInstance } from '../duckdb.ts';
import { readRelation, storeRelation } from '../relation.ts';
import { answeredOnce } from './answer.ts';

/** `path` is a database file, or ':memory:'. */
export async function openDuckDB(path: string): Promise<Connection> {
  const { connection, close } = await openInstance(path).catch((error: Error) => {
    if (error instanceof LogisticError) throw error;
    throw new LogisticError('connection-failed', `${path}: ${error.message.split('\n')[0]}`, {
      hint: 'give the path of a DuckDB database file: duckdb:shop.duckdb',
    });
  });
  return duckdbConnection(connection, async () => close());
}

export async function duckdbConnection(
  connection: DuckDBConnection,
  close = async (): Promise<void> => {},
): Promise<Connection> {
  const run: Connection['run'] = ({ sql, texts }, signal, onProgress) => {
    const follow = onProgress && (() => followProgress(connection, onProgress));
    return answeredOnce({ signal, cancel: () => connection.interrupt(), follow, failed }, async () =>
      (await connection.runAndReadAll(sql, [...texts])).getRowsJS(),
    );
  };
  const describe = async (query: string, signal?: AbortSignal): Promise<DescribedColumn[]> => {
    const described = await run({ sql: `describe select * from (\n${query}\n) q`, texts: [] }, signal);
    return described.map(([name, type]) => ({
      name: name as string,
      type: type as string,
      kind: kindOf(type as string),
    }));
  };
  const reading = async <T>(options: ReadOptions, read: (db: Database) => Promise<T>): Promise<T> => {
    const db = databaseOf(connection, options);
    try {
      return await read(db).catch((error) => {
        options.signal?.throwIfAborted();
        throw failed(error);
      });
    } finally {
      await db.close();
    }
  };
  const [[version]] = (await run({ sql: 'select version()', texts: [] })) as [[string]];
  return {
    dialect: dialects.duckdb,
    detail: `DuckDB ${version}`,
    run,
    describe,
    async *cells(query, signal) {
      const columns = await describe(query, signal);
      const texts = columns.map(({ name }) => `coalesce(cast(q.${dialects.duckdb.identifier(name)} as varchar), '')`);
      const db = databaseOf(connection, { signal });
      try {
        for await (const chunk of db.stream(`select ${texts.join(', ')} from (\n${query}\n) q`)) {
          yield chunk.getRows() as string[][];
        }
      } catch (error) {
        signal?.throwIfAborted();
        throw failed(error);
      } finally {
        await db.close();
      }
    },
    pull: (query, request, options) => reading(options, (db) => readRelation(db, query, request, options)),
    store: (query, request, options, openFile) =>
      reading(options, (db) => storeRelation(db, query, request, options, openFile)),
    close,
  };
}

/** What DuckDB says of a query; a mistake that is told already stays as it is. */
function failed(error: unknown): LogisticError {
  if (error instanceof LogisticError) return error;
  return new LogisticError('query-failed', `DuckDB: ${(error as Error).message.trim().replace(/\s+/g, ' ')}`);
}

function kindOf(type: string): DescribedColumn['kind'] {
  if (/^(U?(TINYINT|SMALLINT|INTEGER|BIGINT|HUGEINT)|FLOAT|DOUBLE|DECIMAL.*)$/.test(type)) return 'numeric';
  if (type === 'BOOLEAN') return 'boolean';
  return /^(VARCHAR|UUID|ENUM.*)$/.test(type) ? 'categorical' : undefined;
}
