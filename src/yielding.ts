/**
 * Long loops over rows, cut into turns between which the event loop serves timers, sockets and aborts:
 * whoever fits a million rows in a server goes on serving. It counts rows, reads no clock, and knows
 * nothing of what the loops do.
 */

/** Rows of one column between two turns of the event loop: well under a millisecond of plain arithmetic. */
const rowsATurn = 2 ** 16;

export interface Turns {
  /**
   * Calls visit(from, to) over consecutive runs of 0 … count, until it gives false. `cost`: rows of plain arithmetic
   * that one of these is worth. Rejects with the signal's reason.
   */
  over(count: number, visit: (from: number, to: number) => unknown, cost?: number): Promise<void>;
  /** Counts work that was done in one go, in rows of one column. */
  spend(rows: number): Promise<void>;
}

/** One count of rows for all loops that share these turns, so that many short loops take turns as well. */
export function createTurns(signal?: AbortSignal): Turns {
  let left = rowsATurn;
  const spend = async (rows: number): Promise<void> => {
    left -= rows;
    if (left > 0) return;
    left = rowsATurn;
    await nextTask();
    signal?.throwIfAborted();
  };
  return {
    async over(count, visit, cost = 1) {
      for (let from = 0; from < count; ) {
        const to = Math.min(count, from + Math.ceil(left / cost));
        const goOn = visit(from, to) !== false;
        await spend((to - from) * cost);
        if (!goOn) return;
        from = to;
      }
    },
    spend,
  };
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
