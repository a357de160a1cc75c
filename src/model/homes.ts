/**
 * Where the rows of a fit lie: one home for sums in the backend's own arithmetic, one for float64 refinement and
 * the certificate; both are the same memory where the backend has float64. What is opened here is closed here.
 * It knows no solver.
 */
import type { Backend, PlacedRows, Precision, Rows } from '../backends/backend.ts';
import { openFused, type Resources } from '../backends/registry.ts';
import { inMemoryRows } from '../rows/in-memory.ts';
import { oracleRows } from '../rows/oracle.ts';
import type { RowSums } from '../rows/row-sums.ts';

export interface Homes {
  readonly coarse: RowSums;
  /** float64 arithmetic. */
  readonly exact: RowSums;
  /** The precision in which the rows are kept that `exact` judges. */
  readonly data: Precision;
  close(): Promise<void>;
}

export async function openHomes(
  rows: Rows,
  backend: Backend,
  { resources, precision }: { readonly resources: Resources; readonly precision: Precision },
  signal: AbortSignal | undefined,
): Promise<Homes> {
  let judge: Backend | undefined; // of a backend's float32 sums
  const homes: RowSums[] = [];
  const close = async (): Promise<void> => {
    for (const home of homes) home.dispose();
    await judge?.close();
  };
  const home = (placed: PlacedRows, arithmetic: Precision): RowSums => {
    const opened = inMemoryRows(placed, rows, arithmetic);
    homes.push(opened);
    return opened;
  };
  try {
    return { ...(await place()), close };
  } catch (error) {
    await close();
    throw error;
  }

  async function place(): Promise<Pick<Homes, 'coarse' | 'exact' | 'data'>> {
    if (rows.features === 0) {
      const exact = oracleRows(rows);
      return { coarse: exact, exact, data: 'float64' };
    }
    if (backend.arithmetics.includes('float64')) {
      const placed = await backend.place(rows, precision, signal);
      return { coarse: home(placed, 'float32'), exact: home(placed, 'float64'), data: precision };
    }
    const coarse = home(await backend.place(rows, 'float32', signal), 'float32');
    judge = await openFused(resources);
    if (judge === undefined) return { coarse, exact: oracleRows(rows), data: 'float64' };
    const exact = home(await judge.place(rows, precision, signal), 'float64');
    return { coarse, exact, data: precision };
  }
}
