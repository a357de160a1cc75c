/**
 * A matrix of numbers — nested arrays, one flat array, a tensor — → numeric columns with names. The shape is known and
 * checked at once, also where the numbers of a tensor have to be awaited.
 */
import { LogisticError } from '../errors.ts';
import { flatColumns, nestedColumns, type Transposed } from './from-arrays.ts';
import { lengthOf, requireLabels, tensorValues } from './from-vectors.ts';
import {
  describe,
  isTypedArray,
  type KnownMatrix,
  type NumericArray,
  type TensorLike,
  type Vector,
  wrongRow,
} from './kinds.ts';
import { type Later, whenRead } from './later.ts';
import { requireNames, wantedColumns } from './names.ts';
import { numericColumn, requireComplete } from './numbers.ts';
import type { ColumnRequest, NumericColumn } from './table.ts';

export interface MatrixOptions {
  /** Only their number counts here: it cuts a flat array into rows. */
  readonly labels: Vector | undefined;
  /** Default x1, x2, … */
  readonly featureNames: readonly string[] | undefined;
  /** Which columns are wanted; in the others no cell is looked at. */
  readonly request: ColumnRequest;
  /** Whether a missing number is an error. */
  readonly complete: boolean;
}

export interface MatrixColumns {
  readonly rows: number;
  /** All columns of the matrix. */
  readonly names: readonly string[];
  /** Those that are wanted. */
  readonly columns: Later<readonly NumericColumn[]>;
}

export function matrixColumns(
  known: KnownMatrix,
  { labels, featureNames, request, complete }: MatrixOptions,
): MatrixColumns {
  if (known.kind !== 'tensor' && known.data.length === 0) throw noRows();
  if (labels === undefined) {
    throw new LogisticError('bad-data', 'a target by name needs data with names: objects, columns, an Arrow table', {
      hint: 'for arrays and tensors give the labels themselves: fit(x, labels)',
    });
  }
  const labelled = lengthOf(labels, 'of labels');
  const [rows, width] = shapeOf(known, labelled);
  requireLabels(rows, labelled);
  const names = namesOf(width, featureNames);
  requireNames(request, names);
  const wanted = wantedColumns(request, names);
  const among = new Set(wanted);
  const read = names.map((name, j) => (among.has(j) ? name : undefined));
  const numbers: Later<Transposed> =
    known.kind === 'nested'
      ? nestedColumns(known.data, read)
      : whenRead(known.kind === 'flat' ? known.data : tensorValues(known.data, 'data'), (values) =>
          flatColumns(values as NumericArray, rows, read),
        );
  const columns = whenRead(numbers, (transposed) =>
    wanted.map((j) => {
      const found = (row: number): unknown => cellAt(known, row, j, width);
      const column = numericColumn(names[j]!, transposed.columns[j]!, { finite: transposed.finite[j], found });
      if (complete) requireComplete(column, found);
      return column;
    }),
  );
  return { rows, names, columns };
}

/** [m, n] */
function shapeOf({ kind, data }: KnownMatrix, labels: number): [number, number] {
  const [rows, width] =
    kind === 'tensor' ? tensorShape(data) : kind === 'nested' ? [data.length, widthOf(data)] : flatShape(data, labels);
  if (rows === 0) throw noRows();
  if (width === 0) throw new LogisticError('empty', 'row 1 has no values', { hint: 'give at least one column' });
  return [rows, width];
}

function noRows(): LogisticError {
  return new LogisticError('empty', 'the data have no rows', { hint: 'give at least one row' });
}

function tensorShape(tensor: TensorLike): [number, number] {
  const [rows, width = 1] = tensor.shape;
  if (rows !== undefined && tensor.shape.length <= 2) return [rows, width];
  throw new LogisticError('bad-shape', `${describe(tensor)} is not rows by columns`, {
    hint: 'reshape it to [rows, columns]',
    details: { shape: tensor.shape },
  });
}

function widthOf(rows: readonly unknown[]): number {
  const first = rows[0];
  if (Array.isArray(first) || isTypedArray(first)) return first.length;
  throw wrongRow(0, first);
}

function flatShape({ length }: NumericArray, rows: number): [number, number] {
  if (rows === 0) return [length, 1];
  if (length % rows === 0) return [rows, length / rows];
  throw new LogisticError('bad-shape', `${length} values cannot be cut into ${rows} rows of equal length`, {
    hint: 'a flat array has the values of row 1, then those of row 2, …: labels times columns of them',
    details: { values: length, labels: rows },
  });
}

function namesOf(width: number, featureNames: readonly string[] | undefined): readonly string[] {
  if (featureNames === undefined) return Array.from({ length: width }, (_, j) => `x${j + 1}`);
  if (!Array.isArray(featureNames) || featureNames.some((name) => typeof name !== 'string')) {
    throw new LogisticError(
      'bad-option',
      `featureNames should be an array of strings, found ${describe(featureNames)}`,
    );
  }
  const names = [...(featureNames as readonly string[])];
  if (names.length !== width) {
    throw new LogisticError('bad-shape', `${width} columns and ${names.length} names`, {
      hint: 'featureNames has one name for each column',
      details: { columns: width, names: names.length },
    });
  }
  const twice = names.find((name, j) => names.indexOf(name) < j);
  if (twice === undefined) return names;
  throw new LogisticError('bad-option', `featureNames has ${JSON.stringify(twice)} twice`, {
    hint: 'give each column a name of its own',
  });
}

/** A cell as it was given, for messages. */
function cellAt({ kind, data }: KnownMatrix, row: number, column: number, width: number): unknown {
  if (kind === 'nested') return data[row]?.[column];
  return kind === 'flat' ? data[row * width + column] : Number.NaN;
}
