/**
 * Arrays of row objects → cells by column. The columns are all own keys that occur, in the order in which they occur;
 * a row that lacks one has a missing cell there. It knows no types.
 */
import { type ObjectRows, wrongRow } from './kinds.ts';

/** The names of all columns. Every row must be an object. */
export function objectNames(rows: ObjectRows): string[] {
  const names = new Set<string>();
  for (let row = 0; row < rows.length; row++) {
    const object: unknown = rows[row];
    if (typeof object !== 'object' || object === null || Array.isArray(object) || ArrayBuffer.isView(object)) {
      throw wrongRow(row, object);
    }
    // for … in is many times faster than Object.keys here, and also visits what is inherited
    for (const name in object) if (!names.has(name) && Object.hasOwn(object, name)) names.add(name);
  }
  return [...names];
}

/** The cells of a column, [m]. */
export function objectCells(rows: ObjectRows, name: string): unknown[] {
  const cells = new Array<unknown>(rows.length);
  const inherited = name in {}; // every object has a `constructor`
  for (let row = 0; row < rows.length; row++) {
    const object = rows[row] as Readonly<Record<string, unknown>>;
    cells[row] = inherited && !Object.hasOwn(object, name) ? undefined : object[name];
  }
  return cells;
}
