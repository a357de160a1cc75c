/**
 * Header fields → column names: trimmed, unique, never empty; and the names that a request speaks of,
 * found or refused with the nearest one. It knows no types and no file.
 */
import { LogisticError, nearestName, type Warning } from '../errors.ts';
import type { ColumnRequest } from './table.ts';

export interface ColumnNames {
  readonly names: readonly string[];
  /** Positions whose header field is empty: they are named c1, c2, … by position. */
  readonly unnamed: ReadonlySet<number>;
  readonly warnings: readonly Warning[];
}

/** Names for `width` columns; without a header c1, c2, … A name that comes again gets _2, _3, …, never one that is taken. */
export function columnNames(
  header: readonly string[] | undefined,
  width: number,
  target: string | undefined,
): ColumnNames {
  if (header === undefined) {
    return { names: Array.from({ length: width }, (_, k) => `c${k + 1}`), unnamed: new Set(), warnings: [] };
  }
  const trimmed = header.map((field) => field.replace(/^\ufeff/, '').trim());
  const unnamed = new Set(trimmed.flatMap((name, k) => (name === '' ? [k] : [])));
  if (target !== undefined && trimmed.filter((name) => name === target).length > 1) {
    throw new LogisticError(
      'duplicate-target',
      `the target ${JSON.stringify(target)} names ${trimmed.filter((name) => name === target).length} columns`,
      {
        hint: 'give each column a name of its own',
      },
    );
  }
  const taken = new Set(trimmed);
  const seen = new Set<string>();
  const renamed: string[] = [];
  const names = trimmed.map((name, k) => {
    const wanted = name === '' ? `c${k + 1}` : name;
    if (!seen.has(wanted) && !(name === '' && taken.has(wanted))) {
      seen.add(wanted);
      return wanted;
    }
    let count = 2;
    while (seen.has(`${wanted}_${count}`) || taken.has(`${wanted}_${count}`)) count++;
    const unique = `${wanted}_${count}`;
    seen.add(unique);
    renamed.push(`column ${k + 1}: ${wanted} → ${unique}`);
    return unique;
  });
  const message = `names that come more than once were numbered (${renamed.join(', ')})`;
  return { names, unnamed, warnings: renamed.length > 0 ? [{ code: 'duplicate-names', message }] : [] };
}

/** Whether a header looks like a row of data: half of its fields are numbers, or stand again below in their column. */
function looksLikeData({ header, sample }: FirstRows): boolean {
  if (header === undefined) return false;
  const like = header.filter((field, k) => {
    const text = field.trim();
    const number = text !== '' && Number.isFinite(Number(text.replace(',', '.')));
    return number || sample.some(({ fields }) => fields[k]?.trim() === text);
  });
  return like.length >= header.length / 2;
}

/** The first rows of a file, to tell a missing header from a misspelled name. */
export interface FirstRows {
  readonly header: readonly string[] | undefined;
  readonly sample: readonly { readonly fields: readonly string[] }[];
}

/** Refuses names that are not there. */
export function requireNames(request: ColumnRequest, names: readonly string[], first?: FirstRows): void {
  const { target, weights, only = [], drop = [], numeric = [], categorical = [] } = request;
  const wanted = [target, weights, ...only, ...drop, ...numeric, ...categorical].filter((name) => name !== undefined);
  const lost = wanted.find((name) => !names.includes(name));
  if (lost === undefined) return;
  if (first !== undefined && looksLikeData(first)) {
    throw new LogisticError('unknown-column', `column ${visible(lost)} not found; the first line looks like data`, {
      hint: 'use --no-header and a column number such as c1',
    });
  }
  throw new LogisticError(
    'unknown-column',
    `column ${visible(lost)} not found; the columns are ${names.map(visible).join(', ')}`,
    { hint: hintFor(lost, names), details: { column: lost } },
  );
}

function hintFor(lost: string, names: readonly string[]): string | undefined {
  const separator = names.length === 1 ? /[,;\t|]/.exec(names[0]!) : null;
  if (separator !== null) {
    return `the only column has ${JSON.stringify(separator[0])} in its name: if whole lines are in quotes, take those away, or name the delimiter (--delimiter)`;
  }
  const whole = names.find((name) =>
    name.split(',').some((part, _, parts) => parts.length > 1 && part.trim() === lost.replace(/\\$/, '')),
  );
  if (whole !== undefined) return `in a list a name with a comma stands in quotes: ${argument(whole)}`;
  const parts = (name: string): readonly string[] => name.split(/[^\p{L}\p{N}_.]+/u);
  const longer = names.find((name) => parts(name).length > 1 && parts(name).includes(lost));
  if (longer !== undefined) return `did you mean ${visible(longer)}? in a formula it stands in backquotes`;
  const near = nearestName(lost, names);
  return near && `did you mean ${visible(near)}?`;
}

/** A name with the characters that a screen does not show spelled out. */
function visible(name: string): string {
  const odd = /[\p{Cc}\p{Cf}\p{Zs}]/gu;
  const spelled = name.replace(odd, (char) =>
    char === ' ' ? ' ' : `\\u${char.codePointAt(0)!.toString(16).padStart(4, '0')}`,
  );
  return /\s|\\u|^$/.test(spelled) ? `"${spelled}"` : spelled;
}

/** A column's name as a list option takes it on a command line: quoted as in CSV where it must be, and for the shell. */
export function argument(name: string): string {
  const item = /[",]|^\s|\s$/.test(name) ? `"${name.replaceAll('"', '""')}"` : name;
  if (/^[\p{L}\p{N}_.=:@%+/-]+$/u.test(item)) return item;
  return /["$`\\!]/.test(item) ? `'${item.replaceAll("'", "'\\''")}'` : `"${item}"`;
}

/** Positions of the columns to read: target, weights, and the features asked for. */
export function wantedColumns(request: ColumnRequest, names: readonly string[]): number[] {
  const { target, weights, only, drop } = request;
  return names.flatMap((name, k) => {
    const feature = (only === undefined || only.includes(name)) && !drop?.includes(name);
    return name === target || name === weights || feature ? [k] : [];
  });
}

/** Names of the source that no column of the table has. */
export function leftOut(names: readonly string[], columns: readonly { readonly name: string }[]): string[] {
  const held = new Set(columns.map(({ name }) => name));
  return names.filter((name) => !held.has(name));
}
