/**
 * The estimator: options checked at the door, values in memory or, in Node, a file in, a fitted model out. Files are
 * read by the Node entry, which gives this class a reader.
 */
import { type TrainingData, type TrainingLabels, tableFromMemory } from '../data/from-memory.ts';
import type { StoredTable } from '../data/stored-table.ts';
import type { Table } from '../data/table.ts';
import { LogisticError, requireOptions, type Warning } from '../errors.ts';
import type { FitHooks } from '../fitting/options.ts';
import type { Label } from '../predict/model-file.ts';
import { steadyConnection } from '../sql/steady.ts';
import { checkOptions, requireHeldOut } from './check-options.ts';
import { type ChosenRows, chooseRows } from './choose-rows.ts';
import type { CrossValidation } from './cross-validate.ts';
import { fit } from './fit.ts';
import { FittedLogisticRegression } from './fitted.ts';
import type { CheckedOptions, Options } from './options.ts';
import { type Dataset, tableDataset } from './placed.ts';
import { countQueried, expectedPasses, type QueriedData, queriedDataset, queryText } from './queried.ts';
import { StoredRows, storedDataset, withReading } from './stored.ts';
import {
  askedTarget,
  type Databases,
  type FileInput,
  type FitOptions,
  fitOptionNames,
  isFile,
  isQuery,
  type LabelOf,
  nameOf,
  type QueryInput,
  readingOf,
  requireHooks,
  requireNothingBeside,
  requireTarget,
  type TableReader,
} from './training-input.ts';
import { unserved } from './unserved.ts';

export interface CrossValidateOptions extends FitOptions {
  /** Number of stratified folds; default 10. */
  readonly folds?: number;
  /** Seed of the shuffle that deals rows to folds; default the estimator's. */
  readonly seed?: number;
}

export class LogisticRegression {
  readonly #options: CheckedOptions;
  /** The entries for Node and for browsers set it. */
  protected readonly readTable: TableReader | undefined = undefined;
  /** The entry for Node sets it. */
  protected readonly databases: Databases | undefined = undefined;

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
  /**
   * Fits an array of objects, columns by name, an Arrow table, a file or a query, whose column `target` has the labels; it
   * may be left out where a formula names it.
   */
  async fit<L extends Label = Label>(
    data: TrainingData | FileInput | QueryInput | StoredRows,
    target?: string,
    options?: FitOptions,
  ): Promise<FittedLogisticRegression<L>>;
  async fit(
    data: TrainingData | FileInput | QueryInput | StoredRows,
    target?: TrainingLabels | string,
    options: FitOptions = {},
  ): Promise<FittedLogisticRegression> {
    return FittedLogisticRegression.fromJSON(await this.#fit(data, target, options, this.#options));
  }

  /**
   * Reads a file or a query to disk once, for fits with other options: `fit` takes what this gives in the place of a file. It
   * is closed by its `close`. Throws as `fit` does of files and queries.
   */
  async store(data: FileInput | QueryInput, target: string, more: FitOptions = {}): Promise<StoredRows> {
    requireOptions(more, fitOptionNames, 'store');
    requireHooks(more);
    requireNothingBeside(more);
    return new StoredRows(await this.#store(data, target, more, this.#options), this.#options);
  }

  /**
   * Fits all folds but one and measures on that one, for each of them. Rows are placed once; every fold's fit equals a
   * separate one on its training rows. Throws as `fit` does.
   */
  async crossValidate(
    data: TrainingData | FileInput | QueryInput | StoredRows,
    target?: TrainingLabels | string,
    options: CrossValidateOptions = {},
  ): Promise<CrossValidation> {
    requireOptions(options, [...fitOptionNames, 'folds', 'seed'], 'crossValidate');
    const { folds = this.#options.folds ?? 10, seed = this.#options.seed, ...more } = options;
    checkOptions({ folds, seed });
    const file = await this.#fit(data, target, more, { ...this.#options, folds, seed });
    return file.training.crossValidation!;
  }

  /**
   * The queries that `fit` would ask of a database, as SQL: the columns are described, and no row is read. What earlier
   * answers decide stands as :number, :level, :reference or :class. Throws as `fit` does of its columns and options.
   */
  async toSQL(data: FileInput | QueryInput, target?: string): Promise<string> {
    requireHeldOut(this.#options);
    const input = isQuery(data) ? data : await this.#databases().queryOf(data);
    return this.#withConnection(input, {}, ({ connection, query, source }) =>
      queryText({ connection, query }, requireTarget(askedTarget(target, this.#options), source), this.#options),
    );
  }

  async #fit(
    data: TrainingData | FileInput | QueryInput | StoredRows,
    given: TrainingLabels | string | undefined,
    more: FitOptions,
    options: CheckedOptions,
  ) {
    requireOptions(more, fitOptionNames, 'fit');
    requireHooks(more);
    requireHeldOut(options);
    if (data instanceof StoredRows || isQuery(data) || isFile(data)) requireNothingBeside(more);
    const target = askedTarget(given, options) as TrainingLabels | string;
    if (data instanceof StoredRows) {
      const { table } = data;
      return fitWarned(
        storedDataset(data, { again: true }, more.onProgress),
        table.warnings,
        requireTarget(target, table.source),
        withReading(data, options),
        more,
      );
    }
    if (isQuery(data)) return this.#fitQuery(data, target, more, options);
    if (isFile(data) && options.rows === 'there') {
      const query = await this.#databases().queryOf(data);
      return this.#fitQuery(query, target, more, options);
    }
    if (isFile(data)) {
      const readTable = this.#tableReader(data);
      const chosen = await this.#chooseRows(options, async () => this.databases?.countCells(data));
      const name = requireTarget(target, nameOf(data));
      const { signal, onProgress } = more;
      const reading = { ...options, signal, onProgress };
      if (chosen.rows === 'disk')
        return fitStored(withNotes(await this.#store(data, name, more, options), chosen), name, options, more);
      const table = await readTable(data, { ...readingOf(options), target: name }, reading);
      return fitRead(withNotes(table, chosen), name, options, more);
    }
    if (options.rows === 'disk' || options.rows === 'there') {
      throw new LogisticError('bad-option', `rows: ${options.rows} is for files and queries`, {
        hint: "fit({ query, connection }, 'target')",
        details: { option: 'rows' },
      });
    }
    const { sampleWeight, featureNames } = more;
    const read = await tableFromMemory(data, target, { ...readingOf(options), sampleWeight, featureNames });
    return fit(
      tableDataset(read.table),
      read.target,
      read.weights === undefined ? options : { ...options, weights: read.weights },
      more,
    );
  }

  #databases(): Databases {
    if (this.databases !== undefined) return this.databases;
    throw new LogisticError('no-files', 'this entry opens no database and keeps no rows on disk', {
      hint: "import { LogisticRegression } from 'tfjs-logistic/node'",
    });
  }

  async #fitQuery(input: QueryInput, target: unknown, more: FitOptions, options: CheckedOptions) {
    const name = requireTarget(target, input.source ?? 'the query');
    const { signal, onProgress } = more;
    if (options.rows === 'there') {
      return this.#withConnection(input, more, (data) => fit(queriedDataset(data), name, options, more));
    }
    const request = { ...readingOf(options), target: name };
    const reading = { ...options, signal, onProgress };
    const { openPageFile } = this.#databases();
    const read = await this.#withConnection(input, more, async ({ connection, query }) => {
      const chosen = await this.#chooseRows(options, () => countQueried(connection, query, signal));
      if (chosen.rows === 'memory') {
        return { table: withNotes(await connection.pull(query, request, reading), chosen) };
      }
      return { stored: withNotes(await connection.store(query, request, reading, openPageFile), chosen) };
    });
    if ('stored' in read) return fitStored(read.stored, name, options, more);
    return fitRead(read.table, name, options, more);
  }

  async #store(
    data: FileInput | QueryInput,
    target: string,
    more: FitOptions,
    options: CheckedOptions,
  ): Promise<StoredTable> {
    const { storeTable, openPageFile } = this.#databases();
    const { signal, onProgress } = more;
    const request = { ...readingOf(options), target };
    const reading = { ...options, signal, onProgress };
    if (!isQuery(data)) return storeTable(data, request, reading);
    return this.#withConnection(data, more, ({ connection, query }) =>
      connection.store(query, request, reading, openPageFile),
    );
  }

  async #chooseRows(options: CheckedOptions, cells: () => Promise<number | undefined>): Promise<ChosenRows> {
    const { rows, memory } = options;
    const refused = rows === 'disk' && unserved(options); // before anything is read
    if (refused) throw refused;
    if (rows !== 'auto') return { rows: rows === 'disk' ? 'disk' : 'memory', warnings: [] };
    const allowed = memory ?? this.databases?.allowedMemory();
    if (allowed === undefined) return { rows: 'memory', warnings: [] };
    return chooseRows(await cells(), allowed, options);
  }

