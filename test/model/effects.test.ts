/** Influence and intervals of probabilities against R (test/reference/effects.json), marginal effects against statsmodels (margins.json). */
import { describe, expect, test } from 'vitest';
import {
  FittedLogisticRegression,
  interaction,
  LogisticRegression,
  type MarginalEffect,
  type Options,
} from '../../src/index.ts';
import { createRandom } from '../../src/math/random.ts';
import { readJson, readReference } from '../support/data.ts';
import '../support/tensorflow.ts';

interface Influence {
  readonly dfbeta: number[][];
  readonly dfbetaOfR: number[][];
  readonly standardError: number[];
  readonly [name: string]: number[] | number[][];
}
const byR = readJson<
  {
    readonly [name: string]: Influence;
  } & { readonly intervals: Record<'probability' | 'standardError' | 'low' | 'high', number[]> }
>('effects.json');
interface Margins {
  readonly estimate: number[];
  readonly standardError: number[];
}
const byStatsmodels = readJson<{
  readonly spector: Margins & { readonly rows: number[][] };
  readonly birthwt: { readonly numbers: Margins; readonly race: Margins };
  readonly education: { readonly estimate: number[][]; readonly standardError: number[][] };
}>('margins.json');

type Rows = Record<string, number | string>[];
const read = (file: string, text: readonly string[] = []): Rows => {
  const { header, rows } = readReference(file);
  return rows.map((row) =>
    Object.fromEntries(header.map((name, j) => [name, text.includes(name) ? `${name} ${row[j]}` : Number(row[j])])),
  );
};
const mtcars = read('mtcars.csv');
const birthwt = read('birthwt.csv', ['race']);
const eight = ['age', 'lwt', 'race', 'smoke', 'ptl', 'ht', 'ui'];
const fit = (rows: Rows, target: string, options: Options = {}) =>
  new LogisticRegression({ inference: true, ...options }).fit(rows, target);

/** Relative, with so much more where the truth itself is known to that only. */
function near(found: number | null, truth: number, tolerance = 1e-10, more = 0): void {
  expect(Math.abs(found! / truth - 1), `${found} against ${truth}`).toBeLessThanOrEqual(tolerance + more);
}

const residuals = [
  'pearsonResidual',
  'devianceResidual',
  'standardizedPearsonResidual',
  'standardizedDevianceResidual',
] as const;

