/** How well a model predicts: metrics side by side, curves, calibration, goodness of fit and net benefit. */
import type { EvaluationDetails, FittedLogisticRegression, MeasuredMetrics, ThresholdRow } from '../index.ts';
import { type Chart, type ChartWidths, figureOf } from './chart.ts';
import { count, figure, interval, metric, p as shownP } from './numbers.ts';
import { listOf, paragraph, tableOf } from './page.ts';
import {
  calibrationCurve,
  type MeasuredDetails,
  netBenefitCurve,
  precisionRecallCurve,
  probabilityHistogram,
  rocCurve,
} from './performance-charts.ts';

/** Rows that the model was measured on. */
export interface MeasuredRows {
  readonly name: string;
  readonly color: string;
  /** The model was fitted to them. */
  readonly fitted?: true;
  readonly metrics: MeasuredMetrics;
}

const halfWidth: ChartWidths = { narrow: 350, wide: 420 };

const noCurves =
  'There are no curves: the model was measured without them, or its rows are known by counts only. An evaluation with a report (logit evaluate … --report) has them.';

/** Sections, the first set of rows leading. */
export function performance(model: FittedLogisticRegression, sets: readonly MeasuredRows[]): string[] {
  if (sets.length === 0) return [];
  const folds = model.training.crossValidation?.details;
  const detailsOf = (some: readonly MeasuredRows[]): MeasuredDetails[] =>
    some.flatMap(({ metrics: { details }, name, color }) => (details ? [{ name, color, details }] : []));
  const detailed = [
    ...detailsOf(sets.filter(({ fitted }) => !fitted)),
    ...(folds ? [{ name: 'held-out folds', color: 'var(--other)', details: folds }] : []),
    ...detailsOf(sets.filter(({ fitted }) => fitted)),
  ];
  const [leading] = detailed;
  const charts = [
    ...figures([rocCurve(detailed), precisionRecallCurve(detailed)]),
    ...figures([leading && probabilityHistogram(leading, String(model.positive))]),
    `<div>${confusion(model, sets[0]!)}</div>`,
  ];
  const plain = leading === undefined && model.classes.length === 2 ? paragraph(noCurves, 'quiet') : '';
  return [
    section('Performance', metricsTable(model, sets), plain, abreast(charts)),
    leading ? section('Thresholds', thresholds(leading)) : '',
    detailed.length > 0 ? section('Calibration', calibration(detailed)) : '',
    leading ? section('Goodness of fit', goodnessOfFit(leading)) : '',
    netBenefit(detailed),
  ];
}

const section = (title: string, ...parts: readonly string[]): string =>
  `<section><h2>${title}</h2>\n${parts.join('\n')}</section>`;

const figures = (charts: readonly (Chart | undefined)[]): string[] =>
  charts.flatMap((chart) => (chart ? [figureOf(chart, halfWidth)] : []));

const abreast = (parts: readonly string[]): string => `<div class="charts two">${parts.join('\n')}</div>`;

const names = {
  auc: 'AUC',
  averagePrecision: 'average precision',
  meanLogLoss: 'log loss',
  brier: 'Brier score',
  accuracy: 'accuracy',
  precision: 'precision',
  recall: 'recall',
  f1: 'F1',
};

function metricsTable(model: FittedLogisticRegression, sets: readonly MeasuredRows[]): string {
  const { crossValidation = null } = model.training;
  const spread = (key: string): string[] => {
    if (crossValidation === null) return [];
    const { mean = null, standardDeviation = null } = crossValidation.metrics[key] ?? {};
    return [
      mean === null ? '' : `${metric(mean)}${standardDeviation === null ? '' : ` ± ${metric(standardDeviation)}`}`,
    ];
  };
  const measureOf = ({ metrics }: MeasuredRows, key: string): string => {
    const value = (metrics as unknown as Readonly<Record<string, unknown>>)[key];
    return metric(typeof value === 'number' ? value : null);
  };
  const measured = Object.entries(names).filter(([key]) => sets.some(({ metrics }) => key in metrics));
  const rows = measured.flatMap(([key, name]) => {
    const row = [name, ...sets.map((set) => measureOf(set, key)), ...spread(key)];
    if (key !== 'auc' || model.classes.length > 2) return [row];
    const ends = sets.map(({ metrics }) =>
      metrics.perClass === undefined && metrics.aucInterval ? interval(metrics.aucInterval, metric) : '',
    );
    return [row, ['AUC, 95 % CI', ...ends, ...spread('none')]];
  });
  const folds = crossValidation ? [`${crossValidation.folds.length} folds, mean ± sd`] : [];
  const head = ['', ...sets.map(({ name }) => name), ...folds];
  return tableOf({
    head,
    rows: [['rows', ...sets.map(({ metrics }) => count(metrics.rows)), ...spread('none')], ...rows],
  });
}

