/** Which models may be compared by likelihood ratio: those that lie within another, as functions of a row, on the same rows. */
import { describe, expect, test } from 'vitest';
import {
  bs,
  category,
  center,
  cross,
  type FittedLogisticRegression,
  interaction,
  LogisticRegression,
  log,
  log1p,
  ns,
  type Options,
  offset,
  poly,
  sqrt,
} from '../../src/index.ts';
import { createRandom } from '../../src/math/random.ts';
import { readReference } from '../support/data.ts';

const random = createRandom(3);
const rows = Array.from({ length: 300 }, (_, i) => {
  const [x, z, count] = [20 + 60 * random() ** 2, random(), i % 4];
  const g = 'abc'[Math.floor(3 * random())]!;
  const score = (x - 40) / 15 + (g === 'b' ? 1 : 0) + Math.sin(3 * z) - 1 + 0.2 * count;
  return { x, z, g, h: i % 5 < 2, count, sum: x + z, far: 1e6 + x, y: random() < 1 / (1 + Math.exp(-score)) ? 1 : 0 };
});
const fitted = new Map<string, Promise<FittedLogisticRegression>>();
const fit = (terms: Options['terms'], more: Options = {}) => {
  const options: Options = { terms: terms!, inference: true, ...more };
  const key = JSON.stringify(options);
  if (!fitted.has(key)) fitted.set(key, new LogisticRegression(options).fit(rows, 'y'));
  return fitted.get(key)!;
};
type Terms = NonNullable<Options['terms']>;
const through: Options = { intercept: false };

describe('a model that lies within another', () => {
  test.each<[string, Terms, Terms, number, Options?, Options?]>([
    ['no term', [], ['x', 'g'], 3],
    ['columns', ['x'], ['x', 'g'], 2],
    ['a polynomial in one of higher degree', [poly('x', 2)], [poly('x', 3)], 1],
    ['an orthogonal polynomial in a raw one', [poly('x', 2), 'z'], [poly('x', 4, { raw: true }), 'z'], 2],
    ['a line far from 0', ['far'], [poly('far', 2)], 1],
    ['a number in a curve', ['x', 'g'], [ns('x', { df: 4 }), 'g'], 3],
    ['a natural spline in one with more knots', [ns('x', { knots: [40] })], [ns('x', { knots: [30, 40, 55] })], 2],
    ['a B-spline in one with more knots', [bs('x', { knots: [40] })], [bs('x', { knots: [30, 40] })], 1],
    ['a cubic in a B-spline', [poly('x', 3)], [bs('x', { df: 5 })], 2],
    ['a natural spline in a B-spline of its knots', [ns('x', { knots: [40] })], [bs('x', { knots: [40] })], 2],
    ['a number in its levels', ['count'], [category('count')], 2],
    ['a polynomial in its levels', [poly('count', 2)], [category('count')], 1],
    ['levels against another reference', [category('g', { reference: 'c' })], ['g', 'x'], 1],
    ['a product in a product of curves', [interaction('x', 'z')], [cross(poly('x', 2), poly('z', 2))], 7],
    ['a boolean in products', ['h', 'g'], [cross('h', 'g')], 2],
    ['a centred number', [center('x')], ['x', 'z'], 1],
    ['the intercept in all levels of a category', [], ['g'], 2, {}, through],
    ['a line through 0 in one with an intercept', ['x'], ['x'], 1, through],
    ['a logarithm beside other terms', [log('x')], [log('x'), log1p('z'), sqrt('x')], 2],
    ['an offset in a coefficient', [offset('x')], ['x'], 1],
    ['the same offset', [offset('x')], ['z', offset('x')], 1],
    ['a column that was left out as dependent', ['x', 'sum'], ['x', 'z', 'sum', 'g'], 2],
  ])('%s', async (_, small, large, df, ofSmall = {}, ofLarge = {}) => {
    const [one, other] = await Promise.all([fit(small, ofSmall), fit(large, ofLarge)]);
    const loss = one.summary().logLikelihood! - other.summary().logLikelihood!;
    for (const found of [await one.compare(other), await other.compare(one)]) {
      expect(found).toMatchObject({ df, statistic: -2 * loss });
    }
  });

  test.each<[string, Terms, Terms, string, Options?, Options?]>([
    ['another column', ['z'], ['x', 'g'], 'z'],
    ['a polynomial of higher degree', [poly('x', 3)], [poly('x', 2), 'g', 'z'], 'poly(x, 3)3'],
    ['another function', [sqrt('x')], [poly('x', 3), 'z'], 'sqrt(x)'],
    ['a number, of its logarithm', ['x'], [log('x'), 'z'], 'x'],
    ['a spline with another knot', [ns('x', { knots: [45] })], [ns('x', { knots: [30, 40] })], 'ns(x, knots=c(45))1'],
    ['a spline, of a polynomial', [bs('x', { df: 4 })], [poly('x', 5)], 'bs(x, df=4)1'],
    ['levels, of a polynomial of lower degree', [category('count')], [poly('count', 2), 'x', 'z'], 'count=1'],
    ['a product', [interaction('x', 'z')], ['x', 'z'], 'x:z'],
    ['an intercept', [], ['x', 'z'], '(intercept)', {}, through],
    ['a line, of a curve through 0', ['x'], [poly('x', 2)], 'x', through, through],
    ['an offset that the larger one lacks', [offset('x')], ['z', 'g'], 'offset(x)'],
    ['an offset that only the larger one has', ['z'], ['z', 'g', offset('x')], 'offset(x)'],
  ])('not: %s', async (_, small, large, name, ofSmall = {}, ofLarge = {}) => {
    const [one, other] = await Promise.all([fit(small, ofSmall), fit(large, ofLarge)]);
    await expect(other.compare(one)).rejects.toMatchObject({
      code: 'not-nested',
      message: `${name} of the smaller model is no combination of the larger one's columns`,
    });
  });
});

