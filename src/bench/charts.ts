/** The charts of a run of the bench. They know results and no page. */
import { barX, dot, type Markish, ruleX, type ScaleOptions, text, tickX } from '@observablehq/plot';
import { type Chart, drawChart, type Swatch } from '../report/chart.ts';
import type { BenchReport, TimedResult } from './bench.ts';

const kernels = { fused: 'var(--fused)', portable: 'var(--portable)', loops: 'var(--text)' } as const;
const kernelLegend: readonly Swatch[] = (['fused', 'portable'] as const).map((kernel) => ({
  name: `${kernel} kernels`,
  color: kernels[kernel],
}));

/** What passes before the first gradient, in order. */
const phases = [
  { name: 'start', field: 'startupMs', color: 'var(--start)' },
  { name: 'upload', field: 'uploadMs', color: 'var(--upload)' },
  { name: 'first evaluation', field: 'firstMs', color: 'var(--first)' },
] as const;

const u = 2 ** -24;

export function chartsOf({ machine: { gigabytesPerSecond: bandwidth }, results }: BenchReport): Chart[] {
  const timed = results.filter((result) => result.available);
  const order = timed.map(({ backend }) => backend);
  const chart = (words: Omit<Chart, 'draw'>, x: ScaleOptions, marks: Markish[]): Chart => ({
    ...words,
    draw: (width) => svg(words.title, { width, order, x }, marks),
  });
  return [
    chart(
      {
        title: 'One evaluation',
        caption:
          'Loss and gradient over all rows, read back: the median, and each repetition as a line. The axis is logarithmic.',
        legend: kernelLegend,
      },
      { ...decades(timed.flatMap(({ samplesMs }) => samplesMs)), label: 'milliseconds', tickFormat: ',' },
      [
        ...timed.map(({ backend, kernel, samplesMs }) =>
          tickX(samplesMs, { x: (ms) => ms, y: () => backend, stroke: kernels[kernel], strokeOpacity: 0.5 }),
        ),
        dot(timed, { x: 'medianMs', y: 'backend', fill: colorOf, r: 5 }),
        label(timed, 'medianMs', ({ medianMs }) => `${Number(medianMs.toPrecision(3))} ms`, {
          ...{ textAnchor: 'middle', dx: 0, dy: -16 },
        }),
      ],
    ),
    chart(
      {
        title: 'Before the first gradient',
        caption:
          'What is waited for once: the backend starts, the rows are copied to it, and its first evaluation compiles what is compiled late.',
        legend: phases,
      },
      { label: 'milliseconds' },
      [
        barX(
          timed.flatMap((one) => phases.map(({ field, color }) => ({ backend: one.backend, color, ms: one[field] }))),
          { x: 'ms', y: 'backend', fill: 'color' },
        ),
        ruleX([0]),
      ],
    ),
    chart(
      {
        title: 'Throughput',
        caption: `The size of X in float32, once, by the median.${bandwidth === null ? '' : ` The line is what the processor reads from memory, ${bandwidth.toPrecision(3)} GB/s; rows that fit its cache, or that lie on a graphics card, can pass it.`}`,
        legend: kernelLegend,
      },
      { label: 'GB/s', domain: [0, 1.2 * Math.max(bandwidth ?? 0, ...timed.map((one) => one.gigabytesPerSecond))] },
      [
        barX(timed, { x: 'gigabytesPerSecond', y: 'backend', fill: colorOf }),
        ...(bandwidth === null ? [] : [limit(bandwidth)]),
        label(timed, 'gigabytesPerSecond', ({ gigabytesPerSecond }) => gigabytesPerSecond.toPrecision(3)),
        ruleX([0]),
      ],
    ),
    chart(
      {
        title: 'Error of the gradient',
        caption:
          'The largest, against plain float64 loops, relative to the largest entry. The line is one rounding of float32, u = 2⁻²⁴. The axis is logarithmic.',
        legend: kernelLegend,
      },
      {
        ...decades([u, ...timed.map(({ gradientError }) => gradientError)]),
        ...{ label: 'relative error', tickFormat: '.0e' },
      },
      [
        limit(u),
        dot(timed, { x: 'gradientError', y: 'backend', fill: colorOf, r: 5 }),
        label(timed, 'gradientError', ({ gradientError }) => gradientError.toExponential(1)),
      ],
    ),
  ];
}

const colorOf = ({ kernel }: TimedResult): string => kernels[kernel];

const limit = (at: number): Markish => ruleX([at], { stroke: 'var(--limit)', strokeWidth: 2 });

/** A figure beside its mark, legible on a line. */
function label(timed: readonly TimedResult[], x: string, of: (one: TimedResult) => string, more: object = {}): Markish {
  const halo = { stroke: 'var(--page)', strokeWidth: 4, fill: 'currentColor' };
  return text(timed, { x, y: 'backend', text: of, textAnchor: 'start', dx: 9, ...halo, ...more });
}

/** A logarithmic scale of whole powers of ten around what is positive among the values. */
function decades(values: readonly number[]): ScaleOptions {
  const logarithms = values.filter((value) => value > 0).map(Math.log10);
  const [low, high] = [Math.floor(Math.min(...logarithms)), Math.ceil(Math.max(...logarithms))];
  const ticks = Array.from({ length: high - low + 1 }, (_, k) => 10 ** (low + k));
  return { type: 'log', domain: [10 ** low, 10 ** (high + 0.4)], ticks };
}

function svg(
  title: string,
  { width, order, x }: { readonly width: number; readonly order: readonly string[]; readonly x: ScaleOptions },
  marks: readonly Markish[],
): string {
  return drawChart(title, {
    width,
    height: 60 + 44 * order.length,
    ...{ marginLeft: 76, marginRight: 28, marginTop: 24, marginBottom: 40 },
    x: { grid: true, ...x },
    y: { type: 'band', domain: order, label: null, tickSize: 0, padding: 0.35 },
    marks: [...marks],
  });
}
