/**
 * What a contender is: a name, what it takes part in, and how it is asked. Each runs in a process of its
 * own and speaks one protocol, a line of JSON each way (hosts/ has its three speakers: Node, Python, R).
 * Loss and gradient are means over the rows, without the penalty; theta is [k, n + 1]: [w_1 … w_n, b] of each
 * class but the first, against the first, on the standardised columns. Who has coefficients for all K classes
 * subtracts those of the first: the probabilities are the same. The clock runs inside the process, around the call alone.
 */
import type { Numbers } from '../src/bench/problem.ts';
import type { Session } from '../src/bench/session.ts';
import type { Problem } from './problems.ts';

/** A problem with its numbers. */
export interface Data extends Numbers {
  readonly problem: Problem;
}

export type SessionMeasure = 'evaluation' | 'fit' | 'scaling';

/** Contenders that hold rows in memory. */
export interface SessionContender {
  readonly name: string;
  readonly about: string;
  readonly measures: readonly SessionMeasure[];
  /** Precision of X where it is computed with. */
  readonly precision: 'float32' | 'float64';
  /** What is varied until the objective is near enough, from loose to tight. */
  readonly ladder?: { readonly of: string; readonly settings: readonly number[] };
  /** In Node: opens a session. */
  readonly open?: (data: Data, measure: SessionMeasure) => Promise<Session>;
  /** In Python or R: a file of contenders/ and what it is told to be. */
  readonly script?: { readonly file: string; readonly variant: string };
}

/** From a file to a model. */
export type FileMeasure = 'csv to model' | 'parquet to model';

/** Contenders that are whole programs. */
export interface ProgramContender {
  readonly name: string;
  readonly about: string;
  readonly measures: readonly (FileMeasure | 'command')[];
  /** What is run on a file; `file` is empty for measure `command`. */
  readonly command: (file: string) => { readonly program: string; readonly args: readonly string[] };
  /** Reads standardised theta's raw twin from what the program printed; absent: it makes no model. */
  readonly coefficients?: (stdout: string) => { readonly intercept: number; readonly coefficients: readonly number[] };
  readonly version: () => string;
}

/** Tolerances on whatever the contender calls so, from loose to tight. */
export const tolerances = [1e-2, 1e-3, 1e-4, 1e-5, 1e-6, 1e-7, 1e-8, 1e-10, 1e-12] as const;
