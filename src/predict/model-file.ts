/**
 * The model file: one JSON object that holds the whole pipeline, so that raw rows can be scored from it
 * alone. This page says what each field means; validate.ts checks every one of them when a file is loaded.
 * Fields that a later minor version adds are passed over; a later major version is refused.
 */

/** A class of the target, with the value and type the user gave it. */
export type Label = string | number | boolean;

/** What is done with a missing cell: its row is dropped, or the stored value is put in its place, or it is an error. */
export type MissingPolicy = 'drop' | 'impute' | 'error';

/** What is done with a category that training never saw: its row is not predicted, or it counts as the reference. */
export type UnseenPolicy = 'error' | 'ignore';

/** How one column becomes numbers. `impute` is the value put in place of a missing cell, null where there is none. */
export type Feature =
  | { readonly kind: 'numeric'; readonly column: string; readonly impute: number | null }
  | {
      readonly kind: 'boolean';
      readonly column: string;
      /** [false, true] as the training data spelled them; matched in any case. */
      readonly words: readonly [string, string];
      readonly impute: boolean | null;
    }
  | {
      readonly kind: 'categorical';
      readonly column: string;
      /** Sorted; the first is the reference and has no term. */
      readonly levels: readonly string[];
      readonly impute: string | null;
    };

/** One number of the design: a numeric column, or the indicator of one level. */
export interface Term {
  /** `age`, `sex=male`, `smoker=yes` */
  readonly name: string;
  /** The column it comes from. */
  readonly column: string;
  /** The level it indicates; absent for a numeric column. */
  readonly level?: string;
  /** Change of the log-odds for one raw unit. */
  readonly coefficient: number;
  /** The same for one standard deviation: coefficient · scale. */
  readonly standardized: number;
  /** x is used as (x − mean) / scale. */
  readonly mean: number;
  readonly scale: number;
  /** Why the coefficient is 0 by decision and not by estimation, where it is. */
  readonly excluded?: 'constant' | 'dependent';
}

/** What is known about how well the fit solved its equations. */
export interface Certificate {
  readonly outcome: string;
  readonly rule: string;
  /** ‖∇f‖∞ of the standardised mean objective in float64 at the stored coefficients. */
  readonly gradientNorm: number;
  readonly tolerance: number;
  /** λ_max / λ_min of the Hessian there; null when it is singular or was not computed. */
  readonly condition: number | null;
  /** ‖∇f (backend) − ∇f (float64)‖∞ where the backend's own solve ended: what its precision can resolve. */
  readonly noiseFloor: number;
  /** Precision of the rows that were judged; files before 0.2 say nothing and mean float64. */
  readonly data?: 'float64' | 'float32';
}

export interface ModelFile {
  readonly format: 'tfjs-logistic';
  /** major.minor of the file format. */
  readonly formatVersion: string;
  readonly madeBy: {
    readonly library: string;
    readonly version: string;
    readonly backend: string;
    readonly detail: string;
  };
  readonly target: { readonly name: string; readonly classes: readonly [Label, Label]; readonly positive: Label };
  /** The positive class is predicted from this probability on (P ≥ threshold). */
  readonly threshold: number;
  readonly unseen: UnseenPolicy;
  readonly missing: MissingPolicy;
  readonly missingTokens: readonly string[];
  readonly decimalComma: boolean;
  readonly features: readonly Feature[];
  readonly terms: readonly Term[];
  /** Log-odds of the positive class where every raw x is 0. */
  readonly intercept: number;
  /** Log-odds of the positive class where every x is at its mean. */
  readonly standardizedIntercept: number;
  readonly certificate: Certificate;
  /** How it was made, for people: rows, options, solver, warnings, metrics. */
  readonly training: Readonly<Record<string, unknown>>;
}

export const formatVersion = '1.0';
