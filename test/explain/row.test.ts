/**
 * Rows of fitted models: what flows backward in a row's graph is the derivative of that row's loss as the reference
 * computes it from the same columns, whatever its cells are; and the cells are those that the scorer reads.
 */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { FittedLogisticRegression, LogisticRegression, type RowExplanation } from '../../src/index.ts';
import { createRandom } from '../../src/math/random.ts';
import type { ModelFile } from '../../src/predict.ts';
import { roundoff } from '../../src/rows/contract.ts';
import { referenceRows } from '../../src/rows/reference.ts';
import { byHand, golden2, twoClasses } from '../predict/model-2.ts';
import { rowsOf } from '../support/data.ts';

const u = roundoff.float64;

/** m rows of a number, a number with missing cells, a category with missing cells, a boolean, and K classes. */
function someRows(classes: number, m: number) {
  const random = createRandom(40 + classes);
  return Array.from({ length: m }, () => {
    const dose = 100 + 20 * random();
    const age = random() < 0.2 ? null : Math.floor(80 * random());
    const town = random() < 0.2 ? '' : ['Ulm', 'Bonn', 'Trier'][Math.floor(3 * random())]!;
    const smoker = random() < 0.3 ? 'yes' : 'no';
    const kind = String.fromCharCode(97 + Math.floor(classes * random() ** (smoker === 'yes' ? 1 : 2)));
    return { dose, age, town, smoker, kind };
  });
}

/** x of each term that is fitted, from the raw cells and without the library's code. */
function designOf({ features, terms }: ModelFile, row: Readonly<Record<string, unknown>>): number[] {
  const cell = (column: string): unknown => {
    const { kind, impute } = features.find((feature) => feature.column === column)!;
    const given = row[column];
    if (given !== null && given !== '') return given;
    return kind === 'boolean' ? (impute === true ? 'yes' : 'no') : impute;
  };
  const fitted = terms.filter(({ excluded }) => excluded === undefined);
  return fitted.map(({ factors, mean, scale }) => {
    const product = factors.reduce((x, { column, basis }) => {
      const value = cell(column);
      return x * Number(basis.kind === 'level' ? value === basis.level : value);
    }, 1);
    return (product - mean) / scale;
  });
}

const thetaOf = ({ terms, standardizedIntercepts }: ModelFile): Float64Array =>
  Float64Array.from(
    standardizedIntercepts.flatMap((b, c) => [
      ...terms.filter(({ excluded }) => excluded === undefined).map(({ standardized }) => standardized[c]!),
      b,
    ]),
  );

/** ∂L/∂theta in the order of theta. */
const gradientOf = ({ nodes }: RowExplanation): number[] =>
  nodes.filter(({ about }) => about.role === 'weight' || about.role === 'bias').map(({ gradient }) => gradient.value);

