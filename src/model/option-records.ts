/**
 * Every option of a fit, once: what is allowed, its default, its help and its flag on the command line. It checks
 * nothing itself and knows no fit.
 */
import { backendNames } from '../backends/names.ts';
import { isTree } from '../design/term-tree.ts';
import { defaultMissingTokens } from '../predict/cell.ts';
import type { Options } from './options.ts';

/** How a flag's value is read from the command line; absent for flags without one. */
export type FlagKind =
  | 'number'
  | 'duration'
  | 'size'
  | 'string'
  | 'reference'
  | 'list'
  | 'character'
  | 'choice'
  | 'class-weight'
  | 'threads';

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
      kind: 'reference',
      help: 'the class that log-odds are against (default: the first in sorted order), or column=level: the level that the others of a category are against; repeatable',
    },
  },
  referenceLevels: {
    expected: 'a level for each column: { race: "white" }',
    holds: (value) =>
      typeof value === 'object' && value !== null && !Array.isArray(value) && Object.values(value).every(label.holds),
  },
  formula: {
    ...string,
    flag: {
      usage: '--formula <formula>',
      kind: 'string',
      help: "terms as in R: 'y ~ age + sex*smoker + poly(bmi, 2)' (default: every column)",
    },
  },
  terms: {
    expected: "a list of columns' names and of what poly(), cross() and other functions give",
    holds: (value) => Array.isArray(value) && value.every((item) => typeof item === 'string' || isTree(item)),
  },
  offset: {
    ...string,
    flag: {
      usage: '--offset <column>',
      kind: 'string',
      help: 'column that is added to the log-odds, its coefficient 1',
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
      help: 'balanced, or weights of classes, 1 where none is given: yes=3',
    },
  },
  priorCorrection: {
    ...boolean,
    default: false,
    flag: {
      usage: '--prior-correction',
      help: 'with --class-weight: intercepts corrected for it, so that probabilities are those of the rows as they are',
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
  firth: {
    ...boolean,
    default: false,
    flag: { usage: '--firth', help: 'Firth’s penalised likelihood: finite estimates, less bias in small samples' },
  },
  flic: {
    ...boolean,
    default: false,
    flag: {
      usage: '--flic',
      help: 'with --firth: an intercept at which the mean probability is the share of the class',
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
  holdoutBy: {
    ...string,
    flag: {
      usage: '--holdout-by <column>',
      kind: 'string',
      help: 'hold out all rows of a value of this column together, such as those of a customer',
    },
  },
  folds: {
    ...whole(2),
    flag: {
      usage: '--folds <count>',
      kind: 'number',
      help: 'cross-validate on the training rows in this many stratified folds, of whole keys with --holdout-by or --cluster',
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
  detailedMetrics: { ...boolean, default: false },
  inference: {
    ...boolean,
    default: false,
    flag: { usage: '--no-inference', help: 'no standard errors, tests and intervals' },
  },
  robust: {
    ...oneOf('HC0', 'HC1', 'HC2', 'HC3', 'CR0', 'CR1'),
    flag: {
      usage: '--robust <kind>',
      kind: 'choice',
      help: 'standard errors that do not trust the model’s variance; CR0 and CR1 with --cluster',
    },
  },
  cluster: {
    ...string,
    flag: {
      usage: '--cluster <column>',
      kind: 'string',
      help: 'column of clusters whose rows are not independent: cluster-robust standard errors (CR1)',
    },
  },
  weightType: {
    ...oneOf('frequency', 'sampling'),
    default: 'frequency',
    flag: {
      usage: '--weight-type <kind>',
      kind: 'choice',
      help: 'weights count rows, or are those of a sample, with robust standard errors (default: frequency)',
    },
  },
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
    flag: { usage: '--backend <name>', kind: 'choice', help: 'where sums are computed (default: auto, which is cpu)' },
  },
  rows: {
    ...oneOf('auto', 'memory', 'disk', 'there'),
    default: 'auto',
    flag: {
      usage: '--rows <place>',
      kind: 'choice',
      help: 'where rows are fitted: in memory, on disk, or there, summed by the database; auto (default) is disk where they would take more than --memory',
    },
  },
  memory: {
    ...number('a number of bytes above 0', (value) => value > 0),
    flag: {
      usage: '--memory <size>',
      kind: 'size',
      help: 'how much memory rows may take: 2GB, 500MB (default: half of what the machine has)',
    },
  },
  timeout: {
    ...positive,
    flag: {
      usage: '--timeout <time>',
      kind: 'duration',
      help: 'how long one query of a database may take: 60s, 5min (default: no limit)',
    },
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