describe('other rows are told', () => {
  const refused = { code: 'not-nested', message: 'the two models were not fitted to the same rows and target' };
  test('by what both models have, where numbers of rows and classes are the same', async () => {
    const one = await fit(['x'], { holdout: 0.2 });
    const same = await fit(['x', 'z'], { holdout: 0.2 });
    const other = await fit(['x', 'z'], { holdout: 0.2, seed: 2 });
    expect((await one.compare(same)).df).toBe(1);
    await expect(one.compare(other)).rejects.toMatchObject(refused);
    expect(other.summary().observations).toBe(one.summary().observations);
    expect(other.training.counts!.all).toEqual(one.training.counts!.all);
  });

  test('by their numbers, of which missing cells are the usual cause', async () => {
    const gaps = rows.map((row, i) => (i < 3 ? { ...row, z: null } : row));
    const of = (terms: string[]) => new LogisticRegression({ terms, inference: true }).fit(gaps, 'y');
    await expect((await of(['x', 'z'])).compare(await of(['x']))).rejects.toMatchObject({
      code: 'not-nested',
      message: `the smaller model was fitted to ${rows.length} observations and the larger one to ${rows.length - 3}`,
      hint: expect.stringMatching(/missing cell/),
    });
  });

  test('by their classes, where one model has no intercept', async () => {
    const flipped = rows.map((row, i) => ({ ...row, y: i === 0 ? 1 - row.y : row.y }));
    const one = await new LogisticRegression({ terms: ['x'], inference: true, intercept: false }).fit(flipped, 'y');
    await expect((await fit(['x', 'z'])).compare(one)).rejects.toMatchObject(refused);
  });
});

test('three classes, against another reference', async () => {
  const { header, rows: cells } = readReference('iris.csv');
  const iris = cells.map((row) =>
    Object.fromEntries(header.map((name, j) => [name, j < 4 ? Number(row[j]) : row[j]!])),
  );
  const options: Options = { inference: true, terms: ['Sepal.Width'] };
  const small = await new LogisticRegression(options).fit(iris, 'Species');
  const large = await new LogisticRegression({
    inference: true,
    terms: [poly('Sepal.Width', 2)],
    reference: 'virginica',
  }).fit(iris, 'Species');
  const { statistic, df } = await large.compare(small);
  expect(df).toBe(2);
  expect(statistic).toBeCloseTo(-2 * (small.summary().logLikelihood! - large.summary().logLikelihood!), 10);
});
