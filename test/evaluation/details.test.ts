/** Thresholds, calibration, goodness of fit and net benefit against R's, scikit-learn's and dcurves' figures in reference/. */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { type DetailOptions, detailsOf } from '../../src/evaluation/details.ts';
import { lowess } from '../../src/evaluation/lowess.ts';
import { type FittedLogisticRegression, LogisticRegression } from '../../src/index.ts';
import { sigmoid } from '../../src/math/logistic.ts';

const read = (name: string): unknown =>
  JSON.parse(readFileSync(new URL(`./reference/${name}.json`, import.meta.url), 'utf8'));
type Numbers = readonly number[];
type Columns<K extends string> = Readonly<Record<K, Numbers>>;

const near = (found: number | null | undefined, truth: number, tolerance = 1e-10): void =>
  expect(Math.abs(found! - truth)).toBeLessThanOrEqual(tolerance * Math.max(1e-3, Math.abs(truth)));
const allNear = (found: readonly (number | null)[], truth: Numbers): void => {
  expect(found.length).toBe(truth.length);
  for (const [i, value] of truth.entries()) near(found[i], value);
};
const details = (scores: Numbers, labels: Numbers, options: DetailOptions = {}, weights?: Numbers) =>
  detailsOf(
    {
      scores: Float64Array.from(scores),
      labels,
      classes: [0, 1],
      weights: weights && Float64Array.from(weights),
    },
    options,
  );

describe('thresholds', () => {
  const { problems } = read('roc') as {
    problems: Record<
      string,
      { labels: Numbers; scores: Numbers; thresholds: Readonly<Record<string, number | undefined>>[] }
    >;
  };

  test.each(Object.entries(problems))('are those of pROC, %s', async (_, { labels, scores, thresholds: truth }) => {
    const { distinct, rows, largestYouden } = (await details(scores, labels)).thresholds!;
    expect([distinct, rows.length]).toEqual([truth.length, truth.length]);
    const names = { truePositives: 'tp', falsePositives: 'fp', trueNegatives: 'tn', falseNegatives: 'fn' } as const;
    for (const [i, row] of rows.entries()) {
      const of = truth[i]!;
      for (const [own, theirs] of Object.entries(names)) expect(row[own as keyof typeof names]).toBe(of[theirs]);
      near(row.threshold, of.threshold as number);
      near(row.sensitivity, of.sensitivity as number);
      near(row.specificity, of.specificity as number);
      near(row.youden, (of.youden as number) - 1); // pROC leaves the 1 in
      near(row.ppv, of.ppv as number);
      if (of.npv === undefined) expect(row.npv).toBe(null);
      else near(row.npv, of.npv as number);
    }
    expect(largestYouden!.youden).toBe(Math.max(...rows.map(({ youden }) => youden!)));
  });

  test('of equally good ones the highest is the best', async () => {
    // Down from the top a positive row, another, a positive one, another: J is ½, 0, ½, 0 and costs are ¼, ½, ¼, ½.
    const { largestYouden, lowestCost } = (await details([2, 1, -1, -2], [1, 0, 1, 0])).thresholds!;
    expect([largestYouden!.threshold, lowestCost!.threshold]).toEqual([sigmoid(2), sigmoid(2)]);
  });

  test('where predicting nobody costs least, the best is 1', async () => {
    const { lowestCost } = (await details([2, 1, -1, -2], [0, 0, 1, 0])).thresholds!;
    expect(lowestCost).toMatchObject({
      threshold: 1,
      truePositives: 0,
      falsePositives: 0,
      falseNegatives: 1,
      cost: 1 / 4,
    });
    const certain = (await details([800, 1, -1, -2], [0, 0, 1, 0])).thresholds!; // of P = 1 somebody is always predicted
    expect(certain.lowestCost).toMatchObject({ threshold: 1, falsePositives: 1, cost: 1 / 2 });
  });

  const curves = read('curves') as Columns<
    'scores' | 'labels' | 'weights' | 'thresholds' | 'precision' | 'recall' | 'fpr' | 'tpr'
  > & {
    readonly netBenefit: Columns<'p' | 'all'>;
  };

  test("are those of scikit-learn's curves, with weights", async () => {
    const { rows } = (await details(curves.scores, curves.labels, {}, curves.weights)).thresholds!;
    // scikit-learn stops at the threshold from which recall is 1
    const first = rows.slice(0, curves.thresholds.length);
    allNear(
      first.map(({ threshold }) => threshold),
      curves.thresholds,
    );
    allNear(
      first.map(({ ppv }) => ppv),
      curves.precision,
    );
    allNear(
      first.map(({ sensitivity }) => sensitivity),
      curves.recall,
    );
    allNear(
      rows.map(({ specificity }) => 1 - specificity!),
      curves.fpr,
    );
    allNear(
      rows.map(({ sensitivity }) => sensitivity),
      curves.tpr,
    );
  });

  test('net benefit is that of dcurves', async () => {
    const curve = (await details(curves.scores, curves.labels)).decisionCurve!;
    allNear(
      curve.map(({ model }) => model),
      curves.netBenefit.p,
    );
    allNear(
      curve.map(({ all }) => all),
      curves.netBenefit.all,
    );
  });

  test('a probability that is the threshold is acted on', async () => {
    const curve = (await details([-1, 0, 1], [0, 1, 1])).decisionCurve!;
    expect(curve[49]).toMatchObject({ threshold: 0.5, model: 2 / 3 });
  });

  test('of many are thinned to steps of 1/200, and the best are of all', async () => {
    const m = 20_000;
    const scores = Array.from({ length: m }, (_, i) => 4 * Math.sin(i * 1.7) + i / 1e7);
    const labels = scores.map((z, i) => Number(sigmoid(z) > (((i * 7919) % 1000) + 0.5) / 1000));
    const { distinct, rows, largestYouden, lowestCost } = (await details(scores, labels, { falseNegativeCost: 4 }))
      .thresholds!;
    expect(distinct).toBeGreaterThan(19_000);
    expect(rows.length).toBeLessThanOrEqual(403);
    for (const [i, row] of rows.entries()) {
      const before = rows[i - 1];
      const [up, along] = [
        row.sensitivity! - (before?.sensitivity ?? 0),
        (before?.specificity ?? 1) - row.specificity!,
      ];
      expect(Math.max(up, along)).toBeLessThanOrEqual(1 / 200 + 2 / 5000); // the step, and the row that completes it
    }
    expect(rows.at(-1)).toMatchObject({ sensitivity: 1, specificity: 0 });
    expect(largestYouden!.youden).toBeGreaterThanOrEqual(Math.max(...rows.map(({ youden }) => youden!)));
    expect(lowestCost.cost).toBeLessThanOrEqual(Math.min(...rows.map(({ cost }) => cost)));
    near(lowestCost.cost, (lowestCost.falsePositives + 4 * lowestCost.falseNegatives) / m);
    near(lowestCost.threshold, 1 / 5, 0.3); // act from P = 1/(1 + c) on: the probabilities are right
  });
});

