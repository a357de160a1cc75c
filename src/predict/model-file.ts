/**
 * The model file, format 2: one JSON object that holds the whole pipeline, so that raw rows can be scored
 * from it alone. This file says what each field means; validate.ts checks every one of them when a file is
 * loaded, upgrade.ts turns files of format 1 into this one. Fields that a later minor version adds are
 * ignored; a later major version is refused.
 *
 * K classes, k = K − 1 score vectors: one for each class but the reference, in the order of `classes`.
 */
import type { NumberStyle } from './cell.ts';

/** A class of the target, with the value and type the user gave it. */
export type Label = string | number | boolean;

export interface Target<L extends Label = Label> {
  readonly name: string;
  /** Sorted and distinct, K ≥ 2: numbers by size, strings by code unit, false before true. */
  readonly classes: readonly L[];
  /** The class that log-odds are taken against. */
  readonly reference: L;
}

/** The classes that have a score vector, in order. For two classes it is one: the positive class. */
export function scoredClasses<L extends Label>({ classes, reference }: Pick<Target<L>, 'classes' | 'reference'>): L[] {
  return classes.filter((label) => label !== reference);
}

/** The classes in the order of their codes: the reference first, then those that have a score vector. */
export function classesByCode<L extends Label>(target: Pick<Target<L>, 'classes' | 'reference'>): L[] {
  return [target.reference, ...scoredClasses(target)];
}

/** What is done with a missing cell: its row is dropped, or the stored value is put in its place, or it is an error. */
export type MissingPolicy = 'drop' | 'impute' | 'error';

/** What is done with a category that training never saw: its row is not predicted, or it counts as the reference. */
export type UnseenPolicy = 'error' | 'ignore';

/** How the cells of one column are read. `impute` is the value put in place of a missing cell, null where there is none. */
export type Feature =
  | {
      readonly kind: 'numeric';
      readonly column: string;
      readonly impute: number | null;
      /** How numbers are spelled in text, where that is not 1234.5: with a decimal comma, with separators of thousands. */
      readonly style?: NumberStyle;
      /** All of the training rows were 0 or 1: the number stands for two levels. */
      readonly binary?: true;
    }
  | {
      readonly kind: 'boolean';
      readonly column: string;
      /** [false, true] as the training data spelled them; matched in any case. */
      readonly words: readonly [string, string];
      readonly impute: boolean | null;
      readonly reference?: string;
    }
  | {
      readonly kind: 'categorical';
      readonly column: string;
      /** Sorted. */
      readonly levels: readonly string[];
      readonly impute: string | null;
      /** The level that the others are against, where that is not the first. */
      readonly reference?: string;
    };

/** The levels of a feature in order, [false, true] for a boolean one; none for a numeric one. */
export function levelsOf(feature: Feature): readonly string[] {
  if (feature.kind === 'numeric') return [];
  return feature.kind === 'boolean' ? feature.words : feature.levels;
}

/** The place among the levels of the one that the others are against; a category that training never saw counts as it. */
export function referencePlace(feature: Feature): number {
  const { reference } = feature as { readonly reference?: string };
  return Math.max(0, levelsOf(feature).indexOf(reference!));
}

/** c_0 + c_1·t + c_2·t² + …, t = (x − origin)/unit */
export interface Polynomial {
  readonly origin: number;
  readonly unit: number;
  readonly coefficients: readonly number[];
}

/** What a factor makes of a number x: itself, ln x, ln(1 + x), √x, or a polynomial for each stretch between knots. */
export type NumericBasis =
  | { readonly kind: 'identity' | 'log' | 'log1p' | 'sqrt' }
  | {
      readonly kind: 'piecewise';
      /** Ascending. */
      readonly knots: readonly number[];
      /** One more than knots: the polynomial of x < knots[0], of knots[0] ≤ x < knots[1], …; training decided them. */
      readonly pieces: readonly Polynomial[];
    };

/** Of a number as above; of a category 1 where it has that level, 0 elsewhere. */
export type Basis = NumericBasis | { readonly kind: 'level'; readonly level: string };

export interface Factor {
  readonly column: string;
  readonly basis: Basis;
}

/** One number of the design: x is the product of the factors. */
export interface Term {
  /** `age`, `sex=male`, `smoker=yes`; distinct. */
  readonly name: string;
  /** The column or columns it came from, as the user thinks of them: terms of one group belong together. */
  readonly group: string;
  /** At least one; several are an interaction. */
  readonly factors: readonly Factor[];
  /** Change of the log-odds of each scored class against the reference for one raw unit, [k]. */
  readonly coefficients: readonly number[];
  /** The same for one standard deviation: coefficient · scale, [k]. */
  readonly standardized: readonly number[];
  /** x is used as (x − mean) / scale. */
  readonly mean: number;
  readonly scale: number;
  /** Why the coefficients are 0 by decision and not by estimation, where they are. */
  readonly excluded?: 'constant' | 'dependent';
  /** Its coefficient is 1 by decision. */
  readonly offset?: boolean;
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
  /** Precision in which the rows were stored that the gradient was computed from. */
  readonly storagePrecision: 'float64' | 'float32';
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
  readonly target: Target;
  /**
   * Two classes: the positive class is predicted from this probability on (P ≥ threshold). More: null, the most
   * probable class is predicted, the first of equally probable ones.
   */
  readonly threshold: number | null;
  readonly unseen: UnseenPolicy;
  readonly missing: MissingPolicy;
  readonly missingTokens: readonly string[];
  readonly features: readonly Feature[];
  readonly terms: readonly Term[];
  /** Log-odds of each scored class against the reference where every raw x is 0, [k]. */
  readonly intercepts: readonly number[];
  /** The same where every x is at its mean, [k]. */
  readonly standardizedIntercepts: readonly number[];
  readonly certificate: Certificate;
  /** How it was made, for people (model/fit.ts, TrainingReport), checked where a fitted model is made of the file: rows, options, solver, warnings, metrics. */
  readonly training: Readonly<Record<string, unknown>>;
}

export const formatVersion = '2.0';
