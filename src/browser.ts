/**
 * Entry `tfjs-logistic/browser`: the portable library; files that are picked, fetched or streamed, as training data; and
 * models fetched from a URL.
 */
import type { ColumnRequest, ReadOptions, Table } from './data/table.ts';
import { LogisticError } from './errors.ts';
import { FittedLogisticRegression } from './model/fitted.ts';
import {
  type FileInput,
  LogisticRegression as PortableLogisticRegression,
  type TableReader,
} from './model/logistic-regression.ts';
import { readWebTable } from './text/web.ts';

export type { Column, ColumnRequest, ReadOptions, Table } from './data/table.ts';
export * from './index.ts';
export type { FileInput } from './model/logistic-regression.ts';

/** The estimator with files: fit(file, 'target') reads a File, a Blob, a Response, a stream or a URL. */
export class LogisticRegression extends PortableLogisticRegression {
  protected override readonly readTable: TableReader = readWebTable;
}

/** Reads a file into named, typed columns, as fit(file, target) does. */
export function readTable(file: FileInput, request: ColumnRequest = {}, options: ReadOptions = {}): Promise<Table> {
  return readWebTable(file, request, options);
}

/** Fetches a model file. Throws LogisticError 'unreadable' when the server does not give it. */
export async function fetchModel(url: string | URL, init?: RequestInit): Promise<FittedLogisticRegression> {
  const response = await fetch(url, init);
  if (!response.ok) throw new LogisticError('unreadable', `${url}: ${response.status} ${response.statusText}`);
  return FittedLogisticRegression.fromJSON(await response.text());
}
