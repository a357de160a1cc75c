/** The loss over a plane of two weights, and the paths of three solvers from a start that is set by a click or by keys. */
import { signal } from '@preact/signals';
import { contours } from 'd3-contour';
import { useAnswer } from '../view/answer.ts';
import { Figure, useWidth } from '../view/figure.tsx';
import { linearScale, linePath, type Scale } from '../view/scale.ts';
import { call } from '../worker/client.ts';
import { geoPathOf } from './contour-path.ts';
import { short, subscript } from './numbers.ts';
import { newtonPath, type Path, pathOf } from './solve.ts';
import * as lab from './state.ts';

const solvers = [
  { name: 'gd', title: 'gradient descent', colour: 'z', dashes: '1 4' },
  { name: 'lbfgs', title: 'L-BFGS', colour: 'x', dashes: '7 3' },
  { name: 'newton', title: 'Newton', colour: 'L', dashes: '' },
] as const;

/** Where the paths start, along the two axes. */
const start = signal<readonly [number, number]>([-1.5, 1.5]);
const axes = signal<readonly [number, number]>([0, 1]);

interface Drawn {
  readonly values: Float64Array;
  readonly size: number;
  readonly spans: readonly [readonly [number, number], readonly [number, number]];
  readonly paths: readonly Path[];
  readonly axes: readonly [number, number];
}

function ask(): Promise<Drawn> | undefined {
  const { placed, l2, rate } = lab;
  const [i, j] = axes.value;
  const [si, sj] = start.value;
  const [penalty, learningRate] = [l2.value, rate.value];
  const n = placed.value?.features.length;
  if (n === undefined || i > n || j > n) return undefined;
  return (async () => {
    const found = await newtonPath(new Float64Array(n + 1), penalty);
    const centre = found.steps.at(-1)!.theta;
    const from = centre.slice();
    from[i] = si;
    from[j] = sj;
    const paths = [];
    for (const { name } of solvers) {
      paths.push(
        await pathOf({
          solver: name,
          from,
          l2: penalty,
          maxIterations: name === 'gd' ? 400 : 100,
          learningRate: name === 'gd' ? learningRate : undefined,
        }),
      );
    }
    const reach = 1.25 * Math.max(2, Math.abs(si - centre[i]!), Math.abs(sj - centre[j]!));
    const spans = [i, j].map((k) => [centre[k]! - reach, centre[k]! + reach] as const) as unknown as Drawn['spans'];
    const surface = await call('surface', [{ l2: penalty, axes: [i, j], theta: centre, spans }]);
    return { ...surface, spans, paths, axes: [i, j] as const };
  })();
}

const nameOf = (k: number): string => (k === lab.features.value.length ? 'b' : `w${subscript(k + 1)}`);

export function SurfacePart() {
  const [ref, drawn] = useAnswer(ask);
  const n = lab.features.value.length;
  const pairs =
    n === 1
      ? [[0, 1]]
      : [
          [0, 1],
          [0, n],
          [1, n],
        ];
  return (
    <section class="part" ref={ref}>
      <h2>Three ways down</h2>
      <p>
        The loss over two of the weights, the others where the minimum has them. Gradient descent goes straight down the
        slope, L-BFGS learns the shape of the valley from its steps, Newton knows it from the second derivative.
      </p>
      <Figure
        title={`Mean loss over ${nameOf(axes.value[0])} and ${nameOf(axes.value[1])}`}
        tools={
          <label>
            over{' '}
            <select
              value={axes.value.join()}
              onChange={({ currentTarget: { value } }) => {
                axes.value = value.split(',').map(Number) as [number, number];
              }}
            >
              {pairs.map(([i, j]) => (
                <option key={`${i}`} value={`${i},${j}`}>
                  {nameOf(i!)} and {nameOf(j!)}
                </option>
              ))}
            </select>
          </label>
        }
        table={() => ({
          head: ['solver', 'iterations', 'sums over the rows', 'loss where it ends', 'outcome'],
          rows: (drawn?.paths ?? []).map((path, k) => [
            solvers[k]!.title,
            path.iterations,
            path.evaluations,
            short(path.steps.at(-1)!.value),
            path.outcome,
          ]),
        })}
        caption="Click where the paths shall start; with keys, arrows move the start. The dot is the step that the scrubber shows."
      >
        {drawn ? <Valley {...drawn} /> : <div class="empty" />}
      </Figure>
    </section>
  );
}