describe.each([2, 3, 5])('%i classes', (classes) => {
  const rows = someRows(classes, 80);
  const fitted = new LogisticRegression({ l2: 0.02, missing: 'impute' }).fit(rows, 'kind');

  test('gradients of rows are those of the reference, one by one and added up', async () => {
    const model = await fitted;
    const file = model.toJSON();
    const codes = [file.target.reference, ...model.classes.filter((label) => label !== file.target.reference)];
    const theta = thetaOf(file);
    const total = new Float64Array(theta.length);
    const design = rows.map((row) => designOf(file, row));
    const n = design[0]!.length;
    expect(n).toBeGreaterThanOrEqual(5);
    const sourceOf = (some: readonly number[]) =>
      rowsOf({
        numbers: Array.from({ length: n }, (_, j) => Float64Array.from(some, (i) => design[i]![j]!)),
        labels: some.map((i) => codes.indexOf(rows[i]!.kind)),
        classes,
      });
    // Roundings of n + 1 products and K exponentials; |x| is below 5 standard deviations.
    const tolerance = 16 * (n + classes) * u * 5;
    for (const [i, row] of rows.entries()) {
      const explanation = model.explain(row, row.kind);
      const { loss, gradient } = await referenceRows(sourceOf([i])).evaluate(theta, 1, 'float64');
      const own = gradientOf(explanation);
      const off = own.reduce((most, value, at) => Math.max(most, Math.abs(value - gradient![at]!)), 0);
      expect(off, `row ${i + 1}`).toBeLessThanOrEqual(tolerance);
      expect(Math.abs(explanation.nodes.at(-1)!.value - loss)).toBeLessThanOrEqual(tolerance * Math.max(1, loss));
      own.forEach((value, at) => {
        total[at]! += value;
      });
    }
    const { gradient } = await referenceRows(sourceOf([...rows.keys()])).evaluate(theta, 1, 'float64');
    const off = total.reduce((most, value, at) => Math.max(most, Math.abs(value - gradient![at]!)), 0);
    expect(off).toBeLessThanOrEqual(rows.length * tolerance);
  });

  test('cells, probabilities and measurements', async () => {
    const model = await fitted;
    for (const row of rows.slice(0, 20)) {
      const { nodes, edges } = model.explain(row, row.kind);
      const { probabilities } = model.scoreRow(row) as { probabilities: readonly number[] };
      const positive = nodes.filter(({ about }) => about.role === 'probability').map(({ value }) => value);
      const found = classes === 2 ? [1 - positive[0]!, positive[0]!] : positive;
      const sorted = (values: readonly number[]) => [...values].sort((one, other) => one - other);
      sorted(found).forEach((value, c) => {
        expect(Math.abs(value - sorted(probabilities)[c]!)).toBeLessThanOrEqual(32 * u);
      });
      for (const { about, value } of nodes) {
        if (about.role !== 'cell') continue;
        const given = row[about.column as 'age'];
        expect(about.imputed).toBe(given === null || String(given) === '');
        if (about.level !== undefined && !about.imputed) expect(value).toBe(Number(String(given) === about.level));
      }
      for (const { measured, value } of [...edges, ...nodes.map(({ gradient }) => gradient)]) {
        // A dose of 100 is rounded to 2^-46, in steps of 0.01 and more; probabilities are above 1e-3.
        expect(Math.abs(measured! - value)).toBeLessThanOrEqual(1e-7 * Math.max(1, Math.abs(value)));
      }
    }
  });
});

const row = { mass: 4000, bill: 50, island: 'Dream', tagged: 'no' };

test('interactions: the score is that of raw coefficients, and each factor has the other as its derivative', () => {
  const model = FittedLogisticRegression.fromJSON(golden2);
  const { nodes, edges, leftOut, classes, label } = model.explain(row, 'gentoo');
  byHand(model.toJSON(), row).forEach(({ z, size }, c) => {
    const own = nodes.find(({ id }) => id === `z_${c + 1}`)!;
    expect(Math.abs(own.value - z)).toBeLessThanOrEqual(64 * u * size);
  });
  const both = edges.filter(({ to }) => nodes.find(({ id }) => id === to)!.name === 'mass:bill');
  expect(both.map(({ formula }) => formula.text)).toEqual(['r_2/51000', 'r_1/51000']);
  expect(both.map(({ value }) => value)).toEqual([50 / 51000, 4000 / 51000]);
  expect(leftOut).toEqual([{ name: 'tagged=yes', reason: 'constant' }]);
  expect([classes, label]).toEqual([['adelie', 'chinstrap', 'gentoo'], 2]);
});

test('a factor that stands twice is differentiated by the product rule', () => {
  const file = JSON.parse(golden2) as { terms: { factors: unknown[] }[] };
  const square = file.terms.at(-1)!;
  square.factors = [square.factors[0], square.factors[0]];
  const { nodes, edges } = FittedLogisticRegression.fromJSON(file).explain(row, 'gentoo');
  const to = nodes.find(({ name }) => name === 'mass:bill')!.id;
  const [edge, ...more] = edges.filter((candidate) => candidate.to === to);
  expect(more).toEqual([]);
  expect(edge!.formula.text).toBe('(r_1 + r_1)/51000');
  expect(edge!.value).toBe(8000 / 51000);
  expect(Math.abs(edge!.measured! - edge!.value)).toBeLessThanOrEqual(1e-9);
});

