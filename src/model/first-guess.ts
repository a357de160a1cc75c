/**
 * Where a solve over many rows starts: at the optimum of a sixteenth of them, found while the others are placed.
 * Each iteration there costs a sixteenth and spares a full one. It moves no result: where a solve ends does not
 * depend on where it starts. It knows rows as a view and nothing of where they lie.
 */
import { type Backend, type Rows, rowsOf } from '../backends/backend.ts';
import { type Resources, threadedCells } from '../backends/registry.ts';
import { maxNorm, plus } from '../math/vector.ts';
import { createObjective, type Penalty } from '../objective/objective.ts';
import { chooseSolver } from '../solvers/choose.ts';
import { minimise } from '../solvers/solver.ts';
import type { Turns } from '../turns.ts';
import { openHomes } from './homes.ts';
import type { CheckedOptions } from './options.ts';

/** One run of rows in so many is sampled, evenly, for rows may be in the order of time or class. */
const stride = 16;
const runRows = 256;
/** Numbers in a sample: of more rows fewer are enough. */
const mostCells = 2 ** 21;
/** Sampled rows that each parameter must have. */
const rowsAParameter = 50;
const maxIterations = 20;

/** Copies of some rows, or undefined where rows are few and where gradient descent is to show its own way. */
export async function sampleRows(rows: Rows, options: CheckedOptions, turns: Turns): Promise<Rows | undefined> {
  const { features } = rows;
  const cells = rows.count * features;
  const runs = Math.floor(rows.count / (runRows * Math.max(stride, Math.ceil(cells / mostCells))));
  const count = runs * runRows;
  if (cells < threadedCells || count < rowsAParameter * (features + 1) || options.solver === 'gd') return undefined;

  const distance = Math.floor(rows.count / count) * runRows;
  const sampled = async (read: (from: number, into: Float64Array) => void): Promise<Float64Array> => {
    const own = new Float64Array(count);
    for (let k = 0; k < runs; k++) read(k * distance, own.subarray(k * runRows, (k + 1) * runRows));
    await turns.spend(count);
    return own;
  };
  const copied = (values: Float64Array): Promise<Float64Array> =>
    sampled((from, into) => into.set(values.subarray(from, from + runRows)));
  const columns: Float64Array[] = [];
  for (let j = 0; j < features; j++) columns.push(await sampled((from, into) => rows.read(j, from, into)));
  return rowsOf({ columns, y: await copied(rows.y), weights: rows.weights && (await copied(rows.weights)) });
}

export interface FirstGuess {
  readonly theta: Float64Array;
  /** The sample's Hessian there, from solvers that have one. */
  readonly hessian?: Float64Array | undefined;
  /** Rows that were sampled. */
  readonly rows: number;
  /** Max-norm of what the backend's gradient there differs from float64's. */
  readonly noiseFloor: number;
}

/** The optimum of a sample, as near as sampling makes sense of, or undefined where none is found. */
export async function firstGuess(
  sample: Rows,
  backend: Backend,
  { penalty, options }: { readonly penalty: Penalty; readonly options: CheckedOptions },
  signal: AbortSignal | undefined,
): Promise<FirstGuess | undefined> {
  const resources: Resources = { threads: options.threads, cells: sample.count * sample.features };
  const homes = await openHomes(sample, backend, { resources, precision: options.precision }, signal);
  try {
    const coarse = createObjective(homes.coarse, penalty, options.intercept);
    const { dimension } = coarse;
    const { name, point } = await minimise(
      chooseSolver(options.solver, dimension, options),
      coarse,
      new Float64Array(dimension),
      {
        maxIterations,
        tolerance: 1 / (4 * Math.sqrt(sample.count)), // half the error of a sampled gradient: the deviation of dz·x is at most 1/2
        signal,
      },
    );
    if (name !== 'converged') return undefined;
    const { theta, gradient, hessian } = point;
    const exact = await createObjective(homes.exact, penalty, options.intercept).point(theta, 1, signal);
    return { theta, hessian, rows: sample.count, noiseFloor: maxNorm(plus(gradient, -1, exact.gradient)) };
  } finally {
    await homes.close();
  }
}
