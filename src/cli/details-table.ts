/** What is known of two classes beyond single metrics, in tables: thresholds, calibration, goodness of fit, net benefit. */
import type { EvaluationDetails, ThresholdRow } from '../node.ts';
import { describeP } from './inference-table.ts';
import { table } from './table.ts';

/** About as many lines of a long table. */
const shownLines = 20;

export function describeDetails(details: EvaluationDetails): string {
  const { thresholds, calibration, hosmerLemeshow, squaredErrors, decisionCurve } = details;
  const titles = {
    thresholds: 'thresholds',
    calibration: 'calibration',
    hosmerLemeshow: 'Hosmer–Lemeshow',
    squaredErrors: 'squared errors',
    decisionCurve: 'net benefit',
  };
  const missing = [...new Set(Object.values(details.undefined))].flatMap((reason) => {
    const lacking = Object.entries(titles).flatMap(([key, title]) =>
      details.undefined[key] === reason ? [title] : [],
    );
    return lacking.length > 0 ? [`${lacking.join(', ')}: ${reason}\n`] : [];
  });
  return [
    ...(thresholds ? [describeThresholds(thresholds)] : []),
    ...(calibration ? [describeCalibration(calibration)] : []),
    ...(hosmerLemeshow ? [describeGroups(hosmerLemeshow)] : []),
    ...(squaredErrors ? [describeErrors(squaredErrors)] : []),
    ...(decisionCurve ? [describeBenefit(decisionCurve)] : []),
    ...(missing.length > 0 ? [missing.join('')] : []),
  ].join('\n');
}

type Known<K extends keyof EvaluationDetails> = NonNullable<EvaluationDetails[K]>;

function describeThresholds({ rows, distinct, largestYouden, lowestCost, falseNegativeCost }: Known<'thresholds'>) {
  const cells = ({ threshold, ...of }: ThresholdRow, note = ''): string[] => [
    threshold.toFixed(4),
    ...[of.truePositives, of.falsePositives, of.trueNegatives, of.falseNegatives].map((sum) => String(round(sum))),
    ...[of.sensitivity, of.specificity, of.ppv, of.npv, of.youden, of.cost].map(
      (value) => value?.toFixed(4) ?? 'undefined',
    ),
    note,
  ];
  const marked = [
    cells(largestYouden, 'largest Youden index'),
    cells(lowestCost, `lowest cost, a false negative for ${falseNegativeCost} false ${plural(falseNegativeCost)}`),
  ];
  const shown = everyFew(rows).map((row) => cells(row));
  const more = distinct > shown.length ? `${shown.length} of ${distinct.toLocaleString('en')} thresholds\n` : '';
  const header = ['P >=', 'TP', 'FP', 'TN', 'FN', 'sensitivity', 'specificity', 'PPV', 'NPV', 'Youden', 'cost', ''];
  return `${table([header, ...shown, ...marked])}${more}`;
}

const plural = (count: number): string => (count === 1 ? 'positive' : 'positives');
const round = (sum: number): number => Number(sum.toFixed(4));

function describeCalibration(of: Known<'calibration'>): string {
  const value = (number: number | null): string => number?.toFixed(4) ?? 'undefined';
  return table([
    ['calibration', ''],
    ['intercept', value(of.intercept)],
    ['slope', value(of.slope)],
    ['intercept at slope 1', value(of.interceptInTheLarge)],
    ['ICI', value(of.ici)],
    ['E90', value(of.e90)],
    ['Emax', value(of.emax)],
    ['ECE, ten groups', value(of.ece)],
  ]);
}

function describeGroups({ statistic, df, p, groups }: Known<'hosmerLemeshow'>): string {
  const rows = groups.map(({ low, high, rows: n, observed, expected }) => [
    `${low.toFixed(4)} to ${high.toFixed(4)}`,
    String(round(n)),
    String(round(observed)),
    expected.toFixed(2),
  ]);
  return [
    table([['P', 'rows', 'observed', 'expected'], ...rows]),
    `Hosmer–Lemeshow: chi-squared ${statistic.toFixed(3)} on ${df} df, p ${describeP(p)}; it depends on the groups and is no longer recommended\n`,
  ].join('');
}

const describeErrors = ({ sum, expected, z, p }: Known<'squaredErrors'>): string =>
  `squared errors: ${sum.toPrecision(6)}, expected ${expected.toPrecision(6)}, z ${z.toFixed(3)}, p ${describeP(p)}\n`;

function describeBenefit(curve: Known<'decisionCurve'>): string {
  const rows = curve
    .filter((_, k) => k % 10 === 9)
    .map(({ threshold, model, all }) => [threshold.toFixed(2), model.toFixed(4), all.toFixed(4), '0']);
  return table([['net benefit, acting from P >=', 'model', 'all', 'none'], ...rows]);
}

function everyFew<T>(rows: readonly T[]): readonly T[] {
  const step = Math.ceil(rows.length / shownLines);
  return rows.filter((_, k) => k % step === 0 || k === rows.length - 1);
}
