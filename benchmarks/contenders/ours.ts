/**
 * This library without its front door: the fused kernels of cpu in either precision on one and two threads, and the
 * other backends. Fits are the solver alone on the standardised matrix that all contenders get, placed as
 * src/model/placed.ts places a design: threads are started, a sample and the rows are copied to them, the place is
 * closed. ours-class.ts has what a program calls.
 */
import { createFusedPlace } from '../../src/backends/cpu/fused.ts';
import { backends, openPlace } from '../../src/backends/registry.ts';
import { evaluateIn, type TimedBackend, timedBackends } from '../../src/bench/backend.ts';
import { sourceOf } from '../../src/bench/problem.ts';
import type { Session } from '../../src/bench/session.ts';
import { solve } from '../../src/fitting/solve.ts';
import { checkOptions } from '../../src/model/check-options.ts';
import type { CheckedOptions, Options } from '../../src/model/options.ts';
import type { Precision, RowPlace, RowSource, RowSums } from '../../src/rows/contract.ts';
import { type Data, type SessionContender, type SessionMeasure, tolerances } from '../contender.ts';
import { partOf, sampleOf } from '../rows.ts';

interface Variant {
  readonly name: string;
  readonly about: string;
  /** Of X where evaluations compute with it. */
  readonly precision: Precision;
  /** Of fits. */
  readonly options: Options;
  /** The place of evaluations. */
  readonly openPlace: () => Promise<RowPlace | undefined>;
  readonly measures: readonly SessionMeasure[];
}

export const ours: readonly SessionContender[] = [
  fused('float64', 2, ['evaluation', 'fit', 'scaling']),
  fused('float64', 1, ['evaluation', 'fit', 'scaling']),
  fused('float32', 2, ['evaluation', 'fit', 'scaling']),
  fused('float32', 1, ['evaluation', 'fit']),
  ...timedBackends.filter((name) => name !== 'cpu').map(ofBackend),
];

/** One thread is the calling one in evaluations, and a worker in fits that are not small. */
function fused(precision: Precision, threads: 1 | 2, measures: readonly SessionMeasure[]): SessionContender {
  return contender({
    name: `ours-${precision}-${threads}`,
    about: `fused kernels, rows kept in ${precision}, ${threads} thread${threads > 1 ? 's' : ''}`,
    precision,
    options: { precision, threads },
    openPlace: () => createFusedPlace(threads === 1 ? 0 : threads),
    measures,
  });
}

/** A backend alone in evaluations; fits on it end in float64 on the fused kernels. */
function ofBackend(backend: TimedBackend): SessionContender {
  const { kernel, open } = backends[backend];
  const made = kernel === 'portable' ? 'the hand-written equations as TensorFlow.js ops' : 'fused kernels';
  return contender({
    name: `ours-${kernel === 'portable' ? 'portable-' : ''}${backend.replace('tfjs-', '')}`,
    about: `${made}, ${backend}; fits end in float64 on the fused kernels of cpu`,
    precision: 'float32',
    options: { backend },
    openPlace: () => open({ threads: 'auto', cells: 0 }),
    measures: ['evaluation', 'fit'],
  });
}

function contender({ name, about, precision, measures, openPlace, options }: Variant): SessionContender {
  return {
    name,
    about,
    precision,
    measures,
    ladder: { of: 'tolerance', settings: tolerances },
    open: async (data, measure) => {
      if (measure !== 'evaluation') return fitting(data, options);
      const place = await openPlace();
      if (place === undefined) throw new Error('WebAssembly SIMD is missing');
      return evaluateIn(place, sourceOf(data, data.problem.classes), precision);
    },
  };
}

async function fitting(data: Data, options: Options): Promise<Session> {
  const source = sourceOf(data, data.problem.classes);
  const part = partOf(data);
  const place = await openPlaceOf(source, checkOptions(options));
  await place.close(); // fits open their own
  return {
    version: place.detail,
    fit(tolerance) {
      const checked = checkOptions({ ...options, l2: data.problem.l2, tolerance });
      return fit({ source, sample: () => sampleOf(data, part) }, checked);
    },
  };
}

function openPlaceOf({ rows, columns }: RowSource, { backend, threads }: CheckedOptions): Promise<RowPlace> {
  return openPlace(backend, { threads, cells: rows * columns.length });
}

interface Placeable {
  readonly source: RowSource;
  /** Draws the sample. */
  readonly sample: () => RowSource | undefined;
}

/** From numbers in memory to theta. */
async function fit({ source, sample }: Placeable, options: CheckedOptions): Promise<Float64Array> {
  const place = await openPlaceOf(source, options);
  const placing: Promise<RowSums>[] = [];
  try {
    const drawn = sample();
    if (drawn) placing.push(place.place(drawn, options.precision));
    const sampled = await placing[0];
    const rows = place.place(source, options.precision); // on their way while the sample is solved
    rows.catch(() => {}); // reported by solve
    placing.push(rows);
    const problem = { rows, sample: sampled, penalty: { l2: options.l2 }, intercept: true };
    return (await solve(problem, options)).theta;
  } finally {
    for (const one of await Promise.allSettled(placing)) if (one.status === 'fulfilled') await one.value.close();
    await place.close();
  }
}
