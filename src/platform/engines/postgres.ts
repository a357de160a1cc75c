/**
 * PostgreSQL as an engine, by the package pg: one read-only transaction at a snapshot, so that every evaluation sees the
 * same rows whatever others write meanwhile.
 */
import type { Client } from 'pg';
import { LogisticError } from '../../errors.ts';
import { dialects } from '../../sql/dialects.ts';
import type { Connection, DescribedColumn } from '../../sql/engine.ts';
import type { Statement } from '../../sql/statement.ts';
import { loadOptional } from '../load-optional.ts';
import { type Asking, answered, answeredOnce } from './answer.ts';
import { copiedRows } from './postgres-copy.ts';
import { rowsOf } from './pull.ts';

/** Text literals mean themselves, floats come back whole, the planner compiles nothing, and rows come in their order. */
const sessionSettings =
  'set standard_conforming_strings = on; set extra_float_digits = 3; set jit = off; ' +
  'set synchronize_seqscans = off; ' +
  'begin isolation level repeatable read read only';

/** `shown` is the address without its password. */
export async function openPostgres(url: string, shown: string): Promise<Connection> {
  const { Client } = loadOptional<typeof import('pg')>('pg', 'PostgreSQL needs');
  const client = new Client({ connectionString: url });
  try {
    await client.connect();
    return await postgresConnection(client, () => client.end());
  } catch (error) {
    await client.end().catch(() => {});
    if (error instanceof LogisticError) throw error;
    throw new LogisticError('connection-failed', `${shown}: ${reasonOf(error)}`, {
      hint: 'check the address, and that the server accepts connections from here',
    });
  }
}

export async function postgresConnection(
  client: Client,
  end: () => Promise<void> = async () => {
    await client.query('rollback');
  },
): Promise<Connection> {
  let lost: Error | undefined;
  // Without a listener a server that goes away would end the process.
  const listen = (error: Error): void => {
    lost = error;
  };
  client.on('error', listen);
  await client.query(sessionSettings);
  const asked = (signal: AbortSignal | undefined): Asking => ({
    signal,
    cancel: () => void cancelQuery(client),
    failed(error) {
      const { code } = error as { code?: string };
      if (lost === undefined && code !== '57P01' && code !== 'ECONNRESET') {
        return new LogisticError('query-failed', `PostgreSQL: ${reasonOf(error)}`);
      }
      return new LogisticError('rows-lost', `PostgreSQL: the connection ended (${reasonOf(lost ?? error)})`, {
        hint: 'its snapshot of the rows is gone: fit again, or read the rows once (--rows memory)',
      });
    },
  });
  const values = async ({ sql, texts }: Statement): Promise<unknown[][]> =>
    (await client.query({ text: sql, values: [...texts], rowMode: 'array' })).rows;
  const describe = (query: string, signal?: AbortSignal): Promise<DescribedColumn[]> =>
    answeredOnce(asked(signal), async () => {
      const { fields } = await client.query(`select * from (\n${query}\n) q limit 0`);
      const types = await values({
        sql: `select oid::text, typname, typcategory from pg_type where oid::text in (${fields.map((_, k) => `$${k + 1}::text`).join(', ')})`,
        texts: fields.map(({ dataTypeID }) => String(dataTypeID)),
      });
      const byOid = new Map(types.map(([oid, type, category]) => [oid, { type, category }] as const));
      return fields.map(({ name, dataTypeID }) => {
        const { type, category } = byOid.get(String(dataTypeID)) ?? { type: 'unknown', category: '' };
        return { name, type: String(type), kind: kindOf(String(type), String(category)) };
      });
    });
  const [[version]] = (await values({ sql: 'show server_version', texts: [] })) as [[string]];
  return {
    dialect: dialects.postgres,
    detail: `PostgreSQL ${version.split(' ')[0]}`,
    describe,
    run: (statement, signal) => answeredOnce(asked(signal), () => values(statement)),
    ...rowsOf({ dialect: dialects.postgres, describe }, (select, kinds, signal) => {
      const { to } = loadOptional<typeof import('pg-copy-streams')>('pg-copy-streams', 'reading from PostgreSQL needs');
      return answered(asked(signal), () =>
        copiedRows(client.query(to(`copy (${select}) to stdout (format binary)`)), kinds),
      );
    }),
    async close() {
      await end();
      client.off('error', listen);
    },
  };
}

/** By a connection of its own: the first one waits for the query. */
async function cancelQuery(client: Client): Promise<void> {
  const { Client: Other } = loadOptional<typeof import('pg')>('pg', 'PostgreSQL needs');
  const { processID } = client as unknown as { processID: number };
  const { host, port, user, password, database, ssl } = client;
  const other = new Other({ host, port, user, database, ssl, ...(password != null && { password }) });
  try {
    await other.connect();
    await other.query('select pg_cancel_backend($1)', [processID]);
  } catch {
    // the query ends by itself
  } finally {
    await other.end().catch(() => {});
  }
}

function kindOf(type: string, category: string): DescribedColumn['kind'] {
  if (category === 'N') return 'numeric';
  if (category === 'B') return 'boolean';
  return category === 'S' || category === 'E' || type === 'uuid' ? 'categorical' : undefined;
}

function reasonOf(error: unknown): string {
  const { message, code } = error as { message?: string; code?: string };
  return message || code || String(error);
}
