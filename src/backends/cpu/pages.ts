/**
 * Rows that are kept outside memory as pages of columns: each sum goes through them all, a page at a time on each thread, and
 * through their images once there are any. What the fused place is to rows in memory this is to rows on a disk.
 */
import { runtime } from '#runtime';
import { LogisticError } from '../../errors.ts';
import type { Measures, PartitionSummary, Precision, RowSums, SumOptions, Sums } from '../../rows/contract.ts';
import { addMeasures } from '../../rows/measure.ts';
import type { PagePlan, PageReader } from '../../rows/pages.ts';
import { countFeatures, requireAllRows } from '../../rows/source.ts';
import { nextTask } from '../../yielding.ts';
import { createHost, type Host, type PageBack } from './host.ts';
import { compileKernels } from './kernels.ts';
import { type LentImages, type PageImages, piecesOf } from './page-images.ts';
import type { LentPage, PageNumber, SumRequest } from './page-store.ts';
import { plusSums } from './sums.ts';
import { type HostThread, openThreads } from './threads.ts';

/** What is known of the rows beside the pages. */
export interface PagedRows {
  readonly pages: PageReader;
  readonly plan: PagePlan;
  /** Precision in which rows are summed that are not asked for in another. */
  readonly storage: Precision;
  readonly summary: PartitionSummary;
  /** Where images of them are kept; absent: each sum converts the rows anew. */
  readonly images?: PageImages | undefined;
  /** Told why there are no images that were asked for. */
  readonly onNoImages?: ((reason: string) => void) | undefined;
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
    const hosts = workers.length > 0 ? workers.map(({ host }) => host) : [createHost(runtime.files)];
    const shape = { plan, pageRows: pages.pageRows, precision };
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

/** Images that would take more than so many times the room of the pages, for many levels, are not worth reading. */
const widestImages = 4;

function worthImages({ pages: { width, pageRows }, plan, storage, images }: PagedRows): boolean {
  const { pieces, imageBytes } = piecesOf(plan, pageRows, storage);
  return images !== undefined && pieces * imageBytes <= widestImages * 8 * width * pageRows;
}

function pagedSums(rows: PagedRows, hosts: readonly Host[], close: () => Promise<void>): RowSums {
  const { pages, plan, storage, summary, onNoImages, onPage } = rows;
  const { pageRows, width } = pages;
  const count = Math.ceil(pages.rows / pageRows);
  const spare: Float64Array[] = [];
  let wantsImages = worthImages(rows);
  let images: LentImages | undefined;
  let written = false;
  let closed = false;
  let last: Promise<unknown> = Promise.resolve();

  /** Calls take turns: what is in memory at a time is two pages for each host. */
  function inTurn<T>(work: () => Promise<T>): Promise<T> {
    const turn = last.then(work, work);
    last = turn.catch(() => {});
    return turn;
  }

  /** Lends a host a page. */
  async function overCells<T>(page: PageNumber, visit: (lent: LentPage) => Promise<T & PageBack>): Promise<T> {
    const cells = spare.pop() ?? new Float64Array(width * pageRows);
    await pages.read(page.number, cells);
    const { page: back, ...result } = await visit({ ...page, page: cells });
    spare.push(back);
    return result as T;
  }

  /** Each host goes through its own pages, of which the next is asked for while it sums one. A fault of one ends them all. */
  async function overPages<T>(visit: PageVisit<T>, add: Add<T>, signal: AbortSignal | undefined): Promise<T> {
    let summed = 0;
    let failed = false;
    const ofHost = async (host: Host, h: number): Promise<T> => {
      const ask = (number: number): Promise<T> | undefined => {
        if (number >= count) return undefined;
        const answer = visit(host, { number, held: Math.min(pageRows, pages.rows - number * pageRows) });
        answer.catch(() => {}); // told where it is awaited
        return answer;
      };
      let total: T | undefined;
      let next = ask(h);
      try {
        for (let number = h; number < count && !failed; number += hosts.length) {
          const asked = next!;
          next = ask(number + hosts.length);
          const sums = await asked;
          signal?.throwIfAborted();
          onPage?.(++summed / count);
          total = total === undefined ? sums : add(total, sums);
          await nextTask(); // the host may be this thread
        }
      } catch (error) {
        failed = true;
        throw error;
      } finally {
        await next?.catch(() => {}); // the files may be closed when a turn has ended
      }
      return total!;
    };
    onPage?.(0);
    const sums = hosts.slice(0, count).map(ofHost);
    await Promise.allSettled(sums); // a turn ends when the last host has
    const totals: T[] = await Promise.all(sums);
    return totals.reduce(add);
  }

  /** The first sum over all rows writes images, where there is room for them, which later sums read. */
  async function evaluate(request: SumRequest, signal: AbortSignal | undefined): Promise<Sums> {
    try {
      if (wantsImages && images === undefined) {
        images = await rows.images!.lend(pages, plan, storage);
        written = images.written;
      }
      const to = images?.descriptor;
      const visit: PageVisit<Sums> = written
        ? (host, page) => host.imageSums(page, request, to!)
        : (host, page) => overCells(page, (lent) => host.pageSums(lent, request, to));
      const sums = await overPages(visit, plusSums, signal);
      if (images !== undefined && !written) {
        images.keep();
        written = true;
      }
      return sums;
    } catch (error) {
      if (!wantsImages || !(error instanceof LogisticError && error.code === 'no-space')) throw error;
      onNoImages?.(error.message);
      images?.giveBack();
      images = undefined;
      wantsImages = false;
      return evaluate(request, signal);
    }
  }

  function whileOpen<T>(options: SumOptions | undefined, work: () => Promise<T>): Promise<T> {
    requireAllRows(options, 'rows on disk');
    return inTurn(async () => {
      if (closed) throw new LogisticError('disposed', 'these rows have been closed');
      return work();
    });
  }

  return {
    features: countFeatures(plan),
    scoreVectors: plan.classes - 1,
    partitions: [summary],
    precisions: ['float32', 'float64'],
    storagePrecision: storage,
    evaluate: (theta, order, precision, options): Promise<Sums> =>
      whileOpen(options, () => evaluate({ theta, order, precision }, options?.signal)),
    measure: (theta, threshold, options): Promise<Measures> =>
      whileOpen(options, () => {
        const visit: PageVisit<Measures> = (host, page) =>
          overCells(page, (lent) => host.pageMeasures(lent, theta, threshold));
        return overPages(visit, addMeasures, options?.signal);
      }),
    async close() {
      if (closed) return;
      closed = true;
      await inTurn(async () => {
        await close();
        images?.giveBack();
      });
    },
  };
}

type PageVisit<T> = (host: Host, page: PageNumber) => Promise<T>;
type Add<T> = (total: T, more: T) => T;
