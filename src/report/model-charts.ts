/** The charts of a fitted model: odds ratios, and how well probabilities rank, come true and pay. They know no page. */
import {
  dot,
  line,
  type Markish,
  type PlotOptions,
  rectY,
  ruleX,
  ruleY,
  type ScaleOptions,
  text,
} from '@observablehq/plot';
import type { EvaluationDetails } from '../index.ts';
import { type Chart, drawChart, type Swatch } from './chart.ts';
import { type CoefficientLine, describeTerm } from './coefficient-table.ts';
import { ratioInterval, ratios } from './numbers.ts';

/** Rows that were measured together, by the name of what they are. */
export interface MeasuredDetails {
  readonly name: string;
  readonly color: string;
  readonly details: EvaluationDetails;
}

/** More lines than this are no picture any more. */
const mostLines = 40;
/** Odds ratios beyond are drawn at the edge. */
const [smallest, largest] = [1e-3, 1e3];

/** Odds ratios with their intervals on a logarithmic axis; undefined where there are none. */
export function forest(lines: readonly CoefficientLine[], what: string): Chart | undefined {
  const estimated = lines.filter(
    ({ kind, oddsRatio, interval }) => kind !== 'title' && oddsRatio !== null && (interval || kind === 'reference'),
  );
  const own = estimated.filter(({ kind }) => kind !== 'reference');
  if (own.length === 0) return undefined;
  const drawn = estimated.length > mostLines ? strongest(own) : estimated;
  const marks = drawn.map((of, at) => {
    const digits = ratios([of.oddsRatio, ...(of.interval ?? [])]);
    const [low, high] = of.interval ?? [1, 1];
    return {
      at: String(at),
      line: of,
      value: place(of.oddsRatio!),
      low: place(low),
      high: place(high),
      reference: of.kind === 'reference',
      words: of.kind === 'reference' ? 'reference' : `${digits(of.oddsRatio!)} (${ratioInterval([low, high], digits)})`,
    };
  });
  const below = marks.filter(({ line: { interval } }) => interval && clip(interval[0]) > interval[0]);
  const above = marks.filter(({ line: { interval } }) => interval && clip(interval[1]) < interval[1]);
  const longest = Math.max(...marks.map(({ words }) => words.length));
  const left = own.length - drawn.filter(({ kind }) => kind !== 'reference').length;
  const domain = [
    Math.min(...marks.map(({ low }) => low), -0.1) - 0.06,
    Math.max(...marks.map(({ high }) => high), 0.1) + 0.06,
  ];
  return {
    title: 'Forest plot',
    caption: `Odds of ${what}, with 95 % confidence intervals, on a logarithmic axis. Of a number: for one unit more, where no other is named.${left > 0 ? ` The ${left} closest to their standard error are left out.` : ''}${below.length + above.length > 0 ? ' An arrow: the interval goes on, below 0.001 or above 1,000.' : ''}`,
    legend: [],
    draw: (width) => {
      // Names and figures beside the intervals where there is room, above them elsewhere.
      const wide = width > 600;
      const lettersOf = (words: string): number => (wide ? 34 : Math.floor(width / 6.9) - words.length - 2);
      const name = ({ line, words }: Mark): string => nameWithin(lettersOf(words), line);
      const halo = { fill: 'currentColor', stroke: 'var(--page)', strokeWidth: 4 } as const;
      const [texts, interval] = wide ? [0, 0] : [-9, 9];
      const arrow = { x: 'low', y: 'at', dy: interval, symbol: 'triangle', r: 4, fill: 'var(--estimate)' } as const;
      return drawChart('Forest plot', {
        width,
        height: 56 + (wide ? 26 : 42) * marks.length,
        ...{
          marginLeft: wide ? 12 + 7.6 * 34 : 12,
          marginRight: wide ? 24 + 7.2 * longest : 12,
          marginTop: 12,
          marginBottom: 40,
        },
        x: { domain, label: 'odds ratio', grid: true, ...ratioTicks(domain, wide) },
        y: { type: 'band', domain: marks.map(({ at }) => at), label: null, axis: null },
        marks: [
          ruleX([0], { stroke: 'var(--quiet)', strokeDasharray: '3 3' }),
          text(marks, {
            ...{ y: 'at', text: name, frameAnchor: 'left', ...halo },
            ...(wide ? { textAnchor: 'end', dx: -12 } : { textAnchor: 'start', dx: -10, dy: texts }),
          }),
          text(marks, {
            ...{ y: 'at', text: 'words', frameAnchor: 'right', ...halo },
            ...(wide ? { textAnchor: 'start', dx: 14 } : { textAnchor: 'end', dx: 10, dy: texts }),
          }),
          ruleY(marks, { x1: 'low', x2: 'high', y: 'at', dy: interval, stroke: 'var(--estimate)', strokeWidth: 2 }),
          dot(below, { ...arrow, rotate: -90 }),
          dot(above, { ...arrow, x: 'high', rotate: 90 }),
          dot(marks, {
            ...{ x: 'value', y: 'at', dy: interval, r: 5, stroke: 'var(--estimate)', strokeWidth: 1.5 },
            fill: ({ reference }: Mark) => (reference ? 'var(--page)' : 'var(--estimate)'),
          }),
        ],
      });
    },
  };
}

interface Mark {
  readonly line: CoefficientLine;
  readonly words: string;
  readonly reference: boolean;
}

const clip = (ratio: number): number => Math.min(largest, Math.max(smallest, ratio));
const place = (ratio: number): number => Math.log10(clip(ratio));

/** Those whose intervals are furthest from 1 in their own width, in their order. */
function strongest(lines: readonly CoefficientLine[]): CoefficientLine[] {
  const strength = ({ oddsRatio, interval }: CoefficientLine): number =>
    Math.abs(Math.log(clip(oddsRatio!))) / Math.log(clip(interval![1]) / clip(interval![0]));
  const kept = new Set([...lines].sort((a, b) => strength(b) - strength(a)).slice(0, mostLines));
  return lines.filter((one) => kept.has(one));
}

/** Round ratios as ticks of their logarithms: Plot's own logarithmic axis leaves some of their labels out. */
function ratioTicks([low, high]: readonly number[], wide: boolean): Pick<ScaleOptions, 'ticks' | 'tickFormat'> {
  const fine = [0.8, 0.85, 0.9, 0.95, 1, 1.05, 1.1, 1.15, 1.2, 1.25];
  const coarse = [0.001, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100, 1000];
  const ratios = (high! - low! < 0.25 ? fine : coarse).filter(
    (ratio) => Math.log10(ratio) >= low! && Math.log10(ratio) <= high!,
  );
  const step = Math.ceil(ratios.length / (wide ? 11 : 5));
  const one = ratios.indexOf(1);
  return {
    ticks: ratios.filter((_, k) => (k - one) % step === 0).map(Math.log10),
    tickFormat: (at: number) => String(Number((10 ** at).toPrecision(3))),
  };
}

/** The level as far as there is room, and what is left for its column. */
function nameWithin(letters: number, line: CoefficientLine): string {
  const term = describeTerm(line);
  if (line.level === null) return shorten(term, letters);
  const own = shorten(line.level, letters - 8);
  return `${shorten(term, letters - 2 - own.length)}: ${own}`;
}

const shorten = (name: string, letters: number): string =>
  name.length <= letters ? name : `${name.slice(0, letters - 1)}…`;

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
    return points && points.length > 0 ? [line(points, { stroke: color, strokeWidth: 2 })] : [];
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
