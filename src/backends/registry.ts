/**
 * Backends by name, as places for rows, and what `auto` means. A backend that was asked for by name is used or is an
 * error: only `auto` and `cpu` choose, and what they chose is in the place's `detail`. Nothing is loaded before it is
 * asked for.
 */
import { LogisticError, nearestName } from '../errors.ts';
import type { RowPlace, RowSource, RowSums } from '../rows/contract.ts';
import { referencePlace } from '../rows/reference.ts';
import { countFeatures } from '../rows/source.ts';
import { withExact } from '../rows/with-exact.ts';
import { createFusedPlace } from './cpu/fused.ts';
import { availableThreads } from './cpu/threads.ts';
import { loadTensorFlow, loadWasm } from './load.ts';
import { type BackendName, backendNames } from './names.ts';
import { createTfjsPlace } from './tfjs.ts';

export interface Resources {
  /** Threads that compute: 'auto' is all that the machine runs at a time. */
  readonly threads: 'auto' | number;
  /**
   * Rows × columns of the design before any of them is left out, a category counted as its indicators. A design of few
   * stays on the calling thread, where it is done before a thread has started.
   */
  readonly cells: number;
}

/** The place called `name`. Whoever opens it closes it. */
export async function openPlace(name: BackendName, resources: Resources): Promise<RowPlace> {
  return takingNoFeatures(await open(name, resources));
}

async function open(name: BackendName, resources: Resources): Promise<RowPlace> {
  switch (name) {
    case 'auto':
    case 'cpu':
      return (await openFused(resources)) ?? (await openWithoutSimd());
    case 'tfjs-cpu':
      return withFloat64(await openTfjsCpu('tfjs-cpu'), resources);
    case 'wasm':
      return withFloat64(await createTfjsPlace(await loadWasm(), 'wasm', 'wasm'), resources);
    case 'reference':
      return referencePlace;
    default:
      throw new LogisticError('unknown-backend', `there is no backend ${JSON.stringify(name)}`, {
        hint: `choose one of ${backendNames.join(', ')}; ${nearestName(name, backendNames) ?? 'auto'} may be meant`,
      });
  }
}

/**
 * Below so many numbers in X a fit stays on the calling thread. Two threads begin to save time at about 2^22
 * (measured: placing, six Newton and three float64 evaluations); from 2^20 the calling thread would be held
 * for longer than 20 ms at a time, and threads cost a fit some 30 ms.
 */
export const threadedCells = 2 ** 20;

/** The fused place, undefined where SIMD is missing. Threads that only 'auto' asked for may be refused to it. */
export async function openFused({ threads, cells }: Resources): Promise<RowPlace | undefined> {
  if (cells < threadedCells) return createFusedPlace(0);
  if (threads !== 'auto') return createFusedPlace(threads);
  try {
    return await createFusedPlace(await availableThreads());
  } catch (error) {
    const place = await createFusedPlace(0);
    return place && { ...place, detail: `${place.detail} (${(error as Error).message})` };
  }
}

/** TensorFlow.js's cpu ops, or the reference where that package is missing too. */
async function openWithoutSimd(): Promise<RowPlace> {
  const place = await openTfjsCpu('cpu')
    .then((coarse) => composed(coarse, referencePlace))
    .catch((error) => {
      if ((error as LogisticError).code === 'backend-missing') return { ...referencePlace, name: 'cpu' };
      throw error;
    });
  return { ...place, detail: `${place.detail} (there is no WebAssembly SIMD here)` };
}

async function openTfjsCpu(name: string): Promise<RowPlace> {
  return createTfjsPlace(await loadTensorFlow(), name, 'cpu');
}

/** A float32 place beside the fused one, or beside plain loops where SIMD is missing. */
async function withFloat64(coarse: RowPlace, resources: Resources): Promise<RowPlace> {
  return composed(coarse, (await openFused(resources)) ?? referencePlace);
}

/** Places rows in both; the report's words are those of the coarse place, which was asked for. */
function composed(coarse: RowPlace, exact: RowPlace): RowPlace {
  return {
    name: coarse.name,
    detail: coarse.detail,
    async place(source, storage, signal) {
      const coarseRows = await coarse.place(withoutRelease(source), 'float32', signal);
      try {
        return withExact(coarseRows, await exact.place(source, storage, signal));
      } catch (error) {
        await coarseRows.close();
        throw error;
      }
    },
    async close() {
      await Promise.all([coarse.close(), exact.close()]);
    },
  };
}

/** The same source for a reader who is not the last. */
function withoutRelease(source: RowSource): RowSource {
  const columns = source.columns.map((column) => {
    if (column.kind !== 'dense') return column;
    const { kind, mean, scale } = column;
    return { kind, mean, scale, read: (from: number, into: Float64Array) => column.read(from, into) };
  });
  return { ...source, columns };
}

/** Rows of the intercept alone have no X to be fast about: they go to the reference. */
function takingNoFeatures(place: RowPlace): RowPlace {
  return {
    ...place,
    place: async (source, storage, signal): Promise<RowSums> => {
      if (countFeatures(source) > 0) return place.place(source, storage, signal);
      return referencePlace.place(source, storage, signal);
    },
  };
}
