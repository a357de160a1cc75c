/**
 * What a user may say of a fit, and the same with every default in place. Each option is checked by its record in
 * option-records.ts. Behind the door each room takes its own: fitting's are FittingOptions, the design's DesignOptions.
 */
import type { BackendName } from '../backends/names.ts';
import type { DesignOptions } from '../design/design.ts';
import type { TermInput } from '../design/term-tree.ts';
import type { FittingOptions } from '../fitting/options.ts';
import type { Label, MissingPolicy, UnseenPolicy } from '../predict/model-file.ts';
import type { Precision } from '../rows/contract.ts';
import type { SolverName } from '../solvers/choose.ts';

export interface Options {
  /** Strength of ½·l2·‖w‖² on the mean loss, standardised features; 0 (default) is none. C = 1/(m·l2). */
  readonly l2?: number;
  /** Firth's penalised likelihood, whose estimates are finite and less biased in small samples; two classes; default false. */
  readonly firth?: boolean;
  /** Firth: the intercept is moved so that the mean probability is the share of the positive class (FLIC); default false. */
  readonly flic?: boolean;
  /** An intercept, never penalised; default true. */
  readonly intercept?: boolean;
  /** Penalise standardised coefficients (default true) or coefficients in raw units. Without a penalty it changes nothing. */
  readonly standardize?: boolean;
  /** 'auto' (default): Newton up to 256 parameters, and up to 1,024 on few rows; L-BFGS beyond. */
  readonly solver?: SolverName;
  /** Default: 100 for Newton, 1,000 for L-BFGS, 10,000 for gradient descent. */
  readonly maxIterations?: number;
  /** The fit has converged when the gradient's max-norm is at most this; default 1e−10. */
  readonly tolerance?: number;
  /** Gradient descent only; default 1/L. */
  readonly learningRate?: number;
  /** Gradient descent only; default 0. */
  readonly momentum?: number;
  /** 'balanced': each class weighs m/(K·m_class); or weights of classes by their labels, 1 where none is given. */
  readonly classWeight?: 'balanced' | Readonly<Record<string, number>>;
  /** With class weights: the intercepts are corrected for them, so that probabilities are those of the rows as they are; default false. */
  readonly priorCorrection?: boolean;
  /** The class that log-odds are taken against; default the first in sorted order. */
  readonly reference?: Label;
  /** By column: the level of a category that the others are against; default the first in sorted order. */
  readonly referenceLevels?: Readonly<Record<string, Label>>;
  /** Terms as text, as in R: 'am ~ wt + cyl*hp + poly(age, 2)'; default every column. What it names is all that is read. */
  readonly formula?: string;
  /** The same by functions: ['wt', cross('cyl', 'hp'), poly('age', 2)]. */
  readonly terms?: readonly TermInput[];
  /** A column of numbers that is added to the log-odds: a term whose coefficient is 1. Two classes only. */
  readonly offset?: string;
  /** Two classes: the one that the probabilities are of, which makes the other the reference. */
  readonly positive?: Label;
  /** Two classes: the positive one is predicted from this probability on; default 0.5. */
  readonly threshold?: number;
  /** Missing cells: 'drop' their rows, 'impute' or 'error'. Default: 'drop' for columns by name, 'error' for bare arrays. */
  readonly missing?: MissingPolicy;
  /** What imputes a numeric cell; default 'mean'. Categories take the most frequent level. */
  readonly imputation?: 'mean' | 'median';
  /** Strings that count as missing besides the empty one. */
  readonly missingTokens?: readonly string[];
  /** A category that training never saw: 'error' (default, the row is not predicted) or 'ignore' (the reference). */
  readonly unseen?: UnseenPolicy;
  /** Fraction of the rows held out for evaluation, stratified; default 0. */
  readonly holdout?: number;
  /** The column whose rows of one value are held out together, by a hash, and are in one fold; it is no feature. Default: rows, stratified. */
  readonly holdoutBy?: string;
  /** Number of folds for cross-validation on the training rows, stratified, and of whole keys with `holdoutBy` or `cluster`; default none. */
  readonly folds?: number;
  /** Seed of the holdout, the folds and the sample of a warm start; default 1. */
  readonly seed?: number;
  /** Measure the model on its training rows as well; default false, true in the command. A holdout is always measured. */
  readonly trainingMetrics?: boolean;
  /**
   * Two classes: with the metrics also every threshold (ROC, precision–recall), goodness of fit, and of a holdout
   * calibration and net benefit; kept in the model file; default false.
   */
  readonly detailedMetrics?: boolean;
  /** Standard errors, tests and intervals with the fit; default false, true in the command. */
  readonly inference?: boolean;
  /** Standard errors that do not trust the model's variance; two classes only. Implies `inference`. */
  readonly robust?: 'HC0' | 'HC1' | 'HC2' | 'HC3' | 'CR0' | 'CR1';
  /** Column of clusters, whose rows are not independent: standard errors of `robust`, default 'CR1'. It is no feature. Implies `inference`. */
  readonly cluster?: string;
  /** Sample weights count rows ('frequency', default) or are inverse probabilities of being sampled ('sampling'). */
  readonly weightType?: 'frequency' | 'sampling';
  /**
   * Where sums over rows are computed; default 'auto', which is 'cpu'. A GPU ('webgpu') has no float64, in which every fit ends, so
   * that it places all rows twice: whoever has one measures with `logit bench` whether it pays, and asks for it.
   */
  readonly backend?: BackendName;
  /** Threads of the cpu backend: 'auto' (default) is all that the machine runs at a time. Small fits use none besides the caller's. */
  readonly threads?: 'auto' | number;
  /** Precision in which the rows are stored: 'float64' (default), or 'float32' for half the memory. */
  readonly precision?: Precision;
  /**
   * Where rows are while they are fitted: in 'memory', on 'disk', or 'there', summed by the database of a query or, of a
   * Parquet file, by DuckDB. 'auto' (default) is disk for files and queries whose rows would take more than `memory`.
   */
  readonly rows?: 'auto' | 'memory' | 'disk' | 'there';
  /** Bytes that rows may take in memory; default half of what the machine has. */
  readonly memory?: number;
  /** Databases: milliseconds that one query may take; default no limit. */
  readonly timeout?: number;
  /** Column of sample weights. */
  readonly weights?: string;
  /** Only these columns as features. */
  readonly only?: readonly string[];
  /** All columns but these. */
  readonly drop?: readonly string[];
  /** Columns to read as numbers. */
  readonly numeric?: readonly string[];
  /** Columns to read as categories. */
  readonly categorical?: readonly string[];
  /** Files: the character between fields; default found from the file's structure. */
  readonly delimiter?: string;
  /** Files: a comma that could be decimal or group thousands is decimal. */
  readonly decimalComma?: boolean;
  /** Files: ',' where it groups thousands. */
  readonly thousands?: ',';
  /** Files: false when the first line is data; columns are then c1, c2, … */
  readonly header?: boolean;
  /** Files: how many unreadable rows may be skipped; default 0. */
  readonly maxBadRows?: number;
}

type Defaulted =
  | 'l2'
  | 'firth'
  | 'flic'
  | 'priorCorrection'
  | 'intercept'
  | 'standardize'
  | 'solver'
  | 'tolerance'
  | 'momentum'
  | 'imputation'
  | 'missingTokens'
  | 'unseen'
  | 'holdout'
  | 'seed'
  | 'trainingMetrics'
  | 'detailedMetrics'
  | 'inference'
  | 'weightType'
  | 'backend'
  | 'rows'
  | 'threads'
  | 'precision'
  | 'decimalComma'
  | 'header'
  | 'maxBadRows';
export type CheckedOptions = Required<Pick<Options, Defaulted>> &
  Omit<Options, Defaulted> &
  DesignOptions &
  FittingOptions;
