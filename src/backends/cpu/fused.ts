/**
 * The fused place: all sums over a block of rows in one visit, by WebAssembly SIMD kernels, on the calling thread or
 * on workers that each hold some of the rows. What the kernels mean is portable.ts; without this folder everything
 * would be slower and nothing else different. It knows no penalty and no solver.
 */
import type { Precision, RowPlace, RowSource, RowSums } from '../../rows/contract.ts';
import { countFeatures } from '../../rows/source.ts';
import { abortable } from '../../yielding.ts';
import { holdRows } from '../held-rows.ts';
import { createHost, type Host } from './host.ts';
import { compileKernels } from './kernels.ts';
import { bytesPerRow, planLayout } from './layout.ts';
import { rowSumsOfStores } from './row-sums.ts';
import { planStores } from './shards.ts';
import { openThreads } from './threads.ts';
import { type OpenStore, upload } from './upload.ts';

/** Bytes of rows in one memory: leaves 1 GiB of its 4 for the Hessian. */
const mostRowBytes = 3 * 2 ** 30;

/** The place over `workers` threads, 0 for the calling one, or undefined where WebAssembly SIMD is missing. */
export async function createFusedPlace(workers = 0): Promise<RowPlace | undefined> {
  const module = await compileKernels();
  if (module === undefined) return undefined;
  const threads = await openThreads(workers);
  const hosts = workers === 0 ? [createHost()] : threads.map(({ host }) => host);
  const where = workers === 0 ? 'the calling thread' : workers === 1 ? '1 worker thread' : `${workers} worker threads`;
  const held = holdRows();
  return {
    name: 'cpu',
    detail: `WebAssembly SIMD, ${where}`,
    async place(source, storage, signal) {
      return held.hold(await placeOn(hosts, module, { source, storage, rowBytes: mostRowBytes, signal }));
    },
    async close() {
      await held.close();
      await Promise.all(threads.map((thread) => thread.close()));
    },
  };
}

interface PlaceRequest {
  readonly source: RowSource;
  readonly storage: Precision;
  /** Bytes of rows that one memory may hold. */
  readonly rowBytes: number;
  readonly signal?: AbortSignal | undefined;
}

let stores = 0;

/** Rows in as many memories as it takes when each may hold `rowBytes` bytes of them. */
export async function placeOn(
  hosts: readonly Host[],
  module: WebAssembly.Module,
  { source, storage, rowBytes, signal }: PlaceRequest,
): Promise<RowSums> {
  const shape = { features: countFeatures(source), classes: source.classes, precision: storage };
  const most = Math.max(4, Math.floor(rowBytes / bytesPerRow(shape) / 4) * 4);
  const fewest = planLayout({ ...shape, shards: [source.rows] }).blockRows;
  const plans = planStores(source, { hosts: hosts.length, fewest, most });
  const opened = plans.map(({ host, shards }): OpenStore => ({ host: hosts[host]!, number: stores++, shards }));
  let opening: readonly Promise<void>[] = [];
  const close = async (): Promise<void> => {
    await Promise.allSettled(opening); // closed earlier, a store that opens afterwards would stay for ever
    for (const { host, number } of opened) void host.close(number).catch(() => {}); // its thread may have ended
  };
  const fill = async (): Promise<void> => {
    const open = ({ host, number, shards }: OpenStore): Promise<void> =>
      host.open(number, module, { ...shape, shards: shards.map(({ from, to }) => to - from) });
    opening = opened.map(open);
    await Promise.all(opening);
    await upload(source, opened, signal);
  };
  try {
    await abortable(fill, signal);
  } catch (error) {
    void close(); // an abort is answered at once
    throw error;
  }
  return rowSumsOfStores(source, { plans, opened, storage, close });
}
