/**
 * The estimator: options checked at the door, `fit` on arrays, objects or tensors, a fitted model out.
 * Files are read by the Node entry, which gives this class a reader.
 */
import {
  isObjectRows,
  type Matrix,
  matrixColumns,
  numericColumn,
  type ObjectRows,
  requireFinite,
  tableFromObjects,
} from '../data/from-memory.ts';
import type { Column, ColumnRequest, ReadOptions, Table } from '../data/table.ts';
import { typedColumn } from '../data/typed-column.ts';
import { LogisticError } from '../errors.ts';
import type { Cell } from '../predict/cell.ts';
import { createTurns, type Turns } from '../turns.ts';
import { fit } from './fit.ts';
import { FittedLogisticRegression } from './fitted.ts';
import { type CheckedOptions, checkOptions, type Options } from './options.ts';
import type { FitHooks } from './refine.ts';

export interface FitOptions extends FitHooks {
  /** s, one for each row of an array. Objects and files name a column instead: option `weights`. */
  readonly sampleWeight?: ArrayLike<number>;
  /** Names of the columns of an array; default x1, x2, … */
  readonly featureNames?: readonly string[];
  /** Files: share read so far, from 0 to 1. */
  readonly onProgress?: (share: number) => void;
}

/** Reads a file into a table. */
export type TableReader = (path: string, request: ColumnRequest, options: ReadOptions) => Promise<Table>;

export class LogisticRegression {
  readonly #options: CheckedOptions;
  /** The entry for Node sets it. */
  protected readonly readTable: TableReader | undefined = undefined;

  /** Throws LogisticError 'unknown-option' or 'bad-option'. */
  constructor(options: Options = {}) {
    this.#options = checkOptions(options);
  }

  /** Fits arrays or a tensor [m, n] and their labels. */
  async fit(x: Matrix, labels: ArrayLike<Cell>, options?: FitOptions): Promise<FittedLogisticRegression>;
  /** Fits an array of objects, or in Node a file, whose column `target` holds the labels. */
  async fit(data: ObjectRows | string, target: string, options?: FitOptions): Promise<FittedLogisticRegression>;
  async fit(
    data: Matrix | ObjectRows | string,
    target: ArrayLike<Cell> | string,
    more: FitOptions = {},
  ): Promise<FittedLogisticRegression> {
    const named = typeof target === 'string';
    const turns = createTurns(more.signal);
    const { table, targetName, options } = named
      ? {
          table: await this.#namedTable(data as ObjectRows | string, target, more, turns),
          targetName: target,
          options: this.#options,
        }
      : await arrayTable(data as Matrix, target, { options: this.#options, more, turns });
    return FittedLogisticRegression.fromJSON(await fit(table, targetName, options, more));
  }

  async #namedTable(data: ObjectRows | string, target: string, more: FitOptions, turns: Turns): Promise<Table> {
    const options = this.#options;
    if (typeof data === 'string') {
      if (this.readTable === undefined) {
        throw new LogisticError('no-files', `${data}: files are read in Node only`, {
          hint: "import { LogisticRegression } from 'tfjs-logistic/node'",
        });
      }
      return this.readTable(
        data,
        { ...options, target },
        { ...options, signal: more.signal, onProgress: more.onProgress },
      );
    }
    if (isObjectRows(data)) return tableFromObjects(data, options.missingTokens, turns);
    throw new LogisticError('bad-data', 'a target by name needs an array of objects or a file', {
      hint: 'for arrays give the labels themselves: fit(x, labels)',
    });
  }
}

interface ArrayFit {
  readonly options: CheckedOptions;
  readonly more: FitOptions;
  readonly turns: Turns;
}

/** Arrays as a table: columns x1, x2, …, the labels as `y`, sample weights as `weight`. */
async function arrayTable(x: Matrix, labels: ArrayLike<Cell>, { options, more, turns }: ArrayFit) {
  const columns = await matrixColumns(x, labels.length, turns);
  const m = columns[0]!.length;
  const { featureNames, sampleWeight } = more;
  if (labels.length !== m) throw new LogisticError('bad-shape', `${m} rows and ${labels.length} labels`);
  if (sampleWeight !== undefined && sampleWeight.length !== m) {
    throw new LogisticError('bad-shape', `${m} rows and ${sampleWeight.length} sample weights`);
  }
  if (featureNames !== undefined && featureNames.length !== columns.length) {
    throw new LogisticError('bad-shape', `${columns.length} columns and ${featureNames.length} names`);
  }
  const names = featureNames ?? columns.map((_, j) => `x${j + 1}`);
  if (options.missing === undefined) {
    for (const [j, values] of columns.entries()) await requireFinite(values, names[j]!, turns);
    if (ArrayBuffer.isView(labels) && typeof labels[0] === 'number')
      await requireFinite(labels as ArrayLike<number>, 'y', turns);
  }
  const free = (name: string): string => (names.includes(name) ? free(`${name}_`) : name);
  const target = free('y');
  const all: Column[] = [];
  for (const [j, values] of columns.entries()) all.push(await numericColumn(names[j]!, values, turns));
  const cells = { length: m, at: (row: number) => labels[row] };
  all.push(await typedColumn(target, cells, options.missingTokens, turns));
  if (sampleWeight === undefined) {
    return { table: inMemory(m, all), targetName: target, options };
  }
  const weights = free('weight');
  all.push(await numericColumn(weights, Float64Array.from(sampleWeight), turns));
  return { table: inMemory(m, all), targetName: target, options: { ...options, weights } };
}

function inMemory(rows: number, columns: readonly Column[]): Table {
  return { rows, columns, source: 'arrays', leftOut: [], badRows: 0, warnings: [] };
}
