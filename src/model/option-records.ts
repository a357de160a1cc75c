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

/** What a value must be. */
interface Check {
  readonly expected: string;
  readonly holds: (value: unknown) => boolean;
  readonly choices?: readonly string[];
  /** How its flag is read, where nothing else is said. */
  readonly kind?: FlagKind;
}

interface OptionRecord extends Check {
  readonly default?: unknown;
  /** Its flag in `logit train`, where it has one, and the help printed beside it. */
  readonly flag?: { readonly usage: string; readonly help: string; readonly kind?: FlagKind };
}

const number = (expected: string, holds: (value: number) => boolean): Check => ({
  expected,
  holds: (value) => typeof value === 'number' && Number.isFinite(value) && holds(value),
  kind: 'number',
});
const oneOf = (...choices: readonly string[]): Check => ({
  expected: `one of ${choices.join(', ')}`,
  holds: (value) => choices.includes(value as string),
  choices,
  kind: 'choice',
});
const boolean: Check = { expected: 'true or false', holds: (value) => typeof value === 'boolean' };
const string: Check = { expected: 'a string', holds: (value) => typeof value === 'string', kind: 'string' };
const strings: Check = {
  expected: 'a list of strings',
  holds: (value) => Array.isArray(value) && value.every((item) => typeof item === 'string'),
  kind: 'list',
};
const label: Check = { expected: 'a label', holds: (value) => ['string', 'number', 'boolean'].includes(typeof value) };
const whole = (least: number): Check =>
  number(`a whole number of at least ${least}`, (value) => Number.isSafeInteger(value) && value >= least);
const positive = number('a number above 0', (value) => value > 0);

/** An option with a flag. */
const flag = (
  check: Check,
  usage: string,
  help: string,
  { kind = check.kind, ...more }: Pick<OptionRecord, 'kind' | 'default'> = {},
): OptionRecord => ({ ...check, ...more, flag: { usage, help, ...(kind && { kind }) } });

