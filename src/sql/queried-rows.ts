/**
 * The rows of a query as the design sees them: x standardised, class codes, weights, of the rows in which every column
 * is there. Each statement of this room selects from it. It knows no theta.
 */
import type { Label } from '../predict/model-file.ts';
import { isFiniteNumber, type Writer } from './statement.ts';

/** What a column of a query is to the design. */
export type ColumnKind = 'numeric' | 'boolean' | 'categorical';

export interface QueriedColumn {
  readonly name: string;
  readonly kind: ColumnKind;
  /** Its texts are the words of a boolean, which may be spelled in any case. */
  readonly anyCase?: boolean;
  /** A category is asked for: a pair of words is one too, no boolean. */
  readonly asCategory?: boolean;
}

/** A feature of the design in SQL: a number, or the indicator of a level. */
export interface QueriedTerm {
  readonly column: QueriedColumn;
  /** The text of the level whose indicator it is; of a boolean column absent, its indicator is that of true. */
  readonly level?: string | undefined;
  readonly mean: number;
  readonly scale: number;
}

/** The rows a fit is over, where no row leaves the engine. */
export interface QueriedRows {
  /** The user's query. */
  readonly query: string;
  readonly target: QueriedColumn;
  /** Labels by class code, 0 the reference. */
  readonly labels: readonly Label[];
  readonly columns: readonly QueriedColumn[];
  readonly weights: string | undefined;
  /** Texts that stand for a missing cell, besides the empty one. */
  readonly missingTokens: readonly string[];
  /** What each class's weight is multiplied by, by class code; absent: 1. */
  readonly classFactors: Float64Array | undefined;
  readonly terms: readonly QueriedTerm[];
  /** Which rows are meant, where some are held out; absent: all. */
  readonly part?: HoldoutPart | undefined;
}

/** One side of a split by a key: below a limit of its hash (data/split.ts), rows are held out. */
export interface HoldoutPart {
  readonly key: QueriedColumn;
  readonly seed: number;
  readonly limit: number;
  readonly held: boolean;
}

/** Of a query, its columns and weights: what makes a row complete. */
export type CompleteRows = Pick<QueriedRows, 'query' | 'target' | 'columns' | 'weights' | 'missingTokens' | 'part'>;

/** The user's query as a table. Its text stands on lines of its own: it may end in a comment. */
export const fromQuery = (query: string): string => `from (\n${query}\n) q`;

/** True where a column has a value: not null, and no text that stands for a missing cell. */
export function isPresent(w: Writer, { name, kind }: QueriedColumn, missingTokens: readonly string[]): string {
  const present = `${w.column(name)} is not null`;
  if (kind !== 'categorical') return present;
  const tokens = [...new Set(['', ...missingTokens])].map((token) => w.text(token));
  return `(${present} and ${w.dialect.asText(w.column(name))} not in (${tokens.join(', ')}))`;
}

/** True where a row has a label: NaN is none. */
export function isLabelled(
  w: Writer,
  { target, missingTokens }: Pick<CompleteRows, 'target' | 'missingTokens'>,
): string {
  const present = isPresent(w, target, missingTokens);
  return target.kind === 'numeric' ? `(${present} and ${isFiniteNumber(rawNumber(w, target))})` : present;
}

/** True for rows in which target, weight and every column is there and the weight is above 0, of the part that is meant. */
export function isComplete(w: Writer, rows: CompleteRows): string {
  const { columns, weights, missingTokens, part } = rows;
  const conditions = [isLabelled(w, rows), ...columns.map((column) => isPresent(w, column, missingTokens))];
  if (weights !== undefined) conditions.push(`${w.dialect.asDouble(w.column(weights))} > 0`);
  if (part !== undefined) {
    const hash = w.dialect.keyHash(w.dialect.asText(w.column(part.key.name)), part.seed);
    const limit = w.dialect.text(part.limit.toString(16).padStart(8, '0'));
    conditions.push(`${hash} ${part.held ? '<' : '>='} ${limit}`);
  }
  return conditions.join(' and ');
}

/** A column's number before it is standardised. */
export function rawNumber(w: Writer, { name, kind }: QueriedColumn): string {
  return kind === 'boolean' ? `case when ${w.column(name)} then 1e0 else 0e0 end` : w.dialect.asDouble(w.column(name));
}

/** The same, and of a category its text. */
export function rawValue(w: Writer, column: QueriedColumn): string {
  return column.kind === 'categorical' ? w.dialect.asText(w.column(column.name)) : rawNumber(w, column);
}

function equals(w: Writer, { name, kind, anyCase }: QueriedColumn, value: Label): string {
  if (kind === 'boolean') return value === true ? w.column(name) : `not ${w.column(name)}`;
  if (kind === 'numeric') return `${w.dialect.asDouble(w.column(name))} = ${w.number(value as number)}`;
  const text = w.dialect.asText(w.column(name));
  return anyCase ? `lower(${text}) = ${w.text(String(value).toLowerCase())}` : `${text} = ${w.text(value as string)}`;
}

function standardised(w: Writer, { column, level, mean, scale }: QueriedTerm): string {
  if (level === undefined) return `(${rawNumber(w, column)} - ${w.number(mean)}) * ${w.number(1 / scale)}`;
  const [present, absent] = [(1 - mean) / scale, -mean / scale];
  return `case when ${equals(w, column, level)} then ${w.number(present)} else ${w.number(absent)} end`;
}

/** The code of a row's class. */
export function classCode(w: Writer, target: QueriedColumn, labels: readonly Label[]): string {
  const cases = labels.map((label, code) => `when ${equals(w, target, label)} then ${code}`);
  return `case ${cases.join(' ')} end`;
}

/** x0 … , y, s of every complete row. */
export function selectRows(w: Writer, rows: QueriedRows): string {
  const { target, labels, weights, classFactors, terms } = rows;
  const weight = weights === undefined ? w.number(1) : w.dialect.asDouble(w.column(weights));
  const columns = [
    ...terms.map((term, j) => `${standardised(w, term)} as x${j}`),
    `${classCode(w, target, labels)} as y`,
    `${weight} as s`,
  ];
  const inner = `select ${columns.join(', ')} ${fromQuery(rows.query)} where ${isComplete(w, rows)}${w.dialect.fence}`;
  if (classFactors === undefined) return inner;
  const factor = `case ${Array.from(classFactors, (f, c) => `when y = ${c} then ${w.number(f)}`).join(' ')} end`;
  const xs = terms.map((_, j) => `x${j}`);
  return `select ${[...xs, 'y', `s * ${factor} as s`].join(', ')} from (${inner}) r${w.dialect.fence}`;
}