test('a sample weight multiplies every derivative', () => {
  const model = FittedLogisticRegression.fromJSON(golden2);
  const once = gradientOf(model.explain(row, 'gentoo'));
  const thrice = gradientOf(model.explain(row, 'gentoo', { sampleWeight: 3 }));
  thrice.forEach((value, at) => {
    expect(Math.abs(value - 3 * once[at]!)).toBeLessThanOrEqual(4 * u * Math.abs(value));
  });
});

test('labels are read as in training: of their type or as text', () => {
  const model = FittedLogisticRegression.fromJSON<number>(twoClasses({ classes: [0, 1], reference: 1 }));
  expect(model.explain(row, 0).label).toBe(1);
  expect(model.explain(row, 1).nodes.find(({ id }) => id === 'y')!.value).toBe(0);
  expect(model.explain(row, ' 1.0 ' as unknown as number).label).toBe(0);
});

describe('refusals', () => {
  const model = FittedLogisticRegression.fromJSON(golden2);
  test.each([
    ['a class that is none', () => model.explain(row, 'dodo'), 'unknown-label', '"dodo" is not a class'],
    ['no label', () => model.explain(row, undefined as never), 'unknown-label', 'nothing is not a class'],
    ['a missing column', () => model.explain({ mass: 1 }, 'gentoo'), 'missing-column', '"bill"'],
    ['a missing cell', () => model.explain({ ...row, bill: null }, 'gentoo'), 'unpredictable-row', 'bill is missing'],
    ['an unseen level', () => model.explain({ ...row, island: 'Mull' }, 'gentoo'), 'unpredictable-row', 'Mull'],
    ['an overflow', () => model.explain({ ...row, mass: 1e308 }, 'gentoo'), 'unpredictable-row', 'overflow'],
    ['an option that is none', () => model.explain(row, 'gentoo', { wight: 2 } as never), 'unknown-option', 'wight'],
    ['a weight below 0', () => model.explain(row, 'gentoo', { sampleWeight: -1 }), 'bad-weights', 'sampleWeight'],
  ])('%s', (_, explain, code, words) => {
    expect(explain).toThrow(expect.objectContaining({ code, message: expect.stringContaining(words) }));
  });

  test('an unseen level that counts as the reference is said', () => {
    const { notes, nodes } = model.explain({ ...row, island: 'Mull' }, 'gentoo', { unseen: 'ignore' });
    expect(notes).toEqual(['island: unseen category `Mull`, taken as the reference']);
    expect(nodes.filter(({ about }) => about.role === 'cell' && about.column === 'island')).toHaveLength(2);
    expect(nodes.find(({ name }) => name === 'island=Dream')!.value).toBe(0);
  });
});

test('graphs of any row survive JSON, with only finite numbers', () => {
  const model = FittedLogisticRegression.fromJSON(golden2);
  const cells = fc.record({
    mass: fc.oneof(fc.constant(null), fc.double({ min: 2000, max: 7000, noNaN: true })),
    bill: fc.double({ min: 30, max: 60, noNaN: true }),
    island: fc.constantFrom('Biscoe', 'Dream', 'Torgersen', null),
    tagged: fc.constantFrom('yes', 'no', true, false),
  });
  fc.assert(
    fc.property(cells, fc.constantFrom('adelie', 'chinstrap', 'gentoo'), (own, label) => {
      const explanation = model.explain(own, label);
      const again = JSON.parse(JSON.stringify(explanation)) as RowExplanation;
      expect(gradientOf(again).every(Number.isFinite)).toBe(true);
      // −0 is the only number that JSON changes.
      expect(gradientOf(again).every((value, at) => value === gradientOf(explanation)[at])).toBe(true);
    }),
    { seed: 5, numRuns: 50 },
  );
});
