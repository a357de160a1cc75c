/** The rows over two features, or over one and their class: added, dragged, flipped and deleted by mouse, touch and keys. */
import { useRef } from 'preact/hooks';
import { Figure, type Table, useWidth } from '../view/figure.tsx';
import { editPoints, flip, replace } from './actions.ts';
import type { DataPoint } from './data-sets.ts';
import { Dot } from './dot.tsx';
import { frameOf } from './frame.ts';
import { short } from './numbers.ts';
import { scoresNow } from './scores.ts';
import * as lab from './state.ts';
import { Weights } from './weights.tsx';

const keysCaption =
  'Click to add a row, drag to move it. With keys: arrows move the row in focus, Page Up and Page Down go from row to row, F flips its class, Delete removes it, N adds one.';

export function Picture({ adding }: { readonly adding: 0 | 1 }) {
  const own = lab.setName.value !== 'file';
  return (
    <Figure
      title="Rows and their pulls"
      tools={own ? undefined : <Axes />}
      table={tableNow}
      caption={own ? keysCaption : 'Standardised values. The line stands where every other feature is at its mean.'}
    >
      <Plane adding={adding} own={own} />
      {own && <ChosenRow />}
    </Figure>
  );
}

function Plane({ adding, own }: { readonly adding: 0 | 1; readonly own: boolean }) {
  const [ref, width] = useWidth(480);
  const ground = useRef<SVGRectElement>(null);
  const frame = frameOf(width);
  const { size, sx, sy, first, second } = frame;
  const points = lab.points.value;
  const nameOf = (feature: number): string | undefined => lab.features.value[feature]?.name.slice(0, 24);

  const moved = (like: DataPoint, x: number, y: number): DataPoint => {
    const values = like.x.slice();
    values[first] = Math.round(x * 100) / 100;
    if (second !== undefined) values[second] = Math.round(y * 100) / 100;
    return { ...like, x: values };
  };
  const under = (like: DataPoint, { clientX, clientY }: MouseEvent): DataPoint => {
    const box = ground.current!.getBoundingClientRect();
    return moved(like, sx.invert(clientX - box.left), sy.invert(clientY - box.top));
  };
  const fresh = (): DataPoint => ({ y: adding, x: new Float64Array(lab.features.value.length) });
  const add = (point: DataPoint): void => editPoints([...points, point], points.length);

  return (
    <div ref={ref}>
      <svg
        class="plot"
        width={size}
        height={size}
        role="group"
        aria-label="Rows over two features"
        onClick={(event) => own && event.target === ground.current && add(under(fresh(), event))}
      >
        <clipPath id="frame">
          <rect width={size} height={size} rx="10" />
        </clipPath>
        <g clip-path="url(#frame)">
          <rect class="ground" ref={ground} width={size} height={size} fill="transparent" />
          <line class="axis" x1={sx(0)} x2={sx(0)} y1="0" y2={size} pointer-events="none" />
          <line class="axis" y1={sy(0)} y2={sy(0)} x1="0" x2={size} pointer-events="none" />
          <Weights frame={frame} />
          <text x={size - 8} y={sy(0) - 6} text-anchor="end">
            {nameOf(first)}
          </text>
          <text x={sx(0) + 6} y={16}>
            {second === undefined ? 'class, and a = σ(z)' : nameOf(second)}
          </text>
          {points.map((point, i) => (
            <Dot
              key={i}
              index={i}
              point={point}
              x={sx(point.x[first]!)}
              y={sy(second === undefined ? point.y : point.x[second]!)}
              own={own}
              onMove={(event) => replace(i, under(point, event))}
              onShift={(dx, dy) => replace(i, moved(point, point.x[first]! + dx, point.x[second ?? first]! + dy))}
              onAdd={() => add(fresh())}
            />
          ))}
        </g>
      </svg>
    </div>
  );
}

/** What fingers do with a row that keys do with letters. */
function ChosenRow() {
  const { chosen } = lab;
  return (
    <div class="bar chosen-row">
      <span class="numbers">
        row <b>{chosen.value + 1}</b>
      </span>
      <button type="button" class="quiet" onClick={() => flip(chosen.value)}>
        Flip its class
      </button>
      <button type="button" class="quiet" onClick={() => replace(chosen.value, undefined)}>
        Delete it
      </button>
    </div>
  );
}

/** Which two features of a file are drawn. */
function Axes() {
  const { drawn, features } = lab;
  const [first, second] = drawn.value;
  if (second === undefined) return null;
  const axis = (k: 0 | 1) => (
    <select
      aria-label={k === 0 ? 'Feature to the right' : 'Feature upwards'}
      value={drawn.value[k]}
      onChange={({ currentTarget }) => {
        const feature = Number(currentTarget.value);
        drawn.value = k === 0 ? [feature, second] : [first, feature];
      }}
    >
      {features.value.map(({ name }, j) => (
        <option key={name} value={j}>
          {name}
        </option>
      ))}
    </select>
  );
  return (
    <>
      {axis(0)}
      {axis(1)}
    </>
  );
}

function tableNow(): Table {
  const { features, classes, points } = lab;
  return {
    head: ['row', ...features.value.map(({ name }) => name), 'class', 'a', 'dz'],
    rows: points.value.map(({ x, y }, i) => {
      const { a, dz } = scoresNow.value[i]!;
      return [i + 1, ...Array.from(x, short), classes.value[y], short(a), short(dz)];
    }),
  };
}
