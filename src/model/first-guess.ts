/**
 * Where a solve over many rows starts: at the optimum of a sixteenth of them, found on the calling thread
 * while others start. Each iteration there costs a sixteenth and spares a full one. It moves no result: where
 * a solve ends does not depend on where it starts. It knows rows as a view and nothing of where they lie.
 */
import type { Rows } from '../backends/backend.ts';
import { openFused, threadedCells } from '../backends/registry.ts';
import { createObjective, type Penalty } from '../objective/objective.ts';
import { inMemoryRows } from '../rows/in-memory.ts';
import { chooseSolver } from '../solvers/choose.ts';
import { minimise } from '../solvers/solver.ts';
import type { CheckedOptions } from './options.ts';

/** One run of rows in so many is sampled, spread over all rows: they may be in the order of time or class. */
const stride = 16;
const runRows = 256;
/** Sampled rows that each parameter must have. */
const rowsAParameter = 50;
const maxIterations = 20;

export interface FirstGuess {
  readonly theta: Float64Array;
  /** The sample's Hessian there, from solvers that have one. */
  readonly hessian?: Float64Array | undefined;
  /** Rows that were sampled, 0 where the guess is 0. */
  readonly rows: number;
}

/** 0 where rows are few, where gradient descent is to show its own way, and where none is found. */
export async function firstGuess(
  rows: Rows,
  penalty: Penalty,
  options: CheckedOptions,
  signal: AbortSignal | undefined,
): Promise<FirstGuess> {
  const dimension = rows.features + (options.intercept ? 1 : 0);
  const zero = { theta: new Float64Array(dimension), rows: 0 };
  const algorithm = chooseSolver(options.solver, dimension, options);
  const count = Math.floor(rows.count / (runRows * stride)) * runRows;
  if (rows.count * rows.features < threadedCells || count < rowsAParameter * dimension || algorithm.name === 'gd')
    return zero;

  const backend = await openFused({ threads: 1, cells: 0 });
  if (backend === undefined) return zero;
  const sample = sampleOf(rows, count);
  const home = inMemoryRows(await backend.place(sample, ['float32'], signal), sample, 'float32');
  try {
    const { name, point } = await minimise(algorithm, createObjective(home, penalty, options.intercept), zero.theta, {
      maxIterations,
      tolerance: 1 / (4 * Math.sqrt(count)), // half the error that sampling leaves in a gradient: var(dz·x) is at most 1/4
      signal,
    });
    return name === 'converged' ? { theta: point.theta, hessian: point.hessian, rows: count } : zero;
  } finally {
    home.dispose();
    await backend.close();
  }
}

/** Run k of the sample is run stride·k of the rows. */
function sampleOf(rows: Rows, count: number): Rows {
  const { features, y, weights } = rows;
  const read = (from: number, into: Float64Array, readRun: (from: number, into: Float64Array) => void): void => {
    for (let done = 0; done < into.length; ) {
      const inRun = (from + done) % runRows;
      const next = Math.min(into.length, done + runRows - inRun);
      readRun((from + done - inRun) * stride + inRun, into.subarray(done, next));
      done = next;
    }
  };
  const gathered = (values: Float64Array): Float64Array => {
    const own = new Float64Array(count);
    read(0, own, (from, into) => into.set(values.subarray(from, from + into.length)));
    return own;
  };
  return {
    count,
    features,
    read: (j, from, into) => read(from, into, (start, run) => rows.read(j, start, run)),
    y: gathered(y),
    weights: weights && gathered(weights),
  };
}
