/**
 * The contract between whoever has rows and whoever needs sums over them. Every term of the objective but the
 * penalty is a sum over rows, so threads, a GPU, TensorFlow.js, a file or a database can each hold the rows and
 * answer with sums; partitions of the rows simply add. It knows no penalty, no solver and no column's name.
 *
 * m rows, n features, K classes, k = K − 1 score vectors; class 0 is the reference and has score 0.
 * theta is [k, n + 1]: [w_1 … w_n, b] for each score vector in turn, in float64.
 */

/** Precision of numbers that are stored, or of the arithmetic inside a block of rows. */
export type Precision = 'float32' | 'float64';

/** Unit roundoff u of each precision. */
export const roundoff: Readonly<Record<Precision, number>> = { float32: 2 ** -24, float64: 2 ** -53 };

/** 0: loss · 1: loss and gradient · 2: loss, gradient and Hessian. */
export type Order = 0 | 1 | 2;

/**
 * Sums (not means) over rows, added up in float64 across blocks: loss Σ s·ℓ · gradient [k, n + 1], row c is
 * [Σ s·dz_c·x_1, …, Σ s·dz_c·x_n, Σ s·dz_c] · hessian [k·(n + 1), k·(n + 1)], symmetric and full, row by row.
 */
export interface Sums {
  readonly loss: number;
  readonly gradient?: Float64Array;
  readonly hessian?: Float64Array;
}

/** A column of the design before it is standardised: x → (x − mean) / scale. */
export type DesignColumn = DenseColumn | LevelColumn;

export interface DenseColumn {
  readonly kind: 'dense';
  readonly mean: number;
  readonly scale: number;
  /** Writes x of rows from … from + into.length. */
  read(from: number, into: Float64Array): void;
  /** The same numbers without a copy, where they lie side by side; good until the next page. */
  view?(from: number, count: number): Float64Array;
  /** Called once, by who has read the column for the last time: whoever handed the rows over may free it. */
  release?(): void;
}

/** Level codes stay codes: whoever places them may expand them to indicators or not. */
export interface LevelColumn {
  readonly kind: 'levels';
  /** Codes whose indicators are features, in the order of the features; the mean and scale of each indicator. */
  readonly fitted: readonly number[];
  readonly means: Float64Array;
  readonly scales: Float64Array;
  /** Writes the codes of rows from … from + into.length. */
  read(from: number, into: Int32Array): void;
}

/**
 * What is placed. It need not exist as numbers anywhere: a place reads each number of a dense column once, and level codes
 * once or, where they become indicators, a few times, in any order of pieces.
 */
export interface RowSource {
  /** m */
  readonly rows: number;
  readonly columns: readonly DesignColumn[];
  /** K */
  readonly classes: number;
  /** Class of each row [m], 0 … K − 1. */
  readonly labels: Uint8Array | Uint16Array | Int32Array;
  /** s [m], > 0; absent: all 1. */
  readonly weights?: Float64Array | undefined;
  /** Number of rows of each partition, which follow one another; absent: one partition. */
  readonly partitions?: readonly number[] | undefined;
}

/** Which rows a sum is over, and how it is stopped. */
export interface SumOptions {
  /** Only these partitions, by number; absent: all. */
  readonly partitions?: readonly number[] | undefined;
  /** Only the rows from … to (exclusive) of the source that are among them: a mini-batch. */
  readonly range?: readonly [from: number, to: number] | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** What is known of a partition without an evaluation. */
export interface PartitionSummary {
  readonly rows: number;
  /** Σ s of each class [K]. */
  readonly classWeights: Float64Array;
  readonly smallestWeight: number;
}

/** Rows that have been placed somewhere. They stay until whoever placed them closes them. */
export interface RowSums {
  /** n, without the intercept. */
  readonly features: number;
  /** k */
  readonly scoreVectors: number;
  readonly partitions: readonly PartitionSummary[];
  /** Arithmetic that evaluate has, the cheapest first. */
  readonly precisions: readonly Precision[];
  /** Precision in which the rows are stored that the most exact arithmetic reads. */
  readonly storagePrecision: Precision;
  /** Sums over the rows at theta [k, n + 1], in one of `precisions`. */
  evaluate(theta: Float64Array, order: Order, precision: Precision, options?: SumOptions): Promise<Sums>;
  /**
   * What metrics need and every place can give; by the weights of the source, which where rows are in memory count what their
   * classes weigh in the fit, or of pages and queries by the rows' own.
   */
  measure(theta: Float64Array, threshold: number, options?: SumOptions): Promise<Measures>;
  /** Absent where rows cannot give a number each (a database). Who needs it says so to the user. */
  readonly rowwise?: RowwiseSums | undefined;
  close(): Promise<void>;
}

/** Operations that give or take numbers for each row, in the order of the source; m counts the rows that are asked for. */
export interface RowwiseSums {
  /** Z [k, m], in float64. */
  scores(theta: Float64Array, options?: SumOptions): Promise<Float64Array>;
  /** [X; 1]·rᵀ for given r [k, m]: [k, n + 1]. */
  gradientOf(r: Float64Array, options?: SumOptions): Promise<Float64Array>;
  /** [X; 1]·diag(d)·[X; 1]ᵀ for given d [m]: [n + 1, n + 1], symmetric and full. */
  gramOf(d: Float64Array, options?: SumOptions): Promise<Float64Array>;
  /** [x_i; 1]ᵀ·M·[x_i; 1] of each row for a positive semidefinite M [n + 1, n + 1]: [m]. */
  quadraticForms(matrix: Float64Array, options?: SumOptions): Promise<Float64Array>;
}

/** Weighted counts from which losses, confusion and, to the width of a bin, ranks are known. */
export interface Measures {
  /** Σ s·ℓ */
  readonly loss: number;
  /** Σ s of the rows of each class by predicted class [K, K]. */
  readonly confusion: Float64Array;
  /** Of class 1 for K = 2, else of each class against the rest. */
  readonly histograms: readonly ScoreHistogram[];
}

/** Σ s in bins of equal width of the probability of a class. */
export interface ScoreHistogram {
  /** Rows of that class, and all others, by bin from probability 0 to 1. */
  readonly own: Float64Array;
  readonly others: Float64Array;
}

/** Whatever can take rows: a backend, a folder on disk, an engine. */
export interface RowPlace {
  /** The name a user asks for. */
  readonly name: string;
  /** What really runs, for reports. */
  readonly detail: string;
  /** What bounds the rows it can hold, in words, where that is not the memory of the machine. */
  readonly limits?: string | undefined;
  /** Copies the rows; `storage` is how they are kept where the place has a choice. */
  place(source: RowSource, storage: Precision, signal?: AbortSignal): Promise<RowSums>;
  /** Ends what the place started: threads. Placed rows are gone with it. */
  close(): Promise<void>;
}
