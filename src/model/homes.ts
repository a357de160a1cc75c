/**
 * Where the rows of a fit lie: one home for the solve in the backend's own arithmetic, one for float64
 * refinement and the certificate. What is opened here is closed here, threads included. It knows no solver.
 */
import type { Backend, Precision, Rows } from '../backends/backend.ts';
import { openBackend, openFused } from '../backends/registry.ts';
import { inMemoryRows } from '../rows/in-memory.ts';
import { oracleRows } from '../rows/oracle.ts';
import type { RowSums } from '../rows/row-sums.ts';
import type { CheckedOptions } from './options.ts';

export interface Homes {
  readonly coarse: RowSums;
  /** float64 arithmetic. */
  readonly exact: RowSums;
  /** The precision in which the rows are kept that `exact` judges. */
  readonly data: Precision;
  readonly backend: { readonly name: string; readonly detail: string };
  close(): Promise<void>;
}

export async function openHomes(rows: Rows, options: CheckedOptions, signal: AbortSignal | undefined): Promise<Homes> {
  const resources = { threads: options.threads, cells: rows.count * rows.features };
  const backend = await openBackend(options.backend, resources);
  const backends = [backend];
  const homes: RowSums[] = [];
  const close = async (): Promise<void> => {
    for (const home of homes) home.dispose();
    await Promise.all(backends.map((one) => one.close()));
  };
  const placeOn = async (on: Backend, keep: readonly Precision[]): Promise<(arithmetic: Precision) => RowSums> => {
    const placed = await on.place(rows, keep, signal);
    return (arithmetic) => {
      const home = inMemoryRows(placed, rows, arithmetic);
      homes.push(home);
      return home;
    };
  };
  try {
    return { ...(await place()), backend: { name: backend.name, detail: backend.detail }, close };
  } catch (error) {
    await close();
    throw error;
  }

  async function place(): Promise<Pick<Homes, 'coarse' | 'exact' | 'data'>> {
    const { precision } = options;
    if (rows.features === 0) {
      const exact = oracleRows(rows);
      return { coarse: exact, exact, data: 'float64' };
    }
    if (backend.arithmetics.includes('float64')) {
      const keep: Precision[] = precision === 'float64' ? ['float32', 'float64'] : ['float32'];
      const home = await placeOn(backend, keep);
      return { coarse: home('float32'), exact: home('float64'), data: precision };
    }
    const coarse = (await placeOn(backend, ['float32']))('float32');
    const fused = await openFused(resources);
    if (fused === undefined) return { coarse, exact: oracleRows(rows), data: 'float64' };
    backends.push(fused);
    const exact = (await placeOn(fused, [precision]))('float64');
    return { coarse, exact, data: precision };
  }
}
