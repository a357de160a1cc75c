/**
 * A connection whose queries end in time and are asked again where a connection was lost: a query only reads, and every
 * evaluation counts its rows, so asking twice changes nothing. It counts the queries for a progress bar.
 */
import { LogisticError, type Warning } from '../errors.ts';
import type { Connection } from './engine.ts';

/** Which query over the rows it is, of about how many. */
export interface Pass {
  readonly pass: number;
  readonly about: number;
  /** Where the rows are read from; a query where it is absent. */
  readonly over?: 'disk';
}

export interface SteadyOptions {
  /** Milliseconds that a query may take. */
  readonly timeout: number | undefined;
  /** Queries that are expected, besides one for each column of categories. */
  readonly passes: number;
  readonly onProgress?: ((share: number, pass: Pass) => void) | undefined;
}

export interface SteadyConnection extends Connection {
  /** So many more queries are expected. */
  expect(queries: number): void;
  /** What was repeated. */
  warnings(): readonly Warning[];
}

const mostRepeats = 3;
/** Milliseconds before the first repeat; twice as many before each further one. */
const firstPause = 250;
/** Milliseconds that a cancelled query has to end by itself. */
const grace = 5000;

export function steadyConnection(
  connection: Connection,
  { timeout, passes, onProgress }: SteadyOptions,
): SteadyConnection {
  let repeats = 0;
  let pass = 0;
  let about = passes;

  /** One query with the signal that ends it, which may be the caller's. */
  async function limited<T>(signal: AbortSignal | undefined, work: (signal?: AbortSignal) => Promise<T>): Promise<T> {
    if (timeout === undefined) return work(signal);
    const limit = AbortSignal.timeout(timeout);
    const working = work(AbortSignal.any(signal === undefined ? [limit] : [signal, limit]));
    let timer: ReturnType<typeof setTimeout> | undefined;
    let giveUp = (): void => {};
    const late = new Promise<never>((_, reject) => {
      giveUp = () => {
        timer = setTimeout(() => reject(limit.reason), grace);
      };
      limit.addEventListener('abort', giveUp);
    });
    try {
      return await Promise.race([working, late]);
    } catch (error) {
      signal?.throwIfAborted();
      if (error !== limit.reason) throw error;
      throw new LogisticError('query-timeout', `${connection.detail}: a query took longer than ${timeout / 1000} s`, {
        hint: 'allow more (--timeout), or make the query cheaper',
        details: { timeout },
      });
    } finally {
      limit.removeEventListener('abort', giveUp);
      clearTimeout(timer);
    }
  }

  async function repeated<T>(signal: AbortSignal | undefined, ask: () => Promise<T>): Promise<T> {
    for (let k = 0; ; k++) {
      try {
        return await ask();
      } catch (error) {
        if (!(error instanceof LogisticError && error.code === 'connection-lost') || k === mostRepeats) throw error;
        repeats++;
        await pause(firstPause * 2 ** k, signal);
      }
    }
  }

  return {
    ...connection,
    expect(queries) {
      about += queries;
    },
    async describe(query, signal) {
      const columns = await repeated(signal, () => limited(signal, (ending) => connection.describe(query, ending)));
      about = passes + columns.filter(({ kind }) => kind === 'categorical').length;
      return columns;
    },
    async run(statement, signal) {
      pass++;
      about = Math.max(about, pass);
      const own = { pass, about };
      const progress = onProgress && ((share: number) => onProgress(share, own));
      progress?.(0);
      const answer = await repeated(signal, () =>
        limited(signal, (ending) => connection.run(statement, ending, progress)),
      );
      progress?.(1);
      return answer;
    },
    pull: (query, request, options) =>
      limited(options.signal, (signal) => connection.pull(query, request, { ...options, signal })),
    store: (query, request, options, openFile) =>
      limited(options.signal, (signal) => connection.store(query, request, { ...options, signal }, openFile)),
    warnings() {
      if (repeats === 0) return [];
      const queries = repeats === 1 ? 'a query was' : `${repeats} queries were`;
      const message = `${queries} asked again because the connection to ${connection.detail} was lost`;
      return [{ code: 'queries-repeated', message }];
    },
  };
}

function pause(milliseconds: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = (): void => {
      clearTimeout(timer);
      reject(signal!.reason);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', stop);
      resolve();
    }, milliseconds);
    if (signal?.aborted) stop();
    else signal?.addEventListener('abort', stop, { once: true });
  });
}
