/**
 * Entry `tfjs-logistic/node`: the portable library, and files: training data in CSV, TSV, Parquet and
 * JSON lines, and model files written whole or not at all.
 */
import { readFile } from 'node:fs/promises';
import { LogisticError } from './errors.ts';
import { FittedLogisticRegression } from './model/fitted.ts';
import { LogisticRegression as PortableLogisticRegression } from './model/logistic-regression.ts';
import { predictRows, type QueryPredictions } from './model/query-predictions.ts';
import type { Databases, QueryInput, TableReader } from './model/training-input.ts';
import { allowedMemory, countCells } from './platform/count-cells.ts';
import { openConnection, parquetQuery } from './platform/engines/connection.ts';
import { unreadable } from './platform/open-path.ts';
import { openPageFile } from './platform/page-file.ts';
import { readTable, storeTable } from './platform/read-table.ts';
import { writeWhole } from './platform/write-file.ts';
import type { ScoreOptions } from './predict/score-options.ts';

export type { ReadOptions } from './data/table.ts';
export { nearestName } from './errors.ts';
export * from './index.ts';
export type { QueryPredictions } from './model/query-predictions.ts';
export type { StoredRows } from './model/stored.ts';
export type { QueryInput } from './model/training-input.ts';
export type { CellFile } from './platform/cell-file.ts';
export { readCells } from './platform/read-table.ts';

/**
 * The estimator with files and databases: fit('data.csv', 'target'); '-' is standard input, 'part-*.csv' several files;
 * fit({ query: 'select …', connection: 'postgres://…' }, 'target').
 */
export class LogisticRegression extends PortableLogisticRegression {
  protected override readonly readTable: TableReader = readTable;
  protected override readonly databases: Databases = {
    open: openConnection,
    queryOf: parquetQuery,
    storeTable,
    countCells,
    allowedMemory,
    openPageFile,
  };
}

/**
 * The rows of a query with the predictions that the database makes of them: P of each class and the predicted class, ''
 * where a row cannot be predicted. Calls `use` with them, and closes what was opened for it. Throws LogisticError
 * 'missing-column', 'duplicate-names' and what a connection throws.
 */
export async function predictQuery<T>(
  model: FittedLogisticRegression,
  { query, connection: given }: QueryInput,
  use: (predictions: QueryPredictions) => Promise<T>,
  options: ScoreOptions & { readonly signal?: AbortSignal | undefined } = {},
): Promise<T> {
  const connection = await openConnection(given);
  try {
    return await use(await predictRows(connection, model, { ...options, query: query.replace(/[;\s]+$/, '') }));
  } finally {
    await connection.close();
  }
}

/** Writes a model file: to a temporary file first, then renamed. */
export async function saveModel(model: FittedLogisticRegression, path: string): Promise<void> {
  await writeWhole(path, `${JSON.stringify(model, null, 2)}\n`);
}

/** Reads a model file. Throws LogisticError 'unreadable' or 'bad-model' with the path in the message. */
export async function loadModel(path: string): Promise<FittedLogisticRegression> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    const hint = 'give the path of a model file, made by `logit train … --out`';
    throw unreadable(path, error as NodeJS.ErrnoException, hint);
  }
  try {
    return FittedLogisticRegression.fromJSON(text);
  } catch (error) {
    if (!(error instanceof LogisticError)) throw error;
    throw new LogisticError(error.code, `${path}: ${error.message}`, {
      ...(error.hint === undefined ? {} : { hint: error.hint }),
      details: error.details,
    });
  }
}
