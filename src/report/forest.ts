/** The chart of odds ratios with their intervals. It knows lines of the table and no page. */
import { dot, ruleX, ruleY, type ScaleOptions, text } from '@observablehq/plot';
import { type Chart, drawChart } from './chart.ts';
import { type CoefficientLine, describeTerm } from './coefficient-table.ts';
import { ratioInterval, ratios } from './numbers.ts';

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
