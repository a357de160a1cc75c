/** Intercepts corrected for class weights, and those of FLIC. */
import { describe, expect, test } from 'vitest';
import { LogisticRegression, type Options } from '../../src/index.ts';
import { readReference } from '../support/data.ts';
import '../support/tensorflow.ts';

const near = (found: number, truth: number, tolerance = 1e-9): void =>
  expect(Math.abs(found - truth), `${found} against ${truth}`).toBeLessThanOrEqual(tolerance * Math.abs(truth));

describe('class weights', () => {
  // Of one column of two values the fit is the table's own odds, which class weights move by their ratio.
  const rows = Array.from({ length: 240 }, (_, i) => ({ x: i % 2, y: 'abc'[(i % 7) % (i % 2 ? 3 : 2)]! }));
  const two = rows.filter(({ y }) => y !== 'c');
  test.each<[string, object[], Options]>([
    ['balanced', two, { classWeight: 'balanced' }],
    ['by label', two, { classWeight: { a: 5, b: 0.5 } }],
    [
      'three classes',
      rows.map((row, i) => (i % 40 === 0 ? { ...row, y: 'c' } : row)),
      { classWeight: { b: 3, c: 0.2 } },
    ],
    [
      'with weights of rows',
      two.map((row, i) => ({ ...row, s: 1 + (i % 4) })),
      { classWeight: 'balanced', weights: 's' },
    ],
  ])('%s: probabilities are those of the rows as they are', async (_, data, options) => {
    const fit = (more: Options) => new LogisticRegression({ ...options, ...more }).fit(data as (typeof rows)[0][], 'y');
    const [plain, weighted, corrected] = [
      await new LogisticRegression({ ...(options.weights && { weights: options.weights }) }).fit(
        data as (typeof rows)[0][],
        'y',
      ),
      await fit({}),
      await fit({ priorCorrection: true }),
    ];
    for (const x of [0, 1]) {
      const truth = plain.predictProba({ x });
      corrected.predictProba({ x }).forEach((p, c) => {
        near(p, truth[c]!);
      });
      expect(Math.abs(weighted.predictProba({ x })[0]! - truth[0]!)).toBeGreaterThan(0.01);
    }
    expect(corrected.byClass.map(({ coefficients }) => coefficients.x)).toEqual(
      weighted.byClass.map(({ coefficients }) => coefficients.x),
    );
  });

  test('metrics, of folds too, are those of the corrected model', async () => {
    const fit = (options: Options) =>
      new LogisticRegression({ folds: 4, trainingMetrics: true, ...options }).fit(two, 'y');
    const { metrics, crossValidation } = (await fit({ classWeight: 'balanced', priorCorrection: true })).training;
    const plain = (await fit({})).training;
    near(metrics.train!.meanLogLoss!, plain.metrics.train!.meanLogLoss!);
    const mean = (of: typeof crossValidation): number => of!.metrics.meanLogLoss!.mean!;
    // Weights are those of all training rows, whose shares a fold has nearly.
    near(mean(crossValidation), mean(plain.crossValidation), 0.01);
  });
});

test.each<[string, Options]>([
  ['class weights', { classWeight: 'balanced' }],
  ['corrected ones', { classWeight: { a: 3 }, priorCorrection: true }],
  ['weights of rows too', { classWeight: 'balanced', weights: 's' }],
  ['FLIC', { firth: true, flic: true }],
])('%s: the log loss is that of the model that is kept, so that its rows are recognised', async (_, options) => {
  const rows = Array.from({ length: 90 }, (__, i) => ({
    x: (i * 7) % 11,
    s: 1 + (i % 3),
    y: 'ab'[Number(i % 4 > 2)]!,
  }));
  const model = await new LogisticRegression({ terms: ['x'], ...options }).fit(rows, 'y');
  const sampleWeight = options.weights ? { sampleWeight: rows.map(({ s }) => s) } : {};
  const { meanLogLoss, trainedOn } = await model.evaluate(rows, 'y', sampleWeight);
  expect(trainedOn).toBe('all');
  near(model.training.meanLogLoss, meanLogLoss!, 1e-13);
  expect((await model.evaluate(rows.slice(1), 'y')).trainedOn).toBe(undefined);
});

test('FLIC: the slopes of Firth, and probabilities that add up to the positives', async () => {
  const { header, rows } = readReference('endometrial.csv');
  const endometrial = rows.map((row) => Object.fromEntries(header.map((name, j) => [name, Number(row[j])])));
  const fit = (options: Options) =>
    new LogisticRegression({ firth: true, inference: true, ...options }).fit(endometrial, 'HG');
  const [firth, flic] = [await fit({}), await fit({ flic: true })];
  expect(flic.coefficients).toEqual(firth.coefficients);
  const positives = endometrial.reduce((sum, { HG }) => sum + HG!, 0);
  const expected = (model: typeof flic) => model.predictProba(endometrial).reduce((sum, [, p]) => sum + p!, 0);
  near(expected(flic), positives, 1e-12);
  expect(Math.abs(expected(firth) - positives)).toBeGreaterThan(0.1);
  const { coefficients, notes } = flic.summary();
  expect(coefficients).toEqual(firth.summary().coefficients);
  expect(notes.some((note) => /FLIC/.test(note))).toBe(true);
});

test('there must be something to correct', () => {
  const wrong: Options[] = [
    { flic: true },
    { priorCorrection: true },
    { flic: true, firth: true, intercept: false },
    { priorCorrection: true, classWeight: 'balanced', intercept: false },
  ];
  for (const options of wrong) expect(() => new LogisticRegression(options)).toThrow(/^(flic|priorCorrection): /);
});
