/**
 * What is timed, as benchmarks see it: somebody who holds the rows of a problem and is asked for one evaluation, or for
 * a fit. It reads no clock: serve.ts does, in the process where the session is.
 */

/** Loss and gradient are means over the rows, without a penalty; theta is [k, n + 1]. */
export interface Evaluation {
  readonly loss: number;
  readonly gradient: ArrayLike<number>;
}

/** Rows that are held, ready to be timed. */
export interface Session {
  /** What really runs, with its version. */
  readonly version: string;
  /** Seconds of the opening in which the rows were copied to where they are, where they are told apart. */
  readonly uploadSeconds?: number;
  evaluate?(theta: Float64Array): Evaluation | Promise<Evaluation>;
  /** A whole fit with one setting, whatever the setting is of; gives theta. */
  fit?(setting: number): ArrayLike<number> | Promise<ArrayLike<number>>;
  close?(): void | Promise<void>;
}