describe('influence as in R', () => {
  const weighted = mtcars.map((row, i) => ({ ...row, s: 1 + (i % 3) }));
  const cases: [string, Rows, string, Options][] = [
    ['wt', mtcars, 'am', { only: ['wt'] }],
    ['both', mtcars, 'am', { only: ['wt', 'hp'] }],
    ['bare', mtcars, 'am', { only: ['wt', 'hp'], intercept: false }],
    ['weighted', weighted, 'am', { only: ['wt', 'hp'], weights: 's' }],
    ['eight', birthwt, 'low', { only: eight }],
  ];
  test.each(cases)('%s', async (id, rows, target, options) => {
    const truth = byR[id]!;
    const model = await fit(rows, target, options);
    const sampleWeight = options.weights === undefined ? {} : { sampleWeight: rows.map((row) => Number(row.s)) };
    const found = await model.influence(rows, target, sampleWeight);
    expect(found.notes).toEqual([]);
    expect(found.coefficients).toEqual(model.summary().coefficients.map(({ name }) => name));
    expect(found.rows).toHaveLength(rows.length);
    const shown = found.rows.slice(0, truth.dfbeta.length);
    shown.forEach((row, i) => {
      near(row.leverage, truth.leverage![i] as number);
      // R forms y − μ and ln μ, which leaves d² and r² an absolute error of some u = 2^−53.
      for (const name of residuals) near(row[name], truth[name]![i] as number, 1e-10, 2 ** -51 / row[name] ** 2);
      near(row.cooksDistance, truth.cooksDistance![i] as number, 1e-10, 2 ** -51 / row.pearsonResidual ** 2);
    });
    // The trace of the hat matrix.
    const trace = found.rows.reduce((sum, { leverage }) => sum + leverage, 0);
    near(trace, found.coefficients.length);
    shown.forEach(({ row, dfbeta, dfbetas, pearsonResidual, devianceResidual }, i) => {
      expect(row).toBe(i + 1);
      dfbeta!.forEach((change, j) => {
        // R subtracts estimates, whose last digits are lost.
        const known = 1e-10 * (truth.standardError[j]! / Math.abs(change));
        near(change, truth.dfbeta[i]![j]!, 1e-10, known);
        near(
          (change * devianceResidual) / pearsonResidual,
          truth.dfbetaOfR[i]![j]!,
          1e-10,
          2 ** -50 / pearsonResidual ** 2,
        );
        near(dfbetas![j]!, change / truth.standardError[j]!);
      });
    });
  });

  test('other rows are said to be others; a fit that is not by maximum likelihood is refused', async () => {
    const model = await fit(mtcars, 'am', { only: ['wt'] });
    const { notes } = await model.influence(mtcars.slice(3), 'am');
    expect(notes).toEqual([expect.stringMatching(/not the model's training rows/)]);
    const refused: [Options, RegExp][] = [
      [{ l2: 0.1 }, /penalised/],
      [{ firth: true }, /penalised/],
      [{ classWeight: 'balanced' }, /class weights/],
      [{ maxIterations: 1 }, /not converged/],
    ];
    for (const [options, reason] of refused) {
      const other = await fit(mtcars, 'am', { only: ['wt'], ...options });
      await expect(other.influence(mtcars, 'am')).rejects.toMatchObject({ code: 'no-influence', message: reason });
    }
    const three = await fit(read('iris.csv', ['Species']), 'Species', { only: ['Sepal.Width'] });
    await expect(three.influence([[3]], ['Species setosa'])).rejects.toMatchObject({ code: 'two-classes-only' });
  });
});

describe('intervals of probabilities', () => {
  test("as R's predict with se.fit", async () => {
    const model = await fit(birthwt, 'low', { only: eight });
    const found = await model.predictInterval(birthwt.slice(0, 40));
    for (const name of ['probability', 'standardError', 'low', 'high'] as const) {
      for (const [i, row] of found.entries()) near(row[name], byR.intervals[name][i]!);
    }
    const one = await model.predictInterval(birthwt[0]!);
    expect(one).toEqual(found[0]);
    const [wide] = await model.predictInterval([birthwt[0]!], { level: 0.99 });
    expect(wide!.low).toBeLessThan(one.low);
    const reader = await model.intervalReader();
    expect(reader(birthwt[1]!)).toEqual(found[1]);
    near(one.probability, model.probability(birthwt[0]!), 2 ** -50);
  });

  test('refused with a reason', async () => {
    const refused: [Options, RegExp][] = [
      [{ l2: 0.1 }, /penalised/],
      [{ inference: false }, /without standard errors/],
    ];
    for (const [options, reason] of refused) {
      const model = await fit(mtcars, 'am', options);
      await expect(model.predictInterval(mtcars)).rejects.toMatchObject({ code: 'no-summary', message: reason });
    }
    const separated = await fit(read('endometrial.csv'), 'HG');
    await expect(separated.predictInterval([[0, 1, 1]])).rejects.toThrow(/no finite estimate/);
    const model = await fit(mtcars, 'am');
    for (const level of [0, 1, 95]) {
      await expect(model.predictInterval(mtcars, { level })).rejects.toMatchObject({ code: 'bad-option' });
    }
    const missing = await model.predictInterval([{ wt: null, hp: 3 }]).catch((error: unknown) => error);
    expect(missing).toMatchObject({ code: 'unpredictable-row', message: 'row 1: wt is missing' });
  });
});

/** A model with more of one coefficient, counted as a summary does: the intercept first. */
function withCoefficient(model: FittedLogisticRegression, at: number, more: number): FittedLogisticRegression {
  const file = JSON.parse(JSON.stringify(model));
  if (at === 0) {
    file.intercepts[0] += more;
    file.standardizedIntercepts[0] += more;
  } else {
    const term = file.terms[at - 1];
    term.coefficients[0] += more;
    term.standardized[0] += more * term.scale;
    file.standardizedIntercepts[0] += more * term.mean;
  }
  return FittedLogisticRegression.fromJSON(file);
}

describe('average marginal effects as in statsmodels', () => {
  const all = (found: readonly MarginalEffect[], { estimate, standardError }: Margins): void => {
    expect(found).toHaveLength(estimate.length);
    found.forEach((own, j) => {
      near(own.estimate, estimate[j]!);
      near(own.standardError, standardError[j]!, 1e-9);
      near(own.z, estimate[j]! / standardError[j]!, 1e-9);
    });
  };

  test('Spector: a column of 0 and 1 is two levels', async () => {
    const rows = byStatsmodels.spector.rows.map(([GPA, TUCE, PSI, GRADE]) => ({ GPA, TUCE, PSI, GRADE }) as Rows[0]);
    const { effects, weight } = await (await fit(rows, 'GRADE')).marginalEffects(rows);
    all(effects, byStatsmodels.spector);
    // Greene, Econometric Analysis.
    const greene = [0.362580831602, 0.0122084109587, 0.357515163622];
    for (const [j, { estimate }] of effects.entries()) near(estimate, greene[j]!, 1e-11);
    expect(effects[2]).toMatchObject({ column: 'PSI', level: '1', against: '0' });
    expect(effects[0]).not.toHaveProperty('level');
    expect(weight).toBe(32);
  });

  test('training decides what is two levels, and not the rows given; of no rows there is no average', async () => {
    const rows = mtcars.map((row, i) => ({ ...row, wt: Number(row.wt), two: i % 2 }));
    const levelled = async (options: Options, given: object[]) => {
      const { effects } = await (await fit(rows, 'am', options)).marginalEffects(given as Rows);
      return effects.map(({ column, level }) => `${column} ${level ?? 'slope'}`);
    };
    const own = { hp: 100, am: 1 };
    expect(await levelled({}, [{ ...own, wt: 1, two: 0.5 }])).toEqual(['wt slope', 'hp slope', 'two 1']);
    // Without an intercept, and where no term is the number itself.
    expect(await levelled({ terms: [interaction('wt', 'two')], intercept: false }, [{ wt: 1, two: 1 }])).toEqual([
      'wt slope',
      'two 1',
    ]);
    const model = await fit(rows, 'am');
    for (const none of [model.marginalEffects([]), model.marginalEffects(rows, { sampleWeight: rows.map(() => 0) })]) {
      await expect(none).rejects.toMatchObject({ code: 'empty', message: /^effects are averages over rows/ });
    }
  });

  test('a category: its indicators together', async () => {
    const { effects } = await (await fit(birthwt, 'low', { only: ['age', 'lwt', 'race'] })).marginalEffects(birthwt);
    const { numbers, race } = byStatsmodels.birthwt;
    all(effects.slice(0, 2), {
      estimate: numbers.estimate.slice(0, 2),
      standardError: numbers.standardError.slice(0, 2),
    });
    all(effects.slice(2), race);
    expect(effects.slice(2).map(({ level, against }) => `${level}, ${against}`)).toEqual([
      'race 2, race 1',
      'race 3, race 1',
    ]);
    const indicators = birthwt.map(({ age, lwt, race: of, low }) => {
      return { age: age!, lwt: lwt!, two: Number(of === 'race 2'), three: Number(of === 'race 3'), low: low! };
    });
    all((await (await fit(indicators, 'low')).marginalEffects(indicators)).effects, numbers);
  });

  test('three classes: on P of each', async () => {
    const levels = ['0-5yrs', '6-11yrs', '12+ yrs'];
    const rows = read('infert.csv', ['education']).map(({ age, parity, education }) => {
      return { age: age!, parity: parity!, level: levels.indexOf(String(education).slice(10)) };
    });
    const { effects } = await (await fit(rows, 'level')).marginalEffects(rows);
    const { estimate, standardError } = byStatsmodels.education;
    all(effects, { estimate: estimate.flat(), standardError: standardError.flat() });
    expect(effects.map((own) => own.class)).toEqual([0, 1, 2, 0, 1, 2]);
  });

  test('products, functions of columns, a chosen reference: the derivative through all terms, by differences', async () => {
    const model = await fit(birthwt, 'low', {
      formula: 'low ~ age*smoke + poly(lwt, 2) + C(race, ref="race 3"):age + log1p(ftv)',
    });
    const { effects } = await model.marginalEffects(birthwt);
    const named = effects.map(({ column, level = '' }) => `${column} ${level}`.trim());
    expect(named.sort()).toEqual(['age', 'ftv', 'lwt', 'race race 1', 'race race 2', 'smoke 1']);
    const mean = (of: FittedLogisticRegression, change: (row: Rows[0]) => Rows[0]): number =>
      of.predictProba(birthwt.map(change)).reduce((sum, [, p]) => sum + p! / birthwt.length, 0);
    /** Of the model with other coefficients. */
    const effectIn = (of: FittedLogisticRegression, { column, level, against }: MarginalEffect): number => {
      const set = (value: number | string) => (row: Rows[0]) => ({ ...row, [column]: value });
      if (level !== undefined)
        return column === 'race'
          ? mean(of, set(level)) - mean(of, set(against!))
          : mean(of, set(Number(level))) - mean(of, set(Number(against)));
      const h = 2 ** -10;
      const moved = (by: number) => mean(of, (row) => ({ ...row, [column]: Number(row[column]) + by }));
      // Five points: an error of h⁴ and one of u/h.
      return (8 * (moved(h) - moved(-h)) - (moved(2 * h) - moved(-2 * h))) / (12 * h);
    };
    const { covariance } = model;
    for (const effect of effects) {
      near(effectIn(model, effect), effect.estimate, 1e-8);
      const gradient = covariance.map((row, j) => {
        const h = 1e-4 * Math.sqrt(row[j]!);
        return (
          (effectIn(withCoefficient(model, j, h), effect) - effectIn(withCoefficient(model, j, -h), effect)) / (2 * h)
        );
      });
      const form = gradient.reduce(
        (sum, g, i) => sum + gradient.reduce((own, f, j) => own + g * f * covariance[i]![j]!, 0),
        0,
      );
      near(effect.standardError, Math.sqrt(form), 1e-5);
    }
  });

  test('weights are rows written out; without a covariance there are effects and no errors', async () => {
    const random = createRandom(8);
    const sampleWeight = birthwt.map(() => Math.floor(3 * random()));
    const expanded = birthwt.flatMap((row, i) => Array.from({ length: sampleWeight[i]! }, () => row));
    const model = await fit(birthwt, 'low', { only: eight });
    const one = await model.marginalEffects(birthwt, { sampleWeight });
    const other = await model.marginalEffects(expanded);
    all(one.effects, {
      estimate: other.effects.map((own) => own.estimate),
      standardError: other.effects.map((own) => own.standardError!),
    });
    const penalised = await (await fit(birthwt, 'low', { only: eight, l2: 1e-9 })).marginalEffects(birthwt);
    const plain = await model.marginalEffects(birthwt);
    penalised.effects.forEach((own, j) => {
      near(own.estimate, plain.effects[j]!.estimate, 1e-6);
      expect(own).toMatchObject({ standardError: null, z: null, p: null, confidenceInterval: null });
    });
    expect(penalised.notes).toEqual([expect.stringMatching(/^no standard errors: the fit is penalised/)]);
  });
});
