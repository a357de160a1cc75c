/**
 * The options of a fit, checked once, here at the door: unknown keys are refused with the nearest name,
 * values by type and range. Behind the door every option is present and right.
 */
import type { Precision } from '../backends/backend.ts';
import { type BackendName, backendNames } from '../backends/registry.ts';
import { LogisticError, nearestName } from '../errors.ts';
import { defaultMissingTokens } from '../predict/cell.ts';
import type { Label, MissingPolicy, UnseenPolicy } from '../predict/model-file.ts';
import type { SolverName } from '../solvers/choose.ts';

export interface Options {
  /** Strength of ½·l2·‖w‖² on the mean loss, standardised features; 0 (default) is none. C = 1/(m·l2). */
  readonly l2?: number;
  /** An intercept, never penalised; default true. */
  readonly intercept?: boolean;
  /** Penalise standardised coefficients (default true) or coefficients in raw units. Without a penalty it changes nothing. */
  readonly standardize?: boolean;
  /** 'auto' (default): Newton up to 256 parameters, L-BFGS beyond. */
  readonly solver?: SolverName;
  /** Default: 100 for Newton, 1,000 for L-BFGS, 10,000 for gradient descent. */
  readonly maxIterations?: number;
  /** The fit has converged when the gradient's max-norm is at most this; default 1e−10. */
  readonly tolerance?: number;
  /** Gradient descent only; default 1/L. */
  readonly learningRate?: number;
  /** Gradient descent only; default 0. */
  readonly momentum?: number;
  /** 'balanced': each class weighs m/(2·m_class); or a weight for each class by its label. */
  readonly classWeight?: 'balanced' | Readonly<Record<string, number>>;
  /** Which class the probabilities are of; default the second in sorted order. */
  readonly positive?: Label;
  /** The positive class is predicted from this probability on; default 0.5. */
  readonly threshold?: number;
  /** Missing cells: 'drop' their rows, 'impute' or 'error'. Default: 'drop' for columns by name, 'error' for bare arrays. */
  readonly missing?: MissingPolicy;
  /** What imputes a numeric cell; default 'mean'. Categories take the most frequent level. */
  readonly imputation?: 'mean' | 'median';
  /** Texts that count as missing besides the empty one. */
  readonly missingTokens?: readonly string[];
  /** A category that training never saw: 'error' (default, the row is not predicted) or 'ignore' (the reference). */
  readonly unseen?: UnseenPolicy;
  /** Share of the rows held out for evaluation, stratified; default 0. */
  readonly holdout?: number;
  /** Seed of the holdout; default 1. */
  readonly seed?: number;
  /** Where sums over rows are computed; default 'auto'. */
  readonly backend?: BackendName;
  /** Threads of the cpu backend: 'auto' (default) is all that the machine runs at a time. Small fits use none besides the caller's. */
  readonly threads?: 'auto' | number;
  /** Precision in which the rows are kept to the end: 'float64' (default), or 'float32' for a third of the memory. */
  readonly precision?: Precision;
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
  /** Files: numbers with a decimal comma. */
  readonly decimalComma?: boolean;
  /** Files: false when the first line is data; columns are then c1, c2, … */
  readonly header?: boolean;
  /** Files: how many unreadable rows may be let go; default 0. */
  readonly maxBadRows?: number;
}

type Defaulted =
  | 'l2'
  | 'intercept'
  | 'standardize'
  | 'solver'
  | 'tolerance'
  | 'momentum'
  | 'threshold'
  | 'imputation'
  | 'missingTokens'
  | 'unseen'
  | 'holdout'
  | 'seed'
  | 'backend'
  | 'threads'
  | 'precision'
  | 'decimalComma'
  | 'header'
  | 'maxBadRows';
export type CheckedOptions = Required<Pick<Options, Defaulted>> & Omit<Options, Defaulted>;

const defaults: Required<Pick<Options, Defaulted>> = {
  l2: 0,
  intercept: true,
  standardize: true,
  solver: 'auto',
  tolerance: 1e-10,
  momentum: 0,
  threshold: 0.5,
  imputation: 'mean',
  missingTokens: defaultMissingTokens,
  unseen: 'error',
  holdout: 0,
  seed: 1,
  backend: 'auto',
  threads: 'auto',
  precision: 'float64',
  decimalComma: false,
  header: true,
  maxBadRows: 0,
};

