/**
 * Rows that are kept outside memory, a page at a time: the image of a kernel memory that one thread loads, sums over and
 * lets go. What the fused place is to rows in memory this is to rows on a disk. It knows no file system.
 */
import { runtime } from '#runtime';
import { LogisticError } from '../../errors.ts';
import type {
  Measures,
  Order,
  PartitionSummary,
  Precision,
  RowSource,
  RowSums,
  SumOptions,
  Sums,
} from '../../rows/contract.ts';
import { addMeasures, measureScores } from '../../rows/measure.ts';
import { requireAllRows } from '../../rows/source.ts';
import { createHost, type Host } from './host.ts';
import { compileKernels } from './kernels.ts';
import { bytesPerRow } from './layout.ts';
import { plusSums } from './sums.ts';
import { type HostThread, openThreads } from './threads.ts';
import { upload } from './upload.ts';

/** Where pages are kept, in the order in which they are appended. Whoever opens it closes it. */
export interface PageFile {
  append(page: Float64Array): Promise<void>;
  read(page: number, into: Float64Array): Promise<void>;
  close(): Promise<void>;
}

/** What is known of the rows beside the pages. */
export interface PagedRows {
  readonly features: number;
  /** K */
  readonly classes: number;
  readonly storage: Precision;
  /** Rows of each page but the last: what `rowsPerPage` says. */
  readonly pageRows: number;
  /** All rows of a page in memory at a time; a page that is not full is filled up with rows of weight 0. */
  readonly pages: AsyncIterable<RowSource>;
  /** Weights of the classes, by code, that metrics do not count; absent: 1. */
  readonly classFactors?: Float64Array | undefined;
  readonly summary: PartitionSummary;
}

const pageBytes = 2 ** 23;
const [fewestRows, mostRows] = [512, 2 ** 16];

/** Rows that make a page: whole blocks of the kernels, and about 8 MiB. */
export function rowsPerPage(shape: {
  readonly features: number;
  readonly classes: number;
  readonly precision: Precision;
}): number {
  const fitting = Math.floor(pageBytes / bytesPerRow(shape) / fewestRows) * fewestRows;
  return Math.max(fewestRows, Math.min(mostRows, fitting));
}

/**
 * Writes the rows to the file, and reads them for each sum; the file is closed with the rows, or where they cannot be
 * placed. Undefined where WebAssembly SIMD is missing.
 */
export async function placePages(
  rows: PagedRows,
  file: PageFile,
  { threads, signal }: { readonly threads: 'auto' | number; readonly signal?: AbortSignal | undefined },
): Promise<RowSums | undefined> {
  let workers: readonly HostThread[] = [];
  const close = async (): Promise<void> => {
    await Promise.all(workers.map((worker) => worker.close()));
    await file.close();
  };
  try {
    const module = await compileKernels();
    if (module === undefined) {
      await close();
      return undefined;
    }
    workers = await workersFor(threads);
    const { features, classes, storage, pageRows } = rows;
    const hosts = workers.length > 0 ? workers.map(({ host }) => host) : [createHost()];
    const shape = { features, classes, precision: storage, shards: [pageRows] };
    await Promise.all(hosts.map((host) => host.open(store, module, shape)));
    const pages = await writePages(rows, file, hosts, signal);
    return pagedSums(rows, { file, hosts, ...pages, close });
  } catch (error) {
    await close();
    throw error;
  }
}

/** Each host has one store. */
const store = 0;

/** Threads that only 'auto' asked for may be refused: then the calling thread computes. */
async function workersFor(threads: 'auto' | number): Promise<readonly HostThread[]> {
  const count = threads === 'auto' ? runtime.availableThreads() : threads;
  if (count < 2) return [];
  return threads === 'auto' ? openThreads(count).catch(() => []) : openThreads(count);
}

async function writePages(
  { pages, pageRows }: PagedRows,
  file: PageFile,
  hosts: readonly Host[],
  signal?: AbortSignal,
) {
  let count = 0;
  let numbers = 0;
  for await (const page of pages) {
    signal?.throwIfAborted();
    const host = hosts[count++ % hosts.length]!;
    await upload(page, [{ host, number: store, shards: [{ from: 0, to: pageRows }] }], signal);
    const image = await host.image(store);
    numbers = image.length;
    await file.append(image);
  }
  return { count, numbers };
}

