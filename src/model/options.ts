/**
 * The options of a fit, each once: what is allowed, its default, its help and its flag on the command line. They are
 * checked here, at the door: unknown keys are refused with the nearest name, values by type and range. Behind the door
 * every option is present and right, and each room takes its own: fitting's are FittingOptions, the design's DesignOptions.
 */
import { type BackendName, backendNames } from '../backends/names.ts';
import type { DesignOptions } from '../design/design.ts';
import { LogisticError, nearestName, shown, unexpected } from '../errors.ts';
import type { FittingOptions } from '../fitting/options.ts';
import { defaultMissingTokens } from '../predict/cell.ts';
import type { Label, MissingPolicy, UnseenPolicy } from '../predict/model-file.ts';
import type { Precision } from '../rows/contract.ts';
import type { SolverName } from '../solvers/choose.ts';

export interface Options {
  /** Strength of ½·l2·‖w‖² on the mean loss, standardised features; 0 (default) is none. C = 1/(m·l2). */
  readonly l2?: number;
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
  /** 'balanced': each class weighs m/(K·m_class); or a weight for each class by its label. */
  readonly classWeight?: 'balanced' | Readonly<Record<string, number>>;
  /** The class that log-odds are taken against; default the first in sorted order. */
  readonly reference?: Label;
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
  /** Number of folds for cross-validation on the training rows, stratified; default none. */
  readonly folds?: number;
  /** Seed of the holdout, the folds and the sample of a warm start; default 1. */
  readonly seed?: number;
  /** Measure the model on its training rows as well; default false, true in the command. A holdout is always measured. */
  readonly trainingMetrics?: boolean;
  /** Where sums over rows are computed; default 'auto'. */
  readonly backend?: BackendName;
  /** Threads of the cpu backend: 'auto' (default) is all that the machine runs at a time. Small fits use none besides the caller's. */
  readonly threads?: 'auto' | number;
  /** Precision in which the rows are stored: 'float64' (default), or 'float32' for half the memory. */
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
  | 'trainingMetrics'
  | 'backend'
  | 'threads'
  | 'precision'
  | 'decimalComma'
  | 'header'
  | 'maxBadRows';
export type CheckedOptions = Required<Pick<Options, Defaulted>> &
  Omit<Options, Defaulted> &
  DesignOptions &
  FittingOptions;

/** How a flag's value is read from the command line; absent for flags without one. */
export type FlagKind = 'number' | 'string' | 'list' | 'character' | 'choice' | 'class-weight' | 'threads';

interface OptionRecord {
  readonly expected: string;
  readonly holds: (value: unknown) => boolean;
  readonly default?: unknown;
  /** Its flag in `logit train`, where it has one, and the help printed beside it. */
  readonly flag?: { readonly usage: string; readonly help: string; readonly kind?: FlagKind };
  readonly choices?: readonly string[];
}

const number = (expected: string, holds: (value: number) => boolean): Pick<OptionRecord, 'expected' | 'holds'> => ({
  expected,
  holds: (value) => typeof value === 'number' && Number.isFinite(value) && holds(value),
});
const oneOf = (...choices: readonly string[]): Pick<OptionRecord, 'expected' | 'holds' | 'choices'> => ({
  expected: `one of ${choices.join(', ')}`,
  holds: (value) => choices.includes(value as string),
  choices,
});
const boolean = { expected: 'true or false', holds: (value: unknown) => typeof value === 'boolean' };
const string = { expected: 'a string', holds: (value: unknown) => typeof value === 'string' };
const strings = {
  expected: 'a list of strings',
  holds: (value: unknown) => Array.isArray(value) && value.every((item) => typeof item === 'string'),
};
const label = {
  expected: 'a label',
  holds: (value: unknown) => ['string', 'number', 'boolean'].includes(typeof value),
};
const whole = (least: number) =>
  number(`a whole number of at least ${least}`, (value) => Number.isSafeInteger(value) && value >= least);
const positive = number('a number above 0', (value) => value > 0);

/** Every option, in the order of `logit train --help`. */
export const optionRecords: Readonly<Record<keyof Options, OptionRecord>> = {
  positive: {
    ...label,
    flag: {
      usage: '--positive <label>',
      kind: 'string',
      help: 'two classes: the one that probabilities are of (default: the second in sorted order)',
    },
  },
  reference: {
    ...label,
    flag: {
      usage: '--reference <label>',
      kind: 'string',
      help: 'the class that log-odds are against (default: the first in sorted order)',
    },
  },
  only: { ...strings, flag: { usage: '--only <columns>', kind: 'list', help: 'only these columns as features' } },
  drop: { ...strings, flag: { usage: '--drop <columns>', kind: 'list', help: 'all columns but these' } },
  numeric: { ...strings, flag: { usage: '--numeric <columns>', kind: 'list', help: 'read these as numbers' } },
  categorical: {
    ...strings,
    flag: { usage: '--categorical <columns>', kind: 'list', help: 'read these as categories' },
  },
  weights: { ...string, flag: { usage: '--weights <column>', kind: 'string', help: 'column of sample weights' } },
  classWeight: {
    expected: "'balanced' or a positive number for each class",
    holds: (value) =>
      value === 'balanced' ||
      (typeof value === 'object' &&
        value !== null &&
        Object.keys(value).length > 0 &&
        Object.values(value).every((w) => Number.isFinite(w) && w > 0)),
    flag: {
      usage: '--class-weight <weights>',
      kind: 'class-weight',
      help: 'balanced, or a weight for each class: no=1,yes=3',
    },
  },
  l2: {
    ...number('a number of at least 0', (value) => value >= 0),
    default: 0,
    flag: {
      usage: '--l2 <strength>',
      kind: 'number',
      help: 'L2 penalty on the mean loss, standardised features (default: 0, none)',
    },
  },
  intercept: { ...boolean, default: true, flag: { usage: '--no-intercept', help: 'fit without an intercept' } },
  standardize: {
    ...boolean,
    default: true,
    flag: { usage: '--no-standardize', help: 'the penalty acts on coefficients in raw units' },
  },
  solver: {
    ...oneOf('auto', 'newton', 'lbfgs', 'gd'),
    default: 'auto',
    flag: { usage: '--solver <name>', kind: 'choice', help: 'how to fit' },
  },
  maxIterations: {
    ...whole(1),
    flag: { usage: '--max-iterations <count>', kind: 'number', help: 'stop after this many' },
  },
  tolerance: {
    ...positive,
    default: 1e-10,
    flag: {
      usage: '--tolerance <size>',
      kind: 'number',
      help: 'stop when the gradient is at most this (default: 1e-10)',
    },
  },
  learningRate: {
    ...positive,
    flag: { usage: '--learning-rate <rate>', kind: 'number', help: 'gradient descent only (default: 1/L)' },
  },
  momentum: {
    ...number('a number from 0 to below 1', (value) => value >= 0 && value < 1),
    default: 0,
    flag: { usage: '--momentum <fraction>', kind: 'number', help: 'gradient descent only (default: 0)' },
  },
  threshold: {
    ...number('a number from 0 to 1', (value) => value >= 0 && value <= 1),
    default: 0.5,
    flag: {
      usage: '--threshold <probability>',
      kind: 'number',
      help: 'two classes: the positive one is predicted from this probability on (default: 0.5)',
    },
  },
  holdout: {
    ...number('a number from 0 to below 1', (value) => value >= 0 && value < 1),
    default: 0,
    flag: {
      usage: '--holdout <fraction>',
      kind: 'number',
      help: 'hold out this fraction of the rows for evaluation, stratified',
    },
  },
  folds: {
    ...whole(2),
    flag: {
      usage: '--folds <count>',
      kind: 'number',
      help: 'cross-validate on the training rows in this many stratified folds',
    },
  },
  seed: {
    ...whole(0),
    default: 1,
    flag: {
      usage: '--seed <number>',
      kind: 'number',
      help: 'seed of the holdout, the folds and the sample (default: 1)',
    },
  },
  trainingMetrics: { ...boolean, default: false },
  missing: {
    ...oneOf('drop', 'impute', 'error'),
    flag: { usage: '--missing <policy>', kind: 'choice', help: 'rows with missing cells (default: drop)' },
  },
  imputation: {
    ...oneOf('mean', 'median'),
    default: 'mean',
    flag: { usage: '--imputation <kind>', kind: 'choice', help: 'what fills a missing number (default: mean)' },
  },
  missingTokens: {
    ...strings,
    default: defaultMissingTokens,
    flag: {
      usage: '--missing-tokens <strings>',
      kind: 'list',
      help: 'strings that mean missing, besides the empty cell',
    },
  },
  unseen: {
    ...oneOf('error', 'ignore'),
    default: 'error',
    flag: {
      usage: '--unseen <policy>',
      kind: 'choice',
      help: 'categories that training never saw: not predicted, or taken as the reference (default: error)',
    },
  },
  delimiter: {
    expected: 'one character',
    holds: (value) => typeof value === 'string' && value.length === 1,
    flag: {
      usage: '--delimiter <character>',
      kind: 'character',
      help: 'between fields (default: found from the file)',
    },
  },
  decimalComma: {
    ...boolean,
    default: false,
    flag: { usage: '--decimal-comma', help: 'a comma that could be either is decimal, as in 1,5' },
  },
  thousands: {
    ...oneOf(','),
    flag: { usage: '--thousands <character>', kind: 'choice', help: 'a comma that could be either groups thousands' },
  },
  header: {
    ...boolean,
    default: true,
    flag: { usage: '--no-header', help: 'the first line is data; columns are c1, c2, …' },
  },
  maxBadRows: {
    ...whole(0),
    default: 0,
    flag: {
      usage: '--max-bad-rows <count>',
      kind: 'number',
      help: 'skip up to this many unreadable rows (default: 0)',
    },
  },
  backend: {
    ...oneOf(...backendNames),
    default: 'auto',
    flag: { usage: '--backend <name>', kind: 'choice', help: 'where sums are computed (default: auto)' },
  },
  threads: {
    expected: "'auto' or a whole number from 1 to 256",
    holds: (value) => value === 'auto' || (Number.isInteger(value) && Number(value) >= 1 && Number(value) <= 256),
    default: 'auto',
    flag: {
      usage: '--threads <count>',
      kind: 'threads',
      help: 'threads that compute (default: auto, as many as there are)',
    },
  },
  precision: {
    ...oneOf('float64', 'float32'),
    default: 'float64',
    flag: {
      usage: '--precision <precision>',
      kind: 'choice',
      help: 'how rows are stored: float32 takes half the memory',
    },
  },
};

/** What other libraries call an option, and what it is here. */
const translations: Readonly<Record<string, string>> = {
  C: 'l2 = 1/(m·C), with m the number of rows',
  penalty: 'l2 is the strength of the penalty, and 0 is none',
  lambda: 'l2 = lambda where lambda acts on the mean loss (glmnet), lambda/m where it acts on the sum',
  alpha: 'l2 = alpha where alpha acts on the mean loss, alpha/m where it acts on the sum',
  tol: 'it is tolerance, on the gradient of the mean loss',
  max_iter: 'it is maxIterations',
  fit_intercept: 'it is intercept',
  class_weight: 'it is classWeight',
  random_state: 'it is seed',
  learning_rate: 'it is learningRate',
  numSteps: 'it is maxIterations',
  regularization: 'l2 is the strength of the penalty, and 0 is none',
  multi_class: 'more than two classes are fitted by softmax, without being asked',
  maxIter: 'it is maxIterations',
  epochs: 'it is maxIterations',
};

/** The options with their defaults; throws LogisticError 'bad-argument', 'unknown-option' or 'bad-option'. */
export function checkOptions(options: Options): CheckedOptions {
  if (typeof options !== 'object' || options === null || Array.isArray(options)) {
    throw unexpected('bad-argument', 'options', 'an object', options);
  }
  const given = Object.entries(options).filter(([, value]) => value !== undefined);
  for (const [name, value] of given) {
    if (!Object.hasOwn(optionRecords, name)) throw unknownOption(name);
    const { expected, holds } = optionRecords[name as keyof Options];
    if (!holds(value)) {
      throw new LogisticError('bad-option', `${name} must be ${expected}, found ${shown(value)}`, {
        details: { option: name },
      });
    }
  }
  const defaults = Object.entries(optionRecords).flatMap(([name, record]) =>
    record.default === undefined ? [] : [[name, record.default] as const],
  );
  const checked = { ...Object.fromEntries(defaults), ...Object.fromEntries(given) } as CheckedOptions;
  const descent = (['learningRate', 'momentum'] as const).find((name) => options[name] !== undefined);
  if (descent !== undefined && checked.solver !== 'gd') {
    throw new LogisticError('bad-option', `${descent} is for gradient descent; the solver is ${checked.solver}`, {
      hint: 'choose solver gd',
      details: { option: descent },
    });
  }
  return checked;
}

function unknownOption(name: string): LogisticError {
  const translation = Object.hasOwn(translations, name) ? translations[name] : undefined;
  const near = nearestName(name, Object.keys(optionRecords));
  return new LogisticError('unknown-option', `there is no option ${JSON.stringify(name)}`, {
    hint:
      translation ??
      (near === undefined ? `the options are ${Object.keys(optionRecords).join(', ')}` : `did you mean ${near}?`),
    details: { option: name },
  });
}
