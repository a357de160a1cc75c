/**
 * Products of variables → the terms of the design, one for each column, coded as R's `model.matrix` does. A category is
 * there by the indicators of all levels but the reference where the model has the product without it, by those of all its
 * levels where it has not. It fits nothing.
 * Source: Chambers & Hastie, Statistical Models in S (1992), p. 38, as R's `terms.formula` carries it out.
 */
import { LogisticError, type Warning } from '../errors.ts';
import {
  type Basis,
  type Factor,
  type Feature,
  levelsOf,
  type NumericBasis,
  referencePlace,
} from '../predict/model-file.ts';
import { type ExpandedTerms, labelOf } from './expand-terms.ts';
import type { RawTerm } from './features.ts';
import type { Variable } from './term-tree.ts';

/** Columns that a design may have. */
const mostColumns = 10_000;

export interface CodedTerms {
  readonly terms: readonly RawTerm[];
  /** All groups, also those without a term. */
  readonly groups: readonly string[];
  /** Of each group, the groups whose products contain its own. */
  readonly containing: ReadonlyMap<string, readonly string[]>;
  readonly warnings: readonly Warning[];
}

export interface CodingRequest {
  readonly intercept: boolean;
  readonly featureOf: (column: string) => Feature;
  /** The bases of a variable of numbers. */
  readonly basesOf: (variable: Variable) => readonly NumericBasis[];
}

/** Throws LogisticError 'too-many-terms' before it makes any. */
export function codeTerms({ products, offsets }: ExpandedTerms, request: CodingRequest): CodedTerms {
  requireFew(
    products,
    products.map(() => 1),
  );
  const isCategory = ({ column }: Variable): boolean => request.featureOf(column).kind !== 'numeric';
  const full = fullCodings(products, isCategory, request.intercept);
  const codings = products.map((product, i) =>
    product.map((variable) => columnsOf(variable, full[i]!.has(variable), request)),
  );
  requireFew(
    products,
    codings.map((coding) => coding.reduce((n, { length }) => n * length, 1)),
  );
  const terms = products.flatMap((product, i) => {
    const group = groupOf(product);
    const combined = codings[i]!.reduce(
      // The first variable varies fastest.
      (some, own) => own.flatMap((column) => some.map((before) => [...before, column])),
      [[]] as CodedColumn[][],
    );
    return combined.map(
      (columns): RawTerm => ({
        name: columns.map(({ name }) => name).join(':'),
        group,
        factors: columns.map(({ factor }) => factor),
      }),
    );
  });
  const added = offsets.map((variable): RawTerm => {
    const [{ factor }] = columnsOf(variable, false, request) as [CodedColumn];
    const name = `offset(${labelOf(variable)})`;
    return { name, group: name, factors: [factor], offset: true };
  });
  return {
    terms: [...terms, ...added],
    groups: products.map(groupOf),
    containing: containingGroups(products),
    warnings: marginWarnings(products),
  };
}

const groupOf = (product: readonly Variable[]): string => product.map(labelOf).join(':');

interface CodedColumn {
  readonly name: string;
  readonly factor: Factor;
}

/** The columns of one variable. */
function columnsOf(variable: Variable, full: boolean, { featureOf, basesOf }: CodingRequest): CodedColumn[] {
  const { column } = variable;
  const feature = featureOf(column);
  const named = (name: string, basis: Basis): CodedColumn => ({ name, factor: { column, basis } });
  if (feature.kind !== 'numeric') {
    const levels = levelsOf(feature);
    const reference = levels[referencePlace(feature)];
    const others = levels.filter((level) => level !== reference);
    const coded = full && reference !== undefined ? [reference, ...others] : others;
    return coded.map((level) => named(`${column}=${level}`, { kind: 'level', level }));
  }
  const bases = basesOf(variable);
  const label = labelOf(variable);
  return bases.map((basis, k) => named(bases.length > 1 ? `${label}${k + 1}` : label, basis));
}

/**
 * The categories of each product that are coded by all their levels: those for which no product before contains all the
 * others of theirs. Without an intercept also the first category of the model, where it stands first.
 */
function fullCodings(
  products: ExpandedTerms['products'],
  isCategory: (variable: Variable) => boolean,
  intercept: boolean,
): ReadonlySet<Variable>[] {
  const full = products.map((product, i) => {
    const hasMargin = (own: Variable): boolean => {
      const others = product.filter((other) => other !== own);
      return others.length === 0 || products.slice(0, i).some((before) => others.every((v) => before.includes(v)));
    };
    return new Set(product.filter((own) => isCategory(own) && !hasMargin(own)));
  });
  const first = products.findIndex((product) => product.some(isCategory));
  if (!intercept && first >= 0) full[first]!.add(products[first]!.find(isCategory)!);
  return full;
}

function requireFew(products: ExpandedTerms['products'], sizes: readonly number[]): void {
  const all = sizes.reduce((n, size) => n + size, 0);
  if (all <= mostColumns) return;
  const largest = sizes.indexOf(Math.max(...sizes));
  throw new LogisticError(
    'too-many-terms',
    `the terms have ${all} columns, ${sizes[largest]} of them ${groupOf(products[largest]!)}; there may be ${mostColumns}`,
    { hint: 'leave that product out, or join rare levels', details: { columns: all } },
  );
}

function containingGroups(products: ExpandedTerms['products']): Map<string, string[]> {
  return new Map(
    products.map((product) => [
      groupOf(product),
      products
        .filter((other) => other.length > product.length && product.every((variable) => other.includes(variable)))
        .map(groupOf),
    ]),
  );
}

/** Products without all that they are made of. */
function marginWarnings(products: ExpandedTerms['products']): Warning[] {
  const known = new Set(products.map(groupOf));
  return products.flatMap((product): Warning[] => {
    if (product.length < 2) return [];
    const margins = product.map((own) => groupOf(product.filter((other) => other !== own)));
    const absent = margins.filter((margin) => !known.has(margin));
    if (absent.length === 0) return [];
    const message = `${groupOf(product)} is in the model without ${absent.join(' and ')}: its coefficients are no differences from a common effect (a*b adds what a:b lacks)`;
    return [{ code: 'missing-margin', message, columns: product.map(({ column }) => column) }];
  });
}
