/** Standard errors, tests and intervals against 40-digit arithmetic (test/reference/inference.json) and R's figures. */
import { describe, expect, test } from 'vitest';
import { solve } from '../../src/fitting/solve.ts';
import { FittedLogisticRegression, LogisticRegression, type Options, type Summary } from '../../src/index.ts';
import { inverseOf, toRawUnits } from '../../src/inference/covariance.ts';
import { summariseCoefficient } from '../../src/inference/summary.ts';
import { createRandom } from '../../src/math/random.ts';
import { referenceRows } from '../../src/rows/reference.ts';
import { readJson, readReference, rowsOf } from '../support/data.ts';
import '../support/tensorflow.ts';

interface Case {
  readonly features: readonly string[];
  readonly target: string;
  readonly classes: number;
  readonly estimate: number[];
  readonly standardError: number[];
  readonly z: number[];
  readonly p: number[];
  readonly wald: [number, number][];
  readonly covariance: number[];
  readonly logLikelihood: number;
  readonly nullLogLikelihood: number;
  readonly aic: number;
  readonly bic: number;
  readonly likelihoodRatio: [number, number, number];
  readonly terms: { term: string; df: number; likelihoodRatio: [number, number]; wald: [number, number] }[];
  readonly pseudoR2?: Record<string, number>;
  readonly robust?: Record<string, number[]>;
  readonly profile?: [number, number][];
  readonly profileP?: number[];
}
const { cases } = readJson<{ cases: Record<string, Case> }>('inference.json');

type Rows = Record<string, number | string>[];
const read = (file: string): Rows => {
  const { header, rows } = readReference(file);
  return rows.map((row) => Object.fromEntries(header.map((name, j) => [name, row[j]!])));
};
const numeric = (rows: Rows, ...names: readonly string[]): Rows =>
  rows.map((row) => Object.fromEntries(names.map((name) => [name, Number(row[name])])));

const mtcars = numeric(read('mtcars.csv'), 'wt', 'hp', 'am');
const birthwt = read('birthwt.csv').map((row) => ({
  ...numeric([row], 'low', 'age', 'lwt')[0]!,
  race: `race ${row.race}`,
  ...numeric([row], 'smoke', 'ptl', 'ht', 'ui')[0]!,
}));
const infert = read('infert.csv');
const levels = ['0-5yrs', '6-11yrs', '12+ yrs'];
const education = numeric(infert, 'age', 'parity').map((row, i) => ({
  ...row,
  level: levels.indexOf(String(infert[i]!.education)),
}));

const data: Record<string, Rows> = {
  'mtcars-am-wt': numeric(mtcars, 'wt', 'am'),
  'mtcars-am-wt-hp': mtcars,
  'birthwt-8': birthwt,
  infert: numeric(infert, 'spontaneous', 'induced', 'case'),
  'infert-education': education,
};

const summaryOf = async (id: string, options: Options = {}): Promise<Summary> => {
  const model = await new LogisticRegression({ inference: true, ...options }).fit(data[id]!, cases[id]!.target);
  return model.summary();
};

/** Relative; figures below one are met absolutely where `about` says how large their parts are. */
function near(found: number | null | undefined, truth: number, tolerance = 1e-10, about = 0): void {
  expect(Math.abs(found! - truth), `${found} against ${truth}`).toBeLessThanOrEqual(
    tolerance * Math.max(Math.abs(truth), about),
  );
}
const all = (found: readonly (number | null)[], truth: readonly number[], tolerance?: number): void => {
  expect(found).toHaveLength(truth.length);
  for (const [j, value] of found.entries()) near(value, truth[j]!, tolerance);
};

