/** Models of the intercept alone, `y ~ 1`: closed forms, R's figures, and everything that a model with columns can do. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { inspect } from '../../src/cli/inspect.ts';
import { FittedLogisticRegression, LogisticRegression, loadScorer, type Options, saveModel } from '../../src/node.ts';
import { renderModelReport } from '../../src/report/model-report.ts';
import { readReference } from '../support/data.ts';
import { keepPrinted, printed } from '../support/printed.ts';
import '../support/tensorflow.ts';

const { header, rows } = readReference('mtcars.csv');
const mtcars = rows.map((row) => Object.fromEntries(header.map((name, j) => [name, Number(row[j])])));
const gears = mtcars.map(({ wt }, i) => ({ wt, gear: i % 32 < 15 ? 'a' : i % 32 < 27 ? 'b' : 'c' }));
const fit = (options: Options = { formula: 'am ~ 1' }) =>
  new LogisticRegression({ inference: true, ...options }).fit(mtcars, 'am');
/** Of figures of size 1, from sums over 32 rows and the Newton steps that gave them. */
const tolerance = 2 ** -44;
const near = (found: number | null | undefined, truth: number, relative = tolerance): void =>
  expect(Math.abs(found! / truth - 1), `${found} against ${truth}`).toBeLessThanOrEqual(relative);

test("as R's glm(am ~ 1)", async () => {
  const summary = (await fit()).summary();
  const [intercept, ...more] = summary.coefficients;
  expect(more).toEqual([]);
  near(intercept!.estimate, -0.3794896217049034);
  // R's standard error is that of the step before the last, 0.3599370153.
  near(intercept!.standardError, Math.sqrt(1 / 13 + 1 / 19));
  near(intercept!.z, -1.054322299651218, 1e-8);
  near(intercept!.waldP, 0.2917353825685078, 1e-8);
  near(summary.logLikelihood, -21.6148666384289);
  near(summary.aic, 45.2297332768578);
  near(summary.bic, 46.69546917965753);
  expect(summary).toMatchObject({
    terms: [],
    parameters: 1,
    likelihoodRatio: null,
    nullDeviance: summary.deviance,
    pseudoR2: { mcFadden: 0, coxSnell: 0, nagelkerke: 0 },
    notes: [],
  });
});

test.each<[string, Options]>([
  ['terms: []', { terms: [] }],
  ['a term that is taken away', { formula: 'am ~ wt - wt' }],
  ['L-BFGS', { terms: [], solver: 'lbfgs' }],
  ['gradient descent', { terms: [], solver: 'gd' }],
  ['plain loops', { terms: [], backend: 'reference' }],
  ['tensors', { terms: [], backend: 'tfjs-cpu' }],
  ['float32', { terms: [], precision: 'float32' }],
])('the same by %s', async (_, options) => {
  const { coefficients, logLikelihood } = (await fit(options)).summary();
  expect(coefficients).toHaveLength(1);
  near(coefficients[0]!.estimate, Math.log(13 / 19), 1e-9); // the tolerance of the gradient, 1e-10
  near(coefficients[0]!.standardError, Math.sqrt(1 / 13 + 1 / 19), 1e-9);
  near(logLikelihood, 13 * Math.log(13 / 32) + 19 * Math.log(19 / 32));
});

test('three classes: ln(n_c/n_0), with covariance 1/n_0 + [c = d]/n_c', async () => {
  const model = await new LogisticRegression({ formula: 'gear ~ 1', inference: true }).fit(gears);
  const [n0, n1, n2] = [15, 12, 5];
  expect(model.byClass.map(({ coefficients }) => coefficients)).toEqual([{}, {}]);
  near(model.byClass[0]!.intercept, Math.log(n1 / n0));
  near(model.byClass[1]!.intercept, Math.log(n2 / n0));
  const truth = [
    [1 / n0 + 1 / n1, 1 / n0],
    [1 / n0, 1 / n0 + 1 / n2],
  ];
  for (const [i, row] of model.covariance.entries())
    row.forEach((value, j) => {
      near(value, truth[i]![j]!);
    });
  const larger = await new LogisticRegression({ formula: 'gear ~ wt', inference: true }).fit(gears);
  const { statistic, df } = await larger.compare(model);
  expect(df).toBe(2);
  near(statistic, larger.summary().likelihoodRatio!.statistic, 1e-11); // a difference of two sums
});

test('the null model of a comparison', async () => {
  const larger = await fit({ formula: 'am ~ wt' });
  const { statistic, df, p } = await larger.compare(await fit());
  expect(df).toBe(1);
  // R: anova(glm(am ~ 1), glm(am ~ wt), test = "LRT").
  near(statistic, 24.05364846941271, 1e-12);
  near(p, 9.368857374858904e-7, 1e-10);
});

