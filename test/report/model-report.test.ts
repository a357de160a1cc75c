/** The page of a model: its figures are the model's, text from data stays text, it loads nothing, and it renders. */
import { beforeAll, describe, expect, test } from 'vitest';
import { FittedLogisticRegression, LogisticRegression, type Options } from '../../src/index.ts';
import { createRandom } from '../../src/math/random.ts';
import {
  type CoefficientLine,
  coefficientCsv,
  coefficientLines,
  coefficientMarkdown,
} from '../../src/report/coefficient-table.ts';
import { forest } from '../../src/report/forest.ts';
import { renderModelReport } from '../../src/report/model-report.ts';
import { tableOf } from '../../src/report/page.ts';
import { inChromium } from '../support/chromium.ts';
import { onPhoneAndDesk } from '../support/shown-page.ts';

const hostile = '</script><img src=x onerror=alert(1)>"\'&|`';
const random = createRandom(7);
const rows = Array.from({ length: 240 }, (_, i) => {
  const [age, place] = [20 + Math.floor(60 * random()), ['a', 'b', hostile][Math.floor(3 * random())]!];
  const z = (age - 50) / 15 + (place === 'b' ? 1 : 0) - 0.3;
  return { age, place, [hostile]: i % 7, ill: random() < 1 / (1 + Math.exp(-z)) ? 'yes' : 'no' };
});
const fit = (options: Options = {}) =>
  new LogisticRegression({
    ...{ inference: true, trainingMetrics: true, detailedMetrics: true },
    ...options,
  }).fit(rows, 'ill');
const render = (model: FittedLogisticRegression): string =>
  // as `logit inspect` reads it
  renderModelReport(FittedLogisticRegression.fromJSON(JSON.stringify(model)), { day: '2026-11-26' });

let model: FittedLogisticRegression;
beforeAll(async () => {
  model = (await fit({ holdout: 0.25, folds: 3 })) as FittedLogisticRegression;
});

