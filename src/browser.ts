/**
 * Entry `tfjs-logistic/browser`: the portable library; files that are picked, fetched or streamed, as training data; and
 * models fetched from a URL.
 */
import type { ColumnRequest, ReadOptions, Table } from './data/table.ts';
import { LogisticError } from './errors.ts';
import { FittedLogisticRegression } from './model/fitted.ts';
import { LogisticRegression as PortableLogisticRegression } from './model/logistic-regression.ts';
import type { FileInput, TableReader } from './model/training-input.ts';
import { readWebTable } from './web/read-table.ts';

export type { Column, ColumnRequest, ReadOptions, Table } from './data/table.ts';
export * from './index.ts';
export type { FileInput } from './model/training-input.ts';

/** The estimator with files: fit(file, 'target') reads a File, a Blob, a Response, a stream or a URL. */
export class LogisticRegression extends PortableLogisticRegression {
  protected override readonly readTable: TableReader = readWebTable;
}

/** Reads a file into named, typed columns, as fit(file, target) does. */
export function readTable(file: FileInput, request: ColumnRequest = {}, options: ReadOptions = {}): Promise<Table> {
  return readWebTable(file, request, options);
}

/**
 * Fetches a model file. Throws LogisticError 'unreadable' when the server does not give it or cannot be reached, and
 * the reason of `init.signal` where that aborts it.
 */
export async function fetchModel(url: string | URL, init?: RequestInit): Promise<FittedLogisticRegression> {
  return FittedLogisticRegression.fromJSON(await fetchText(url, init));
}

async function fetchText(url: string | URL, init: RequestInit | undefined): Promise<string> {
  let response: Response;
  let text: string;
  try {
    response = await fetch(url, init);
    text = await response.text();
  } catch (error) {
    if (init?.signal?.aborted === true) throw error;
    throw new LogisticError('unreadable', `${url}: ${reasonOf(error)}`, {
      hint: 'check the address, and that the server can be reached and allows this page (CORS)',
    });
  }
  if (!response.ok) throw new LogisticError('unreadable', `${url}: ${response.status} ${response.statusText}`);
  return text;
}

/** What an error of fetch says; Node tells the cause apart from 'fetch failed', browsers do not. */
function reasonOf(error: unknown): string {
  const { message, cause } = error as Error;
  const { message: deeper, code } = (cause ?? {}) as { readonly message?: string; readonly code?: string };
  return deeper || code || message;
}
