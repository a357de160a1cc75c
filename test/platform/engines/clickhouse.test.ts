/** ClickHouse over a connection that breaks: a small server in this process that answers as a real one does, or does not. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { openConnection } from '../../../src/platform/engines/connection.ts';
import { steadyConnection } from '../../../src/sql/steady.ts';

let server: Server;
afterEach(() => new Promise((closed) => server.close(closed)));

/** The address of a server that tells its version, and gives every other query to `answer`. */
async function served(answer: (response: ServerResponse, request: IncomingMessage) => void): Promise<string> {
  server = createServer(async (request, response) => {
    let sql = '';
    for await (const chunk of request) sql += chunk;
    if (/system.processes/.test(sql)) response.end('{"meta":[],"data":[[0.25]]}');
    else if (/version/.test(sql)) response.end('{"meta":[],"data":[["24.1.1"]]}');
    else answer(response, request);
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  return `clickhouse://127.0.0.1:${(server.address() as AddressInfo).port}/default`;
}

const query = { sql: 'select count(*) from t', texts: [] };

test.each<[string, string, RegExp, (response: ServerResponse) => void]>([
  [
    'an answer that is cut off',
    'connection-lost',
    /no whole answer/,
    (response) => {
      response.writeHead(200, { 'content-length': '100' }).write('{"meta":[],"data":[[1');
      setTimeout(() => response.destroy(), 20);
    },
  ],
  [
    'an answer that ends early',
    'connection-lost',
    /no whole answer/,
    (response) => response.end('{"meta":[],"data":[[1'),
  ],
  [
    'a proxy that finds no server',
    'connection-lost',
    /502 Bad Gateway/,
    (response) => response.writeHead(502).end('<h1>502 Bad Gateway</h1>'),
  ],
  [
    'an error after the first rows',
    'query-failed',
    /Memory limit exceeded/,
    (response) =>
      response.end('{"meta":[],"data":[[1]],"exception":"Code: 241. DB::Exception: Memory limit exceeded"}'),
  ],
  [
    'an error of an old release',
    'query-failed',
    /readonly mode/,
    (response) =>
      response.writeHead(500).end('Code: 164, e.displayText() = DB::Exception: Cannot drop table in readonly mode'),
  ],
  [
    'an error instead of rows',
    'query-failed',
    /Table default.t doesn't exist/,
    (response) =>
      response.writeHead(404).end("Code: 60. DB::Exception: Table default.t doesn't exist. (UNKNOWN_TABLE)"),
  ],
])('%s is an error', async (_, code, message, answer) => {
  const connection = await openConnection(await served(answer));
  await expect(connection.run(query)).rejects.toMatchObject({ code, message: expect.stringMatching(message) });
  await connection.close();
});

test('the share of a long query is asked of the server beside it', async () => {
  const connection = await openConnection(
    await served((response) => setTimeout(() => response.end('{"meta":[],"data":[[7]]}'), 800)),
  );
  const shares: number[] = [];
  expect(await connection.run(query, undefined, (share) => shares.push(share))).toEqual([[7]]);
  expect(shares).toEqual([0.25]);
  await connection.close();
});

test('a fit goes on where a server that was busy answers again, and says so', async () => {
  let asked = 0;
  const address = await served((response) => {
    if (++asked <= 2) response.writeHead(503).end('busy');
    else response.end('{"meta":[{"name":"x","type":"Float64"}],"data":[]}');
  });
  const steady = steadyConnection(await openConnection(address), { timeout: undefined, passes: 1 });
  expect(await steady.describe('select x from t')).toEqual([{ name: 'x', type: 'Float64', kind: 'numeric' }]);
  expect(steady.warnings()).toHaveLength(1);
  await steady.close();
});