const ways: [string, Options][] = [
  ['float64 sums', {}],
  ['L-BFGS', { solver: 'lbfgs' }],
  ['float32 tensors, refined', { backend: 'tfjs-cpu' }],
];
describe.each(ways)('%s', (_, options) => {
  test.each(Object.keys(cases))('%s', async (id) => {
    const truth = cases[id]!;
    const { coefficients, terms, ...found } = await summaryOf(id, options);
    all(
      coefficients.map(({ estimate }) => estimate),
      truth.estimate,
    );
    all(
      coefficients.map(({ standardError }) => standardError),
      truth.standardError,
    );
    all(
      coefficients.map(({ z }) => z),
      truth.z,
    );
    // A relative error of z is one of z² times as much in p.
    coefficients.forEach(({ p, waldP, logP }, j) => {
      near(waldP, truth.p[j]!, 1e-10 * (1 + truth.z[j]! ** 2));
      // Of the test that agrees with the interval; a difference of log-likelihoods, whose rounding it has.
      const own = truth.profileP?.[j] ?? truth.p[j]!;
      near(p, own, 1e-8);
      near(logP, Math.log(own), 1e-8, 1);
      expect(p! < 0.05).toBe(
        coefficients[j]!.confidenceInterval!.every((end) => end > 0) ||
          coefficients[j]!.confidenceInterval!.every((end) => end < 0),
      );
    });
    for (const name of ['logLikelihood', 'nullLogLikelihood', 'aic', 'bic'] as const) near(found[name], truth[name]);
    near(found.deviance, -2 * truth.logLikelihood);
    const { statistic, df, p } = found.likelihoodRatio!;
    near(statistic, truth.likelihoodRatio[0]);
    expect(df).toBe(truth.likelihoodRatio[1]);
    near(p, truth.likelihoodRatio[2], 1e-10 * (1 + statistic));
    for (const [name, value] of Object.entries(truth.pseudoR2 ?? {})) {
      near(found.pseudoR2![name as 'tjur'], value);
    }
    expect(terms.map(({ term }) => term).sort()).toEqual(truth.terms.map(({ term }) => term).sort());
    for (const of of truth.terms) {
      const term = terms.find((candidate) => candidate.term === of.term)!;
      expect(term.df).toBe(of.df);
      // A difference of log-likelihoods, whose rounding it has.
      near(term.likelihoodRatio!.statistic, of.likelihoodRatio[0], 1e-10, Math.abs(truth.logLikelihood));
      near(term.likelihoodRatio!.p, of.likelihoodRatio[1], 1e-8);
      near(term.wald!.statistic, of.wald[0]);
      near(term.wald!.p, of.wald[1], 1e-10 * (1 + of.wald[0]));
    }
    if (truth.profile) {
      expect(coefficients.every(({ ciMethod }) => ciMethod === 'profile')).toBe(true);
      for (const [j, { confidenceInterval }] of coefficients.entries())
        all(confidenceInterval!, truth.profile[j]!, 1e-9);
    } else {
      expect(coefficients.every(({ ciMethod }) => ciMethod === 'wald')).toBe(true);
      for (const [j, { confidenceInterval }] of coefficients.entries()) all(confidenceInterval!, truth.wald[j]!);
    }
  });
});

test('robust standard errors, their z and Wald intervals', async () => {
  for (const id of Object.keys(cases)) {
    for (const [robust, truth] of Object.entries(cases[id]!.robust ?? {})) {
      const { coefficients, covarianceType } = await summaryOf(id, { robust: robust as 'HC0' });
      expect(covarianceType).toBe(robust);
      all(
        coefficients.map(({ standardError }) => standardError),
        truth,
      );
      coefficients.forEach(({ z, ciMethod }, j) => {
        near(z, cases[id]!.estimate[j]! / truth[j]!);
        expect(ciMethod).toBe('wald');
      });
    }
  }
  // R, sandwich::vcovHC(m, "HC3").
  const { coefficients } = await summaryOf('mtcars-am-wt', { robust: 'HC3' });
  all(
    coefficients.map(({ standardError }) => standardError),
    [5.52505252889532, 1.72789834559524],
    1e-7,
  ); // glm's epsilon is 1e-8
});

test('the covariance, odds ratios, and the model that is read again', async () => {
  const truth = cases['mtcars-am-wt-hp']!;
  const fitted = await new LogisticRegression({ inference: true }).fit(mtcars, 'am');
  const model = FittedLogisticRegression.fromJSON(JSON.stringify(fitted));
  const { covariance } = model;
  const triangle = covariance.flatMap((row, i) => row.slice(0, i + 1));
  all(triangle, truth.covariance);
  expect(covariance.every((row, i) => row.every((value, j) => value === covariance[j]![i]))).toBe(true);
  expect(model.summary()).toEqual(fitted.summary());
  const [intercept, wt] = model.summary().coefficients;
  expect(intercept!.oddsRatio).toBeNull();
  near(wt!.oddsRatio, Math.exp(truth.estimate[1]!));
  expect(wt!.oddsRatioInterval).toEqual(wt!.confidenceInterval!.map(Math.exp));
  // Two terms: GVIF = 1/(1 − r²) with r the correlation of their estimates.
  const [[, ,], [, a, c], [, , b]] = model.covariance as unknown as [number[], number[], number[]];
  for (const { gvif, adjustedGvif } of model.summary().terms) {
    near(gvif, 1 / (1 - c! ** 2 / (a! * b!)));
    near(adjustedGvif, Math.sqrt(gvif!));
  }
});

