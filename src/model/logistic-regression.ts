/**
 * The estimator: options checked at the door, values in memory or, in Node, a file in, a fitted model out. Files are
 * read by the Node entry, which gives this class a reader.
 */
import { type TableRequest, type TrainingData, type TrainingLabels, tableFromMemory } from '../data/from-memory.ts';
import type { PageFileOpener, StoredTable } from '../data/stored-table.ts';
import type { ColumnRequest, ReadOptions, Table } from '../data/table.ts';
import { parseFormula } from '../design/formula.ts';
import { LogisticError, requireOptions, unexpected, type Warning } from '../errors.ts';
import type { FitHooks } from '../fitting/options.ts';
import type { Label } from '../predict/model-file.ts';
import type { Connection } from '../sql/engine.ts';
import { type Pass, steadyConnection } from '../sql/steady.ts';
import { checkOptions } from './check-options.ts';
import { type ChosenRows, chooseRows } from './choose-rows.ts';
import type { CrossValidation } from './cross-validate.ts';
import { fit } from './fit.ts';
import { FittedLogisticRegression } from './fitted.ts';
import type { CheckedOptions, Options } from './options.ts';
import { type Dataset, tableDataset } from './placed.ts';
import { countQueried, expectedPasses, type QueriedData, queriedDataset, queryText } from './queried.ts';
import { StoredRows, storedDataset } from './stored.ts';

export interface FitOptions extends FitHooks {
  /** s, one for each row. Columns by name can name one instead: option `weights`. */
  readonly sampleWeight?: TableRequest['sampleWeight'];
  /** Names of the columns of a matrix; default x1, x2, … */
  readonly featureNames?: readonly string[];
  /**
   * Files: the fraction read so far, from 0 to 1. Queries of a database: the fraction of the present one, where the
   * engine says, and which it is.
   */
  readonly onProgress?: (fraction: number, pass?: Pass) => void;
}

export interface CrossValidateOptions extends FitOptions {
  /** Number of stratified folds; default 10. */
  readonly folds?: number;
  /** Seed of the shuffle that deals rows to folds; default the estimator's. */
  readonly seed?: number;
}

const fitOptionNames = ['sampleWeight', 'featureNames', 'onProgress', 'onIteration', 'signal'];

/** A path in Node, an address in a page; what holds a file's bytes in both. */
export type FileInput = string | URL | Blob | Response | ReadableStream<Uint8Array>;

/** Reads a file into a table. */
export type TableReader = (file: FileInput, request: ColumnRequest, options: ReadOptions) => Promise<Table>;

/** Rows of a database: what selects them, and an address or the user's own client. */
export interface QueryInput {
  readonly query: string;
  readonly connection: unknown;
  /** What reports call it; default 'the query'. */
  readonly source?: string;
}

