/**
 * Trino as an engine, by its HTTP protocol: a statement is posted, its answer followed page by page, and ended by
 * deleting the page that comes next. It knows no row but those of aggregates and samples; whole tables come slowly.
 */
import { brief, LogisticError } from '../../errors.ts';
import { dialects } from '../../sql/dialects.ts';
import type { Connection, DescribedColumn } from '../../sql/engine.ts';
import { chunkOf, rowsOf, sentCells } from './pull.ts';

interface Page {
  readonly nextUri?: string;
  readonly columns?: readonly { readonly name: string; readonly type: string }[];
  readonly data?: readonly (readonly unknown[])[];
  readonly stats?: { readonly progressPercentage?: number };
  readonly error?: { readonly message: string; readonly errorName: string };
}

/** Errors of a cluster whose nodes come and go. */
const passing =
  /^(NO_NODES_AVAILABLE|REMOTE_TASK_ERROR|PAGE_TRANSPORT_(ERROR|TIMEOUT)|REMOTE_HOST_GONE|SERVER_(SHUTTING_DOWN|STARTING_UP)|ABANDONED_QUERY|TOO_MANY_REQUESTS_FAILED)$/;
/** Answers of a proxy or of a coordinator that has too much to do: the protocol asks again. */
const busy = new Set([429, 502, 503, 504]);
const busyPause = 100;
const mostBusy = 20;

/** trino://user:password@host:8080/catalog/schema?session_property=value; trinos: by TLS. */
export async function openTrino(url: URL, shown: string): Promise<Connection> {
  const [catalog, schema] = url.pathname.split('/').slice(1).map(decodeURIComponent);
  const password = url.password === '' ? process.env.TRINO_PASSWORD : decodeURIComponent(url.password);
  const user = decodeURIComponent(url.username) || 'logit';
  const session = [...url.searchParams].map(([name, value]) => `${name}=${encodeURIComponent(value)}`);
  const connection = trinoConnection(`${url.protocol === 'trinos:' ? 'https' : 'http'}://${url.host}`, {
    'X-Trino-User': user,
    'X-Trino-Source': 'tfjs-logistic',
    ...(catalog && { 'X-Trino-Catalog': catalog }),
    ...(schema && { 'X-Trino-Schema': schema }),
    ...(session.length > 0 && { 'X-Trino-Session': session.join(',') }),
    ...(password !== undefined && {
      Authorization: `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`,
    }),
  });
  try {
    const [[version]] = (await connection.run({ sql: 'select version()', texts: [] })) as [[string]];
    return { ...connection, detail: `Trino ${version}` };
  } catch (error) {
    throw new LogisticError('connection-failed', `${shown}: ${(error as Error).message.replace(/^Trino: /, '')}`, {
      hint: 'check the address: trino://user@host:8080/catalog/schema',
    });
  }
}

function trinoConnection(server: string, headers: Readonly<Record<string, string>>): Connection {
  const dialect = dialects.trino;

  /** One page of an answer. Throws LogisticError 'connection-lost' where none comes. */
  async function pageOf(address: string, request: RequestInit): Promise<Page> {
    const lost = (reason: string): LogisticError =>
      new LogisticError('connection-lost', `Trino: no answer came (${brief(reason)})`, {
        hint: 'check the server and the network, and try again',
      });
    for (let k = 0; ; k++) {
      let answer: Response;
      try {
        answer = await fetch(address, { ...request, headers });
        if (answer.ok) return (await answer.json()) as Page;
      } catch (error) {
        if (request.signal?.aborted) throw error;
        const { message, cause } = error as Error & { cause?: { code?: string } };
        throw lost(cause?.code ?? message);
      }
      const text = (await answer.text()).replace(/<[^>]*>|\s+/g, ' ').trim();
      const reason = `HTTP ${answer.status} ${text}`.trim();
      if (!busy.has(answer.status)) throw new LogisticError('query-failed', `Trino: ${brief(reason)}`);
      if (k === mostBusy) throw lost(reason);
      await new Promise((resolve) => setTimeout(resolve, busyPause));
    }
  }

  async function* pages(
    sql: string,
    signal: AbortSignal | undefined,
    onProgress?: (share: number) => void,
  ): AsyncGenerator<Page> {
    signal?.throwIfAborted();
    const ending = signal ? { signal } : {};
    let next: string | undefined;
    try {
      let page = await pageOf(`${server}/v1/statement`, { method: 'POST', body: sql, ...ending });
      for (;;) {
        const { error, stats } = page;
        next = page.nextUri;
        if (error !== undefined) {
          const code = passing.test(error.errorName) ? 'connection-lost' : 'query-failed';
          throw new LogisticError(code, `Trino: ${error.message.replace(/\s+/g, ' ')}`);
        }
        onProgress?.((stats?.progressPercentage ?? 0) / 100);
        yield page;
        if (next === undefined) return;
        page = await pageOf(next, ending);
      }
    } catch (error) {
      signal?.throwIfAborted();
      throw error;
    } finally {
      // Of a query that nobody reads to its end.
      if (next !== undefined) await fetch(next, { method: 'DELETE', headers }).catch(() => {});
    }
  }

  const describe = async (query: string, signal?: AbortSignal): Promise<DescribedColumn[]> => {
    let described: Page['columns'];
    for await (const { columns } of pages(`select * from (\n${query}\n) q limit 0`, signal)) described ??= columns;
    return (described ?? []).map(({ name, type }) => ({ name, type, kind: kindOf(type) }));
  };
  return {
    dialect,
    detail: 'Trino',
    describe,
    async run({ sql }, signal, onProgress) {
      const rows: (readonly unknown[])[] = [];
      for await (const { data } of pages(sql, signal, onProgress)) if (data) rows.push(...data);
      return rows;
    },
    ...rowsOf({ dialect, describe }, async function* (select, kinds, signal) {
      for await (const { data = [] } of pages(select, signal)) {
        const columns = kinds.map((kind, k) =>
          sentCells(
            data.map((row) => row[k]),
            kind,
          ),
        );
        yield chunkOf(data.length, columns);
      }
    }),
    async close() {},
  };
}

function kindOf(type: string): DescribedColumn['kind'] {
  if (/^(tinyint|smallint|integer|bigint|real|double|decimal\b)/.test(type)) return 'numeric';
  if (type === 'boolean') return 'boolean';
  return /^(varchar|char|uuid)\b/.test(type) ? 'categorical' : undefined;
}
