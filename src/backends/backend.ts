/**
 * What a backend is: a place where rows of the standardised design can lie, and the sums over those
 * rows that the objective needs. Handing it rows copies them; disposing of them frees every tensor.
 * What it is not: it knows no penalty, no intercept rule, no solver and no model, and it never
 * becomes TensorFlow.js's global backend for longer than one synchronous section.
 */

/** Precision of numbers that are kept, or of arithmetic. */
export type Precision = 'float32' | 'float64';

/**
 * A view of the standardised design in float64: the input of every backend and of the oracle. It need
 * not exist as numbers anywhere: whoever places rows reads each of them once.
 */
export interface Rows {
  /** m */
  readonly count: number;
  /** n */
  readonly features: number;
  /** Writes feature j of rows from … from + into.length of X [n, m] into `into`. */
  read(j: number, from: number, into: Float64Array): void;
  /** Told by the last who reads feature j, when it is placed: what it was read from may go. */
  release?(j: number): void;
  /** Y [1, m], 0 or 1. */
  readonly y: Float64Array;
  /** s [1, m], > 0; absent: all 1. */
  readonly weights?: Float64Array | undefined;
}

/** n columns of length m, feature-major and already standardised, as a view. */
export function rowsOf({
  columns,
  y,
  weights,
}: {
  readonly columns: readonly Float64Array[];
  readonly y: Float64Array;
  readonly weights?: Float64Array | undefined;
}): Rows {
  return {
    count: y.length,
    features: columns.length,
    read: (j, from, into) => into.set(columns[j]!.subarray(from, from + into.length)),
    y,
    weights,
  };
}

/** 0: loss · 1: loss and gradient · 2: loss, gradient and Hessian. */
export type Order = 0 | 1 | 2;

/**
 * Sums (not means) over rows, added up in float64 across blocks:
 * loss Σ sℓ · gradient [Σ s·dz·x_1, …, Σ s·dz·x_n, Σ s·dz] (n + 1, the intercept last) ·
 * hessian of the same order, (n + 1)², symmetric and full, row by row.
 */
export interface Sums {
  readonly loss: number;
  readonly gradient?: Float64Array;
  readonly hessian?: Float64Array;
}

export interface PlacedRows {
  /** theta = [w_1 … w_n, b], length n + 1; `arithmetic` is one that the backend has. */
  evaluate(theta: Float64Array, order: Order, arithmetic: Precision, signal?: AbortSignal): Promise<Sums>;
  /** (B9) Z = WᵀX + b [1, m], in float64 arithmetic where the backend has it. */
  scores(theta: Float64Array, signal?: AbortSignal): Promise<Float64Array>;
  dispose(): void;
}

export interface Backend {
  /** The name a user asks for: 'cpu', 'wasm', … */
  readonly name: string;
  /** What really runs, for reports: 'TensorFlow.js 4.22.0 cpu ops', … */
  readonly detail: string;
  /** Precisions of the arithmetic inside a block of rows. */
  readonly arithmetics: readonly Precision[];
  /** Copies rows, kept in `precision`, where the backend has it: each of its arithmetics reads them. */
  place(rows: Rows, precision: Precision, signal?: AbortSignal): Promise<PlacedRows>;
  /** Ends what the backend started: threads. Placed rows are gone with it. */
  close(): Promise<void>;
}

/** Longest run of rows that is summed in the working precision before float64 takes over. */
export const maxBlockRows = 4096;
