/** ClickHouse as an engine, by the package @clickhouse/client: read-only queries over HTTP, texts bound as parameters. */
import { randomUUID } from 'node:crypto';
import type { ClickHouseClient, ClickHouseSettings } from '@clickhouse/client';
import { LogisticError } from '../../errors.ts';
import { dialects } from '../../sql/dialects.ts';
import type { Connection, DescribedColumn } from '../../sql/engine.ts';
import type { Statement } from '../../sql/statement.ts';
import { loadOptional } from '../load-optional.ts';
import { selectCells, tableFromCells } from './pull.ts';

/** A dead shard is an error, never fewer rows; queries may be long; nothing is written. */
const settings: ClickHouseSettings = {
  readonly: '2',
  wait_end_of_query: 1,
  skip_unavailable_shards: 0,
  max_query_size: '16777216',
};

export async function openClickHouse(url: URL, shown: string): Promise<Connection> {
  const { createClient, ClickHouseLogLevel } = loadOptional<typeof import('@clickhouse/client')>(
    '@clickhouse/client',
    'ClickHouse needs',
  );
  const password = url.password === '' ? process.env.CLICKHOUSE_PASSWORD : decodeURIComponent(url.password);
  const client = createClient({
    url: `${url.protocol === 'clickhouses:' ? 'https' : 'http'}://${url.host}`,
    ...(url.username !== '' && { username: decodeURIComponent(url.username) }),
    ...(password !== undefined && { password }),
    ...(url.pathname.length > 1 && { database: decodeURIComponent(url.pathname.slice(1)) }),
    request_timeout: 3_600_000,
    log: { level: ClickHouseLogLevel.OFF },
  });
  try {
    return await clickhouseConnection(client, () => client.close());
  } catch (error) {
    await client.close();
    const { message, details } = error as LogisticError;
    throw new LogisticError('connection-failed', `${shown}: ${(details?.reason as string | undefined) ?? message}`, {
      hint: 'check the address: clickhouse://host:8123/database',
    });
  }
}

export async function clickhouseConnection(
  client: ClickHouseClient,
  close = async (): Promise<void> => {},
): Promise<Connection> {
  const ask = async ({ sql, texts }: Statement, format: 'JSONCompact' | 'CSVWithNames', signal?: AbortSignal) => {
    signal?.throwIfAborted();
    const query_id = randomUUID();
    const kill = (): void =>
      void client.command({ query: `kill query where query_id = '${query_id}'` }).catch(() => {});
    signal?.addEventListener('abort', kill);
    try {
      return await client.query({
        query: sql,
        format,
        query_id,
        query_params: Object.fromEntries(texts.map((text, k) => [`p${k}`, text])),
        clickhouse_settings: settings,
        ...(signal && { abort_signal: signal }),
      });
    } catch (error) {
      signal?.throwIfAborted();
      const { message, code } = error as { message?: string; code?: string };
      const reason = message || code || String(error);
      throw new LogisticError('query-failed', `ClickHouse: ${reason}`, { details: { reason } });
    } finally {
      signal?.removeEventListener('abort', kill);
    }
  };
  const run = async (statement: Statement, signal?: AbortSignal): Promise<unknown[][]> => {
    const answer = await ask(statement, 'JSONCompact', signal);
    return ((await answer.json<{ data: unknown[][] }>()) as unknown as { data: unknown[][] }).data;
  };
  const describe = async (query: string, signal?: AbortSignal): Promise<DescribedColumn[]> => {
    const answer = await ask({ sql: `select * from (\n${query}\n) q limit 0`, texts: [] }, 'JSONCompact', signal);
    const { meta } = (await answer.json()) as unknown as { meta: { name: string; type: string }[] };
    return meta.map(({ name, type }) => ({ name, type, kind: kindOf(type) }));
  };
  const [[version]] = (await run({ sql: 'select version()', texts: [] })) as [[string]];
  // Releases before 20 take no parameters.
  const binds = Number(version.split('.')[0]) >= 20;
  const dialect = binds ? dialects.clickhouse : { ...dialects.clickhouse, parameter: undefined };
  return {
    dialect,
    detail: `ClickHouse ${version}`,
    describe,
    run,
    async pull(query, request, options) {
      const columns = await describe(query, options.signal);
      const sql = selectCells(dialect, query, columns);
      const answer = await ask({ sql, texts: [] }, 'CSVWithNames', options.signal);
      async function* chunks(): AsyncGenerator<Uint8Array> {
        for await (const lines of answer.stream()) {
          yield Buffer.from(`${(lines as { text: string }[]).map(({ text }) => text).join('\n')}\n`);
        }
      }
      return tableFromCells(chunks(), columns, request, options);
    },
    close,
  };
}

function kindOf(type: string): DescribedColumn['kind'] {
  const inner = /^(?:Nullable|LowCardinality)\((.*)\)$/.exec(type)?.[1];
  if (inner !== undefined) return kindOf(inner);
  if (/^(U?Int\d+|Float\d+|Decimal.*)$/.test(type)) return 'numeric';
  if (type === 'Bool') return 'boolean';
  return /^(String|FixedString.*|Enum.*|UUID)/.test(type) ? 'categorical' : undefined;
}