describe('the table of coefficients', () => {
  test('has each level with its reference, counted as in plain loops', async () => {
    const whole = (await fit()) as FittedLogisticRegression;
    const lines = coefficientLines(whole);
    expect(lines.map(({ kind, term, level }) => [kind, term, level])).toEqual([
      ['number', 'age', null],
      ['title', 'place', null],
      ['reference', 'place', hostile],
      ['level', 'place', 'a'],
      ['level', 'place', 'b'],
      ['number', hostile, null],
    ]);
    for (const line of lines.filter(({ kind }) => kind !== 'title')) {
      const own = rows.filter(({ place }) => line.level === null || place === line.level);
      expect([line.rows, line.events]).toEqual([own.length, own.filter(({ ill }) => ill === 'yes').length]);
    }
    const { coefficients, terms } = whole.summary();
    const [, age, a] = coefficients;
    expect(lines[0]).toMatchObject({ oddsRatio: age!.oddsRatio, interval: age!.oddsRatioInterval, p: age!.p });
    expect(lines[3]).toMatchObject({ oddsRatio: a!.oddsRatio, p: a!.p });
    expect(lines[1]!.p).toBe(terms.find(({ term }) => term === 'place')!.likelihoodRatio!.p);
  });

  test('counts weights, without an intercept and with a constant column as well', async () => {
    const weighed = rows.map((row, i) => ({ ...row, s: 1 + (i % 3), still: 1 }));
    for (const intercept of [true, false]) {
      const found = await new LogisticRegression({ inference: true, weights: 's', intercept }).fit(weighed, 'ill');
      const b = coefficientLines(found as FittedLogisticRegression).find(({ level }) => level === 'b')!;
      const own = weighed.filter(({ place }) => place === 'b');
      const sum = (some: typeof own): number => some.reduce((total, { s }) => total + s, 0);
      expect([b.rows, b.events]).toEqual([sum(own), sum(own.filter(({ ill }) => ill === 'yes'))]);
    }
  });

  test('has odds ratios for so many units, and the terms of a formula with their joint test', async () => {
    const formula = 'ill ~ poly(age, 2) + place';
    const found = (await new LogisticRegression({ inference: true, formula }).fit(
      rows,
      'ill',
    )) as FittedLogisticRegression;
    const lines = coefficientLines(found);
    expect(lines.slice(0, 2).map(({ kind, term, oddsRatio }) => [kind, term, oddsRatio])).toEqual([
      ['curve', 'poly(age, 2)', null],
      ['title', 'place', null],
    ]);
    const { p } = found.summary().terms[0]!.likelihoodRatio!;
    expect(lines[0]!.p).toBe(p);
    expect(coefficientCsv(found).split('\n')[1]).toMatch(
      new RegExp(`^yes,"poly\\(age, 2\\)",.*,${p},"joint test, 2 df"$`),
    );
    expect(coefficientMarkdown(found)).not.toContain('poly(age, 2)1');
    const [age] = coefficientLines(model, { age: 10 });
    expect(age!.per).toBe(10);
    expect(age!.oddsRatio! / model.summary().coefficients[1]!.oddsRatio! ** 10).toBeCloseTo(1, 12);
    expect(coefficientMarkdown(model, { age: 10 })).toContain('| age, per 10 |');
  });

  test('says where the odds ratio of a term of a product holds', async () => {
    const at = async (formula: string) => {
      const found = await new LogisticRegression({ inference: true, formula }).fit(rows, 'ill');
      return coefficientLines(found as FittedLogisticRegression).map((line) => [line.term, line.at]);
    };
    const place = `place = ${hostile}`;
    expect(await at('ill ~ center(age)*place')).toEqual([
      ['center(age)', place],
      ...Array(4).fill(['place', 'center(age) = 0']),
      ...Array(3).fill(['center(age):place', undefined]),
    ]);
    const named = (await at('ill ~ sqrt(age) + sqrt(age):place')).map(([, where]) => where);
    expect(named[0]).toBe(place);
  });

  test('of three classes counts the two that the odds are of; without counts it has no columns for them', async () => {
    const three = rows.map((row, i) => ({ ...row, ill: ['x', 'y', 'z'][i % 3]! }));
    const found = (await new LogisticRegression({ inference: true, only: ['place'] }).fit(
      three,
      'ill',
    )) as FittedLogisticRegression;
    for (const line of coefficientLines(found).filter(({ kind }) => kind !== 'title')) {
      const own = three.filter(({ place, ill }) => place === line.level && (ill === 'x' || ill === line.class));
      expect([line.rows, line.events]).toEqual([own.length, own.filter(({ ill }) => ill === line.class).length]);
    }
    const file = JSON.parse(JSON.stringify(found));
    file.training.counts = null;
    const uncounted = FittedLogisticRegression.fromJSON(JSON.stringify(file)) as FittedLogisticRegression;
    expect(coefficientMarkdown(uncounted)).toMatch(
      /^\| ill: y against x \| odds ratio \| 95% CI \| p.* \|\n\|:--\|--:\|--:\|--:\|\n/,
    );
    expect(render(uncounted)).toContain('not counted where rows are in a database');
  });

  test('as Markdown has a line each, with what would be markup escaped', () => {
    const lines = coefficientMarkdown(model).trimEnd().split('\n');
    expect(lines).toHaveLength(8);
    expect(lines[0]).toMatch(/^\| ill: yes against no \| n \| events \| odds ratio \| 95% CI \| p \(LR\) \|$/);
    expect(lines[4]).toContain('\\</script\\>\\<img src=x onerror=alert(1)\\>"\'&\\|\\`');
    for (const line of lines) expect(line.replaceAll('\\|', '').match(/\|/g)).toHaveLength(7);
  });

  test('as CSV has every number in full', () => {
    const [header, age] = coefficientCsv(model).split('\n');
    expect(header).toBe('class,term,level,rows,events,per,odds_ratio,low,high,p,note');
    const { oddsRatio, oddsRatioInterval, p } = model.summary().coefficients[1]!;
    expect(age!.split(',').slice(6, 10).map(Number)).toEqual([oddsRatio, ...oddsRatioInterval!, p]);
  });
});