interface HosmerFigures extends Columns<'rows' | 'observed' | 'expected'> {
  readonly statistic: number;
  readonly df: number;
  readonly p: number;
}
interface CalibrationFigures extends Columns<'scores' | 'labels' | 'lowess'> {
  readonly [name: string]: number | Numbers | HosmerFigures;
  readonly hosmerLemeshow: HosmerFigures;
}
const calibration = read('calibration') as {
  readonly problems: Record<string, CalibrationFigures>;
  readonly birthwt: {
    readonly squaredErrors: Readonly<Record<'sum' | 'expected' | 'standardDeviation' | 'z' | 'p', number>>;
    readonly hosmerLemeshow: HosmerFigures;
  };
};

function agree(found: Awaited<ReturnType<typeof details>>['hosmerLemeshow'], truth: HosmerFigures): void {
  near(found!.statistic, truth.statistic, 1e-8); // of estimates that converged to 1e-10
  near(found!.p, truth.p, 1e-8);
  expect(found!.df).toBe(truth.df);
  for (const name of ['rows', 'observed', 'expected'] as const) {
    allNear(
      found!.groups.map((group) => group[name]),
      truth[name],
    );
  }
}

describe.each(Object.entries(calibration.problems))('calibration of new rows, %s', async (_, truth) => {
  const found = await details(truth.scores, truth.labels);

  test('is that of val.prob and glm', () => {
    for (const name of ['intercept', 'slope', 'interceptInTheLarge', 'e90', 'emax', 'ece'] as const) {
      near(found.calibration![name], truth[name] as number);
    }
    near(found.calibration!.ici, truth.eavg as number);
  });

  test('smooths as lowess does', async () => {
    const order = [...truth.scores.keys()].sort((a, b) => truth.scores[a]! - truth.scores[b]!);
    const p = Float64Array.from(order, (i) => sigmoid(truth.scores[i]!));
    const delta = (p.at(-1)! - p[0]!) / 100;
    allNear(
      [
        ...(await lowess(
          p,
          order.map((i) => truth.labels[i]!),
          { fraction: 2 / 3, delta },
        )),
      ],
      truth.lowess,
    );
    const { curve } = found.calibration!;
    expect(curve[0]!.observed).toBeCloseTo(truth.lowess[0]!, 10);
    expect(curve.at(-1)).toEqual({ probability: p.at(-1), observed: expect.closeTo(truth.lowess.at(-1)!, 10) });
  });

  test("Hosmer and Lemeshow's test has g degrees of freedom, and squared errors have Spiegelhalter's z", () => {
    agree(found.hosmerLemeshow, truth.hosmerLemeshow);
    near(found.squaredErrors!.z, truth.spiegelhalter as number);
    near(found.squaredErrors!.p, truth.spiegelhalterP as number);
    near(found.squaredErrors!.sum / truth.labels.length, truth.brier as number);
  });

  test('weights count rows; unequal ones have no smooth', async () => {
    const weights = truth.labels.map((_, i) => 1 + (i % 3));
    const repeat = (values: Numbers): number[] => values.flatMap((value, i) => Array<number>(weights[i]!).fill(value));
    const weighted = await details(truth.scores, truth.labels, {}, weights);
    const repeated = await details(repeat(truth.scores), repeat(truth.labels));
    for (const name of ['intercept', 'slope', 'interceptInTheLarge', 'ece'] as const) {
      near(weighted.calibration![name], repeated.calibration![name]!);
    }
    near(weighted.hosmerLemeshow!.statistic, repeated.hosmerLemeshow!.statistic);
    near(weighted.squaredErrors!.z, repeated.squaredErrors!.z);
    expect(weighted.calibration!.ici).toBe(null);
    expect(repeated.calibration!.ici).toBeGreaterThan(0);
    const shares = await details(
      truth.scores,
      truth.labels,
      {},
      weights.map((weight) => weight / 7),
    );
    expect([shares.calibration, shares.undefined.calibration]).toEqual([
      null,
      'weights that are no whole numbers count no rows',
    ]);
    expect(shares.thresholds!.rows.length).toBe(weighted.thresholds!.rows.length);
  });
});

