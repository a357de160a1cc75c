/** The rows of a file in a model's column order, for `predict` and `evaluate`. */
import { type Cell, type FittedLogisticRegression, LogisticError, nearestName, readCells } from '../node.ts';

export interface RowFlags {
  readonly delimiter?: string;
  readonly header?: boolean;
}

export interface OpenedRows {
  /** Chunks of rows, each row the model's columns in order. */
  readonly chunks: AsyncIterable<{ readonly cells: Cell[][]; readonly labels: Cell[] | undefined }>;
  /** Columns of the file that the model does not use. */
  readonly ignored: readonly string[];
  /** Whether the file has the target. */
  readonly hasTarget: boolean;
}

export async function openRows(
  model: FittedLogisticRegression,
  file: string,
  flags: RowFlags,
  signal: AbortSignal,
): Promise<OpenedRows> {
  const target = model.toJSON().target.name;
  const { names, rows, close } = await readCells(file, { ...flags, signal });
  const places = model.columns.map((column) => names.indexOf(column));
  if (places.includes(-1)) {
    await close();
    throw missingColumn(model.columns[places.indexOf(-1)]!, names, file);
  }
  const label = names.indexOf(target);
  async function* inOrder() {
    for await (const chunk of rows) {
      yield {
        cells: chunk.map((row) => places.map((place) => row[place])),
        labels: label < 0 ? undefined : chunk.map((row) => row[label]),
      };
    }
  }
  return {
    chunks: inOrder(),
    ignored: names.filter((name, k) => !places.includes(k) && name !== target),
    hasTarget: label >= 0,
  };
}

function missingColumn(column: string, names: readonly string[], file: string): LogisticError {
  const near = nearestName(column, names);
  return new LogisticError(
    'missing-column',
    `${file}: the model needs the column ${JSON.stringify(column)}, which the file lacks; it has ${names.join(', ')}`,
    near === undefined ? {} : { hint: `did ${JSON.stringify(near)} mean it? names must match exactly` },
  );
}