/** Every option, in the order of `logit train --help`. */
export const optionRecords: Readonly<Record<keyof Options, OptionRecord>> = {
  positive: flag(
    label,
    '--positive <label>',
    'two classes: the one that probabilities are of (default: the second in sorted order)',
    { kind: 'string' },
  ),
  reference: flag(
    label,
    '--reference <label>',
    'the class that log-odds are against (default: the first in sorted order), or column=level: the level that the others of a category are against; repeatable',
    { kind: 'reference' },
  ),
  referenceLevels: {
    expected: 'a level for each column: { race: "white" }',
    holds: (value) =>
      typeof value === 'object' && value !== null && !Array.isArray(value) && Object.values(value).every(label.holds),
  },
  formula: flag(
    string,
    '--formula <formula>',
    "terms as in R: 'y ~ age + sex*smoker + poly(bmi, 2)' (default: every column)",
  ),
  terms: {
    expected: "a list of columns' names and of what poly(), cross() and other functions give",
    holds: (value) => Array.isArray(value) && value.every((item) => typeof item === 'string' || isTree(item)),
  },
  offset: flag(string, '--offset <column>', 'column that is added to the log-odds, its coefficient 1'),
  only: flag(strings, '--only <columns>', 'only these columns as features'),
  drop: flag(strings, '--drop <columns>', 'all columns but these'),
  numeric: flag(strings, '--numeric <columns>', 'read these as numbers'),
  categorical: flag(strings, '--categorical <columns>', 'read these as categories'),
  weights: flag(string, '--weights <column>', 'column of sample weights'),
  classWeight: flag(
    {
      expected: "'balanced' or a positive number for each class",
      holds: (value) =>
        value === 'balanced' ||
        (typeof value === 'object' &&
          value !== null &&
          Object.keys(value).length > 0 &&
          Object.values(value).every((w) => Number.isFinite(w) && w > 0)),
    },
    '--class-weight <weights>',
    'balanced, or weights of classes, 1 where none is given: yes=3',
    { kind: 'class-weight' },
  ),
  priorCorrection: flag(
    boolean,
    '--prior-correction',
    'with --class-weight: intercepts corrected for it, so that probabilities are those of the rows as they are',
    { default: false },
  ),
  l2: flag(
    number('a number of at least 0', (value) => value >= 0),
    '--l2 <strength>',
    'L2 penalty on the mean loss, standardised features (default: 0, none)',
    { default: 0 },
  ),
  firth: flag(boolean, '--firth', 'Firth’s penalised likelihood: finite estimates, less bias in small samples', {
    default: false,
  }),
  flic: flag(boolean, '--flic', 'with --firth: an intercept at which the mean probability is the share of the class', {
    default: false,
  }),
  intercept: flag(boolean, '--no-intercept', 'fit without an intercept', { default: true }),
  standardize: flag(boolean, '--no-standardize', 'the penalty acts on coefficients in raw units', { default: true }),
  solver: flag(oneOf('auto', 'newton', 'lbfgs', 'gd'), '--solver <name>', 'how to fit', { default: 'auto' }),
  maxIterations: flag(whole(1), '--max-iterations <count>', 'stop after this many'),
  tolerance: flag(positive, '--tolerance <size>', 'stop when the gradient is at most this (default: 1e-10)', {
    default: 1e-10,
  }),
  learningRate: flag(positive, '--learning-rate <rate>', 'gradient descent only (default: 1/L)'),
  momentum: flag(
    number('a number from 0 to below 1', (value) => value >= 0 && value < 1),
    '--momentum <fraction>',
    'gradient descent only (default: 0)',
    { default: 0 },
  ),
  threshold: flag(
    number('a number from 0 to 1', (value) => value >= 0 && value <= 1),
    '--threshold <probability>',
    'two classes: the positive one is predicted from this probability on (default: 0.5)',
  ),
  holdout: flag(
    number('a number from 0 to below 1', (value) => value >= 0 && value < 1),
    '--holdout <fraction>',
    'hold out this fraction of the rows for evaluation, stratified',
    { default: 0 },
  ),
  holdoutBy: flag(
    string,
    '--holdout-by <column>',
    'hold out all rows of a value of this column together, such as those of a customer',
  ),
  folds: flag(
    whole(2),
    '--folds <count>',
    'cross-validate on the training rows in this many stratified folds, of whole keys with --holdout-by or --cluster',
  ),
  seed: flag(whole(0), '--seed <number>', 'seed of the holdout, the folds and the sample (default: 1)', { default: 1 }),
  trainingMetrics: { ...boolean, default: false },
  detailedMetrics: { ...boolean, default: false },
  inference: flag(boolean, '--no-inference', 'no standard errors, tests and intervals', { default: false }),
  robust: flag(
    oneOf('HC0', 'HC1', 'HC2', 'HC3', 'CR0', 'CR1'),
    '--robust <kind>',
    'standard errors that do not trust the model’s variance; CR0 and CR1 with --cluster',
  ),
  cluster: flag(
    string,
    '--cluster <column>',
    'column of clusters whose rows are not independent: cluster-robust standard errors (CR1)',
  ),
  weightType: flag(
    oneOf('frequency', 'sampling'),
    '--weight-type <kind>',
    'weights count rows, or are those of a sample, with robust standard errors (default: frequency)',
    { default: 'frequency' },
  ),
  missing: flag(oneOf('drop', 'impute', 'error'), '--missing <policy>', 'rows with missing cells (default: drop)'),
  imputation: flag(oneOf('mean', 'median'), '--imputation <kind>', 'what fills a missing number (default: mean)', {
    default: 'mean',
  }),
  missingTokens: flag(strings, '--missing-tokens <strings>', 'strings that mean missing, besides the empty cell', {
    default: defaultMissingTokens,
  }),
  unseen: flag(
    oneOf('error', 'ignore'),
    '--unseen <policy>',
    'categories that training never saw: not predicted, or taken as the reference (default: error)',
    { default: 'error' },
  ),
  delimiter: flag(
    {
      expected: 'one character',
      holds: (value) => typeof value === 'string' && value.length === 1,
    },
    '--delimiter <character>',
    'between fields (default: found from the file)',
    { kind: 'character' },
  ),
  decimalComma: flag(boolean, '--decimal-comma', 'a comma that could be either is decimal, as in 1,5', {
    default: false,
  }),
  thousands: flag(oneOf(','), '--thousands <character>', 'a comma that could be either groups thousands'),
  header: flag(boolean, '--no-header', 'the first line is data; columns are c1, c2, …', { default: true }),
  maxBadRows: flag(whole(0), '--max-bad-rows <count>', 'skip up to this many unreadable rows (default: 0)', {
    default: 0,
  }),
  backend: flag(oneOf(...backendNames), '--backend <name>', 'where sums are computed (default: auto, which is cpu)', {
    default: 'auto',
  }),
  rows: flag(
    oneOf('auto', 'memory', 'disk', 'there'),
    '--rows <place>',
    'where rows are fitted: in memory, on disk, or there, summed by the database; auto (default) is disk where they would take more than --memory',
    { default: 'auto' },
  ),
  memory: flag(
    number('a number of bytes above 0', (value) => value > 0),
    '--memory <size>',
    'how much memory rows may take: 2GB, 500MB (default: half of what the machine has)',
    { kind: 'size' },
  ),
  timeout: flag(
    positive,
    '--timeout <time>',
    'how long one query of a database may take: 60s, 5min (default: no limit)',
    { kind: 'duration' },
  ),
  threads: flag(
    {
      expected: "'auto' or a whole number from 1 to 256",
      holds: (value) => value === 'auto' || (Number.isInteger(value) && Number(value) >= 1 && Number(value) <= 256),
    },
    '--threads <count>',
    'threads that compute (default: auto, as many as there are)',
    { kind: 'threads', default: 'auto' },
  ),
  precision: flag(
    oneOf('float64', 'float32'),
    '--precision <precision>',
    'how rows are stored: float32 takes half the memory',
    { default: 'float64' },
  ),
};
