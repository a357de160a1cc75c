/**
 * What a backend is: a place where rows of the standardised design can lie, and the sums over those
 * rows that the objective needs. Handing it rows copies them; disposing of them frees every tensor.
 * What it is not: it knows no penalty, no intercept rule, no solver and no model, and it never
 * becomes TensorFlow.js's global backend for longer than one synchronous section.
 */

/** Rows on the host, in float64: the input of every backend and of the oracle. */
export interface Rows {
  /** m */
  readonly count: number;
  /** n columns of X [n, m], feature-major: each of length m, standardised. */
  readonly columns: readonly Float64Array[];
  /** Y [1, m], 0 or 1. */
  readonly y: Float64Array;
  /** s [1, m], > 0; absent: all 1. */
  readonly weights?: Float64Array | undefined;
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
  /** theta = [w_1 … w_n, b], length n + 1. */
  evaluate(theta: Float64Array, order: Order, signal?: AbortSignal): Promise<Sums>;
  dispose(): void;
}

export interface Backend {
  /** The name a user asks for: 'cpu', 'wasm', … */
  readonly name: string;
  /** What really runs, for reports: 'TensorFlow.js 4.22.0 cpu ops', … */
  readonly detail: string;
  /** Precision of the arithmetic inside a block of rows. */
  readonly precision: 'float32' | 'float64';
  place(rows: Rows): PlacedRows;
}

/** Longest run of rows that is summed in the working precision before float64 takes over. */
export const maxBlockRows = 4096;
