/**
 * This library: its fused kernels in either precision on one and two threads, its portable equations on
 * TensorFlow.js, and its public class. The only file of the benchmarks that knows the library's interface
 * for training. `ours-…` fits are the solver alone, on the standardised matrix that all contenders get;
 * `ours-class` is what a program calls: it standardises, checks for separation and measures as well.
 */
import { type Backend, type Precision, rowsOf } from '../../src/backends/backend.ts';
import { createFusedBackend } from '../../src/backends/cpu/fused.ts';
import { openBackend } from '../../src/backends/registry.ts';
import { LogisticRegression } from '../../src/index.ts';
import { checkOptions, type Options } from '../../src/model/options.ts';
import { solve } from '../../src/model/solve.ts';
import { type Data, type Session, type SessionContender, type SessionMeasure, tolerances } from '../contender.ts';

const ladder = { of: 'tolerance', settings: tolerances };

interface Variant {
  readonly name: string;
  readonly about: string;
  readonly precision: Precision;
  readonly options: Options;
  readonly backend: () => Promise<Backend>;
  readonly measures?: readonly SessionMeasure[];
}

export const ours: readonly SessionContender[] = [
  fused('float64', 2, ['evaluation', 'fit', 'scaling']),
  fused('float64', 1, ['evaluation', 'fit', 'scaling']),
  fused('float32', 2, ['evaluation', 'fit', 'scaling']),
  fused('float32', 1, ['evaluation', 'fit']),
  portable('tfjs-cpu'),
  portable('wasm'),
  {
    name: 'ours-class',
    about: 'LogisticRegression.fit on row-major arrays: standardises, checks, fits, measures',
    measures: ['fit'],
    precision: 'float64',
    ladder,
    open: openClass,
  },
];

/** One thread is the calling one. */
function fused(precision: Precision, threads: 1 | 2, measures: readonly SessionMeasure[]): SessionContender {
  return variant({
    name: `ours-${precision}-${threads}`,
    about: `fused kernels, rows kept in ${precision}, ${threads} thread${threads > 1 ? 's' : ''}`,
    precision,
    options: { precision, threads },
    backend: async () => {
      const backend = await createFusedBackend(threads === 1 ? 0 : threads);
      if (backend === undefined) throw new Error('WebAssembly SIMD is missing');
      return backend;
    },
    measures,
  });
}

function portable(backend: 'tfjs-cpu' | 'wasm'): SessionContender {
  return variant({
    name: `ours-portable-${backend.replace('tfjs-', '')}`,
    about: `the hand-written equations as TensorFlow.js ops, ${backend}; fits end in float64 on the fused kernels`,
    precision: 'float32',
    options: { backend },
    backend: () => openBackend(backend, { threads: 1, cells: 0 }),
    measures: ['evaluation', 'fit'],
  });
}

function variant({ name, about, precision, options, backend, measures = [] }: Variant): SessionContender {
  return {
    name,
    about,
    precision,
    measures,
    ladder,
    open: (data, measure) => openVariant(data, { precision, options, backend, measure }),
  };
}

async function openVariant(
  { columns, y, problem }: Data,
  {
    precision,
    options,
    backend,
    measure,
  }: Pick<Variant, 'precision' | 'options' | 'backend'> & { measure: SessionMeasure },
): Promise<Session> {
  const opened = await backend();
  const rows = rowsOf({ columns, y });
  const placed = measure === 'evaluation' ? await opened.place(rows, precision) : undefined; // solve places its own
  const scales = new Float64Array(columns.length).fill(1);
  return {
    version: opened.detail,
    async evaluate(theta) {
      const { loss, gradient } = await placed!.evaluate(theta, 1, precision);
      return { loss: loss / rows.count, gradient: gradient!.map((sum) => sum / rows.count) };
    },
    async fit(tolerance) {
      const solution = await solve(rows, scales, checkOptions({ ...options, l2: problem.l2, tolerance }), {});
      await solution.close();
      return solution.theta;
    },
    async close() {
      placed?.dispose();
      await opened.close();
    },
  };
}

async function openClass({ columns, y, problem }: Data): Promise<Session> {
  const x = Array.from(y, (_, i) => Float64Array.from(columns, (column) => column[i]!));
  const labels = Float64Array.from(y);
  return {
    version: 'LogisticRegression, threads auto',
    async fit(tolerance) {
      const model = await new LogisticRegression({ l2: problem.l2, tolerance }).fit(x, labels);
      return [...Object.values(model.coefficients), model.intercept];
    },
  };
}