  async #withConnection<T>(
    { query, connection: given, source = 'the query' }: QueryInput,
    { onProgress }: FitOptions,
    use: (data: QueriedData) => Promise<T>,
  ): Promise<T> {
    const { open } = this.#databases();
    const { timeout, rows } = this.#options;
    const connection = steadyConnection(await open(given), { timeout, onProgress, passes: expectedPasses[rows] });
    try {
      const select = query.replace(/[;\s]+$/, ''); // it becomes part of other queries
      return await use({ connection, query: select, source });
    } finally {
      await connection.close();
    }
  }

  #tableReader(file: FileInput): TableReader {
    if (this.readTable !== undefined) return this.readTable;
    throw new LogisticError('no-files', `${nameOf(file)}: this entry reads no files`, {
      hint: "import { LogisticRegression } from 'tfjs-logistic/node' or from 'tfjs-logistic/browser'",
    });
  }
}

function withNotes<T extends { readonly warnings: readonly Warning[] }>(table: T, { warnings }: ChosenRows): T {
  return { ...table, warnings: [...warnings, ...table.warnings] };
}

/** Fits what has been read, which is handed over. */
function fitRead(table: Table, target: string, options: CheckedOptions, hooks: FitHooks) {
  return fitWarned(tableDataset(table), table.warnings, target, options, hooks);
}

/** Fits what has been stored, and removes it. */
async function fitStored(table: StoredTable, target: string, options: CheckedOptions, hooks: FitOptions) {
  const rows = new StoredRows(table, options);
  try {
    const data = storedDataset(rows, { again: false }, hooks.onProgress);
    return await fitWarned(data, table.warnings, target, options, hooks);
  } finally {
    await rows.close();
  }
}

function fitWarned(
  data: Dataset,
  warnings: readonly Warning[],
  target: string,
  options: CheckedOptions,
  hooks: FitHooks,
) {
  return fit(data, target, options, hooks).catch((error: unknown) => {
    throw withWarnings(error, warnings);
  });
}

/** A mistake that the reading of the file may explain: what was to be warned of goes along in `details.warnings`. */
function withWarnings(error: unknown, warnings: readonly Warning[]): unknown {
  if (!(error instanceof LogisticError) || warnings.length === 0) return error;
  const { code, message, hint, details } = error;
  return new LogisticError(code, message, { hint, details: { ...details, warnings } });
}