function Valley({ values, size, spans, paths, axes: [i, j] }: Drawn) {
  const [ref, width] = useWidth(760);
  const height = Math.min(460, Math.max(300, width * 0.6));
  const sx = linearScale(spans[0], [0, width]);
  const sy = linearScale(spans[1], [height, 0]);
  const low = Math.min(...values);
  const high = Math.max(...values);
  const thresholds = Array.from({ length: 13 }, (_, k) => low + (high - low) * ((k + 0.3) / 13) ** 2.2);
  const rings = contours().size([size, size]).thresholds(thresholds)(Array.from(values));
  const ring = geoPathOf(width / size, height / size, height);
  const to = ({ theta }: Path['steps'][number]): [number, number] => [sx(theta[i]!), sy(theta[j]!)];
  const move = (dx: number, dy: number): void => {
    const [a, b] = start.value;
    start.value = [Math.round((a + dx) * 100) / 100, Math.round((b + dy) * 100) / 100];
  };
  const keys = (event: KeyboardEvent): void => {
    const far = event.shiftKey ? 1 : 0.25;
    const moves: Readonly<Record<string, readonly [number, number]>> = {
      ArrowLeft: [-far, 0],
      ArrowRight: [far, 0],
      ArrowUp: [0, far],
      ArrowDown: [0, -far],
    };
    const own = moves[event.key];
    if (own === undefined) return;
    event.preventDefault();
    move(...own);
  };
  return (
    <>
      <div ref={ref}>
        <svg
          class="plot map"
          width={width}
          height={height}
          role="application"
          tabindex={0}
          aria-label={`Start of the paths: ${nameOf(i)} ${short(start.value[0])}, ${nameOf(j)} ${short(start.value[1])}. Arrow keys move it.`}
          onKeyDown={keys}
          onClick={(event) => {
            const box = event.currentTarget.getBoundingClientRect();
            start.value = [sx.invert(event.clientX - box.left), sy.invert(event.clientY - box.top)].map(
              (v) => Math.round(v * 100) / 100,
            ) as [number, number];
          }}
        >
          <clipPath id="map-frame">
            <rect width={width} height={height} rx="10" />
          </clipPath>
          <g clip-path="url(#map-frame)">
            {rings.map((own, k) => (
              <path key={k} class="ring" d={ring(own)} />
            ))}
            {paths.map((own, k) => (
              <g key={solvers[k]!.name} style={`--c:var(--${solvers[k]!.colour})`}>
                <path class="way" d={linePath(own.steps.map(to))} stroke-dasharray={solvers[k]!.dashes} />
                {own.steps.length < 60 && own.steps.map((step, s) => <Mark key={s} kind={k} at={to(step)} />)}
              </g>
            ))}
            <path class="start" d={`M${sx(start.value[0])} ${sy(start.value[1])}m-7 0h14m-7-7v14`} />
            <Here axes={[i, j]} sx={sx} sy={sy} />
            <text x={width - 10} y={height - 10} text-anchor="end">
              {nameOf(i)} →
            </text>
            <text x={10} y={18}>
              ↑ {nameOf(j)}
            </text>
          </g>
        </svg>
      </div>
      <ul class="legend">
        {paths.map((own, k) => (
          <li key={solvers[k]!.name} style={`--c:var(--${solvers[k]!.colour})`}>
            <svg width="34" height="12" aria-hidden="true">
              <path class="way" d="M1 6H33" stroke-dasharray={solvers[k]!.dashes} />
              <Mark kind={k} at={[17, 6]} />
            </svg>
            {solvers[k]!.title}: {own.iterations} iterations, {own.outcome}
          </li>
        ))}
      </ul>
    </>
  );
}

/** Where the scrubber stands. */
function Here({ axes: [i, j], sx, sy }: Pick<Drawn, 'axes'> & { readonly sx: Scale; readonly sy: Scale }) {
  const theta = lab.theta.value;
  return <circle class="here" r="5" cx={sx(theta[i] ?? 0)} cy={sy(theta[j] ?? 0)} />;
}

/** A step, in the shape of its solver. */
function Mark({ kind, at: [x, y] }: { readonly kind: number; readonly at: readonly [number, number] }) {
  const shapes = ['M-2 0a2 2 0 1 0 4 0a2 2 0 1 0-4 0', 'M0-3.6 3.4 2.6-3.4 2.6z', 'M-3-3H3V3H-3z'];
  return <path class="step" d={shapes[kind]} transform={`translate(${x} ${y})`} />;
}
