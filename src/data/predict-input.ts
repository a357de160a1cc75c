/**
 * Values in memory → rows to predict, one after the other, and the labels of rows to evaluate. Rows are read as they
 * are asked for, not copied: whoever gets them reads them before control returns to the caller. Only tensors have to be
 * awaited. A row keeps its cells as they are: what they mean is the model's.
 */
import { LogisticError, nearestName } from '../errors.ts';
import type { Cell } from '../predict/cell.ts';
import type { ObjectRow, Row } from '../predict/read-row.ts';
import { objectCells } from './from-objects.ts';
import { arrowVectors, columnVectors, lengthOf, type NamedVectors, tensorValues, vectorCells } from './from-vectors.ts';
import {
  type ArrowTableLike,
  type ArrowVectorLike,
  describe,
  isNamed,
  isPlainObject,
  isTypedArray,
  isVector,
  kindOf,
  type TypedArray,
  type Vector,
  wrongRow,
} from './kinds.ts';
import { allRead, type Later, whenRead } from './later.ts';

export type { TensorLike } from './kinds.ts';

/**
 * Rows to predict but for a tensor and for one row as an object: objects, arrays of cells in the order of the model's
 * columns, one flat array of cells row by row, columns by name, an Arrow table.
 */
export type PredictInput =
  | readonly Row[]
  | readonly TypedArray[]
  | readonly Cell[]
  | TypedArray
  | Readonly<Record<string, readonly Cell[] | TypedArray | ArrowVectorLike>>
  | ArrowTableLike;

/**
 * Rows one after the other; one row that is an object is given back as it is, and a tensor, or a column that is one,
 * makes it a promise. `columns`: the model's, to cut flat arrays and to find columns by name.
 */
export function rowsToPredict(input: unknown, columns: readonly string[]): Later<Iterable<Row>> | ObjectRow {
  if (Array.isArray(input) && input.length === 0) return [];
  if (isOneRow(input)) return input;
  const known = kindOf(input);
  if (known.kind === 'objects') return known.data;
  if (known.kind === 'nested') return nestedRows(known.data);
  if (known.kind === 'flat') return flatRows(known.data as ArrayLike<Cell>, columns);
  if (known.kind === 'tensor') {
    const [, width = columns.length] = known.data.shape;
    if (known.data.shape.length <= 2 && width === columns.length) {
      return whenRead(tensorValues(known.data, 'data'), (values) => flatRows(values as ArrayLike<Cell>, columns));
    }
    throw new LogisticError('row-width', `${describe(known.data)} has not ${columns.length} values in a row`, {
      hint: `the columns of the model are ${columns.join(', ')}: give a tensor [rows, ${columns.length}]`,
      details: { shape: known.data.shape, expected: columns.length },
    });
  }
  return columnRows(known.kind === 'columns' ? columnVectors(known.data) : arrowVectors(known.data), columns);
}

/** A plain object of cells. */
export function isOneRow(input: unknown): input is ObjectRow {
  return (
    isPlainObject(input) &&
    !isVector(input) &&
    Object.values(input).every((cell) => typeof cell !== 'object' || cell === null)
  );
}

function* nestedRows(rows: readonly unknown[]): Generator<Row> {
  for (let row = 0; row < rows.length; row++) {
    const cells = rows[row];
    if (Array.isArray(cells)) yield cells;
    else if (isTypedArray(cells)) yield Array.from(cells as ArrayLike<number>);
    else throw wrongRow(row, cells);
  }
}

function flatRows(cells: ArrayLike<Cell>, columns: readonly string[]): Iterable<Row> {
  const n = columns.length;
  if (cells.length % n === 0) return cut(cells, n);
  throw new LogisticError('bad-shape', `${cells.length} values cannot be cut into rows of ${n}`, {
    hint: `the columns of the model are ${columns.join(', ')}`,
    details: { values: cells.length, columns: n },
  });
}

function* cut(cells: ArrayLike<Cell>, n: number): Generator<Row> {
  for (let at = 0; at < cells.length; at += n) yield Array.from({ length: n }, (_, j) => cells[at + j]);
}

function columnRows({ rows, names, vector }: NamedVectors, columns: readonly string[]): Later<Iterable<Row>> {
  const needed = columns.map((name) => {
    if (names.includes(name)) return vectorCells(vector(name), name) as Later<ArrayLike<Cell>>;
    const near = nearestName(name, names);
    throw new LogisticError(
      'missing-column',
      `the model needs the column ${JSON.stringify(name)}; the columns are ${names.join(', ')}`,
      {
        ...(near === undefined ? {} : { hint: `did ${JSON.stringify(near)} mean it? names must match exactly` }),
        details: { column: name },
      },
    );
  });
  return whenRead(allRead(needed), (cells) => across(cells, rows));
}

function* across(columns: readonly ArrayLike<Cell>[], rows: number): Generator<Row> {
  for (let row = 0; row < rows; row++) yield columns.map((cells) => cells[row]);
}

/** The labels of rows to evaluate: given beside them, or the column of that name. */
export function labelsOf(input: unknown, labels: Vector | string): Later<ArrayLike<Cell>> {
  if (typeof labels !== 'string') {
    lengthOf(labels, 'of labels');
    return vectorCells(labels, 'labels') as Later<ArrayLike<Cell>>;
  }
  const known = kindOf(input);
  if (!isNamed(known)) {
    throw new LogisticError('bad-data', 'labels by name need data with names: objects, columns, an Arrow table', {
      hint: 'for arrays and tensors give the labels themselves',
    });
  }
  if (known.kind === 'objects') {
    const found = known.data.some((row) => row !== null && typeof row === 'object' && Object.hasOwn(row, labels));
    if (found) return objectCells(known.data, labels) as Cell[];
    throw missingLabels(labels, Object.keys(known.data[0] ?? {}));
  }
  const { names, vector } = known.kind === 'columns' ? columnVectors(known.data) : arrowVectors(known.data);
  if (!names.includes(labels)) throw missingLabels(labels, names);
  return vectorCells(vector(labels), labels) as Later<ArrayLike<Cell>>;
}

function missingLabels(name: string, names: readonly string[]): LogisticError {
  return new LogisticError(
    'missing-column',
    `there is no column ${JSON.stringify(name)} with the labels; the columns are ${names.join(', ')}`,
    { hint: 'give the labels beside the rows, or the name of their column', details: { column: name } },
  );
}
