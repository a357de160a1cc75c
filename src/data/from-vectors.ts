/**
 * One value for each row, however it is handed over → the cells of a column. Everything but a tensor is read at once:
 * what the caller changes afterwards changes nothing. It knows tables and vectors of Arrow by shape only.
 */
import { LogisticError } from '../errors.ts';
import {
  type ArrowTableLike,
  type ArrowVectorLike,
  type Columns,
  describe,
  isArrowVector,
  isTensor,
  isVector,
  type TensorLike,
  type Vector,
} from './kinds.ts';
import type { Later } from './later.ts';

/** Vectors by name, in order. */
export interface NamedVectors {
  readonly rows: number;
  readonly names: readonly string[];
  vector(name: string): Vector;
}

export function columnVectors(columns: Columns): NamedVectors {
  const names = Object.keys(columns);
  return namedVectors(names, lengthOf(columns[names[0]!], names[0]!), (name) => columns[name]);
}

export function arrowVectors(table: ArrowTableLike): NamedVectors {
  const names = table.schema.fields.map(({ name }) => String(name));
  const twice = names.find((name, k) => names.indexOf(name) < k);
  if (twice !== undefined) {
    throw new LogisticError('bad-data', `the Arrow table has two columns called ${JSON.stringify(twice)}`, {
      hint: 'give each column a name of its own',
    });
  }
  return namedVectors(names, table.numRows, (name) => table.getChild(name));
}

function namedVectors(names: readonly string[], rows: number, find: (name: string) => unknown): NamedVectors {
  return {
    rows,
    names,
    vector(name) {
      const found = find(name);
      const length = lengthOf(found, name);
      if (length === rows) return found as Vector;
      throw new LogisticError('bad-shape', `column ${name} has ${length} values; column ${names[0]} has ${rows}`, {
        hint: 'give all columns the same length; null is a missing value',
        details: { column: name, expected: rows, found: length },
      });
    },
  };
}

/** The number of values of what must be a vector; `name` is of the column, for messages. */
export function lengthOf(vector: unknown, name: string): number {
  if (!isVector(vector)) {
    throw new LogisticError('bad-data', `column ${name} is ${describe(vector)}, which has no value for each row`, {
      hint: 'a column is an array, a typed array, an Arrow vector or a tensor of one dimension',
      details: { column: name },
    });
  }
  if (!isTensor(vector)) return vector.length;
  const [rows, width = 1] = vector.shape;
  if (rows !== undefined && width === 1 && vector.shape.length <= 2) return rows;
  throw new LogisticError('bad-shape', `column ${name} is ${describe(vector)}, which has not one value for each row`, {
    hint: width > 1 ? 'one-hot rows become class numbers with argMax(1)' : 'give a tensor of shape [rows]',
    details: { column: name, shape: vector.shape },
  });
}

/** Refuses more or fewer labels than rows. */
export function requireLabels(rows: number, labels: number): void {
  if (labels === rows) return;
  throw new LogisticError('bad-shape', `${rows} rows and ${labels} labels`, {
    hint: 'give one label for each row',
    details: { rows, labels },
  });
}

/** The cells of a vector: itself where it is an array, to be read at once; a promise of them where it is a tensor. */
export function vectorCells(vector: Vector, name: string): Later<ArrayLike<unknown>> {
  if (isTensor(vector)) return tensorValues(vector, name);
  return isArrowVector(vector) ? arrowCells(vector, name) : vector;
}

export function tensorValues(tensor: TensorLike, name: string): Promise<ArrayLike<unknown>> {
  if (tensor.isDisposed !== true) return Promise.resolve<ArrayLike<unknown>>(tensor.data()); // of this realm
  throw new LogisticError('bad-data', `${name}: the tensor is disposed`, { hint: 'dispose of it after the call' });
}

/** Values without nulls come as one array where they are plain numbers; all others one by one. */
function arrowCells(vector: ArrowVectorLike, name: string): ArrayLike<unknown> {
  const type = String(vector.type ?? '');
  if (/^(Date|Time|Duration|Interval)/.test(type)) {
    throw new LogisticError(
      'date-column',
      `column ${name} has the Arrow type ${type}, which is no number, boolean or string`,
      { hint: 'leave it out (drop), or cast it to numbers', details: { column: name } },
    );
  }
  if (vector.nullCount === 0 && /^(Float(32|64)|U?int\d+)$/i.test(type)) {
    const values = vector.toArray();
    if (values.length === vector.length) return values;
  }
  const cells = new Array<unknown>(vector.length);
  for (let row = 0; row < cells.length; row++) cells[row] = vector.get(row);
  return cells;
}
