/** The rows of a file in a model's column order, for `predict` and `evaluate`. */
import { type Cell, type FittedLogisticRegression, LogisticError, nearestName, readCells } from '../node.ts';

export interface RowFlags {
  readonly delimiter?: string;
  readonly header?: boolean;
}

export interface OpenedRows {
  /** The file's columns. */
  readonly names: readonly string[];
  /** Chunks of rows: the model's columns in order, then the others that were asked for, undefined where the file lacks them. */
  read(others: readonly string[]): AsyncIterable<{ readonly cells: Cell[]; readonly others: Cell[] }[]>;
}

export async function openRows(
  model: FittedLogisticRegression,
  file: string,
  flags: RowFlags,
  signal: AbortSignal,
): Promise<OpenedRows> {
  const { names, rows, close } = await readCells(file, { ...flags, signal });
  const lost = model.columns.find((column) => !names.includes(column));
  if (lost !== undefined) {
    await close();
    throw missingColumn(
      lost,
      names,
      `${file}: the model needs the column ${JSON.stringify(lost)}, which the file lacks`,
    );
  }
  const places = model.columns.map((column) => names.indexOf(column));
  return {
    names,
    async *read(others) {
      const further = others.map((name) => names.indexOf(name));
      for await (const chunk of rows) {
        yield chunk.map((row) => ({
          cells: places.map((place) => row[place]),
          others: further.map((place) => row[place]),
        }));
      }
    },
  };
}

export function missingColumn(column: string, names: readonly string[], message: string): LogisticError {
  const near = nearestName(column, names);
  return new LogisticError(
    'missing-column',
    `${message}; it has ${names.join(', ')}`,
    near === undefined ? {} : { hint: `did ${JSON.stringify(near)} mean it? names must match exactly` },
  );
}
