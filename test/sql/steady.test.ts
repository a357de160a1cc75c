/** Queries that end in time, and that are asked again where a connection was lost. */
import { afterEach, describe, expect, test, vi } from 'vitest';
import { LogisticError } from '../../src/errors.ts';
import { dialects } from '../../src/sql/dialects.ts';
import type { Connection } from '../../src/sql/engine.ts';
import { type Pass, steadyConnection } from '../../src/sql/steady.ts';

const statement = { sql: 'select 1', texts: [] };
const lost = (): LogisticError => new LogisticError('connection-lost', 'gone');

/** A connection that answers as it is told. */
const answering = (run: Connection['run']): Connection => ({
  dialect: dialects.duckdb,
  detail: 'Engine 1',
  run,
  describe: async () => [{ name: 'plan', type: 'text', kind: 'categorical' }],
  cells: () => ({ [Symbol.asyncIterator]: () => ({ next: async () => ({ done: true, value: undefined }) }) }),
  pull: () => Promise.reject(new Error('not asked for')),
  store: () => Promise.reject(new Error('not asked for')),
  close: async () => {},
});
const failing = (times: number, error: () => Error) => {
  let asked = 0;
  return answering(async () => {
    if (asked++ < times) throw error();
    return [[asked]];
  });
};
const options = { timeout: undefined, passes: 2 };

afterEach(() => vi.restoreAllMocks());

/** Pauses that are over at once, and how long they would have been; or what happens in them instead. */
function pausing(during = (over: () => void): void => over()): number[] {
  const pauses: number[] = [];
  vi.spyOn(globalThis, 'setTimeout').mockImplementation(((over: () => void, milliseconds: number) => {
    pauses.push(milliseconds);
    queueMicrotask(() => during(over));
  }) as never);
  return pauses;
}

describe('repeats', () => {
  test('a lost connection is asked again after pauses that double, and it is said', async () => {
    const pauses = pausing();
    const steady = steadyConnection(failing(2, lost), options);
    expect(steady.warnings()).toEqual([]);
    expect(await steady.run(statement)).toEqual([[3]]);
    expect(pauses).toEqual([250, 500]);
    expect(steady.warnings()).toEqual([
      {
        code: 'queries-repeated',
        message: '2 queries were asked again because the connection to Engine 1 was lost',
      },
    ]);
  });
  test.each([
    ['a connection that stays lost', 9, lost, 'connection-lost'],
    ['what the engine refuses', 1, () => new LogisticError('query-failed', 'no such table'), 'query-failed'],
    ['a snapshot that is gone', 1, () => new LogisticError('rows-lost', 'gone'), 'rows-lost'],
  ])('%s is an error', async (_, times, error, code) => {
    pausing();
    await expect(steadyConnection(failing(times, error), options).run(statement)).rejects.toMatchObject({ code });
  });
  test('an abort ends the waiting', async () => {
    const aborting = new AbortController();
    const reason = new Error('enough');
    const pauses = pausing(() => aborting.abort(reason));
    const running = steadyConnection(failing(9, lost), options).run(statement, aborting.signal);
    await expect(running).rejects.toBe(reason);
    expect(pauses).toEqual([250]);
  });
});

describe('a time limit', () => {
  const endless = answering(
    (_, signal) => new Promise((__, reject) => signal!.addEventListener('abort', () => reject(signal!.reason))),
  );
  test('cancels the query and names the option', async () => {
    await expect(steadyConnection(endless, { ...options, timeout: 30 }).run(statement)).rejects.toMatchObject({
      code: 'query-timeout',
      message: 'Engine 1: a query took longer than 0.03 s',
      hint: expect.stringContaining('--timeout'),
    });
  });
  test('is forgotten once the query has ended', async () => {
    const waits = vi.spyOn(globalThis, 'setTimeout');
    await steadyConnection(failing(0, lost), { ...options, timeout: 10 }).run(statement);
    await new Promise((resolve) => AbortSignal.timeout(50).addEventListener('abort', resolve));
    expect(waits.mock.calls.map(([, milliseconds]) => milliseconds)).not.toContain(5000); // for what is cancelled to end
  });
  test("the caller's own abort keeps its reason", async () => {
    const reason = new Error('enough');
    const aborting = new AbortController();
    const running = steadyConnection(endless, { ...options, timeout: 5000 }).run(statement, aborting.signal);
    aborting.abort(reason);
    await expect(running).rejects.toBe(reason);
  });
});

test('passes are counted, with the share that the engine gives', async () => {
  const heard: [number, Pass][] = [];
  const engine = answering(async (_, __, onProgress) => {
    onProgress?.(0.5);
    return [[1]];
  });
  const steady = steadyConnection(engine, { ...options, onProgress: (share, pass) => heard.push([share, pass]) });
  await steady.describe('select …');
  for (let k = 0; k < 4; k++) await steady.run(statement);
  expect(heard.map(([share, { pass, about }]) => `${share} of ${pass}/${about}`)).toEqual(
    ['1/3', '2/3', '3/3', '4/4'].flatMap((own) => [`0 of ${own}`, `0.5 of ${own}`, `1 of ${own}`]),
  );
});
