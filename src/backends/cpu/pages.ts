/**
 * Rows that are kept outside memory as pages of columns: each sum reads them all, a page at a time on each thread. What the
 * fused place is to rows in memory this is to rows on a disk. It knows no file system.
 */
import { runtime } from '#runtime';
import { LogisticError } from '../../errors.ts';
import type { Measures, PartitionSummary, Precision, RowSums, SumOptions, Sums } from '../../rows/contract.ts';
import { addMeasures } from '../../rows/measure.ts';
import type { PagePlan, PageReader } from '../../rows/pages.ts';
import { countFeatures, requireAllRows } from '../../rows/source.ts';
import { createHost, type Host } from './host.ts';
import { compileKernels } from './kernels.ts';
import type { LentPage } from './page-store.ts';
import { plusSums } from './sums.ts';
import { type HostThread, openThreads } from './threads.ts';

/** What is known of the rows beside the pages. */
export interface PagedRows {
  readonly pages: PageReader;
  readonly plan: PagePlan;
  /** Precision in which rows are summed that are not asked for in another. */
  readonly storage: Precision;
  readonly summary: PartitionSummary;
  /** Share of the pages that a sum has read: 0 when it begins. */
  readonly onPage?: ((share: number) => void) | undefined;
}

/** The rows, which are read for each sum. Undefined where WebAssembly SIMD is missing. */
export async function placePages(
  rows: PagedRows,
  { threads }: { readonly threads: 'auto' | number },
): Promise<RowSums | undefined> {
  const module = await compileKernels();
  if (module === undefined) return undefined;
  const { plan, pages, storage: precision } = rows;
  const workers = await workersFor(threads, Math.ceil(pages.rows / pages.pageRows));
  const close = async (): Promise<void> => {
    await Promise.all(workers.map((worker) => worker.close()));
  };
  try {
    const hosts = workers.length > 0 ? workers.map(({ host }) => host) : [createHost()];
    const shape = { plan, features: countFeatures(plan), pageRows: pages.pageRows, precision };
    await Promise.all(hosts.map((host) => host.openPages(module, shape)));
    return pagedSums(rows, hosts, close);
  } catch (error) {
    await close();
    throw error;
  }
}

/** Threads that only 'auto' asked for may be refused: then the calling thread computes. */
async function workersFor(threads: 'auto' | number, pages: number): Promise<readonly HostThread[]> {
  const count = Math.min(pages, threads === 'auto' ? runtime.availableThreads() : threads);
  if (count < 2) return [];
  return threads === 'auto' ? openThreads(count).catch(() => []) : openThreads(count);
}

function pagedSums(rows: PagedRows, hosts: readonly Host[], close: () => Promise<void>): RowSums {
  const { pages, plan, storage, summary, onPage } = rows;
  const { pageRows, width } = pages;
  const count = Math.ceil(pages.rows / pageRows);
  const spare: Float64Array[] = [];
  let summed = 0;
  let closed = false;
  let last: Promise<unknown> = Promise.resolve();

  /** Calls take turns: what is in memory at a time is two pages for each host. */
  function inTurn<T>(work: () => Promise<T>): Promise<T> {
    const turn = last.then(work, work);
    last = turn.catch(() => {});
    return turn;
  }

  const readPage = async (number: number): Promise<LentPage> => {
    const page = spare.pop() ?? new Float64Array(width * pageRows);
    await pages.read(number, page);
    return { page, held: Math.min(pageRows, pages.rows - number * pageRows) };
  };

  /** Each host goes through its own pages, of which the next is read while it sums one. */
  async function ofHost<T>(h: number, visit: PageVisit<T>, add: Add<T>, signal: AbortSignal | undefined): Promise<T> {
    const ahead = (number: number): Promise<LentPage> | undefined => {
      const reading = number < count ? readPage(number) : undefined;
      reading?.catch(() => {}); // told where it is awaited
      return reading;
    };
    let next = ahead(h);
    let total: T | undefined;
    try {
      for (let number = h; number < count; number += hosts.length) {
        const lent: LentPage = await next!;
        signal?.throwIfAborted();
        next = ahead(number + hosts.length);
        const { result, page } = await visit(hosts[h]!, lent);
        spare.push(page);
        onPage?.(++summed / count);
        total = total === undefined ? result : add(total, result);
      }
    } finally {
      await next?.catch(() => {}); // the file may be closed when a turn has ended
    }
    return total!;
  }

  function overPages<T>(options: SumOptions | undefined, visit: PageVisit<T>, add: Add<T>): Promise<T> {
    requireAllRows(options, 'rows on disk');
    return inTurn(async () => {
      if (closed) throw new LogisticError('disposed', 'these rows have been closed');
      summed = 0;
      onPage?.(0);
      const sums = hosts.slice(0, count).map((_, h) => ofHost(h, visit, add, options?.signal));
      await Promise.allSettled(sums); // a turn ends when the last host has
      const totals: T[] = await Promise.all(sums);
      return totals.reduce(add);
    });
  }

  return {
    features: countFeatures(plan),
    scoreVectors: plan.classes - 1,
    partitions: [summary],
    precisions: ['float32', 'float64'],
    storagePrecision: storage,
    evaluate: (theta, order, precision, options): Promise<Sums> =>
      overPages(
        options,
        async (host, lent) => {
          const { page, ...result } = await host.pageSums(lent, theta, order, precision);
          return { result, page };
        },
        plusSums,
      ),
    measure: (theta, threshold, options): Promise<Measures> =>
      overPages(
        options,
        async (host, lent) => {
          const { page, ...result } = await host.pageMeasures(lent, theta, threshold);
          return { result, page };
        },
        addMeasures,
      ),
    async close() {
      if (closed) return;
      closed = true;
      await inTurn(close);
    },
  };
}

/** What a host makes of a page, with the page. */
type PageVisit<T> = (host: Host, lent: LentPage) => Promise<{ readonly result: T; readonly page: Float64Array }>;
type Add<T> = (total: T, more: T) => T;
