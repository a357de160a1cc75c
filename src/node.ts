/**
 * Entry `tfjs-logistic/node`: the portable library, and files: training data in CSV, TSV, Parquet and
 * JSON lines, and model files written whole or not at all.
 */
import { readFile } from 'node:fs/promises';
import { LogisticError } from './errors.ts';
import { FittedLogisticRegression } from './model/fitted.ts';
import {
  type Databases,
  LogisticRegression as PortableLogisticRegression,
  type TableReader,
} from './model/logistic-regression.ts';
import { openConnection, parquetQuery } from './platform/engines/connection.ts';
import { openPageFile } from './platform/page-file.ts';
import { readTable } from './platform/read-table.ts';
import { writeWhole } from './platform/write-file.ts';

export type { ReadOptions } from './data/table.ts';
export { nearestName } from './errors.ts';
export * from './index.ts';
export type { QueryInput } from './model/logistic-regression.ts';
export type { CellFile } from './platform/cell-file.ts';
export { readCells } from './platform/read-table.ts';

/**
 * The estimator with files and databases: fit('data.csv', 'target'); '-' is standard input, 'part-*.csv' several files;
 * fit({ query: 'select …', connection: 'postgres://…' }, 'target').
 */
export class LogisticRegression extends PortableLogisticRegression {
  protected override readonly readTable: TableReader = readTable;
  protected override readonly databases: Databases = { open: openConnection, queryOf: parquetQuery, openPageFile };
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
    throw new LogisticError('unreadable', `${path}: cannot be read (${(error as NodeJS.ErrnoException).code})`, {
      hint: 'give the path of a model file, made by `logit train … --out`',
    });
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
