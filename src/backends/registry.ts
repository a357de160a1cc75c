/**
 * Backends by name, as places for rows, and what `auto` means. A backend that was asked for by name is used or is an
 * error: only `auto` and `cpu` choose, and what they chose is in the place's `detail`. Nothing is loaded before it is
 * asked for.
 */
import { runtime } from '#runtime';
import { LogisticError, nearestName } from '../errors.ts';
import type { Precision, RowPlace, RowSource, RowSums } from '../rows/contract.ts';
import { referencePlace } from '../rows/reference.ts';
import { countFeatures } from '../rows/source.ts';
import { withExact } from '../rows/with-exact.ts';
import { createFusedPlace } from './cpu/fused.ts';
import { loadTensorFlow, loadWasm, loadWebgpu } from './load.ts';
import { type BackendName, backendNames } from './names.ts';
import { createTfjsPlace } from './tfjs.ts';
import { loadTfjsNode } from './tfjs-node.ts';
import { sharedDevice } from './webgpu/device.ts';
import { createWebgpuPlace } from './webgpu/place.ts';

export interface Resources {
  /** Threads that compute: 'auto' is all that the machine runs at a time. */
  readonly threads: 'auto' | number;
  /**
   * Rows × columns of the design before any of them is left out, a category counted as its indicators. A design of few
   * stays on the calling thread, where it is done before a thread has started.
   */
  readonly cells: number;
}

/** A backend by itself: what it is made of, and its place without the float64 that openPlace adds where it has none. */
export interface Backend {
  /** Kernels of its own, TensorFlow.js ops by portable.ts, or the reference's loops. */
  readonly kernel: 'fused' | 'portable' | 'loops';
  /** Arithmetic that its places have, the cheapest first. */
  readonly precisions: readonly Precision[];
  /** Packages that it computes with, which a user may not have installed; the last one is the backend's own. */
  readonly packages: readonly string[];
  open(resources: Resources): Promise<RowPlace>;
}

/** Every backend that is more than a choice among these. */
export const backends: Readonly<Record<Exclude<BackendName, 'auto'>, Backend>> = {
  cpu: {
    kernel: 'fused',
    precisions: ['float32', 'float64'],
    packages: [],
    open: async (resources) => (await openFused(resources)) ?? (await openWithoutSimd()),
  },
  webgpu: {
    kernel: 'fused',
    precisions: ['float32'],
    packages: ['webgpu'],
    open: async () => createWebgpuPlace(await sharedDevice(await loadWebgpu())),
  },
  node: {
    kernel: 'portable',
    precisions: ['float32'],
    packages: ['@tensorflow/tfjs', '@tensorflow/tfjs-node'],
    open: async () => createTfjsPlace(await loadTfjsNode(), 'node', 'tensorflow'),
  },
  tfjs: {
    kernel: 'portable',
    precisions: ['float32'],
    packages: ['@tensorflow/tfjs'],
    open: openActive,
  },
  'tfjs-cpu': {
    kernel: 'portable',
    precisions: ['float32'],
    packages: ['@tensorflow/tfjs'],
    open: () => openTfjsCpu('tfjs-cpu'),
  },
  wasm: {
    kernel: 'portable',
    precisions: ['float32'],
    packages: ['@tensorflow/tfjs', '@tensorflow/tfjs-backend-wasm'],
    open: async () => createTfjsPlace(await loadWasm(), 'wasm', 'wasm'),
  },
  reference: { kernel: 'loops', precisions: ['float64'], packages: [], open: async () => referencePlace },
};

/** The place called `name`, which has float64 arithmetic. Whoever opens it closes it. */
export async function openPlace(name: BackendName, resources: Resources): Promise<RowPlace> {
  const { precisions, open } = findBackend(name);
  const place = await open(resources);
  return takingNoFeatures(precisions.includes('float64') ? place : await withFloat64(place, resources));
}

/** What `name` stands for. Throws LogisticError 'unknown-backend'. */
function findBackend(name: BackendName): Backend {
  if (name === 'auto') return backends.cpu;
  const found = Object.hasOwn(backends, name) ? backends[name] : undefined;
  if (found !== undefined) return found;
  throw new LogisticError('unknown-backend', `there is no backend ${JSON.stringify(name)}`, {
    hint: `choose one of ${backendNames.join(', ')}; ${nearestName(name, backendNames) ?? 'auto'} may be meant`,
  });
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
    return await createFusedPlace(runtime.availableThreads());
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

/** Whatever backend of TensorFlow.js the application has made active: its own webgpu or webgl, for instance. */
async function openActive(): Promise<RowPlace> {
  const tf = await loadTensorFlow();
  await tf.ready();
  return createTfjsPlace(tf, 'tfjs', tf.getBackend());
}

async function openTfjsCpu(name: string): Promise<RowPlace> {
  return createTfjsPlace(await loadTensorFlow(), name, 'cpu');
}

/** A float32 place beside the fused one, or beside plain loops where SIMD is missing. */
async function withFloat64(coarse: RowPlace, resources: Resources): Promise<RowPlace> {
  try {
    return composed(coarse, (await openFused(resources)) ?? referencePlace);
  } catch (error) {
    await coarse.close();
    throw error;
  }
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
