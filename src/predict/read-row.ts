/**
 * A raw row → one number for each feature: cells are matched by name in objects and by position in lists,
 * and read by cell.ts as in training. A numeric cell gives its number, any other the place of its level.
 * It knows no term and no coefficient.
 */
import { brief, LogisticError, nearestName, shown, unexpected } from '../errors.ts';
import { type Cell, readNumber, readText } from './cell.ts';
import { levelsOf, type ModelFile, referencePlace } from './model-file.ts';

/**
 * A row with the model's columns by name; further columns are ignored. The second form lets in objects of an interface
 * type, which an index signature refuses; what their cells hold is found when they are read.
 */
export type ObjectRow =
  | Readonly<Record<string, Cell>>
  | (object & { readonly [Symbol.iterator]?: never; readonly then?: never });
/** A row: an object with the model's columns by name, or a list of exactly its columns in order. */
export type Row = ObjectRow | readonly Cell[];

/** Why a cell has no value. */
interface Unreadable {
  readonly problem: string;
  /** Of a category that training never saw: the place of the level that it may count as. */
  readonly unseen?: number;
}

type CellReader = (cell: Cell) => number | Unreadable;

/** What errors call a row: by its number in a list, from 1. */
export const nameOf = (row: number | undefined): string => (row === undefined ? 'the row' : `row ${row}`);

/** The cells of the columns, in order. `number` is the row's in a list. */
export function cellsOf(row: unknown, columns: readonly string[], number: number | undefined): readonly Cell[] {
  if (typeof row !== 'object' || row === null) {
    throw unexpected('bad-argument', nameOf(number), 'an object or a list of cells', row, {
      hint: 'one row of cells is a list in a list: [[1, 2]]',
    });
  }
  if (Array.isArray(row)) {
    if (row.length === columns.length) return row;
    const needed = `the model needs ${columns.length}: ${columns.join(', ')}`;
    throw new LogisticError('row-width', `${nameOf(number)} has ${row.length} cells; ${needed}`);
  }
  const named = row as Readonly<Record<string, Cell>>;
  return columns.map((column) => {
    // Every object inherits a `constructor`; only one of the row's own is a column.
    if (column in named && (!(column in {}) || Object.hasOwn(named, column))) return named[column];
    const near = nearestName(column, Object.keys(named));
    const message = `the model needs the column ${JSON.stringify(column)}, which ${nameOf(number)} lacks`;
    throw new LogisticError('missing-column', message, {
      hint: near && `did ${JSON.stringify(near)} mean it? names must match exactly`,
      details: { column },
    });
  });
}

/** How the cells of each feature are read. */
export function cellReaders({ features, missingTokens }: ModelFile): CellReader[] {
  const tokens = new Set(missingTokens);
  return features.map((feature) => {
    const { kind, column, impute } = feature;
    const fold = (text: string): string => (kind === 'boolean' ? text.toLowerCase() : text);
    const levels = levelsOf(feature).map(fold);
    // JavaScript's own booleans mean what the words of a boolean column mean.
    const places = new Map<string, number>(
      kind === 'boolean'
        ? [
            ['false', 0],
            ['true', 1],
          ]
        : [],
    );
    for (const [place, level] of levels.entries()) places.set(level, place);
    const unseen = referencePlace(feature);
    return (cell) => {
      if (Object(cell) === cell) return { problem: `${column}: \`${shown(cell)}\` is not a single value` };
      const text = readText(cell, tokens);
      if (text === undefined) {
        if (impute === null) return { problem: `${column} is missing` };
        return typeof impute === 'string' ? levels.indexOf(impute) : Number(impute);
      }
      if (kind === 'numeric') {
        // true and false count as 1 and 0 among numbers, as in training.
        const number =
          typeof cell === 'boolean'
            ? Number(cell)
            : readNumber(text, typeof cell === 'string' ? feature.style : undefined);
        return number ?? { problem: `${column}: \`${brief(text)}\` is not a finite number` };
      }
      return places.get(fold(text)) ?? { problem: `${column}: unseen category \`${brief(text)}\``, unseen };
    };
  });
}