describe('separated', () => {
  const rows = numeric(read('endometrial.csv'), 'NV', 'PI', 'EH', 'HG');
  test('finite coefficients keep their numbers, the other one has one end', async () => {
    const fitted = await new LogisticRegression({ inference: true }).fit(rows, 'HG');
    const model = FittedLogisticRegression.fromJSON(JSON.stringify(fitted));
    const [intercept, nv, pi, eh] = model.summary().coefficients;
    expect(nv).toMatchObject({
      standardError: null,
      z: null,
      waldP: null,
      unbounded: true,
      ciMethod: 'profile',
      oddsRatio: null,
      note: 'no finite estimate: +∞',
    });
    near(nv!.confidenceInterval![0], 1.28411179019, 1e-8);
    expect(nv!.confidenceInterval![1]).toBe(Number.POSITIVE_INFINITY);
    // As twice the log-likelihood lost without the column.
    near(nv!.p, model.summary().terms[0]!.likelihoodRatio!.p, 1e-9);
    expect(pi).not.toHaveProperty('unbounded');
    // In the limit the 13 rows with NV weigh nothing: the standard errors are those of the others.
    const others = await new LogisticRegression({ inference: true }).fit(
      rows.filter(({ NV }) => NV === 0).map(({ NV: _, ...row }) => row),
      'HG',
    );
    const limit = others.summary().coefficients;
    [intercept!, pi!, eh!].forEach(({ standardError, confidenceInterval }, j) => {
      near(standardError, limit[j]!.standardError!, 1e-7);
      all(confidenceInterval!, limit[j]!.confidenceInterval!, 1e-7);
    });
  });

  test('perfect separation, a penalty, class weights and no convergence are refused with a reason', async () => {
    const refusals: [Options, RegExp][] = [
      [{ l2: 0.1 }, /the fit is penalised/],
      [{ classWeight: 'balanced' }, /class weights/],
      [{ maxIterations: 2 }, /not converged/],
      [{ only: ['HG2'] }, /perfectly separated/],
    ];
    const more = rows.map((row) => ({ ...row, HG2: row.HG! }));
    for (const [options, reason] of refusals) {
      const model = await new LogisticRegression({
        drop: options.only ? [] : ['HG2'],
        inference: true,
        ...options,
      }).fit(more, 'HG');
      expect(() => model.summary()).toThrow(reason);
      const again = FittedLogisticRegression.fromJSON(JSON.stringify(model));
      expect(() => again.covariance).toThrow(reason);
    }
    const plain = await new LogisticRegression().fit(mtcars, 'am');
    expect(() => plain.summary()).toThrow(/without standard errors/);
  });
});

describe('weights', () => {
  const random = createRandom(4);
  const weights = mtcars.map(() => 1 + Math.floor(3 * random()));
  const expanded = mtcars.flatMap((row, i) => Array.from({ length: weights[i]! }, () => row));
  const withWeights = mtcars.map((row, i) => ({ ...row, s: weights[i]! }));

  test('frequency: every number is that of the rows written out', async () => {
    for (const robust of [undefined, 'HC1', 'HC3'] as const) {
      const options: Options = { inference: true, ...(robust && { robust }) };
      const one = (await new LogisticRegression({ ...options, weights: 's' }).fit(withWeights, 'am')).summary();
      const other = (await new LogisticRegression(options).fit(expanded, 'am')).summary();
      expect(one.observations).toBe(expanded.length);
      for (const name of ['logLikelihood', 'aic', 'bic', 'nullDeviance'] as const) near(one[name], other[name]!);
      one.coefficients.forEach((own, j) => {
        near(own.standardError, other.coefficients[j]!.standardError!, 1e-9);
        all(own.confidenceInterval!, other.coefficients[j]!.confidenceInterval!, 1e-8);
      });
      near(one.pseudoR2!.tjur, other.pseudoR2!.tjur!, 1e-9);
    }
  });

  test('sampling: ten times the weights change nothing, and no likelihood is given', async () => {
    const fit = (factor: number) =>
      new LogisticRegression({ weights: 's', weightType: 'sampling' }).fit(
        withWeights.map((row) => ({ ...row, s: row.s * factor })),
        'am',
      );
    const [one, ten] = [(await fit(1)).summary(), (await fit(10)).summary()];
    const errors = (summary: Summary) => summary.coefficients.map(({ standardError }) => standardError!);
    all(errors(ten), errors(one), 1e-9);
    expect(ten).toMatchObject({ covarianceType: 'sampling', logLikelihood: null, aic: null, likelihoodRatio: null });
    // All weights alike: HC0 times √(m/(m − 1)).
    const flat = (
      await new LogisticRegression({ weights: 's', weightType: 'sampling' }).fit(
        withWeights.map((row) => ({ ...row, s: 1 })),
        'am',
      )
    ).summary();
    const truth = cases['mtcars-am-wt-hp']!.robust!.HC0!;
    all(
      errors(flat),
      truth.map((value) => value * Math.sqrt(32 / 31)),
    );
  });

  test('fractions are refused as frequencies', async () => {
    const model = await new LogisticRegression({ inference: true, weights: 's' }).fit(
      withWeights.map((row) => ({ ...row, s: row.s / 2 })),
      'am',
    );
    expect(() => model.summary()).toThrow(/no whole numbers/);
  });
});

