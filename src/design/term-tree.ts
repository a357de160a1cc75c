/**
 * What enters a model, as a tree: columns, functions of a column from a closed list, and how they are combined. Typed
 * builders and formulas (formula.ts) make the same tree, which expand-terms.ts writes out as a list of products. It sees no
 * data.
 */
import { LogisticError, shown, unexpected } from '../errors.ts';
import type { Label } from '../predict/model-file.ts';

/** What is made of a column: its number or its levels as they are, or the columns of a function of it. */
export type Transform =
  | { readonly kind: 'plain' | 'log' | 'log1p' | 'sqrt' | 'center' }
  | { readonly kind: 'category'; readonly reference?: Label }
  | { readonly kind: 'poly'; readonly degree: number; readonly raw: boolean }
  | SplineTransform;

export interface SplineTransform {
  readonly kind: 'ns' | 'bs';
  /** Number of columns; knots are then quantiles. */
  readonly df?: number;
  /** Interior knots, ascending. */
  readonly knots?: readonly number[];
  readonly degree: number;
}

export interface Variable<C extends string = string> {
  readonly kind: 'variable';
  readonly column: C;
  readonly transform: Transform;
}

/** A node of the tree. `all` is every column that may be a feature. */
export type TermTree<C extends string = string> =
  | Variable<C>
  | { readonly kind: 'offset'; readonly of: Variable<C> }
  | { readonly kind: 'sum' | 'interaction' | 'cross'; readonly of: readonly TermTree<C>[] }
  | { readonly kind: 'without'; readonly of: TermTree<C>; readonly out: TermTree<C> }
  | { readonly kind: 'power'; readonly of: TermTree<C>; readonly degree: number }
  | { readonly kind: 'all' };

/** A column by its name, or what a builder made. */
export type TermInput<C extends string = string> = C | TermTree<C>;

/** Degrees beyond this lose their digits. */
const mostDegree = 10;

const variable = <C extends string>(column: C, transform: Transform): Variable<C> => {
  if (typeof column !== 'string') throw unexpected('bad-term', `column of ${transform.kind}`, 'a name', column);
  return { kind: 'variable', column, transform };
};

const treeOf = <C extends string>(input: TermInput<C>): TermTree<C> => {
  if (typeof input === 'string') return variable(input, { kind: 'plain' });
  if (isTree(input)) return input;
  throw unexpected('bad-term', 'a term', "a column's name or what a function such as poly() gives", input);
};

const combined =
  (kind: 'cross' | 'interaction') =>
  <C extends string>(...terms: readonly TermInput<C>[]): TermTree<C> => {
    if (terms.length < 2) throw new LogisticError('bad-term', `${kind} takes two terms or more`);
    return { kind, of: terms.map(treeOf) };
  };

/** Every term by itself and every product of them: a*b. */
export const cross = combined('cross');
/** The product of the terms alone: a:b. */
export const interaction = combined('interaction');

/** A column as a category, whatever it looks like; `reference` is the level that the others are against. */
export function category<C extends string>(column: C, options: { readonly reference?: Label } = {}): Variable<C> {
  const { reference } = optionsOf('category', options, ['reference']);
  if (reference !== undefined && !['string', 'number', 'boolean'].includes(typeof reference))
    throw unexpected('bad-term', 'reference', 'a level', reference);
  return variable(column, { kind: 'category', ...(reference !== undefined && { reference: reference as Label }) });
}

/** ln x */
export const log = <C extends string>(column: C): Variable<C> => variable(column, { kind: 'log' });
/** ln(1 + x) */
export const log1p = <C extends string>(column: C): Variable<C> => variable(column, { kind: 'log1p' });
/** √x */
export const sqrt = <C extends string>(column: C): Variable<C> => variable(column, { kind: 'sqrt' });
/** x less its mean over the training rows. */
export const center = <C extends string>(column: C): Variable<C> => variable(column, { kind: 'center' });

/** Polynomials up to a degree, orthogonal over the training rows as R's `poly`, or `raw`: x, x², … */
export function poly<C extends string>(
  column: C,
  degree: number,
  options: { readonly raw?: boolean } = {},
): Variable<C> {
  const { raw = false } = optionsOf('poly', options, ['raw']);
  if (typeof raw !== 'boolean') throw unexpected('bad-term', 'raw', 'true or false', raw);
  return variable(column, { kind: 'poly', degree: whole('the degree of poly', degree, 1, mostDegree), raw });
}

interface SplineOptions {
  readonly df?: number;
  readonly knots?: readonly number[];
}

/** A natural cubic spline, linear beyond the smallest and the largest training value, as R's `ns`. */
export function ns<C extends string>(column: C, options: SplineOptions): Variable<C> {
  return spline(column, 'ns', options, ['df', 'knots']);
}

/** A B-spline of a degree (default 3), as R's `bs`. */
export function bs<C extends string>(column: C, options: SplineOptions & { readonly degree?: number }): Variable<C> {
  return spline(column, 'bs', options, ['df', 'knots', 'degree']);
}

function spline<C extends string>(
  column: C,
  kind: 'ns' | 'bs',
  options: object,
  known: readonly string[],
): Variable<C> {
  const { df, knots, degree: given = 3 } = optionsOf(kind, options, known);
  const degree = whole('degree', given, 1, mostDegree);
  if ((df === undefined) === (knots === undefined)) {
    throw new LogisticError('bad-term', `${kind} takes either df or knots`, {
      hint: 'df, such as 4, is the number of its columns, and knots are the places where its pieces meet',
    });
  }
  if (df !== undefined) {
    return variable(column, { kind, df: whole(`df of ${kind}`, df, kind === 'ns' ? 1 : degree, 100), degree });
  }
  const list = knots as readonly number[];
  const ascending =
    Array.isArray(list) && list.every((knot, i) => Number.isFinite(knot) && (i === 0 || knot > list[i - 1]!));
  if (!ascending) throw unexpected('bad-term', `knots of ${kind}`, 'ascending numbers', knots);
  return variable(column, { kind, knots: [...list], degree });
}

/** A term whose coefficient is 1: it is added to the log-odds and not estimated. */
export function offset<C extends string>(term: C | Variable<C>): TermTree<C> {
  const of = treeOf(term);
  const kinds = ['plain', 'log', 'log1p', 'sqrt', 'center'];
  if (of.kind !== 'variable' || !kinds.includes(of.transform.kind))
    throw unexpected('bad-term', 'an offset', 'a column of numbers, or log, log1p, sqrt or center of one', term);
  return { kind: 'offset', of };
}

function optionsOf(whose: string, options: object, known: readonly string[]): Record<string, unknown> {
  const stranger = Object.keys(Object(options)).find((name) => !known.includes(name));
  if (stranger === undefined) return { ...options };
  throw new LogisticError('bad-term', `${whose} has no option ${shown(stranger)}`, {
    hint: `its options are ${known.join(', ')}`,
  });
}

function whole(what: string, value: unknown, least: number, most: number): number {
  if (Number.isInteger(value) && Number(value) >= least && Number(value) <= most) return value as number;
  throw unexpected('bad-term', what, `a whole number from ${least} to ${most}`, value);
}

const kinds = ['variable', 'offset', 'sum', 'interaction', 'cross', 'without', 'power', 'all'];
/** Whether a value is what a builder makes. */
export const isTree = (value: unknown): value is TermTree =>
  typeof value === 'object' && value !== null && kinds.includes((value as TermTree).kind);

/** Terms side by side: what an option `terms` means. */
export const sumOf = (terms: readonly TermInput[]): TermTree => ({ kind: 'sum', of: terms.map(treeOf) });
