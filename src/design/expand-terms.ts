/**
 * What a tree of terms stands for: its products of variables by the rules of R's formulas, its offsets, the columns that take
 * part, and what each variable is called. It sees no data.
 */
import { LogisticError } from '../errors.ts';
import type { TermTree, Variable } from './term-tree.ts';

const mostProducts = 100_000;

/** Every variable of a tree in the order of its text. */
export function variablesOf(tree: TermTree): Variable[] {
  switch (tree.kind) {
    case 'variable':
      return [tree];
    case 'all':
      return [];
    case 'without':
      return [...variablesOf(tree.of), ...variablesOf(tree.out)];
    case 'offset':
    case 'power':
      return variablesOf(tree.of);
    default:
      return tree.of.flatMap(variablesOf);
  }
}

/** Columns that a `.` stands for, whatever they are called. */
const others = ['\0', '\0\0'];

/** Which columns remain in the terms and offsets of a tree. */
export interface ColumnsOfTerms {
  /** By their names. */
  readonly named: readonly string[];
  /** Whether every other one does: `.` */
  readonly others: boolean;
  /** Whether terms are columns as they are, side by side. */
  readonly plain: boolean;
}

/** The columns that take part, whatever others there are: none of `a - a`, and of `. - a` all but a. */
export function columnsOf(tree: TermTree): ColumnsOfTerms {
  const { products, offsets } = expandTerms(tree, [...variablesOf(tree).map(({ column }) => column), ...others]);
  const columns = new Set([...products.flat(), ...offsets].map(({ column }) => column));
  const isPlain = ({ transform }: Variable): boolean => ['plain', 'category'].includes(transform.kind);
  return {
    named: [...columns].filter((column) => !others.includes(column)),
    others: others.some((column) => columns.has(column)),
    plain: offsets.length === 0 && products.every((product) => product.length === 1 && product.every(isPlain)),
  };
}

/** A tree written out. */
export interface ExpandedTerms {
  /** Products of variables, by their number and then in the order of the text, without repetition. */
  readonly products: readonly (readonly Variable[])[];
  readonly offsets: readonly Variable[];
}

/** A name as a formula writes it. */
const nameOf = (column: string): string =>
  /^[\p{L}_.][\p{L}\p{N}_.]*$/u.test(column) ? column : `\`${column.replaceAll('`', '\\`')}\``;

/** What a variable is called: its column, or the function of it as a formula writes it. */
export function labelOf({ column, transform }: Variable): string {
  const name = nameOf(column);
  switch (transform.kind) {
    case 'plain':
    case 'category':
      return column;
    case 'poly':
      return `poly(${name}, ${transform.degree}${transform.raw ? ', raw=true' : ''})`;
    case 'ns':
    case 'bs': {
      const { df, knots, degree } = transform;
      const size = df === undefined ? `knots=c(${knots!.join(', ')})` : `df=${df}`;
      return `${transform.kind}(${name}, ${size}${degree === 3 ? '' : `, degree=${degree}`})`;
    }
    default:
      return `${transform.kind}(${name})`;
  }
}

/** What tells variables apart: a column by itself is one, whether it was said to be a category or not. */
const keyOf = ({ column, transform }: Variable): string =>
  JSON.stringify([column, transform.kind === 'category' ? { kind: 'plain' } : transform]);

/**
 * The products that a tree stands for. a*b is a + b + a:b; (a + b)^2 is every product of at most two; `-` takes products
 * away. Within a product, variables are in the order in which the tree first names them.
 */
export function expandTerms(tree: TermTree, all: readonly string[]): ExpandedTerms {
  const variables: Variable[] = [];
  const offsets: Variable[] = [];
  const number = (own: Variable): number => {
    const key = keyOf(own);
    const known = variables.findIndex((other) => keyOf(other) === key);
    return known >= 0 ? known : variables.push(own) - 1;
  };
  const products = evaluate(tree);
  return {
    products: products.map((product) => product.map((i) => variables[i]!)).sort((a, b) => a.length - b.length), // which is stable
    offsets,
  };

  function evaluate(node: TermTree, multiplied = false): Product[] {
    const inProduct = (part: TermTree): Product[] => evaluate(part, true);
    switch (node.kind) {
      case 'variable':
        return [[number(node)]];
      case 'all':
        return all.map((column) => [number({ kind: 'variable', column, transform: { kind: 'plain' } })]);
      case 'offset':
        if (multiplied) {
          const hint = `write + offset(${nameOf(node.of.column)}) beside the products`;
          throw new LogisticError('bad-term', `offset(${labelOf(node.of)}) is in no product`, { hint });
        }
        offsets.push(node.of);
        return [];
      case 'sum':
        return distinct(node.of.flatMap((part) => evaluate(part, multiplied)));
      case 'without': {
        const start = offsets.length;
        const kept = evaluate(node.of, multiplied);
        const of = offsets.splice(start);
        const out = new Set(evaluate(node.out, multiplied).map(String));
        const away = offsets.splice(start).map(keyOf);
        offsets.push(...of.filter((own) => !away.includes(keyOf(own))));
        return kept.filter((product) => !out.has(String(product)));
      }
      case 'interaction':
        return node.of.map(inProduct).reduce(pairs);
      case 'cross':
        return node.of.map(inProduct).reduce((a, b) => distinct(a.concat(b, pairs(a, b))));
      case 'power': {
        const own = inProduct(node.of);
        let result = own;
        for (let i = 1; i < node.degree; i++) result = pairs(result, own);
        return result;
      }
    }
  }
}

/** Numbers of its variables, ascending. */
type Product = readonly number[];

const distinct = (products: readonly Product[]): Product[] => [
  ...new Map(products.map((product) => [String(product), product])).values(),
];

/** The products of each of some with each of others. */
function pairs(some: readonly Product[], others: readonly Product[]): Product[] {
  if (some.length * others.length > mostProducts) {
    throw new LogisticError('too-many-terms', `the formula has more than ${mostProducts} products of columns`, {
      hint: 'name the products that matter: a:b',
    });
  }
  return distinct(some.flatMap((a) => others.map((b) => [...new Set([...a, ...b])].sort((i, j) => i - j))));
}
