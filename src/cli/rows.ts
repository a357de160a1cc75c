/** Where rows come from, the rows of a file in a model's column order, and what weighs them. */
import {
  type Cell,
  type FittedLogisticRegression,
  LogisticError,
  nearestName,
  type QueryInput,
  readCells,
} from '../node.ts';
import { say, warn } from './talk.ts';

/** A file, or what a query selects. */
export function rowsFrom(
  file: string | undefined,
  { connection, sql }: { readonly connection?: string | undefined; readonly sql?: string | undefined },
  command: string,
): string | QueryInput {
  if (connection !== undefined && sql !== undefined && file === undefined) return { query: sql, connection };
  if (connection === undefined && sql === undefined && file !== undefined) return file;
  throw new LogisticError('bad-argument', 'there must be a file or, in its place, a connection and a query', {
    hint: `${command} data.csv, or ${command} --connection postgres://… --sql 'select …'`,
  });
}

export interface RowFlags {
  readonly delimiter?: string;
  readonly header?: boolean;
}

export interface WeightFlags {
  /** The column; false: each row counts once. */
  readonly weights?: string | false;
}

export interface OpenedRows {
  /** The file's columns. */
  readonly names: readonly string[];
  /** Chunks of rows: the model's columns in order, then the others that were asked for, undefined where the file lacks them. */
  read(others: readonly string[]): AsyncIterable<{ readonly cells: Cell[]; readonly others: Cell[] }[]>;
  /** For who does not read the rows to their end. */
  close(): Promise<void>;
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
    close,
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

/** The column that rows are weighed by: the one that is asked for, else the one that weighed them in training. */
export function chooseWeights(
  model: FittedLogisticRegression,
  file: string,
  { weights: asked }: WeightFlags,
  names: readonly string[],
): string | undefined {
  const { weights, options } = model.training;
  const trained = weights?.column ?? options?.weights; // 0.1.0 wrote the latter only
  if (asked === false || (asked === undefined && trained === undefined)) return undefined;
  const column = asked ?? trained!;
  if (names.includes(column)) {
    if (asked === undefined) say(`Rows are weighed by ${column}, as in training; --no-weights counts each once.`);
    return column;
  }
  if (asked !== undefined) throw missingColumn(column, names, `${file}: there is no column ${JSON.stringify(column)}`);
  warn(`rows were weighed by ${column} in training, and ${file} has no such column: each counts once`);
  return undefined;
}

function missingColumn(column: string, names: readonly string[], message: string): LogisticError {
  const near = nearestName(column, names);
  return new LogisticError(
    'missing-column',
    `${message}; it has ${names.join(', ')}`,
    near === undefined ? {} : { hint: `did ${JSON.stringify(near)} mean it? names must match exactly` },
  );
}
