/**
 * Long loops over rows that yield to the event loop between pieces, so that timers, sockets and aborts are served:
 * whoever fits a million rows in a server goes on serving; and waiting that an abort ends. It counts rows, reads no clock,
 * and knows nothing of what the loops do.
 */

/** Rows of one column between two yields: well under a millisecond of plain arithmetic. */
const rowsBetweenYields = 2 ** 16;
/** Rows of one column that are visited in one go. */
const rowsInOneGo = 2 ** 14;

/** One count for all loops of the process, so that many short loops yield as well. */
let left = rowsBetweenYields;

/**
 * Calls visit(from, to) over consecutive runs of 0 … count, until it gives false. The runs depend on nothing but `count`
 * and `cost`, so that sums over them come out alike every time. `cost`: rows of plain arithmetic that one of these is worth.
 */
export async function overRows(count: number, visit: (from: number, to: number) => unknown, cost = 1): Promise<void> {
  const length = Math.ceil(rowsInOneGo / cost);
  for (let from = 0; from < count; from += length) {
    const to = Math.min(count, from + length);
    const goOn = visit(from, to) !== false;
    await yieldAfter((to - from) * cost);
    if (!goOn) return;
  }
}

/** Counts work that was done in one go, in rows of one column, and yields when it is due. */
export async function yieldAfter(rows: number): Promise<void> {
  left -= rows;
  if (left > 0) return;
  left = rowsBetweenYields;
  await nextTask();
}

/** Lets the event loop turn once. */
export function nextTask(): Promise<void> {
  return new Promise((resolve) => {
    if (typeof setImmediate === 'function') {
      setImmediate(resolve);
      return;
    }
    const { port1, port2 } = new MessageChannel(); // a page's timers wait 4 ms
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(undefined);
  });
}

/** What the work gives, or the signal's reason as soon as it aborts; what the work then does is ignored. */
export async function abortable<T>(work: () => Promise<T>, signal: AbortSignal | undefined): Promise<T> {
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
