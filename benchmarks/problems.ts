/**
 * The named problems: how many rows, features and classes, how ill-conditioned, how nearly separable, how much of
 * it categories. Each is made from its seed alone (generate.ts), the same on every machine.
 */
import { isDeepStrictEqual } from 'node:util';

export interface Problem {
  readonly name: string;
  readonly rows: number;
  readonly features: number;
  /** K */
  readonly classes: number;
  /** Condition number of the covariance from which the numeric columns are drawn. */
  readonly condition: number;
  /** Standard deviation of the true scores of each class but the first: 1 is hard to tell apart, 10 nearly separable. */
  readonly separability: number;
  /** Share of the columns that are 0/1 indicators (then standardised, as all columns are). */
  readonly indicators: number;
  /** Penalty ½·l2·‖w‖² on the mean loss, for more than two classes the symmetric one of objective.ts; 0 is none. */
  readonly l2: number;
  readonly seed: number;
}

const plain = { classes: 2, condition: 10, separability: 2, indicators: 0, l2: 1e-6, seed: 1 };

/** The same X with labels of two classes and of four: what three score vectors cost beside one. */
const twoClasses: Problem = { ...plain, name: 'two-classes', rows: 500_000, features: 32, seed: 8 };
const fourClasses: Problem = { ...twoClasses, name: 'four-classes', classes: 4 };

export const evaluationProblems: readonly Problem[] = [
  { ...plain, name: 'million', rows: 1_000_000, features: 32 },
  { ...plain, name: 'fifth', rows: 200_000, features: 32, seed: 2 },
  twoClasses,
  fourClasses,
];

export const fitProblems: readonly Problem[] = [
  evaluationProblems[0]!,
  { ...plain, name: 'ill-conditioned', rows: 200_000, features: 100, condition: 1e4, seed: 3 },
  { ...plain, name: 'nearly-separable', rows: 200_000, features: 32, separability: 20, l2: 1e-8, seed: 4 },
  { ...plain, name: 'indicators', rows: 500_000, features: 40, indicators: 0.4, l2: 0, seed: 5 },
  fourClasses,
];

/** The one that is written as CSV: the shape of the HIGGS data set's low- and high-level features. */
export const csvProblem: Problem = { ...plain, name: 'csv', rows: 1_000_000, features: 28, l2: 0, seed: 6 };

/** The one that is written as Parquet. */
export const parquetProblem: Problem = { ...plain, name: 'parquet', rows: 1_000_000, features: 32, l2: 0, seed: 9 };

/** 10,000 to 10,000,000 rows in steps of half a power of ten. */
export const scalingProblems: readonly Problem[] = [1e4, 3e4, 1e5, 3e5, 1e6, 3e6, 1e7].map((rows) => ({
  ...plain,
  name: `rows-${rows}`,
  rows,
  features: 10,
  seed: 7,
}));

/** The same problem, a hundredth of its rows: to try the machinery, not to be reported. */
export function quickly(problem: Problem): Problem {
  return { ...problem, rows: Math.max(2000, problem.rows / 100) };
}

/** Whether two problems have the same X: they differ in name and classes at most. */
export function sharesRows(a: Problem, b: Problem): boolean {
  const rowsOf = ({ name: _, classes: __, ...rest }: Problem): Omit<Problem, 'name' | 'classes'> => rest;
  return isDeepStrictEqual(rowsOf(a), rowsOf(b));
}
