/** What page and worker say to each other. Numbers travel as arrays; every answer carries the number of its call. */
import type { BackendName } from '../../../../src/backends/names.ts';
import type { OutcomeName } from '../../../../src/solvers/solver.ts';

/** The rows of the lab: numbers of the page's own, or a file whose columns were chosen. */
export type Rows =
  | { readonly kind: 'points'; readonly x: readonly Float64Array[]; readonly y: Uint8Array }
  | { readonly kind: 'file'; readonly file: File; readonly target: string; readonly only?: readonly string[] };

/** A column of a file before it is decided what is learned from it. */
export interface FileColumn {
  readonly name: string;
  readonly kind: 'numeric' | 'categorical' | 'boolean';
  /** Its different values where they are categories. */
  readonly levels: number | undefined;
}

export interface FileProfile {
  readonly rows: number;
  readonly columns: readonly FileColumn[];
  readonly warnings: readonly string[];
}

/** A feature as it is fitted: (raw − mean) / scale. */
export interface FeatureInfo {
  readonly name: string;
  readonly mean: number;
  readonly scale: number;
}

/** What was placed, and a sample of it to be drawn. */
export interface Placed {
  /** m */
  readonly rows: number;
  readonly features: readonly FeatureInfo[];
  /** Class 0, the reference, and class 1. */
  readonly classes: readonly [string, string];
  /** X [n][sample] and y [sample]. */
  readonly x: readonly Float64Array[];
  readonly y: Uint8Array;
  /** What really runs. */
  readonly backend: string;
  readonly notes: readonly string[];
}

export type SolverChoice = 'gd' | 'lbfgs' | 'newton';
export type LossName = 'log' | 'squared';

/** f and its gradient at a theta. */
export interface Step {
  readonly theta: Float64Array;
  readonly value: number;
  readonly gradient: Float64Array;
}

export interface TrainRequest {
  readonly solver: SolverChoice;
  readonly from: Float64Array;
  readonly l2: number;
  readonly maxIterations: number;
  /** Gradient descent; absent: 1/L. */
  readonly learningRate?: number | undefined;
  readonly loss?: LossName;
}

/** One step of gradient descent, over all rows or over one. */
export interface UpdateRequest {
  readonly from: Float64Array;
  readonly l2: number;
  readonly learningRate: number | undefined;
  readonly row?: { readonly x: Float64Array; readonly y: number } | undefined;
}

export interface Trained {
  readonly outcome: OutcomeName;
  readonly rule: string;
  readonly iterations: number;
  readonly evaluations: number;
}

export interface SurfaceRequest {
  readonly l2: number;
  /** Entries of theta along the two axes; the others stay as they are in `theta`. */
  readonly axes: readonly [number, number];
  readonly theta: Float64Array;
  readonly spans: readonly [readonly [number, number], readonly [number, number]];
}

export interface Surface {
  readonly size: number;
  /** [size, size], row by row from the lowest value of the second axis. */
  readonly values: Float64Array;
}

/** What the library's estimator is asked for. */
export interface FitRequest {
  readonly rows: Rows;
  readonly l2: number;
  readonly backend: BackendName;
}

/** A mistake that its user can mend, or a bug. */
export interface Problem {
  readonly message: string;
  readonly hint?: string | undefined;
  readonly code?: string | undefined;
}

export interface Calls {
  /** A script beside the page, as the text of a function. */
  provide(name: string, text: string): Promise<void>;
  read(file: File): Promise<FileProfile>;
  place(rows: Rows, backend: BackendName): Promise<Placed>;
  evaluate(theta: Float64Array, l2: number): Promise<Step & { readonly largestCurvature: number }>;
  update(request: UpdateRequest): Promise<Step>;
  train(request: TrainRequest): Promise<Trained>;
  surface(request: SurfaceRequest): Promise<Surface>;
  fit(request: FitRequest): Promise<string>;
}

export type CallName = keyof Calls;
export type Call = { readonly id: number; readonly name: CallName; readonly args: readonly unknown[] };
/** The worker is told the page's script first, for the workers that the library starts in it. */
export type Message = Call | { readonly stop: number } | { readonly script: string };
export type Reply =
  | { readonly id: number; readonly value: unknown }
  | { readonly id: number; readonly problem: Problem }
  | { readonly id: number; readonly steps: readonly Step[] };
