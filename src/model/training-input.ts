/**
 * What a fit is given: files and queries, who reads them, what is read of them, and which column is predicted. Values in
 * memory are data/from-memory's.
 */

import type { TableRequest } from '../data/from-memory.ts';
import type { PageFileOpener, StoredTable } from '../data/stored-table.ts';
import type { ColumnRequest, ReadOptions, Table } from '../data/table.ts';
import { parseFormula } from '../design/formula.ts';
import { LogisticError, unexpected } from '../errors.ts';
import type { FitHooks } from '../fitting/options.ts';
import type { Label } from '../predict/model-file.ts';
import type { Connection } from '../sql/engine.ts';
import type { Pass } from '../sql/steady.ts';
import type { CheckedOptions } from './options.ts';

export interface FitOptions extends FitHooks {
  /** s, one for each row. Columns by name can name one instead: option `weights`. */
  readonly sampleWeight?: TableRequest['sampleWeight'];
  /** Names of the columns of a matrix; default x1, x2, … */
  readonly featureNames?: readonly string[];
  /**
   * Files: the fraction read so far, from 0 to 1. Queries of a database: the fraction of the present one, where the
   * engine says, and which it is. Rows on disk: of the present pass over them, while they are fitted.
   */
  readonly onProgress?: (fraction: number, pass?: Pass) => void;
}

export const fitOptionNames = ['sampleWeight', 'featureNames', 'onProgress', 'onIteration', 'signal'];

/** Throws LogisticError 'bad-argument'. */
export function requireHooks({ signal, onIteration, onProgress }: FitOptions): void {
  if (signal !== undefined && typeof signal?.throwIfAborted !== 'function') {
    throw unexpected('bad-argument', 'signal', 'an AbortSignal', signal);
  }
  for (const [name, hook] of Object.entries({ onIteration, onProgress })) {
    if (hook !== undefined && typeof hook !== 'function') throw unexpected('bad-argument', name, 'a function', hook);
  }
}

/** What stands beside values in memory; rows that are read have it in columns. Throws LogisticError 'bad-option'. */
export function requireNothingBeside(options: FitOptions): void {
  const hints = {
    sampleWeight: "name their column: weights: 's'",
    featureNames: 'columns have the names that they have',
  };
  for (const [option, hint] of Object.entries(hints)) {
    if (options[option as keyof typeof hints] === undefined) continue;
    throw new LogisticError('bad-option', `${option} is for values in memory, and these rows are read`, {
      hint,
      details: { option },
    });
  }
}

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

export const nameOf = (file: FileInput): string =>
  typeof file === 'string' || file instanceof URL ? String(file) : 'a file';

export function isQuery(data: unknown): data is QueryInput {
  const { query, connection } = (data ?? {}) as Partial<QueryInput>;
  return typeof query === 'string' && connection !== undefined;
}

export function isFile(data: unknown): data is FileInput {
  if (typeof data === 'string') return true;
  const kinds = [globalThis.URL, globalThis.Blob, globalThis.Response, globalThis.ReadableStream];
  return kinds.some((kind) => kind !== undefined && data instanceof kind);
}

/** What is read of a source: keys of rows too, as texts whatever they look like, though they are no features. */
export function readingOf(options: CheckedOptions): CheckedOptions {
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
export function askedTarget(given: unknown, options: CheckedOptions): unknown {
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

export function requireTarget(target: unknown, source: string): string {
  if (typeof target === 'string') return target;
  throw new LogisticError('bad-argument', `${source}: its target is the name of a column`, {
    hint: "fit('data.csv', 'target')",
  });
}