test('units: what does not depend on them stays, the rest scales', async () => {
  const one = await summaryOf('mtcars-am-wt-hp');
  const model = await new LogisticRegression({ inference: true }).fit(
    mtcars.map((row) => ({ ...row, wt: Number(row.wt) * 1000 + 5e4 })),
    'am',
  );
  const other = model.summary();
  near(other.coefficients[1]!.standardError! * 1000, one.coefficients[1]!.standardError!, 1e-9);
  near(other.coefficients[1]!.z, one.coefficients[1]!.z!, 1e-9);
  all(
    other.coefficients[1]!.confidenceInterval!.map((end) => end * 1000),
    one.coefficients[1]!.confidenceInterval!,
    1e-8,
  );
  near(other.logLikelihood, one.logLikelihood!);
  near(other.terms[0]!.likelihoodRatio!.statistic, one.terms[0]!.likelihoodRatio!.statistic, 1e-9);
});

test('models are compared by their likelihoods where one is within the other', async () => {
  const [small, large] = await Promise.all(
    [['wt'], ['wt', 'hp']].map((only) => new LogisticRegression({ inference: true, only }).fit(mtcars, 'am')),
  );
  const truth = cases['mtcars-am-wt-hp']!.terms.find(({ term }) => term === 'hp')!.likelihoodRatio;
  for (const found of [await small!.compare(large!), await large!.compare(small!)]) {
    near(found.statistic, truth[0], 1e-9);
    expect(found.df).toBe(1);
    near(found.p, truth[1], 1e-8);
  }
  const shorter = await new LogisticRegression({ inference: true }).fit(mtcars.slice(1), 'am');
  await expect(small!.compare(shorter)).rejects.toMatchObject({ code: 'not-nested' });
});

test("a model by Firth's method is compared with none, whose likelihood has a penalty of its own", async () => {
  const fit = (firth: boolean, ...only: string[]) =>
    new LogisticRegression({ inference: true, firth, only }).fit(mtcars, 'am');
  const [small, large, likelihood] = [await fit(true, 'wt'), await fit(true, 'wt', 'hp'), await fit(false, 'wt', 'hp')];
  const refused = { code: 'not-nested', message: expect.stringContaining('Firth') };
  await expect(small.compare(large)).rejects.toMatchObject(refused);
  for (const other of [large, likelihood]) await expect(other.compare(small)).rejects.toMatchObject(refused);
});

test('95 % intervals cover the truth in 93.5 to 96.5 % of 2,000 draws', async () => {
  const truth = [0.8, -0.4, 0.3, -0.5];
  const random = createRandom(95);
  const draws = 2000;
  const covered = [0, 0, 0, 0];
  const scaling = { means: new Float64Array(3), scales: new Float64Array(3).fill(1), intercept: true };
  const problem = { penalty: { l2: 0 }, intercept: true };
  for (let draw = 0; draw < draws; draw++) {
    const numbers = [0, 1, 2].map(() => Float64Array.from({ length: 500 }, () => 2 * random() - 1));
    const labels = Array.from({ length: 500 }, (_, i) => {
      const z = truth[3]! + numbers.reduce((sum, x, j) => sum + truth[j]! * x[i]!, 0);
      return Number(random() < 1 / (1 + Math.exp(-z)));
    });
    const rows = referenceRows(rowsOf({ numbers, labels }));
    const { theta, hessian, solver } = await solve(
      { rows, ...problem },
      { solver: 'auto', tolerance: 1e-6, momentum: 0 },
    );
    expect(solver.outcome).toBe('converged'); // none of these is separated
    const covariance = toRawUnits(
      inverseOf(
        hessian!.map((h) => 500 * h),
        4,
      )!,
      4,
      scaling,
    );
    for (const [at, estimate] of theta.entries()) {
      const named = { name: '', term: '', estimate, at };
      const [low, high] = summariseCoefficient(named, { covariance, order: 4, level: 0.95 }).confidenceInterval!;
      covered[at]! += Number(low <= truth[at]! && truth[at]! <= high);
    }
  }
  // Three deviations, √(0.95·0.05/2000) each.
  for (const count of covered) expect(Math.abs(count / draws - 0.95)).toBeLessThan(0.015);
});
