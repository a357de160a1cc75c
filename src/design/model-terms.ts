/**
 * What was asked for, over the columns of a table → the terms of its design: the tree written out, functions of columns
 * fitted to the training rows, products coded. Without a tree every column is a term by itself.
 */
import { LogisticError } from '../errors.ts';
import type { Feature, Label, NumericBasis } from '../predict/model-file.ts';
import { type ColumnValues, fitBases } from './bases.ts';
import { type CodedTerms, codeTerms } from './coding.ts';
import { columnsOf, type ExpandedTerms, expandTerms, labelOf, variablesOf } from './expand-terms.ts';
import { type FeatureRequest, unknownColumn } from './features.ts';
import { parseFormula } from './formula.ts';
import { sumOf, type TermInput, type TermTree, type Variable } from './term-tree.ts';
import { type GroupedTerms, plainTerms } from './terms.ts';

/** What a user may say of terms. */
export interface TermOptions {
  readonly formula?: string | undefined;
  readonly terms?: readonly TermInput[] | undefined;
  /** A column whose numbers are added to the log-odds. */
  readonly offset?: string | undefined;
  /** By column: the level that the others are against. */
  readonly referenceLevels?: Readonly<Record<string, Label>> | undefined;
}

export function askedTree({ formula, terms }: TermOptions): TermTree | undefined {
  if (formula !== undefined) return parseFormula(formula).tree;
  return terms && sumOf(terms);
}

/**
 * By column: the level that the others are against. Throws LogisticError 'bad-term' where two are asked for,
 * 'unknown-column' where there is no such column.
 */
export function referencesOf(
  options: TermOptions,
  columns: readonly { readonly name: string }[],
): Record<string, Label> {
  const tree = askedTree(options);
  const names = columns.map(({ name }) => name);
  const references = { ...options.referenceLevels };
  for (const { column, transform } of tree ? variablesOf(tree) : []) {
    if (transform.kind !== 'category' || transform.reference === undefined || !names.includes(column)) continue;
    const known = Object.hasOwn(references, column) ? references[column]! : transform.reference;
    if (String(known) !== String(transform.reference)) {
      throw new LogisticError('bad-term', `${column} has two references, ${known} and ${transform.reference}`, {
        hint: 'choose one',
      });
    }
    references[column] = transform.reference;
  }
  const lost = Object.keys(references).find((name) => !names.includes(name));
  if (lost !== undefined) throw unknownColumn(lost, names);
  return references;
}

export interface ModelTerms extends GroupedTerms, Pick<CodedTerms, 'containing' | 'warnings'> {}

export interface TermsRequest
  extends TermOptions,
    Pick<FeatureRequest, 'target' | 'weights' | 'cluster' | 'holdoutBy'> {
  readonly intercept: boolean;
}

/** `valuesOf`: a column of numbers in the training rows, to which bases are fitted, and in all, where they must be defined. Throws LogisticError 'bad-term', 'too-many-terms', 'outside-domain', 'no-features'. */
export async function modelTerms(
  request: TermsRequest,
  features: readonly Feature[],
  valuesOf: (column: string) => ColumnValues,
): Promise<ModelTerms> {
  const tree = askedTree(request);
  const expanded = expand(request, tree, features);
  const offsetColumns = new Set(expanded.offsets.map(({ column }) => column));
  const plain = tree === undefined ? features.filter(({ column }) => !offsetColumns.has(column)) : [];
  if (plain.length + expanded.products.length === 0 && !(tree && request.intercept)) throw noTerm();
  const known = new Map(features.map((feature) => [feature.column, feature]));
  const bases = new Map<Variable, readonly NumericBasis[]>();
  for (const variable of new Set([...expanded.products.flat(), ...expanded.offsets])) {
    if (isNumeric(variable, known.get(variable.column)!)) {
      bases.set(variable, await fitBases(variable, valuesOf(variable.column)));
    }
  }
  for (const offset of expanded.offsets) {
    if (bases.has(offset)) continue;
    throw new LogisticError('bad-term', `the offset ${offset.column} is no column of numbers`, {
      hint: 'an offset is added to the log-odds',
    });
  }
  const coded = codeTerms(expanded, {
    intercept: request.intercept,
    featureOf: (column) => known.get(column)!,
    basesOf: (variable) => bases.get(variable)!,
  });
  const own = plainTerms(plain);
  return { ...coded, terms: [...own.terms, ...coded.terms], groups: [...own.groups, ...coded.groups] };
}

/** The features in the order of the terms that were asked for, each a column as it is. Throws LogisticError 'bad-term'. */
export function orderOfTerms(
  request: Omit<TermsRequest, 'intercept'>,
  features: readonly Feature[],
): readonly Feature[] {
  const tree = askedTree(request);
  if (tree === undefined) return features;
  const { products } = expand(request, tree, features);
  return products.map((product) => features.find(({ column }) => column === product[0]!.column)!);
}

const noTerm = (): LogisticError =>
  new LogisticError('no-features', 'no term is left to estimate', {
    hint: "name a column, or ask for the intercept alone: formula '~ 1', terms: []",
  });

function expand(
  request: Omit<TermsRequest, 'intercept'>,
  tree: TermTree | undefined,
  features: readonly Feature[],
): ExpandedTerms {
  const columns = features.map(({ column }) => column);
  const asked: TermTree[] =
    request.offset === undefined
      ? []
      : [{ kind: 'offset', of: { kind: 'variable', column: request.offset, transform: { kind: 'plain' } } }];
  const whole: TermTree = { kind: 'sum', of: [...(tree ? [tree] : []), ...asked] };
  for (const column of columnsOf(whole).named) {
    if (columns.includes(column)) continue;
    const { target, weights, cluster, holdoutBy } = request;
    const role = Object.entries({ target, weights, cluster, holdoutBy }).find(([, name]) => name === column);
    if (role === undefined) throw unknownColumn(column, columns);
    throw new LogisticError('bad-term', `${column} is the ${role[0]} and cannot be a term`, {
      hint: 'leave it out of the terms',
    });
  }
  const { offsets } = expandTerms(whole, []);
  const taken = new Set(offsets.map(({ column }) => column));
  return expandTerms(
    whole,
    columns.filter((column) => !taken.has(column)),
  );
}

function isNumeric(variable: Variable, feature: Feature): boolean {
  const { kind } = variable.transform;
  if (feature.kind === 'numeric' && kind !== 'category') return true;
  if (feature.kind !== 'numeric' && (kind === 'plain' || kind === 'category')) return false;
  const [is, needs] = feature.kind === 'numeric' ? ['numbers', 'a category'] : ['categories', 'a column of numbers'];
  throw new LogisticError('bad-term', `${labelOf(variable)} needs ${needs}, and ${variable.column} holds ${is}`, {
    hint: feature.kind === 'numeric' ? `--categorical ${variable.column}` : `use ${variable.column} by itself`,
    details: { column: variable.column },
  });
}
