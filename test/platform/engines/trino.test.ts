/** Trino's protocol, played by a small server in this process; test/services has a real one where TRINO_HOME names it. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { openConnection } from '../../../src/platform/engines/connection.ts';

interface Asked {
  readonly method: string;
  readonly path: string;
  readonly headers: Record<string, unknown>;
  readonly body: string;
}
/** Status and body of an answer; a body names the page that comes next by its path. */
type Answer = readonly [status: number, body: object | string];

let server: Server;
afterEach(() => new Promise((closed) => server.close(closed)));

/** A server that tells its version, and answers everything else from a list; and what it was asked. */
async function served(answers: readonly Answer[], user = 'reader:secret@') {
  const asked: Asked[] = [];
  const left = [...answers];
  server = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += chunk;
    if (body === 'select version()') return response.end(JSON.stringify({ data: [['476']] }));
    asked.push({ method: request.method!, path: request.url!, headers: request.headers, body });
    const [status, page] =
      request.method === 'DELETE' ? ([204, ''] as const) : (left.shift() ?? [500, 'nothing is left']);
    const { port } = server.address() as AddressInfo;
    const next = typeof page === 'object' && 'next' in page ? { nextUri: `http://127.0.0.1:${port}${page.next}` } : {};
    response.writeHead(status).end(typeof page === 'string' ? page : JSON.stringify({ ...page, ...next }));
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const { port } = server.address() as AddressInfo;
  const connection = await openConnection(
    `trino://${user}127.0.0.1:${port}/memory/default?join_max_broadcast_table_size=1MB`,
  );
  return { connection, asked };
}

const query = { sql: 'select x from t', texts: [] };

test('pages are followed to the last, busy answers are asked again, and progress is told', async () => {
  const { connection, asked } = await served([
    [200, { next: '/1', stats: { progressPercentage: 0 } }],
    [503, '<h1>busy</h1>'],
    [200, { next: '/2', data: [[1], [2]], stats: { progressPercentage: 50 } }],
    [200, { data: [[3]], stats: { progressPercentage: 100 } }],
  ]);
  const shares: number[] = [];
  expect(connection.detail).toBe('Trino 476');
  expect(await connection.run(query, undefined, (share) => shares.push(share))).toEqual([[1], [2], [3]]);
  expect(shares).toEqual([0, 0.5, 1]);
  expect(asked.map(({ method, path }) => `${method} ${path}`)).toEqual([
    'POST /v1/statement',
    'GET /1',
    'GET /1',
    'GET /2',
  ]);
  expect(asked[0]!.body).toBe(query.sql);
  expect(asked[0]!.headers).toMatchObject({
    'x-trino-user': 'reader',
    'x-trino-catalog': 'memory',
    'x-trino-schema': 'default',
    'x-trino-session': 'join_max_broadcast_table_size=1MB',
    authorization: `Basic ${Buffer.from('reader:secret').toString('base64')}`,
  });
});

test.each<[string, Answer[], string, RegExp]>([
  [
    'a mistake in the query',
    [[200, { error: { message: "line 1:8: Column 'x' cannot\nbe resolved", errorName: 'COLUMN_NOT_FOUND' } }]],
    'query-failed',
    /^Trino: line 1:8: Column 'x' cannot be resolved$/,
  ],
  [
    'a node that went away',
    [
      [200, { next: '/1' }],
      [200, { error: { message: 'Could not communicate', errorName: 'REMOTE_TASK_ERROR' } }],
    ],
    'connection-lost',
    /Could not communicate/,
  ],
  ['who may not read', [[401, 'Unauthorized']], 'query-failed', /HTTP 401 Unauthorized/],
])('%s is an error', async (_, answers, code, message) => {
  const { connection } = await served(answers);
  await expect(connection.run(query)).rejects.toMatchObject({ code, message: expect.stringMatching(message) });
});

test('an abort deletes the page that comes next', async () => {
  const { connection, asked } = await served(
    Array.from({ length: 99 }, (_, k) => [200, { next: `/${k + 1}` }] as const),
  );
  const aborting = new AbortController();
  const reason = new Error('enough');
  let pages = 0;
  const running = connection.run(query, aborting.signal, () => {
    if (++pages === 3) aborting.abort(reason);
  });
  await expect(running).rejects.toBe(reason);
  expect(asked.at(-1)).toMatchObject({ method: 'DELETE', path: '/3' });
});

test('cells come as texts, whatever is in them', async () => {
  const columns = [
    { name: 'a', type: 'double' },
    { name: 'b, "c"', type: 'varchar(20)' },
  ];
  const { connection, asked } = await served([
    [200, { next: '/1', columns }],
    [200, { columns, data: [] }],
    [200, { next: '/1', columns }],
    [
      200,
      {
        columns,
        data: [
          ['1.5', 'it "is", ü'],
          ['', null],
        ],
      },
    ],
  ]);
  const rows: unknown[] = [];
  for await (const chunk of connection.cells('select * from t')) rows.push(...chunk);
  expect(rows).toEqual([
    ['1.5', 'it "is", ü'],
    ['', ''],
  ]);
  expect(asked.at(-2)!.body).toContain('select cast(q."a" as varchar), cast(q."b, ""c""" as varchar) from');
});

test('a server that is not there is named without its password', async () => {
  server = createServer();
  const opening = openConnection('trino://reader:secret@127.0.0.1:9/memory');
  await expect(opening).rejects.toMatchObject({
    code: 'connection-failed',
    message: expect.not.stringContaining('secret'),
  });
});