function confusion(model: FittedLogisticRegression, { name, metrics }: MeasuredRows): string {
  if (metrics.perClass === undefined) {
    const { truePositives, falsePositives, trueNegatives, falseNegatives } = metrics.confusion;
    return tableOf({
      caption: `${name}, predicted from a probability of ${model.toJSON().threshold} on`,
      head: ['', `predicted ${model.positive}`, `predicted ${model.reference}`],
      rows: [
        [`${model.positive}`, count(truePositives), count(falseNegatives)],
        [`${model.reference}`, count(falsePositives), count(trueNegatives)],
      ],
    });
  }
  const labels = metrics.perClass.map(({ label }) => String(label));
  return [
    tableOf({
      caption: `each class against the rest, ${name}`,
      head: ['', 'rows', 'precision', 'recall', 'F1', 'AUC'],
      rows: metrics.perClass.map(({ label, support, precision, recall, f1, auc }) => [
        String(label),
        count(support),
        ...[precision, recall, f1, auc].map(metric),
      ]),
    }),
    tableOf({
      caption: `true class by line, predicted class by column, ${name}`,
      head: ['', ...labels],
      rows: metrics.confusion.map((counts, c) => [labels[c]!, ...counts.map(count)]),
    }),
  ].join('\n');
}

function thresholds({ name, details }: MeasuredDetails): string {
  const table = details.thresholds;
  if (!table) return paragraph(`${details.undefined.thresholds}.`);
  const { largestYouden, lowestCost, falseNegativeCost: cost } = table;
  const tenths = Array.from({ length: 9 }, (_, k) => (9 - k) / 10);
  const near = tenths.flatMap((tenth) => table.rows.filter(({ threshold }) => threshold >= tenth).at(-1) ?? []);
  const notes = new Map<number, string[]>(near.map(({ threshold }) => [threshold, []]));
  const note = ({ threshold }: ThresholdRow, text: string) =>
    notes.set(threshold, [...(notes.get(threshold) ?? []), text]);
  note(largestYouden, 'largest Youden index');
  note(lowestCost, cost === 1 ? 'fewest errors' : `lowest cost, a false negative costing ${cost} false positives`);
  const byThreshold = new Map([...near, largestYouden, lowestCost].map((row) => [row.threshold, row]));
  const rows = [...byThreshold.values()].sort((a, b) => b.threshold - a.threshold);
  return tableOf({
    caption: `${name}, predicted positive from this probability on`,
    head: ['P ≥', 'TP', 'FP', 'TN', 'FN', 'sensitivity', 'specificity', 'PPV', 'NPV', ''],
    notes: true,
    rows: rows.map(({ threshold, ...of }) => [
      metric(threshold),
      ...[of.truePositives, of.falsePositives, of.trueNegatives, of.falseNegatives].map(count),
      ...[of.sensitivity, of.specificity, of.ppv, of.npv].map((value) => value?.toFixed(3) ?? '–'),
      notes.get(threshold)!.join(', '),
    ]),
  });
}

function calibration(sets: readonly MeasuredDetails[]): string {
  const set = sets.find(({ details }) => details.calibration);
  if (set === undefined) {
    const reason = sets[0]!.details.undefined.calibration;
    return paragraph(
      `Not measured: ${reason}. A fit with a holdout measures it, and so does an evaluation on other rows.`,
    );
  }
  const { intercept, slope, interceptInTheLarge, ici, e90, emax, ece } = set.details.calibration!;
  const value = (number: number | null): string => number?.toFixed(3) ?? '–';
  const items = [
    ['slope (1 is right)', value(slope)],
    ['intercept (0 is right)', value(intercept)],
    ['intercept at slope 1', value(interceptInTheLarge)],
    ['mean distance (ICI)', value(ici)],
    ['90 % of rows within (E90)', value(e90)],
    ['largest (Emax)', value(emax)],
    ['ECE, ten groups', value(ece)],
  ] as const;
  const list = `<div><h3>Distances between prediction and frequency</h3>${listOf(items)}</div>`;
  const said = paragraph(`Of ${set.name}, which the model was not fitted to.`, 'quiet');
  return `${said}${abreast([...figures([calibrationCurve(set)]), list])}`;
}

function goodnessOfFit({ name, details }: MeasuredDetails): string {
  const { squaredErrors, hosmerLemeshow } = details;
  const errors = squaredErrors
    ? `Sum of squared errors, ${name}: ${figure(squaredErrors.sum)} where ${figure(squaredErrors.expected)} is expected, z ${squaredErrors.z.toFixed(2)}, p ${shownP(squaredErrors.p)}.`
    : `Sum of squared errors, ${name}: not tested, ${details.undefined.squaredErrors}.`;
  const test = hosmerLemeshow
    ? `Hosmer–Lemeshow: χ² ${figure(hosmerLemeshow.statistic)} on ${hosmerLemeshow.df} df, p ${shownP(hosmerLemeshow.p)}. It depends on how rows are grouped and is no longer recommended; it is here for readers who ask for it.`
    : `Hosmer–Lemeshow: not tested, ${details.undefined.hosmerLemeshow}.`;
  const groups = hosmerLemeshow ? groupTable(hosmerLemeshow) : '';
  return `${paragraph(errors)}${paragraph(test)}${groups}`;
}

function groupTable({ groups }: NonNullable<EvaluationDetails['hosmerLemeshow']>): string {
  return tableOf({
    head: ['probability', 'rows', 'observed', 'expected'],
    rows: groups.map(({ low, high, rows, observed, expected }) => [
      interval([low, high], (end) => end.toFixed(3)),
      ...[rows, observed].map(count),
      expected.toFixed(1),
    ]),
  });
}

function netBenefit(sets: readonly MeasuredDetails[]): string {
  const set = sets.find(({ details }) => details.decisionCurve);
  const chart = set && netBenefitCurve(set);
  return chart ? section('Decision curve', paragraph(`Of ${set.name}.`, 'quiet'), abreast(figures([chart]))) : '';
}
