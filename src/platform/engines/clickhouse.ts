/** ClickHouse as an engine, by the package @clickhouse/client: read-only queries over HTTP, texts bound as parameters. */
import { randomUUID } from 'node:crypto';
import type { ClickHouseClient, ClickHouseSettings } from '@clickhouse/client';
import { brief, LogisticError } from '../../errors.ts';
import { dialects } from '../../sql/dialects.ts';
import type { Connection, DescribedColumn } from '../../sql/engine.ts';
import type { Statement } from '../../sql/statement.ts';
import { loadOptional } from '../load-optional.ts';
import { answered, answeredOnce } from './answer.ts';
import { nativeRows } from './clickhouse-native.ts';
import { rowsOf } from './pull.ts';

/** A dead shard is an error, never fewer rows; queries may be long; nothing is written. */
const settings: ClickHouseSettings = {
  readonly: '2',
  wait_end_of_query: 1,
  skip_unavailable_shards: 0,
  max_query_size: '16777216',
};

/** Of low cardinality toFloat64 makes low cardinality, which travels in another way. */
const asPlainDouble = (expression: string): string => `cast(${expression} as Nullable(Float64))`;

type OnProgress = (share: number) => void;

interface CompactAnswer {
  readonly meta: readonly { readonly name: string; readonly type: string }[];
  readonly data: readonly (readonly unknown[])[];
  readonly exception?: string;
}

const progressInterval = 500;

/** The share of the rows that a query has read, asked of the server beside it. */
function followProgress(client: ClickHouseClient, id: string, onProgress: OnProgress): () => void {
  const query = `select read_rows / total_rows_approx from system.processes where query_id = '${id}'`;
  const ask = async (): Promise<void> => {
    const answer = await client.query({ query, format: 'JSONCompact', clickhouse_settings: { readonly: '2' } });
    const { data } = (await answer.json()) as unknown as { data: number[][] };
    const share = data[0]?.[0];
    if (following && typeof share === 'number') onProgress(Math.min(1, share));
  };
  let following = true;
  const timer = setInterval(() => void ask().catch(() => {}), progressInterval);
  timer.unref();
  return () => {
    following = false;
    clearInterval(timer);
  };
}

/** Its own errors begin with a number, which the client cuts off from new releases'; all others are of the way there. */
function failed(error: unknown): LogisticError {
  const { message, code } = error as { message?: string; code?: string };
  const reason = message || code || String(error);
  if (/^\d+$/.test(code ?? '') || /^Code: \d/.test(reason))
    return new LogisticError('query-failed', `ClickHouse: ${reason}`, { details: { reason } });
  return new LogisticError('connection-lost', `ClickHouse: no whole answer came (${brief(reason)})`, {
    hint: 'check the server and the network, and try again',
    details: { reason },
  });
}

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

/** What went wrong after the first rows is in the answer. */
async function readCompact(bytes: AsyncIterable<Uint8Array>): Promise<CompactAnswer> {
  const parts: Uint8Array[] = [];
  for await (const part of bytes) parts.push(part);
  const answer = JSON.parse(Buffer.concat(parts).toString()) as CompactAnswer;
  if (answer.exception === undefined) return answer;
  throw new LogisticError('query-failed', `ClickHouse: ${answer.exception}`);
}

export async function clickhouseConnection(
  client: ClickHouseClient,
  close = async (): Promise<void> => {},
): Promise<Connection> {
  /** A query that can be cancelled: what `answered` needs of it, and its bytes. */
  const asked = (sql: string, texts: readonly string[], signal?: AbortSignal, onProgress?: OnProgress) => {
    const query_id = randomUUID();
    const query_params = Object.fromEntries(texts.map((text, k) => [`p${k}`, text]));
    const request = { query: sql, query_id, query_params, clickhouse_settings: settings };
    return {
      signal,
      cancel: () => void client.command({ query: `kill query where query_id = '${query_id}'` }).catch(() => {}),
      follow: onProgress && (() => followProgress(client, query_id, onProgress)),
      failed,
      bytes: async () => (await client.exec({ ...request, ...(signal && { abort_signal: signal }) })).stream,
    };
  };
  const compact = ({ sql, texts }: Statement, ...hooks: [AbortSignal?, OnProgress?]): Promise<CompactAnswer> => {
    const asking = asked(`${sql} format JSONCompact`, texts, ...hooks);
    return answeredOnce(asking, async () => readCompact(await asking.bytes()));
  };
  const run: Connection['run'] = async (...asked) => (await compact(...asked)).data;
  const describe = async (query: string, signal?: AbortSignal): Promise<DescribedColumn[]> => {
    const { meta } = await compact({ sql: `select * from (\n${query}\n) q limit 0`, texts: [] }, signal);
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
    ...rowsOf({ dialect: { ...dialect, asDouble: asPlainDouble }, describe }, (select, _, signal) => {
      const asking = asked(`${select} format Native`, [], signal);
      return answered(asking, async function* () {
        yield* nativeRows(await asking.bytes());
      });
    }),
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
