/**
 * Where a solve over many rows starts: at the optimum of a sixteenth of them, found on the calling thread
 * while others start. Each iteration there costs a sixteenth and spares a full one. It moves no result: where
 * a solve ends does not depend on where it starts. It knows rows as a view and nothing of where they lie.
 */
import { type Rows, rowsOf } from '../backends/backend.ts';
import { openFused, threadedCells } from '../backends/registry.ts';
import { createObjective, type Penalty } from '../objective/objective.ts';
import { inMemoryRows } from '../rows/in-memory.ts';
import { chooseSolver } from '../solvers/choose.ts';
import { minimise } from '../solvers/solver.ts';
import type { CheckedOptions } from './options.ts';

/** One run of rows in so many is sampled, or one in more where they are many: spread over all rows, for they may be in the order of time or class. */
const stride = 16;
const runRows = 256;
/** Numbers that are copied in one go, in some 10 ms. */
const mostCells = 2 ** 21;
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

/**
 * 0 where rows are few, where gradient descent is to show its own way, and where none is found. The rows are read
 * before it returns its promise, so that they may be released.
 */
export async function firstGuess(
  rows: Rows,
  penalty: Penalty,
  options: CheckedOptions,
  signal: AbortSignal | undefined,
): Promise<FirstGuess> {
  const dimension = rows.features + (options.intercept ? 1 : 0);
  const zero = { theta: new Float64Array(dimension), rows: 0 };
  const algorithm = chooseSolver(options.solver, dimension, options);
  const cells = rows.count * rows.features;
  const runs = Math.floor(rows.count / (runRows * Math.max(stride, Math.ceil(cells / mostCells))));
  if (cells < threadedCells || runs * runRows < rowsAParameter * dimension || algorithm.name === 'gd') return zero;

  const sample = sampleOf(rows, runs);
  const backend = await openFused({ threads: 1, cells: 0 });
  if (backend === undefined) return zero;
  const home = inMemoryRows(await backend.place(sample, ['float32'], signal), sample, 'float32');
  try {
    const { name, point } = await minimise(algorithm, createObjective(home, penalty, options.intercept), zero.theta, {
      maxIterations,
      tolerance: 1 / (4 * Math.sqrt(sample.count)), // half the error that sampling leaves in a gradient: var(dz·x) is at most 1/4
      signal,
    });
    return name === 'converged' ? { theta: point.theta, hessian: point.hessian, rows: sample.count } : zero;
  } finally {
    home.dispose();
    await backend.close();
  }
}

/** Copies of so many runs of rows, evenly spread. */
function sampleOf(rows: Rows, runs: number): Rows {
  const count = runs * runRows;
  const distance = Math.floor(rows.count / count) * runRows;
  const sampled = (read: (from: number, into: Float64Array) => void): Float64Array => {
    const own = new Float64Array(count);
    for (let k = 0; k < runs; k++) read(k * distance, own.subarray(k * runRows, (k + 1) * runRows));
    return own;
  };
  const copied = (values: Float64Array): Float64Array =>
    sampled((from, into) => into.set(values.subarray(from, from + runRows)));
  return rowsOf({
    columns: Array.from({ length: rows.features }, (_, j) => sampled((from, into) => rows.read(j, from, into))),
    y: copied(rows.y),
    weights: rows.weights && copied(rows.weights),
  });
}
