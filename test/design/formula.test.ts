/** Formulas: the tree they make is that of the builders; what cannot be read is refused at its place, with the next step. */
import { describe, expect, test } from 'vitest';
import { expandTerms, labelOf } from '../../src/design/expand-terms.ts';
import { parseFormula } from '../../src/design/formula.ts';
import { sumOf, type TermInput } from '../../src/design/term-tree.ts';
import { bs, category, center, cross, interaction, log, log1p, ns, offset, poly, sqrt } from '../../src/index.ts';

const columns = ['a', 'b', 'c', 'my column', 'a=b'];
function written(tree: ReturnType<typeof sumOf>): string[] {
  const { products, offsets } = expandTerms(tree, columns);
  return [...products.map((product) => product.map(labelOf).join(':')), ...offsets.map((of) => `+${labelOf(of)}`)];
}

const doors: readonly (readonly [formula: string, terms: readonly TermInput[]])[] = [
  ['a + b', ['a', 'b']],
  ['a*b', [cross('a', 'b')]],
  ['a:b', [interaction('a', 'b')]],
  ['a*b*c', [cross('a', 'b', 'c')]],
  ['poly(a, 2) + poly(b, degree=3, raw=TRUE)', [poly('a', 2), poly('b', 3, { raw: true })]],
  ['poly(a, 2)*b', [cross(poly('a', 2), 'b')]],
  ['ns(a, df = 4) + ns(b, knots = c(-1, 2.5e0))', [ns('a', { df: 4 }), ns('b', { knots: [-1, 2.5] })]],
  ['bs(a, 5, degree=2)', [bs('a', { df: 5, degree: 2 })]],
  ['log(a) + log1p(b) + sqrt(c) + center(a)', [log('a'), log1p('b'), sqrt('c'), center('a')]],
  [
    'C(a, ref="x y") + C(b, 4) + C(c)',
    [category('a', { reference: 'x y' }), category('b', { reference: 4 }), category('c')],
  ],
  ['a + offset(b) + offset(log(c))', ['a', offset('b'), offset(log('c'))]],
  ['`my column` + `a=b`', ['my column', 'a=b']],
];

test.each(doors)('%s', (formula, terms) => {
  const { tree } = parseFormula(formula);
  expect(tree.kind === 'sum' ? tree : { kind: 'sum', of: [tree] }).toEqual(sumOf(terms));
  expect(written(tree)).toEqual(written(sumOf(terms)));
});

test.each([
  ['a + a', ['a']],
  ['a*b - a', ['b', 'a:b']],
  ['(a + b + c)^2', ['a', 'b', 'c', 'a:b', 'a:c', 'b:c']],
  ['(a + b)^3', ['a', 'b', 'a:b']],
  ['(a + b):c', ['a:c', 'b:c']],
  ['a:b:a', ['a:b']],
  ['b:a + a:b', ['b:a']],
  ['a:b + c', ['c', 'a:b']],
  ['-a + b', ['b']],
  ['.', columns],
  ['. - `my column` - a', ['b', 'c', 'a=b']],
  ['a.b + .x', ['a.b', '.x']],
])('%s is written out as R does', (formula, terms) => {
  expect(written(parseFormula(formula).tree)).toEqual(terms);
});

test.each([
  ['y ~ a', 'y', true],
  ['~ a', undefined, true],
  ['`the y` ~ 0 + a', 'the y', false],
  ['y ~ a - 1', 'y', false],
  ['y ~ -1 + a', 'y', false],
  ['y ~ a + 1', 'y', true],
])('the target and the intercept of %s', (formula, target, intercept) => {
  expect(parseFormula(formula)).toMatchObject({ intercept });
  expect(parseFormula(formula).target).toBe(target);
});

describe('refusals', () => {
  test.each([
    ['y ~ x^2', 6, 'expected ^ after a group in parentheses, found "^"', 'poly(x, 2)'],
    ['y ~ (a + b)^2.5', 13, 'a whole number from 1 to 10, found "2.5"', undefined],
    ['y ~ a +', 8, 'expected a column or a function, found its end', undefined],
    ['y ~ a b', 7, 'expected an operator or the end, found "b"', undefined],
    ['y ~ (a + b', 11, 'a closing parenthesis, found its end', undefined],
    ['y ~ a / b', 7, 'unexpected "/"', 'a + a:b'],
    ['y ~ a | b', 7, 'unexpected "|"', 'random effects'],
    ['y ~ `a', 5, '` is not closed', undefined],
    ['y ~ factor(a)', 5, 'there is no function factor()', 'C(x)'],
    ['y ~ I(a)', 5, 'there is no function I()', 'poly(x, 2, raw=true)'],
    ['y ~ pol(a, 2)', 5, 'there is no function pol()', 'did you mean poly()?'],
    ['y ~ constructor(a)', 5, 'there is no function constructor()', undefined],
    ['y ~ poly(a, 20)', 5, 'a whole number from 1 to 10, found 20', undefined],
    ['y ~ poly(a, deg=2)', 13, 'what poly takes: a column and degree, raw', undefined],
    ['y ~ log(a, 2)', 12, 'what log takes: a column only', undefined],
    ['y ~ ns(a)', 5, 'ns takes either df or knots', 'df, such as 4, is the number of its columns'],
    ['y ~ ns(a, df=2, knots=c(1))', 5, 'ns takes either df or knots', undefined],
    ['y ~ ns(a, knots=c(2, 1))', 5, 'ascending numbers, found [2,1]', undefined],
    ['y ~ log(log(a))', 12, 'a closing parenthesis, found "("', undefined],
    ['y ~ offset(poly(a, 2))', 12, 'an offset should be a column of numbers', undefined],
    ['y ~ a * 2', 9, 'expected a column or a function, found "2"', '0 and 1 stand in the outermost sum'],
    ['1 ~ a', 1, 'expected the name of the target, found "1"', undefined],
    ['y ~ a ~ b', 7, 'expected an operator or the end', undefined],
    ['', 1, 'it is empty', 'name the terms: y ~ age + sex'],
    ['y = a', 3, 'expected ~, found "="', 'write y ~ and the terms'],
    ['log(y) ~ a', 1, 'expected the name of the target, found "log"', 'a target is a column as it is'],
    ['y ~ relevel(a, ref="b")', 5, 'there is no function relevel()', 'C(x, ref="level")'],
    ['y ~ C(a, ref=Third)', 14, 'a text in quotes', 'write it in quotes: "Third"'],
  ])('%s', (formula, position, message, hint) => {
    let error: { code?: string; message?: string; hint?: string | undefined; details?: { position?: number } } = {};
    try {
      parseFormula(formula);
    } catch (caught) {
      error = caught as typeof error;
    }
    expect(error.code).toBe('bad-formula');
    expect(error.message).toContain(`formula, character ${position}: `);
    expect(error.message).toContain(message);
    expect(error.details?.position).toBe(position);
    if (hint !== undefined) expect(error.hint).toContain(hint);
  });
});
