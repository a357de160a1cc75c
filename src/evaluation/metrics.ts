/**
 * What is measured of probabilities, for two classes and for more, and what each number means. Weighted throughout:
 * weight 2 is the row twice. A measure that the rows cannot define is null, with its reason. It knows scores, class
 * codes and class names; no model, no table and no option.
 */

export type ClassName = string | number | boolean;

/** Rows whose scores are known, in the terms of rows/contract.ts: class 0 is the reference and has score 0. */
export interface Scored {
  /** Z [k, m]: the log-odds of classes 1 … k against class 0. */
  readonly scores: Float64Array;
  /** Class of each row [m], 0 … k. */
  readonly labels: ArrayLike<number>;
  /** Names of the K classes. For K = 2 the second is the positive one. */
  readonly classes: readonly ClassName[];
  /** Codes in the order in which more than two classes are reported; absent: 0 … k. */
  readonly order?: readonly number[] | undefined;
  /** s [m], finite and ≥ 0; absent: all 1. */
  readonly weights?: Float64Array | undefined;
  /** K = 2: class 1 is predicted where its probability is at least this; default 0.5. */
  readonly threshold?: number | undefined;
}

/** What two classes and more have in common. */
interface CommonMetrics {
  readonly rows: number;
  /** mean −ln P(the row's own class) */
  readonly meanLogLoss: number | null;
  readonly accuracy: number | null;
  /**
   * Probability that a row of the positive class scores above another one, ties counting half. More than two classes:
   * the mean over the classes of each one's against the rest.
   */
  readonly auc: number | null;
  /** Present where AUC was counted from a histogram of probabilities: it is off by no more than this. */
  readonly aucError?: number;
  /** Why each null is null, by its path: 'precision', 'macro.recall', 'perClass[2].auc'. */
  readonly undefined: Readonly<Record<string, string>>;
}

export interface Confusion {
  readonly truePositives: number;
  readonly falsePositives: number;
  readonly trueNegatives: number;
  readonly falseNegatives: number;
}

export interface TwoClassMetrics extends CommonMetrics {
  /** Of AUC over samples of the rows, by DeLong, DeLong & Clarke-Pearson 1988; 0 where AUC is 1. */
  readonly aucStandardError: number | null;
  /** AUC ± 1.96 of it, within [0, 1]: 95 %. */
  readonly aucInterval: readonly [low: number, high: number] | null;
  /** Σ (R_k − R_{k−1})·P_k over the distinct scores, as scikit-learn defines it. */
  readonly averagePrecision: number | null;
  /** mean (P − y)² */
  readonly brier: number | null;
  readonly confusion: Confusion;
  readonly precision: number | null;
  readonly recall: number | null;
  readonly f1: number | null;
  readonly perClass?: undefined;
}

/** Averages over the classes. Null where the measure of a class that counts is null: none is partial. */
export interface AverageMetrics {
  readonly precision: number | null;
  readonly recall: number | null;
  readonly f1: number | null;
}

/** One class against the rest. */
export interface ClassMetrics extends AverageMetrics {
  readonly label: ClassName;
  /** Σ s of its rows: their number, where rows have no weights. */
  readonly support: number;
  /** Probability that one of its rows has a larger probability of the class than another row, ties counting half. */
  readonly auc: number | null;
  readonly aucError?: number;
}

export interface MultiClassMetrics extends CommonMetrics {
  /** In the order of the model's classes, which is sorted; so are the rows and columns of `confusion`. */
  readonly perClass: readonly ClassMetrics[];
  /** Each class counts the same. */
  readonly macro: AverageMetrics;
  /** Each class counts by its support; one without rows does not count. */
  readonly weighted: AverageMetrics;
  /** Σ s by [true class][predicted class]. */
  readonly confusion: readonly (readonly number[])[];
}

/** Told apart by `perClass`, which two classes lack. */
export type Metrics = TwoClassMetrics | MultiClassMetrics;