describe('rows that the model was fitted to', async () => {
  const text = readFileSync(new URL('../reference/birthwt.csv', import.meta.url), 'utf8').replaceAll('"', '');
  const [header, ...lines] = text
    .trim()
    .split('\n')
    .map((line) => line.split(','));
  const rows = lines.map((line) => Object.fromEntries(header!.map((name, j) => [name, Number(line[j])])));
  const only = ['age', 'lwt', 'smoke'];
  const fit = (more: object = {}): Promise<FittedLogisticRegression<number>> =>
    new LogisticRegression({ only, detailedMetrics: true, trainingMetrics: true, ...more }).fit<number>(rows, 'low');
  const model = await fit();

  test("goodness of fit is that of R's rms, with g − 2 degrees of freedom", () => {
    const found = model.training.metrics.train!.details!;
    agree(found.hosmerLemeshow, calibration.birthwt.hosmerLemeshow);
    for (const [name, value] of Object.entries(calibration.birthwt.squaredErrors)) {
      near(found.squaredErrors![name as 'z'], value, 1e-8);
    }
  });

  test('are recognised in any order, and calibration and net benefit on them are refused', async () => {
    const found = await model.evaluate([...rows].reverse(), 'low', { detailed: true });
    expect(found.trainedOn).toBe('all');
    expect(found.details).toMatchObject({ calibration: null, decisionCurve: null, squaredErrors: null });
    expect(Object.keys(found.details!.undefined)).toEqual(['calibration', 'squaredErrors', 'decisionCurve']);
    expect(found.details!.hosmerLemeshow!.df).toBe(8);
    expect((await model.evaluate(rows.slice(1), 'low')).trainedOn).toBe(undefined);
  });

  test('are recognised of a penalised and of a class-weighted fit; their squared errors have no known variance', async () => {
    for (const options of [{ l2: 0.1 }, { classWeight: 'balanced' }, { precision: 'float32' }]) {
      const other = await fit(options);
      expect((await other.evaluate(rows, 'low')).trainedOn).toBe('all');
      expect(other.training.metrics.train!.details!.squaredErrors === null).toBe(!('precision' in options));
    }
  });

  test('and the holdout together are recognised; the holdout alone is calibrated', async () => {
    const held = await fit({ holdout: 0.3 });
    const all = await held.evaluate(rows, 'low', { detailed: true });
    expect(all.trainedOn).toBe('some');
    const { calibration, hosmerLemeshow } = all.details!.undefined;
    expect(hosmerLemeshow).toMatch(/^these rows include those that the model was fitted to: .*held-out rows/);
    expect(calibration).toBe(hosmerLemeshow);
    const { train, holdout } = held.training.metrics;
    expect([train!.details!.calibration, holdout!.details!.undefined]).toEqual([null, {}]);
    expect(holdout!.details!.calibration!.slope).not.toBeCloseTo(1, 3);
  });

  test.each([{ trainingMetrics: true }, { inference: true }])(
    'and the holdout together are recognised of weighted rows: %o',
    async (options) => {
      const sampleWeight = rows.map((_, i) => 1 + (i % 3));
      const held = await new LogisticRegression({ holdout: 0.3, ...options }).fit(rows, 'low', { sampleWeight });
      expect((await held.evaluate(rows, 'low', { sampleWeight })).trainedOn).toBe('some');
      expect((await held.evaluate(rows.slice(1), 'low', { sampleWeight: sampleWeight.slice(1) })).trainedOn).toBe(
        undefined,
      );
    },
  );
});

