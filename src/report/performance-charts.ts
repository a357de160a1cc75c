/** The charts of measured rows: how well probabilities rank, come true and pay. They know no page. */
import { dot, line, type Markish, type PlotOptions, rectY, ruleY } from '@observablehq/plot';
import type { EvaluationDetails } from '../index.ts';
import { type Chart, drawChart, type Swatch } from './chart.ts';

/** Rows that were measured together, by the name of what they are. */
export interface MeasuredDetails {
  readonly name: string;
  readonly color: string;
  readonly details: EvaluationDetails;
}

const legendOf = (measured: readonly MeasuredDetails[]): Swatch[] =>
  measured.map(({ name, color }) => ({ name, color }));

/** A square of fractions. */
function square(
  title: string,
  width: number,
  words: { readonly x: string; readonly y: string },
  marks: Markish[],
  more: PlotOptions = {},
): string {
  return drawChart(title, {
    width,
    height: width,
    ...{ marginLeft: 48, marginRight: 16, marginTop: 24, marginBottom: 42 },
    x: { domain: [0, 1], label: words.x, grid: true, ticks: 5 },
    y: { domain: [0, 1], label: words.y, grid: true, ticks: 5, labelArrow: 'none' },
    marks,
    ...more,
  });
}

const diagonal = line(
  [
    [0, 0],
    [1, 1],
  ] as [number, number][],
  { stroke: 'var(--quiet)', strokeDasharray: '3 3' },
);

export function rocCurve(measured: readonly MeasuredDetails[]): Chart | undefined {
  const curves = measured.flatMap(({ color, details: { thresholds } }) => {
    const points = thresholds?.rows.map(({ sensitivity, specificity }) => [1 - specificity, sensitivity] as const);
    return points ? [line([[0, 0] as const, ...points], { stroke: color, strokeWidth: 2 })] : [];
  });
  if (curves.length === 0) return undefined;
  return {
    title: 'ROC curve',
    caption: 'Sensitivity against the fraction of negatives that are predicted positive, over all thresholds.',
    legend: legendOf(measured),
    draw: (width) => square('ROC curve', width, { x: '1 − specificity', y: 'sensitivity' }, [diagonal, ...curves]),
  };
}

export function precisionRecallCurve(measured: readonly MeasuredDetails[]): Chart | undefined {
  const curves = measured.flatMap(({ color, details: { thresholds } }) => {
    const points = thresholds?.rows.flatMap(({ sensitivity, ppv }) =>
      ppv === null ? [] : [[sensitivity, ppv] as [number, number]],
    );
    return points && points.length > 1 ? [line(points, { stroke: color, strokeWidth: 2 })] : [];
  });
  if (curves.length === 0) return undefined;
  return {
    title: 'Precision and recall',
    caption: 'The fraction of predicted positives that are positive, against the fraction of positives that are found.',
    legend: legendOf(measured),
    draw: (width) => square('Precision and recall', width, { x: 'recall', y: 'precision' }, curves),
  };
}

/** Of rows the model was not fitted to; undefined of others. */
export function calibrationCurve({ color, details }: MeasuredDetails): Chart | undefined {
  const { calibration } = details;
  if (!calibration) return undefined;
  const groups = calibration.groups.map(({ rows, observed, expected }) => ({ x: expected / rows, y: observed / rows }));
  return {
    title: 'Calibration curve',
    caption:
      'The frequency of the outcome against its predicted probability: points are tenths of the rows, the line is a smooth (lowess); on the dashed line predictions come true.',
    legend: [],
    draw: (width) =>
      square('Calibration curve', width, { x: 'predicted probability', y: 'observed frequency' }, [
        diagonal,
        line(calibration.curve, {
          x: 'probability',
          y: ({ observed }: { observed: number }) => Math.min(1, Math.max(0, observed)),
          stroke: color,
          strokeWidth: 2,
        }),
        dot(groups, { x: 'x', y: 'y', r: 4, fill: 'var(--page)', stroke: color, strokeWidth: 1.5 }),
      ]),
  };
}

export function probabilityHistogram(
  { name, details: { histogram } }: MeasuredDetails,
  positive: string,
): Chart | undefined {
  if (!histogram) return undefined;
  const { positives, negatives } = histogram;
  const bars = (counts: readonly number[], sign: number) =>
    counts.flatMap((count, bin) =>
      count > 0 ? [{ x1: bin / counts.length, x2: (bin + 1) / counts.length, y: sign * count }] : [],
    );
  return {
    title: 'Predicted probabilities',
    caption: `Predicted probabilities, ${name}: above the line of those that are ${positive}, below it of the others.`,
    legend: [
      { name: positive, color: 'var(--estimate)' },
      { name: 'others', color: 'var(--other)' },
    ],
    draw: (width) =>
      drawChart('Predicted probabilities', {
        width,
        height: Math.round(0.6 * width),
        ...{ marginLeft: 56, marginRight: 16, marginTop: 24, marginBottom: 42 },
        x: { domain: [0, 1], label: 'predicted probability', ticks: 5 },
        y: {
          label: 'rows',
          grid: true,
          labelArrow: 'none',
          ticks: 5,
          tickFormat: (rows: number) => Math.abs(rows).toLocaleString('en'),
        },
        marks: [
          rectY(bars(positives, 1), { x1: 'x1', x2: 'x2', y1: 0, y2: 'y', fill: 'var(--estimate)', inset: 0.5 }),
          rectY(bars(negatives, -1), { x1: 'x1', x2: 'x2', y1: 'y', y2: 0, fill: 'var(--other)', inset: 0.5 }),
          ruleY([0]),
        ],
      }),
  };
}

export function netBenefitCurve({ color, details: { decisionCurve } }: MeasuredDetails): Chart | undefined {
  if (!decisionCurve) return undefined;
  const shown = decisionCurve.filter(({ threshold }) => threshold <= 0.9);
  const highest = Math.max(...shown.map(({ model, all }) => Math.max(model, all)), 0.01);
  const lowest = -0.25 * highest;
  const above = (of: 'model' | 'all') => shown.filter((point) => point[of] >= lowest);
  return {
    title: 'Net benefit',
    caption:
      'What acting on the model gains, in true positives a row, where one acts from this probability on, beside acting on everybody and on nobody.',
    legend: [
      { name: 'the model', color },
      { name: 'everybody', color: 'var(--other)' },
      { name: 'nobody', color: 'var(--quiet)' },
    ],
    draw: (width) =>
      drawChart('Net benefit', {
        width,
        height: Math.round(0.7 * width),
        ...{ marginLeft: 56, marginRight: 16, marginTop: 24, marginBottom: 42 },
        x: { domain: [0, 0.9], label: 'threshold probability', grid: true, ticks: 5 },
        y: { domain: [lowest, 1.05 * highest], label: 'net benefit', grid: true, labelArrow: 'none', ticks: 5 },
        marks: [
          ruleY([0], { stroke: 'var(--quiet)', strokeWidth: 1.5 }),
          line(above('all'), { x: 'threshold', y: 'all', stroke: 'var(--other)', strokeWidth: 2 }),
          line(above('model'), { x: 'threshold', y: 'model', stroke: color, strokeWidth: 2 }),
        ],
      }),
  };
}
