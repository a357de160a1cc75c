/**
 * Charts of a report as SVG text, drawn by Observable Plot on a document without a browser, each in two widths of which
 * the style shows one. Colours are those of the page's style, so that a chart follows it from light to dark.
 */
import { type PlotOptions, plot } from '@observablehq/plot';
import { parseHTML } from 'linkedom';
import { escapeHtml } from '../explain/markup.ts';

export interface Chart {
  readonly title: string;
  readonly caption: string;
  readonly legend: readonly Swatch[];
  /** SVG of so many pixels across. */
  draw(width: number): string;
}

/** A name and the variable of the style that is its colour. */
export interface Swatch {
  readonly name: string;
  readonly color: string;
}

/** Pixels across: on a phone, and on anything wider. */
export interface ChartWidths {
  readonly narrow: number;
  readonly wide: number;
}

export function drawChart(title: string, { x, ...options }: PlotOptions): string {
  const { document } = parseHTML('<!doctype html><html><body></body></html>');
  return plot({
    document,
    style: { fontSize: '13px' },
    ariaLabel: title,
    x: { labelAnchor: 'center', labelArrow: 'none', ...x },
    ...options,
  }).outerHTML;
}

export function figureOf({ title, caption, legend, draw }: Chart, widths: ChartWidths): string {
  const names = legend.map(({ name, color }) => `<span><i style="background:${color}"></i>${escapeHtml(name)}</span>`);
  const charts = Object.entries(widths).map(([name, width]) => `<div class="${name}">${draw(width)}</div>`);
  return [
    `<figure><h2>${escapeHtml(title)}</h2>`,
    names.length === 0 ? '' : `<p class="legend">${names.join('')}</p>`,
    ...charts,
    `<figcaption>${escapeHtml(caption)}</figcaption></figure>`,
  ].join('');
}