/** Databases and rows on disk, which the entry for Node has. */
export interface Databases {
  /** Opens an address, or takes a client as it is. */
  open(connection: unknown): Promise<Connection>;
  /** A Parquet file as a query. Throws LogisticError 'bad-option' for any other file. */
  queryOf(file: FileInput): Promise<QueryInput>;
  /** Reads a file into pages on disk. */
  storeTable(file: FileInput, request: ColumnRequest, options: ReadOptions): Promise<StoredTable>;
  /** About how many cells a file has, undefined where nobody knows. */
  countCells(file: FileInput): Promise<number | undefined>;
  /** Bytes that rows may take in memory where nobody says. */
  allowedMemory(): number;
  readonly openPageFile: PageFileOpener;
}

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
    return new StoredRows(await this.#store(data, target, more));
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
    const target = askedTarget(given, options) as TrainingLabels | string;
    if (data instanceof StoredRows) {
      const { table } = data;
      return fitWarned(
        storedDataset(table, more.onProgress),
        table.warnings,
        requireTarget(target, table.source),
        options,
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
        return fitStored(withNotes(await this.#store(data, name, more), chosen), name, options, more);
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

  async #store(data: FileInput | QueryInput, target: string, more: FitOptions): Promise<StoredTable> {
    const { storeTable, openPageFile } = this.#databases();
    const { signal, onProgress } = more;
    const request = { ...readingOf(this.#options), target };
    const reading = { ...this.#options, signal, onProgress };
    if (!isQuery(data)) return storeTable(data, request, reading);
    return this.#withConnection(data, more, ({ connection, query }) =>
      connection.store(query, request, reading, openPageFile),
    );
  }

  async #chooseRows(options: CheckedOptions, cells: () => Promise<number | undefined>): Promise<ChosenRows> {
    const { rows, memory } = options;
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

const nameOf = (file: FileInput): string => (typeof file === 'string' || file instanceof URL ? String(file) : 'a file');

function withNotes<T extends { readonly warnings: readonly Warning[] }>(table: T, { warnings }: ChosenRows): T {
  return { ...table, warnings: [...warnings, ...table.warnings] };
}

/** What is read of a source: keys of rows too, as texts whatever they look like, though they are no features. */
function readingOf(options: CheckedOptions): CheckedOptions {
  const { cluster, holdoutBy, categorical = [], numeric, only, drop } = options;
  const keys = [...new Set([cluster, holdoutBy].filter((name) => name !== undefined))];
  if (keys.length === 0) return options;
  const others = (names: readonly string[]): string[] => names.filter((name) => !keys.includes(name));
  return {
    ...options,
    categorical: [...others(categorical), ...keys],
    ...(only && { only: [...others(only), ...keys] }),
    ...(drop && { drop: others(drop) }),
    ...(numeric && { numeric: others(numeric) }),
  };
}

/** What is predicted, by the call or by the formula; a column that is nothing else. */
function askedTarget(given: unknown, options: CheckedOptions): unknown {
  const named = options.formula === undefined ? undefined : parseFormula(options.formula).target;
  if (named !== undefined && given !== undefined && named !== given) {
    const found = typeof given === 'string' ? `the target is ${given}` : 'labels are given beside';
    throw new LogisticError('bad-option', `the formula predicts ${named}, and ${found}`, {
      hint: 'leave one of them out',
      details: { option: 'formula' },
    });
  }
  const target = given ?? named;
  const roles = ['weights', 'offset', 'cluster', 'holdoutBy'] as const;
  const role = typeof target === 'string' && roles.find((name) => options[name] === target);
  if (!role) return target;
  throw new LogisticError('bad-option', `${role}: ${target} is the target`, {
    hint: 'a column has one role',
    details: { option: role },
  });
}

function requireTarget(target: unknown, source: string): string {
  if (typeof target === 'string') return target;
  throw new LogisticError('bad-argument', `${source}: its target is the name of a column`, {
    hint: "fit('data.csv', 'target')",
  });
}

/** Fits what has been read, which is handed over. */
function fitRead(table: Table, target: string, options: CheckedOptions, hooks: FitHooks) {
  return fitWarned(tableDataset(table), table.warnings, target, options, hooks);
}

/** Fits what has been stored, and removes it. */
async function fitStored(table: StoredTable, target: string, options: CheckedOptions, hooks: FitOptions) {
  try {
    return await fitWarned(storedDataset(table, hooks.onProgress), table.warnings, target, options, hooks);
  } finally {
    await table.close();
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

function isQuery(data: unknown): data is QueryInput {
  const { query, connection } = (data ?? {}) as Partial<QueryInput>;
  return typeof query === 'string' && connection !== undefined;
}

function isFile(data: unknown): data is FileInput {
  if (typeof data === 'string') return true;
  const kinds = [globalThis.URL, globalThis.Blob, globalThis.Response, globalThis.ReadableStream];
  return kinds.some((kind) => kind !== undefined && data instanceof kind);
}

function requireHooks({ signal, onIteration, onProgress }: FitOptions): void {
  if (signal !== undefined && typeof signal?.throwIfAborted !== 'function') {
    throw unexpected('bad-argument', 'signal', 'an AbortSignal', signal);
  }
  for (const [name, hook] of Object.entries({ onIteration, onProgress })) {
    if (hook !== undefined && typeof hook !== 'function') throw unexpected('bad-argument', name, 'a function', hook);
  }
}
