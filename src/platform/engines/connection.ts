/**
 * A connection by its address, or the user's own client: an engine that can also give its rows. Drivers are packages
 * that a user may not have installed; an address is never shown with its password.
 */
import { open } from 'node:fs/promises';
import { LogisticError, unexpected } from '../../errors.ts';
import type { Connection } from '../../sql/engine.ts';
import { pathLiteral } from '../duckdb.ts';
import { unreadable } from '../open-path.ts';

/** Clients told apart by shape: another copy of a package defeats instanceof. */
interface ClientLike {
  readonly query?: unknown;
  readonly processID?: unknown;
  readonly runAndReadAll?: unknown;
  readonly command?: unknown;
}

/**
 * Opens an address; a client of the user's own is used as it is, and not closed. Throws LogisticError
 * 'bad-connection', 'connection-failed' or 'package-missing'.
 */
export async function openConnection(given: unknown): Promise<Connection> {
  if (typeof given === 'string' || given instanceof URL) return openAddress(String(given));
  const client = (given ?? {}) as ClientLike;
  if (typeof client.runAndReadAll === 'function') {
    return (await import('./duckdb.ts')).duckdbConnection(given as never);
  }
  if (typeof client.query === 'function' && typeof client.command === 'function') {
    return (await import('./clickhouse.ts')).clickhouseConnection(given as never);
  }
  if (typeof client.query === 'function' && 'processID' in client) {
    return (await import('./postgres.ts')).postgresConnection(given as never);
  }
  throw unexpected(
    'bad-connection',
    'connection',
    'an address, a Client of pg, a client of @clickhouse/client or a DuckDBConnection',
    given,
  );
}

/** A Parquet file as a query of DuckDB. Throws LogisticError 'bad-option' where the file is something else. */
export async function parquetQuery(file: unknown): Promise<{ query: string; connection: string; source: string }> {
  if (typeof file !== 'string' || file === '-' || !(await isParquet(file))) {
    const what = file === '-' ? 'standard input' : String(file);
    throw new LogisticError('bad-option', `${what}: a file that is not Parquet has no SQL`, {
      hint: 'convert it to Parquet, or leave out --rows there or --show-sql',
      details: { option: 'rows' },
    });
  }
  const query = `select * from read_parquet(${pathLiteral(file)}, hive_partitioning=false)`;
  return { query, connection: 'duckdb:', source: file };
}

async function isParquet(path: string): Promise<boolean> {
  const file = await open(path).catch((error: NodeJS.ErrnoException) => {
    throw unreadable(path, error, 'give the path of a file');
  });
  try {
    const { buffer } = await file.read(Buffer.alloc(4), 0, 4, 0);
    return buffer.toString('latin1') === 'PAR1';
  } finally {
    await file.close();
  }
}

async function openAddress(address: string): Promise<Connection> {
  const scheme = /^([a-z]+):/.exec(address)?.[1];
  if (scheme === 'duckdb') {
    return (await import('./duckdb.ts')).openDuckDB(address.replace(/^duckdb:(\/\/)?/, '') || ':memory:');
  }
  const url = URL.canParse(address) ? new URL(address) : undefined;
  if (url !== undefined && (scheme === 'postgres' || scheme === 'postgresql')) {
    return (await import('./postgres.ts')).openPostgres(address, shown(url));
  }
  if (url !== undefined && (scheme === 'clickhouse' || scheme === 'clickhouses')) {
    return (await import('./clickhouse.ts')).openClickHouse(url, shown(url));
  }
  if (url !== undefined && (scheme === 'trino' || scheme === 'trinos')) {
    return (await import('./trino.ts')).openTrino(url, shown(url));
  }
  if (url !== undefined && scheme === 'spark') {
    return (await import('./spark.ts')).openSpark(url, shown(url));
  }
  throw new LogisticError('bad-connection', 'the connection is no address that is known here', {
    hint: 'postgres://user@host/database, clickhouse://host:8123/database, spark://host:15002, trino://user@host:8080/catalog/schema or duckdb:file.duckdb',
  });
}

function shown(url: URL): string {
  const copy = new URL(url);
  copy.password = '';
  copy.search = '';
  return copy.href;
}