interface Pages {
  readonly file: PageFile;
  readonly hosts: readonly Host[];
  readonly count: number;
  /** Length of an image. */
  readonly numbers: number;
  close(): Promise<void>;
}

function pagedSums(rows: PagedRows, { file, hosts, count, numbers, close }: Pages): RowSums {
  const { features, classes, storage, pageRows, summary, classFactors } = rows;
  let closed = false;
  let last: Promise<unknown> = Promise.resolve();

  /** Calls take turns: the stores hold one page at a time. */
  function inTurn<T>(work: () => Promise<T>): Promise<T> {
    const turn = last.then(work, work);
    last = turn.catch(() => {});
    return turn;
  }

  /** Each host goes through its own pages, so that one reads while another computes. */
  function overPages<T extends Sums | Measures>(
    options: SumOptions | undefined,
    visit: (host: Host, image: Float64Array, page: number) => Promise<T>,
    add: (total: T, more: T) => T,
  ): Promise<T> {
    requireAllRows(options, 'rows on disk');
    return inTurn(async () => {
      if (closed) throw new LogisticError('disposed', 'these rows have been closed');
      const sums = hosts.slice(0, count).map(async (host, h): Promise<T> => {
        let image: Float64Array = new Float64Array(numbers);
        const own = async (page: number): Promise<T> => {
          options?.signal?.throwIfAborted();
          await file.read(page, image);
          image = await host.load(store, image);
          return visit(host, image, page);
        };
        let total = await own(h);
        for (let page = h + hosts.length; page < count; page += hosts.length) total = add(total, await own(page));
        return total;
      });
      await Promise.allSettled(sums); // a turn ends when the last host has
      let total = await sums[0]!;
      for (const more of sums.slice(1)) total = add(total, await more);
      return total;
    });
  }

  return {
    features,
    scoreVectors: classes - 1,
    partitions: [summary],
    precisions: ['float32', 'float64'],
    storagePrecision: storage,
    evaluate: (theta, order: Order, precision, options): Promise<Sums> =>
      overPages(options, (host) => host.evaluate(store, theta, order, precision), plusSums),
    measure: (theta, threshold, options): Promise<Measures> =>
      overPages(
        options,
        async (host, image, page) => {
          const held = page < count - 1 ? pageRows : summary.rows - (count - 1) * pageRows;
          const scores = await host.scores(store, theta);
          const own = labelledRows(image, { classes, storage, pageRows, held, classFactors });
          const kept = held === pageRows ? scores : firstColumns(scores, classes - 1, pageRows, held);
          return measureScores(own, kept, threshold, undefined);
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

interface Labelled {
  readonly classes: number;
  readonly storage: Precision;
  readonly pageRows: number;
  /** Rows of the page that are rows of the data. */
  readonly held: number;
  readonly classFactors: Float64Array | undefined;
}

/** The labels and weights at the beginning of an image, as store.ts has them. */
function labelledRows(image: Float64Array, { classes, storage, pageRows, held, classFactors }: Labelled): RowSource {
  const numbers = storage === 'float32' ? new Float32Array(image.buffer) : image;
  const labels = new Int32Array(held);
  const weights = new Float64Array(held);
  for (let i = 0; i < held; i++) {
    const q = numbers[i]!;
    labels[i] = classes === 2 ? Number(q < 0) : numbers[pageRows + i]!;
    weights[i] = Math.abs(q) / (classFactors?.[labels[i]!] ?? 1);
  }
  return { rows: held, columns: [], classes, labels, weights };
}

/** The first `kept` of each of the lines [lines, length]. */
function firstColumns(values: Float64Array, lines: number, length: number, kept: number): Float64Array {
  const out = new Float64Array(lines * kept);
  for (let c = 0; c < lines; c++) out.set(values.subarray(c * length, c * length + kept), c * kept);
  return out;
}