describe('the page', () => {
  test('loads nothing, runs its own script only, and text from data stays text', () => {
    const page = render(model);
    expect(page.replaceAll('xmlns="http://www.w3.org/2000/svg"', '')).not.toMatch(
      /https?:|url\(|@import|<link|<iframe/,
    );
    expect(page.match(/<script/g)).toHaveLength(1);
    expect(page).not.toContain('<img');
    expect(page).toContain("default-src 'none'");
    expect(page).toContain('&lt;img src=x onerror=alert(1)&gt;');
    expect(tableOf({ head: [''], rows: [['<b>_mm']] })).toContain('>&lt;b&gt;_<wbr>mm</th>');
  });

  test('has the charts of a model with a holdout, each in two widths, and its figures', () => {
    const page = render(model);
    expect(page.match(/<svg/g)).toHaveLength(2 * 6);
    const { auc, aucInterval } = model.training.metrics.holdout as unknown as {
      auc: number;
      aucInterval: [number, number];
    };
    expect(page).toContain(`<b>${auc.toFixed(3)}</b>`);
    expect(page).toContain(`${aucInterval[0].toFixed(4)} to ${aucInterval[1].toFixed(4)}`);
    expect(page).toContain(`holdout 0.25`);
    expect(page).toContain(`seed ${model.training.options.seed}`);
    expect(page.match(/<th scope="col">p \(LR\)<\/th>/g)).toHaveLength(2);
  });

  test('lists no columns that the formula has named', async () => {
    for (const [formula, listed] of [
      ['ill ~ age + place', false],
      ['ill ~ .', true],
    ] as const) {
      const page = render((await fit({ formula, ...(listed && { only: ['age'] }) })) as FittedLogisticRegression);
      expect(page.includes('only [')).toBe(listed);
      expect(page).not.toContain('seed');
    }
  });

  test('draws an arrow where an interval goes on beyond the axis, and names and figures on a phone too', () => {
    const of = (term: string, interval: [number, number]): CoefficientLine => {
      const none = { level: null, rows: null, events: null, p: null };
      return { ...none, kind: 'number', term, oddsRatio: 1.5, interval };
    };
    const chart = forest(
      [of('age', [0.0002, 3]), of('bmi', [0.0005, 2]), of('height', [1, 2000]), of('weight', [1, 2])],
      'ill',
    )!;
    for (const width of [350, 880]) {
      const drawn = chart.draw(width);
      expect(drawn.match(/rotate\(-?90\)/g)).toEqual(['rotate(-90)', 'rotate(-90)', 'rotate(90)']);
      for (const text of ['height', '1.50 (1.00–2.00)']) expect(drawn).toContain(`>${text}</text>`);
    }
  });

  test('says why calibration is not there without a holdout, and has no picture of it', async () => {
    const page = render((await fit()) as FittedLogisticRegression);
    expect(page).toContain('Not measured: the model was fitted to these rows');
    expect(page.match(/<svg/g)).toHaveLength(2 * 4);
  });

  test('calibrates the held-out folds where there is no holdout', async () => {
    const folded = (await fit({ folds: 4 })) as FittedLogisticRegression;
    const { details } = folded.training.crossValidation!;
    expect(details!.calibration!.slope).toBeLessThan(1);
    const page = render(folded);
    expect(page).toContain('Of held-out folds, which the model was not fitted to');
    expect(page.match(/<svg/g)).toHaveLength(2 * 6);
  });

  test('is a page of a penalised, a separated and a bare model too, saying what is not there', async () => {
    const penalised = render((await fit({ l2: 0.1 })) as FittedLogisticRegression);
    expect(penalised).toContain('There are no intervals and tests: the fit is penalised');
    const apart = rows.map((row) => ({ ...row, ill: row.age > 50 ? 'yes' : 'no' }));
    const separated = await new LogisticRegression({ inference: true, detailedMetrics: true }).fit(apart, 'ill');
    expect(render(separated as FittedLogisticRegression)).toMatch(/separated/);
    const bare = await new LogisticRegression({ inference: false }).fit(rows, 'ill');
    const page = render(bare as FittedLogisticRegression);
    expect(page).toContain('There are no intervals and tests: the model was fitted without them');
    expect(page).not.toMatch(/<svg|undefined|NaN|\[object/);
  });

  test('of three classes has a table for each and no curves', async () => {
    const three = rows.map((row, i) => ({ ...row, ill: ['x', 'y', 'z'][(i + Math.floor(row.age / 20)) % 3]! }));
    const found = await new LogisticRegression({
      ...{ inference: true, trainingMetrics: true, detailedMetrics: true },
    }).fit(three, 'ill');
    const page = render(found as FittedLogisticRegression);
    expect(page).toContain('ill: y against x');
    expect(page).toContain('ill: z against x');
    expect(page).toContain('true class by line');
    expect(page).not.toMatch(/ROC|undefined|NaN/);
  });
});

inChromium('renders on a phone and on a desk without errors or a sideways scroll, and copies', async ({ browser }) => {
  await onPhoneAndDesk(browser, render(model), async (tab, shown) => {
    expect(await tab.locator(`.${shown} svg:visible`).count()).toBe(6);
    expect(await tab.locator('svg:visible').count()).toBe(6);
    expect(await tab.locator('textarea:visible').count()).toBe(0);
    await tab.locator('button:visible').first().click();
    await tab.locator('button', { hasText: 'Copied' }).waitFor();
    expect(await tab.locator('textarea').first().inputValue()).toBe(coefficientMarkdown(model));
  });
});
