/**
 * The fused backend: all sums over a block of rows in one visit, by WebAssembly SIMD kernels, on the
 * calling thread or on workers that each own a part of the rows. The meaning of the kernels is
 * portable.ts; deleting this folder would cost time and nothing else. It knows no penalty and no solver.
 */
import { LogisticError } from '../../errors.ts';
import { createTurns, type Turns } from '../../turns.ts';
import type { Backend, PlacedRows, Precision, Rows } from '../backend.ts';
import { createHost, type Host } from './host.ts';
import { compileKernels } from './kernels.ts';
import { bytesPerRow, panelWidth } from './layout.ts';
import { plusSums } from './store.ts';
import { openThreads } from './threads.ts';

/** Bytes of rows in one memory: leaves 1 GiB of its 4 for the Hessian. */
const mostRowBytes = 3 * 2 ** 30;
/**
 * Rows of a panel of features that travel at a time: a multiple of every vector, so few that a panel stays in the
 * cache on its way, and so many that messages cost little (2^13 takes a tenth longer, 2^12 a third).
 */
const travelRows = 2 ** 14;

/** The backend over `workers` threads, 0 for the calling one, or undefined where WebAssembly SIMD is missing. */
export async function createFusedBackend(workers = 0): Promise<Backend | undefined> {
  const module = await compileKernels();
  if (module === undefined) return undefined;
  const threads = await openThreads(workers);
  const hosts = workers === 0 ? [createHost()] : threads.map(({ host }) => host);
  const place = workers === 0 ? 'the calling thread' : workers === 1 ? '1 worker thread' : `${workers} worker threads`;
  return {
    name: 'cpu',
    detail: `WebAssembly SIMD, ${place}`,
    arithmetics: ['float32', 'float64'],
    place: (rows, precision, signal) => placeOn(hosts, module, { rows, precision, rowBytes: mostRowBytes, signal }),
    async close() {
      await Promise.all(threads.map((thread) => thread.close()));
    },
  };
}

interface Placing {
  readonly rows: Rows;
  readonly precision: Precision;
  /** Bytes of rows that one memory may hold. */
  readonly rowBytes: number;
  readonly signal?: AbortSignal | undefined;
}

/** Part `number` of a host: rows from … to. */
interface Share {
  readonly host: Host;
  readonly number: number;
  readonly from: number;
  readonly to: number;
}

let parts = 0;

/** Rows in as many parts as it takes when each may hold `rowBytes` bytes of them, in turn on each host. */
export async function placeOn(
  hosts: readonly Host[],
  module: WebAssembly.Module,
  placing: Placing,
): Promise<PlacedRows> {
  const { rows, precision, signal } = placing;
  const most = Math.max(4, Math.floor(placing.rowBytes / bytesPerRow(rows.features, precision)));
  const count = Math.max(1, Math.min(rows.count, hosts.length * Math.ceil(rows.count / (most * hosts.length))));
  const length = Math.ceil(rows.count / count);
  const shares = Array.from(
    { length: count },
    (_, k): Share => ({
      host: hosts[k % hosts.length]!,
      number: parts++,
      from: Math.min(rows.count, k * length),
      to: Math.min(rows.count, (k + 1) * length),
    }),
  );
  const readers = new Map<number, number>(); // shares that have read the panel from this feature on
  const onRead = (first: number): void => {
    readers.set(first, (readers.get(first) ?? 0) + 1);
    if (readers.get(first) !== shares.length) return;
    for (let j = first; j < Math.min(first + panelWidth, rows.features); j++) rows.release?.(j);
  };
  const turns = createTurns(signal);
  await abortable(() => Promise.all(shares.map((share) => fill(share, module, placing, turns, onRead))), signal);
  let disposed = false;
  const ofShares = <T>(ask: (share: Share) => Promise<T>, signal: AbortSignal | undefined): Promise<T[]> => {
    if (disposed) throw new LogisticError('disposed', 'these rows have been disposed of');
    return abortable(() => Promise.all(shares.map(ask)), signal);
  };
  return {
    async evaluate(theta, order, arithmetic, signal) {
      const sums = await ofShares(({ host, number }) => host.evaluate(number, theta, order, arithmetic), signal);
      return sums.reduce(plusSums);
    },
    async scores(theta, signal) {
      const parts = await ofShares(({ host, number }) => host.scores(number, theta), signal);
      const z = new Float64Array(rows.count);
      for (const [k, part] of parts.entries()) z.set(part, shares[k]!.from);
      return z;
    },
    dispose() {
      disposed = true;
      for (const { host, number } of shares) void host.close(number).catch(() => {}); // gone with its thread
    },
  };
}

/** Writes a share's rows, one buffer being filled here while the other is copied there. */
async function fill(
  share: Share,
  module: WebAssembly.Module,
  { rows, precision }: Placing,
  turns: Turns,
  onRead: (first: number) => void,
): Promise<void> {
  const { host, number, from, to } = share;
  await host.open(number, module, { rows: to - from, features: rows.features, precision });
  const buffer = (): Promise<Float64Array> =>
    Promise.resolve(new Float64Array(panelWidth * Math.min(travelRows, to - from)));
  const buffers = [buffer(), buffer()];
  let turn = 0;
  const send = async (
    length: number,
    read: (values: Float64Array) => void,
    write: (v: Float64Array) => Promise<Float64Array>,
  ) => {
    const { buffer } = await buffers[turn]!;
    const values = new Float64Array(buffer, 0, length);
    read(values);
    const sent = write(values);
    sent.catch(() => {}); // told when it is awaited; after another error nobody awaits it
    buffers[turn] = sent;
    turn = 1 - turn;
    await turns.spend(length); // replies that follow one another keep everything else waiting
  };
  for (let start = from; start < to; start += travelRows) {
    const q = (values: Float64Array): void => signedWeights(rows, start, values);
    await send(Math.min(travelRows, to - start), q, (values) => host.writeSignedWeights(number, start - from, values));
  }
  for (let first = 0; first < rows.features; first += panelWidth) {
    const width = Math.min(panelWidth, rows.features - first);
    for (let start = from; start < to; start += travelRows) {
      const count = Math.min(travelRows, to - start);
      const read = (values: Float64Array): void => {
        for (let k = 0; k < width; k++) rows.read(first + k, start, values.subarray(k * count, (k + 1) * count));
        values.fill(0, width * count); // features that are missing in the last panel
      };
      await send(panelWidth * count, read, (values) => host.writePanel(number, first, start - from, values));
    }
    onRead(first);
  }
  await Promise.all(buffers);
}

function signedWeights({ y, weights }: Rows, from: number, q: Float64Array): void {
  for (let i = 0; i < q.length; i++) q[i] = (1 - 2 * y[from + i]!) * (weights ? weights[from + i]! : 1);
}

/** What the work gives, or the signal's reason as soon as it aborts: what the work then does is nobody's concern. */
async function abortable<T>(work: () => Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return work();
  signal.throwIfAborted();
  let abort: (() => void) | undefined;
  const aborted = new Promise<never>((_, reject) => {
    abort = () => reject(signal.reason);
    signal.addEventListener('abort', abort);
  });
  try {
    return await Promise.race([work(), aborted]);
  } finally {
    signal.removeEventListener('abort', abort!);
  }
}
