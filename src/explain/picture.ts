/**
 * The graph of a row as an SVG picture: a column for each stage of the computation, values forward in the boxes, local
 * derivatives backward on the lines. Too many quantities for a picture give none; the tables have them all.
 */
import type { GraphEdge, GraphNode } from './describe.ts';
import { escapeHtml } from './markup.ts';
import { number } from './notation.ts';
import type { NodeRole } from './roles.ts';
import type { RowExplanation } from './row.ts';

const stages: readonly (readonly NodeRole['role'][])[] = [
  ['cell'],
  ['feature', 'weight', 'bias'],
  ['score'],
  ['probability', 'label'],
  ['loss', 'sample weight'],
  ['weighted loss'],
];
const [width, height, rowGap, columnGap, margin] = [96, 40, 12, 88, 8];
const mostRows = 30;

interface Place {
  readonly x: number;
  readonly y: number;
}

export function pictureOf({ nodes, edges, classes }: RowExplanation): string | undefined {
  const columns = stages
    .map((roles) => nodes.filter(({ about }) => roles.includes(about.role)))
    .filter((column) => column.length > 0);
  const rows = Math.max(...columns.map((column) => column.length));
  if (rows > mostRows) return undefined;
  const full = rows * (height + rowGap) - rowGap;
  const places = new Map<string, Place>();
  columns.forEach((column, c) => {
    const step = full / column.length;
    column.forEach(({ id }, r) => {
      places.set(id, { x: margin + c * (width + columnGap), y: margin + step * (r + 0.5) });
    });
  });
  const size = [columns.length * (width + columnGap) - columnGap + 2 * margin, full + 2 * margin].map(Math.ceil);
  const about = new Map(nodes.map((node) => [node.id, node.about]));
  // A feature enters each class's score: there the lines are too many for numbers.
  const numbered = (from: string): boolean => classes.length === 2 || about.get(from)!.role !== 'feature';
  return [
    `<svg viewBox="0 0 ${size.join(' ')}" width="${size[0]}" height="${size[1]}" role="img" aria-label="The computational graph; the tables below hold the same numbers">`,
    ...edges.map(({ from, to }) => line(places.get(from)!, places.get(to)!)),
    ...edges.filter(({ from }) => numbered(from)).map((edge) => derivative(edge, places, about.get(edge.from)!)),
    ...nodes.map((node) => box(node, places.get(node.id)!)),
    '</svg>',
  ].join('\n');
}

const line = (from: Place, to: Place): string =>
  `<path class="line" d="M${from.x + width} ${from.y.toFixed(1)} L${to.x} ${to.y.toFixed(1)}"/>`;

/** Scores and probabilities have several lines each, numbered halfway; others one, numbered beside the box. */
function derivative({ from, to, value }: GraphEdge, places: ReadonlyMap<string, Place>, { role }: NodeRole): string {
  const [a, b] = [places.get(from)!, places.get(to)!];
  const halfway = role === 'score' || role === 'probability';
  const t = halfway ? 0.45 : 0.08;
  const x = a.x + width + t * (b.x - a.x - width);
  const y = a.y + t * (b.y - a.y) + 4;
  return `<text class="local${halfway ? '' : ' beside'}" x="${x.toFixed(1)}" y="${y.toFixed(1)}">${short(value)}</text>`;
}

function box({ symbol, name, value, about }: GraphNode<NodeRole>, { x, y }: Place): string {
  const [letter, index = ''] = symbol.text.split('_');
  return [
    `<g class="node ${about.role.replace(' ', '-')}"><title>${escapeHtml(name)}</title>`,
    `<rect x="${x}" y="${(y - height / 2).toFixed(1)}" width="${width}" height="${height}" rx="8"/>`,
    `<text x="${x + width / 2}" y="${(y - 3).toFixed(1)}"><tspan class="letter">${letter}</tspan><tspan class="index" dy="3">${index}</tspan></text>`,
    `<text class="value" x="${x + width / 2}" y="${(y + 14).toFixed(1)}">${short(value)}</text></g>`,
  ].join('');
}

const short = (value: number): string => number(Number(value.toPrecision(4))).text;
