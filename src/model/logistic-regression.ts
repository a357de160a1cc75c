/**
 * The estimator: options checked at the door, values in memory or, in Node, a file in, a fitted model out. Files are
 * read by the Node entry, which gives this class a reader.
 */
import { type TableRequest, type TrainingData, type TrainingLabels, tableFromMemory } from '../data/from-memory.ts';
import type { ColumnRequest, ReadOptions, Table } from '../data/table.ts';
import { LogisticError, requireOptions, unexpected } from '../errors.ts';
import type { FitHooks } from '../fitting/options.ts';
import type { Label } from '../predict/model-file.ts';
import type { CrossValidation } from './cross-validate.ts';
import { fit } from './fit.ts';
import { FittedLogisticRegression } from './fitted.ts';
import { type CheckedOptions, checkOptions, type Options } from './options.ts';

export interface FitOptions extends FitHooks {
  /** s, one for each row. Columns by name can name one instead: option `weights`. */
  readonly sampleWeight?: TableRequest['sampleWeight'];
  /** Names of the columns of a matrix; default x1, x2, … */
  readonly featureNames?: readonly string[];
  /** Files: fraction read so far, from 0 to 1. */
  readonly onProgress?: (fraction: number) => void;
}

export interface CrossValidateOptions extends FitOptions {
  /** Number of stratified folds; default 10. */
  readonly folds?: number;
  /** Seed of the shuffle that deals rows to folds; default the estimator's. */
  readonly seed?: number;
}

const fitOptionNames = ['sampleWeight', 'featureNames', 'onProgress', 'onIteration', 'signal'];

/** Reads a file into a table. */
export type TableReader = (path: string, request: ColumnRequest, options: ReadOptions) => Promise<Table>;

/** The type of labels that a target of these values has. */
export type LabelOf<T> =
  T extends ArrayLike<infer C>
    ? C extends string
      ? string
      : C extends number | bigint
        ? number
        : C extends boolean
          ? boolean
          : Label
    : Label;

export class LogisticRegression {
  readonly #options: CheckedOptions;
  /** The entry for Node sets it. */
  protected readonly readTable: TableReader | undefined = undefined;

  /** Throws LogisticError 'bad-argument', 'unknown-option' or 'bad-option'. */
  constructor(options: Options = {}) {
    this.#options = checkOptions(options);
  }

  /**
   * Fits rows and their labels: a matrix (nested arrays, a flat array row by row, a tensor [m, n]), an array of
   * objects, columns by name, or an Arrow table. What is given is read before the call returns; tensors are awaited.
   */
  async fit<T extends TrainingLabels>(
    data: TrainingData,
    labels: T,
    options?: FitOptions,
  ): Promise<FittedLogisticRegression<LabelOf<T>>>;
  /** Fits an array of objects, columns by name, an Arrow table or, in Node, a file, whose column `target` has the labels. */
  async fit<L extends Label = Label>(
    data: TrainingData | string,
    target: string,
    options?: FitOptions,
  ): Promise<FittedLogisticRegression<L>>;
  async fit(
    data: TrainingData | string,
    target: TrainingLabels | string,
    options: FitOptions = {},
  ): Promise<FittedLogisticRegression> {
    return FittedLogisticRegression.fromJSON(await this.#fit(data, target, options, this.#options));
  }

  /**
   * Fits all folds but one and measures on that one, for each of them. Rows are placed once; every fold's fit equals a
   * separate one on its training rows. Throws as `fit` does.
   */
  async crossValidate(
    data: TrainingData | string,
    target: TrainingLabels | string,
    options: CrossValidateOptions = {},
  ): Promise<CrossValidation> {
    requireOptions(options, [...fitOptionNames, 'folds', 'seed'], 'crossValidate');
    const { folds = this.#options.folds ?? 10, seed = this.#options.seed, ...more } = options;
    checkOptions({ folds, seed });
    const file = await this.#fit(data, target, more, { ...this.#options, folds, seed });
    return file.training.crossValidation!;
  }

  async #fit(data: TrainingData | string, target: TrainingLabels | string, more: FitOptions, options: CheckedOptions) {
    requireOptions(more, fitOptionNames, 'fit');
    requireHooks(more);
    if (typeof data === 'string') {
      const table = await this.#readFile(data, target, more);
      return fit(table, target as string, options, more);
    }
    const { sampleWeight, featureNames } = more;
    const read = await tableFromMemory(data, target, { ...options, sampleWeight, featureNames });
    return fit(
      read.table,
      read.target,
      read.weights === undefined ? options : { ...options, weights: read.weights },
      more,
    );
  }

  async #readFile(path: string, target: unknown, { signal, onProgress }: FitOptions): Promise<Table> {
    if (this.readTable === undefined) {
      throw new LogisticError('no-files', `${path}: files are read in Node only`, {
        hint: "import { LogisticRegression } from 'tfjs-logistic/node'",
      });
    }
    if (typeof target !== 'string') {
      throw new LogisticError('bad-argument', `${path}: the target of a file is the name of a column`, {
        hint: "fit('data.csv', 'target')",
      });
    }
    return this.readTable(path, { ...this.#options, target }, { ...this.#options, signal, onProgress });
  }
}

function requireHooks({ signal, onIteration, onProgress }: FitOptions): void {
  if (signal !== undefined && typeof signal?.throwIfAborted !== 'function') {
    throw unexpected('bad-argument', 'signal', 'an AbortSignal', signal);
  }
  for (const [name, hook] of Object.entries({ onIteration, onProgress })) {
    if (hook !== undefined && typeof hook !== 'function') throw unexpected('bad-argument', name, 'a function', hook);
  }
}