interface Rule {
  readonly expected: string;
  readonly holds: (value: unknown) => boolean;
}

const numberRule = (expected: string, holds: (value: number) => boolean): Rule => ({
  expected,
  holds: (value) => typeof value === 'number' && Number.isFinite(value) && holds(value),
});
const oneOf = (...names: readonly string[]): Rule => ({
  expected: `one of ${names.join(', ')}`,
  holds: (value) => names.includes(value as string),
});
const flag: Rule = { expected: 'true or false', holds: (value) => typeof value === 'boolean' };
const text: Rule = { expected: 'a text', holds: (value) => typeof value === 'string' };
const texts: Rule = {
  expected: 'a list of texts',
  holds: (value) => Array.isArray(value) && value.every((item) => typeof item === 'string'),
};
const whole = (expected: string, least: number): Rule =>
  numberRule(expected, (value) => Number.isSafeInteger(value) && value >= least);

const rules: Readonly<Record<keyof Options, Rule>> = {
  l2: numberRule('a number of at least 0', (value) => value >= 0),
  intercept: flag,
  standardize: flag,
  solver: oneOf('auto', 'newton', 'lbfgs', 'gd'),
  maxIterations: whole('a whole number of at least 1', 1),
  tolerance: numberRule('a number above 0', (value) => value > 0),
  learningRate: numberRule('a number above 0', (value) => value > 0),
  momentum: numberRule('a number from 0 to below 1', (value) => value >= 0 && value < 1),
  classWeight: {
    expected: "'balanced' or a positive number for each class",
    holds: (value) =>
      value === 'balanced' ||
      (typeof value === 'object' && value !== null && Object.values(value).every((w) => Number.isFinite(w) && w > 0)),
  },
  positive: { expected: 'a label', holds: (value) => ['string', 'number', 'boolean'].includes(typeof value) },
  threshold: numberRule('a number from 0 to 1', (value) => value >= 0 && value <= 1),
  missing: oneOf('drop', 'impute', 'error'),
  imputation: oneOf('mean', 'median'),
  missingTokens: texts,
  unseen: oneOf('error', 'ignore'),
  holdout: numberRule('a number from 0 to below 1', (value) => value >= 0 && value < 1),
  seed: whole('a whole number of at least 0', 0),
  backend: oneOf(...backendNames),
  threads: {
    expected: "'auto' or a whole number from 1 to 256",
    holds: (value) => value === 'auto' || (Number.isInteger(value) && Number(value) >= 1 && Number(value) <= 256),
  },
  precision: oneOf('float64', 'float32'),
  weights: text,
  only: texts,
  drop: texts,
  numeric: texts,
  categorical: texts,
  delimiter: { expected: 'one character', holds: (value) => typeof value === 'string' && value.length === 1 },
  decimalComma: flag,
  header: flag,
  maxBadRows: whole('a whole number of at least 0', 0),
};

/** The options with their defaults; throws LogisticError 'unknown-option' or 'bad-option'. */
export function checkOptions(options: Options): CheckedOptions {
  const given = Object.entries(options).filter(([, value]) => value !== undefined);
  for (const [name, value] of given) {
    const rule = rules[name as keyof Options] as Rule | undefined;
    if (rule === undefined) {
      const near = nearestName(name, Object.keys(rules));
      throw new LogisticError('unknown-option', `there is no option ${JSON.stringify(name)}`, {
        hint: near === undefined ? `the options are ${Object.keys(rules).join(', ')}` : `did you mean ${near}?`,
      });
    }
    if (!rule.holds(value)) {
      throw new LogisticError('bad-option', `${name} must be ${rule.expected}, found ${JSON.stringify(value)}`, {
        details: { option: name },
      });
    }
  }
  const checked = { ...defaults, ...Object.fromEntries(given) } as CheckedOptions;
  const descent = (['learningRate', 'momentum'] as const).find((name) => options[name] !== undefined);
  if (descent !== undefined && checked.solver !== 'gd') {
    throw new LogisticError('bad-option', `${descent} is for gradient descent; the solver is ${checked.solver}`, {
      hint: 'choose solver gd',
      details: { option: descent },
    });
  }
  return checked;
}