test('an offset beside it stays in the null model', async () => {
  const { coefficients, pseudoR2 } = (await fit({ formula: 'am ~ offset(wt)' })).summary();
  expect(coefficients.map(({ name }) => name)).toEqual(['(intercept)', 'offset(wt)']);
  near(coefficients[0]!.estimate, -3.6481535011809942, 1e-10); // R: glm(am ~ 1 + offset(wt))
  expect(pseudoR2!.mcFadden).toBe(0);
});

test('Firth’s: ln((n_1 + ½)/(n_0 + ½))', async () => {
  near((await fit({ terms: [], firth: true })).intercept, Math.log(13.5 / 19.5), 1e-9);
});

test('saved, loaded, predicted, in SQL, explained, evaluated, cross-validated', async () => {
  const model = await fit({ terms: [], folds: 4 });
  const again = FittedLogisticRegression.fromJSON(JSON.stringify(model));
  const share = 13 / 32;
  expect(again.columns).toEqual([]);
  const rows = [{}, { wt: 3 }];
  for (const [, p] of again.predictProba(rows)) near(p, share);
  near(loadScorer(JSON.stringify(model)).probability({}), share);
  expect(again.predict({})).toBe(0);
  expect(again.toSQL('duckdb')).not.toMatch(/"/); // no column
  near(again.explain({}, 1).nodes.find(({ id }) => id === 'L')?.value, -Math.log(share));
  const [interval] = await again.predictInterval([{}]);
  near(interval!.probability, share);
  const { auc, meanLogLoss, trainedOn } = await again.evaluate(mtcars, 'am');
  expect({ auc, trainedOn }).toEqual({ auc: 0.5, trainedOn: 'all' });
  near(meanLogLoss, model.training.meanLogLoss);
  expect(model.training.crossValidation!.folds.map(({ outcome }) => outcome)).toEqual(Array(4).fill('converged'));
  const influence = await again.influence(mtcars, 'am');
  for (const { leverage } of influence.rows) near(leverage, 1 / 32);
});

describe('files', () => {
  test('on disk; as a report and printed', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'logistic-'));
    try {
      const file = join(folder, 'labels.csv');
      await writeFile(file, `am\n${mtcars.map(({ am }) => am).join('\n')}\n`);
      for (const rows of ['memory', 'disk'] as const) {
        const model = await new LogisticRegression({ formula: '~ 1', inference: true, rows }).fit(file, 'am');
        near(model.intercept, Math.log(13 / 19), 1e-9);
        near(model.summary().coefficients[0]!.standardError, Math.sqrt(1 / 13 + 1 / 19), 1e-9);
        const page = renderModelReport(model, { day: 'today' });
        expect(page).toContain('-0.37949');
        expect(page).not.toMatch(/<h2>Odds ratios|<h3>Columns/);
        await saveModel(model, join(folder, 'model.json'));
      }
      keepPrinted();
      await inspect(join(folder, 'model.json'), undefined, {}, new AbortController().signal);
      expect(printed.text).toMatch(/^Needs no column\.$/m);
      await inspect(join(folder, 'model.json'), file, { effects: true }, new AbortController().signal);
      expect(printed.text).toMatch(/^The model has no column: there are no effects\.$/m);
      await inspect(join(folder, 'model.json'), undefined, { table: 'md' }, new AbortController().signal);
      expect(printed.said).toMatch(/an intercept alone: the table has no line/);
      const measured = new LogisticRegression({ formula: '~ 1', detailedMetrics: true, trainingMetrics: true });
      const { train } = (await measured.fit(file, 'am')).training.metrics;
      expect(train!.details!.undefined.squaredErrors).toBe('the probabilities differ too little');
      // Not asked for, it would hide that nothing was learned from.
      await expect(new LogisticRegression().fit(file, 'am')).rejects.toMatchObject({
        code: 'no-features',
        hint: expect.stringContaining('~ 1'),
      });
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});

test.each(['am ~ 0', 'am ~ 0 + offset(wt)', 'am ~ wt - wt - 1'])('%s leaves nothing to estimate', async (formula) => {
  await expect(fit({ formula })).rejects.toMatchObject({ code: 'no-features', message: 'no term is left to estimate' });
});

test('a correction of the intercept needs one, whoever says that there is none', () => {
  const options: Options = { formula: 'am ~ 0 + wt', firth: true, flic: true };
  expect(() => new LogisticRegression(options)).toThrow('there is no intercept to correct');
});
