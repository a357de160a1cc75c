/**
 * The rows over two features, the line where a = ½, and the pulls: each row's dz as an arrow on that line, which pushes it
 * away from a row of class 1 and towards one of class 0. Points are added, dragged, flipped and deleted.
 */

import { useRef } from 'preact/hooks';
import { Figure, useWidth } from '../view/figure.tsx';
import { linearScale, type Scale } from '../view/scale.ts';
import { editPoints } from './actions.ts';
import type { DataPoint } from './data-sets.ts';
import { Dot } from './dot.tsx';
import { short } from './numbers.ts';
import { boundaryOf, scoresNow } from './scores.ts';
import { Shading } from './shading.tsx';
import * as lab from './state.ts';

const margin = 26;
/** Pixels of an arrow whose dz is 1. */
const arrowLength = 54;

/** The span of both axes: at least that of the sets, and whatever the points need. */
function domain(points: readonly DataPoint[], axis: number | undefined): [number, number] {
  if (axis === undefined) return [-0.35, 1.35];
  const least = lab.setName.value === 'file' ? 0.5 : lab.setName.value === 't8' ? 1 : 4;
  const values = points.map((p) => p.x[axis]!);
  const low = Math.min(-least, ...values);
  const high = Math.max(least, ...values);
  const room = (high - low) * 0.04;
  return [low - room, high + room];
}

export function Picture({ adding }: { readonly adding: 0 | 1 }) {
  const [ref, width] = useWidth(480);
  const svg = useRef<SVGSVGElement>(null);
  const size = Math.min(width, 620);
  const points = lab.points.value;
  const [first, second] = lab.drawn.value;
  const scores = scoresNow.value;
  const sx = linearScale(domain(points, first), [margin, size - margin / 2]);
  const sy = linearScale(domain(points, second), [size - margin, margin / 2]);
  const height = (p: DataPoint): number => sy(second === undefined ? p.y : p.x[second]!);
  const own = lab.setName.value !== 'file';
  const boundary = boundaryOf(lab.theta.value, first, second);

  const place = (event: { clientX: number; clientY: number }): [number, number] => {
    const box = svg.current!.getBoundingClientRect();
    const round = (v: number): number => Math.round(v * 100) / 100;
    return [round(sx.invert(event.clientX - box.left)), round(sy.invert(event.clientY - box.top))];
  };
  const at = ([x, y]: readonly [number, number], like: DataPoint): DataPoint => {
    const moved = like.x.slice();
    moved[first] = x;
    if (second !== undefined) moved[second] = y;
    return { ...like, x: moved };
  };
  const add = (event: MouseEvent): void => {
    if (!own || event.target !== svg.current?.querySelector('.ground')) return;
    const like = { y: adding, x: new Float64Array(lab.features.value.length) };
    editPoints([...points, at(place(event), like)], points.length);
  };
  const change = (i: number, point: DataPoint | undefined): void =>
    editPoints(
      points.flatMap((p, k) => (k === i ? (point ? [point] : []) : [p])),
      i,
    );

  const foot = (p: DataPoint): readonly [number, number] | undefined =>
    boundary?.foot(p.x[first]!, second === undefined ? p.y : p.x[second]!);

  return (
    <Figure
      title="Rows and their pulls"
      table={() => ({
        head: ['row', ...lab.features.value.map(({ name }) => name), 'class', 'a', 'dz'],
        rows: points.map((p, i) => [
          i + 1,
          ...Array.from(p.x, short),
          lab.classes.value[p.y],
          short(scores[i]!.a),
          short(scores[i]!.dz),
        ]),
      })}
      caption={
        own
          ? 'Click to add a row, drag to move it. With keys: arrows move the row in focus, Page Up and Page Down go from row to row, F flips its class, Delete removes it, N adds one.'
          : `Standardised values. The line is drawn where every other feature is at its mean.`
      }
    >
      <div ref={ref}>
        <svg
          class="plot"
          ref={svg}
          width={size}
          height={size}
          role="group"
          aria-label="Rows over two features"
          onClick={add}
        >
          <defs>
            <marker id="head" viewBox="0 0 6 6" refX="5" refY="3" markerWidth="6" markerHeight="6" orient="auto">
              <path d="M0 .5 6 3 0 5.5z" style="fill:var(--z)" />
            </marker>
            <clipPath id="frame">
              <rect width={size} height={size} rx="10" />
            </clipPath>
          </defs>
          <g clip-path="url(#frame)">
            <Shading size={size} sx={sx} sy={sy} second={second} />
            <rect class="ground" width={size} height={size} fill="transparent" />
            <line class="axis" x1={sx(0)} x2={sx(0)} y1="0" y2={size} />
            <line class="axis" y1={sy(0)} y2={sy(0)} x1="0" x2={size} />
            {boundary && second !== undefined && <Lines boundary={boundary} sx={sx} sy={sy} />}
            {boundary &&
              second !== undefined &&
              points.map((p, i) => {
                const [fx, fy] = foot(p)!;
                const { dz } = scores[i]!;
                const mine = i === lab.chosen.value;
                const to: readonly [number, number] = [
                  sx(fx) + arrowLength * dz * boundary.normal[0],
                  sy(fy) - arrowLength * dz * boundary.normal[1],
                ];
                return (
                  <g key={i} pointer-events="none">
                    {mine && <line class="foot" x1={sx(p.x[first]!)} y1={height(p)} x2={sx(fx)} y2={sy(fy)} />}
                    <line
                      class={mine ? 'pull chosen' : 'pull'}
                      x1={sx(fx)}
                      y1={sy(fy)}
                      x2={to[0]}
                      y2={to[1]}
                      marker-end={Math.abs(dz) > 0.06 ? 'url(#head)' : undefined}
                    />
                  </g>
                );
              })}
            <text x={size - 8} y={sy(0) - 6} text-anchor="end">
              {lab.features.value[first]?.name.slice(0, 24)}
            </text>
            <text x={sx(0) + 6} y={16}>
              {second === undefined ? 'class, and a = σ(z)' : lab.features.value[second]?.name.slice(0, 24)}
            </text>
            {points.map((p, i) => (
              <Dot
                key={i}
                index={i}
                point={p}
                x={sx(p.x[first]!)}
                y={height(p)}
                own={own}
                score={scores[i]!}
                onMove={(event) => change(i, at(place(event), p))}
                onShift={(dx, dy) =>
                  change(i, at([p.x[first]! + dx, (second === undefined ? 0 : p.x[second]!) + dy], p))
                }
                onFlip={() => change(i, { ...p, y: p.y === 1 ? 0 : 1 })}
                onDelete={() => points.length > 1 && change(i, undefined)}
                onAdd={() => editPoints([...points, { y: adding, x: new Float64Array(p.x.length) }], points.length)}
              />
            ))}
          </g>
        </svg>
      </div>
    </Figure>
  );
}

/** Where a is one half, and where it is one tenth and nine tenths. */
function Lines({
  boundary,
  sx,
  sy,
}: {
  readonly boundary: NonNullable<ReturnType<typeof boundaryOf>>;
  readonly sx: Scale;
  readonly sy: Scale;
}) {
  return (
    <g pointer-events="none">
      {[-Math.log(9), 0, Math.log(9)].map((z) => {
        const [[x1, y1], [x2, y2]] = boundary.line(z);
        return <line key={z} class={z === 0 ? 'boundary' : 'level'} x1={sx(x1)} y1={sy(y1)} x2={sx(x2)} y2={sy(y2)} />;
      })}
    </g>
  );
}