test('the histogram has every row once, at its probability', async () => {
  const { histogram } = await details([-40, -0.01, 0.01, 0.01, 40], [1, 0, 1, 0, 1], {}, [1, 2, 3, 4, 5]);
  const filled = (counts: readonly number[]) => counts.flatMap((count, bin) => (count > 0 ? [[bin, count]] : []));
  expect([filled(histogram!.positives), filled(histogram!.negatives)]).toEqual([
    [...[0, 20, 39].map((bin, k) => [bin, [1, 3, 5][k]])],
    [...[19, 20].map((bin, k) => [bin, [2, 4][k]])],
  ]);
});

test('the details of folds are those of each row scored by the fit without its fold', async () => {
  const rows = Array.from({ length: 60 }, (_, i) => ({ u: (i * 7) % 11, y: (i * i + i) % 5 < 2 ? 1 : 0 }));
  const model = await new LogisticRegression({ folds: 3, detailedMetrics: true, seed: 2 }).fit<number>(rows, 'y');
  const { folds, details: pooled } = model.training.crossValidation!;
  const sum = (of: 'truePositives' | 'falsePositives'): number =>
    folds.reduce((total, { metrics }) => total + (metrics.perClass === undefined ? metrics.confusion[of] : 0), 0);
  const at = pooled!.thresholds!.rows.filter(({ threshold }) => threshold >= 0.5).at(-1);
  expect([at?.truePositives ?? 0, at?.falsePositives ?? 0]).toEqual([sum('truePositives'), sum('falsePositives')]);
  const brier = folds.reduce((total, { rows: m, metrics }) => total + m * (metrics as { brier: number }).brier, 0);
  near(pooled!.squaredErrors!.sum, brier);
});

describe('what is undefined', () => {
  test('has its reason: one class, separated classes, one probability', async () => {
    const one = await details([1, 2, 3], [1, 1, 1]);
    expect(one.undefined.calibration).toBe('the rows are of one class');
    expect([one.thresholds, one.undefined.thresholds]).toEqual([null, 'the rows are of one class']);
    const apart = await details([-2, -1, 1, 2], [0, 0, 1, 1]);
    expect(apart.calibration).toMatchObject({ slope: null, intercept: null });
    const level = await details([1, 1, 1, 1], [0, 1, 1, 1]);
    expect(level.calibration).toMatchObject({ slope: null, interceptInTheLarge: expect.closeTo(Math.log(3) - 1, 12) });
    expect(level.hosmerLemeshow!.df).toBe(1);
    expect((await details([0, 0], [0, 1])).undefined.squaredErrors).toBe('every probability is 0, ½ or 1');
    expect((await details([], [])).undefined.thresholds).toBe('no row has a weight above 0');
  });

  test('more than two classes have no details', async () => {
    const rows = Array.from({ length: 30 }, (_, i) => ({ u: (i * 7) % 11, y: i % 3 }));
    const model = await new LogisticRegression({ detailedMetrics: true, trainingMetrics: true }).fit<number>(rows, 'y');
    expect(model.training.metrics.train).not.toHaveProperty('details');
    await expect(model.evaluate(rows, 'y', { detailed: true })).rejects.toMatchObject({ code: 'two-classes-only' });
  });
});
