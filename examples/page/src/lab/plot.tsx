/** Lines over iterations: one small plot with its axes, the same everywhere. */
import { useWidth } from '../view/figure.tsx';
import { linearScale, linePath } from '../view/scale.ts';
import { short } from './numbers.ts';

export interface Curve {
  readonly name: string;
  readonly values: readonly (readonly [number, number])[];
  /** A colour of style/symbols.css. */
  readonly colour: string;
  readonly dashes?: string;
}

interface PlotProps {
  readonly curves: readonly Curve[];
  readonly height?: number;
  readonly x?: readonly [number, number];
  readonly y?: readonly [number, number];
  readonly xTitle?: string;
  /** Values of y that are marked by a line across. */
  readonly marks?: readonly { readonly at: number; readonly name: string }[];
  readonly dots?: readonly { readonly x: number; readonly y: number; readonly colour: string }[];
  readonly label: string;
}

const inset = { left: 40, right: 10, top: 10, bottom: 24 };

export function Plot({ curves, height = 200, x, y, xTitle, marks = [], dots = [], label }: PlotProps) {
  const [ref, width] = useWidth(320);
  const all = curves.flatMap(({ values }) => values).filter(([, v]) => Number.isFinite(v));
  const span = (k: 0 | 1): [number, number] => {
    const numbers = all.map((pair) => pair[k]);
    return [Math.min(...numbers, ...(k === 1 ? [0] : [])), Math.max(...numbers, 1e-9)];
  };
  const sx = linearScale(x ?? span(0), [inset.left, width - inset.right]);
  const sy = linearScale(y ?? span(1), [height - inset.bottom, inset.top]);
  const path = (values: Curve['values']): string =>
    linePath(
      values.filter(([, v]) => Number.isFinite(v)).map(([a, b]) => [sx(a), Math.max(-1e4, Math.min(1e4, sy(b)))]),
    );
  const id = `clip-${label.replace(/\W+/g, '-')}`;
  return (
    <div ref={ref} class="lines-plot">
      <svg width={width} height={height} role="img" aria-label={label}>
        <clipPath id={id}>
          <rect
            x={inset.left}
            y={0}
            width={Math.max(0, width - inset.left - inset.right + 6)}
            height={height - inset.bottom + 2}
          />
        </clipPath>
        {sy.ticks(3).map((tick) => (
          <g key={tick}>
            <line class="grid" x1={inset.left} x2={width - inset.right} y1={sy(tick)} y2={sy(tick)} />
            <text x={inset.left - 6} y={sy(tick) + 4} text-anchor="end">
              {short(tick)}
            </text>
          </g>
        ))}
        {sx.ticks(4).map((tick) => (
          <text key={tick} x={sx(tick)} y={height - 8} text-anchor="middle">
            {short(tick)}
          </text>
        ))}
        {xTitle && (
          <text x={width - inset.right} y={height - inset.bottom - 6} text-anchor="end">
            {xTitle}
          </text>
        )}
        <g clip-path={`url(#${id})`}>
          {marks.map(({ at, name }) => (
            <g key={name}>
              <line class="mark" x1={inset.left} x2={width - inset.right} y1={sy(at)} y2={sy(at)} />
              <text x={width - inset.right} y={sy(at) - 5} text-anchor="end">
                {name}
              </text>
            </g>
          ))}
          {curves.map(({ name, values, colour, dashes }) => (
            <path
              key={name}
              class="curve"
              d={path(values)}
              style={`stroke:var(--${colour})`}
              stroke-dasharray={dashes}
            />
          ))}
          {dots.map((dot, i) => (
            <circle key={i} cx={sx(dot.x)} cy={sy(dot.y)} r="4.5" style={`fill:var(--${dot.colour})`} />
          ))}
        </g>
      </svg>
      {curves.length > 1 && (
        <ul class="legend">
          {curves.map(({ name, colour, dashes }) => (
            <li key={name}>
              <svg width="26" height="8" aria-hidden="true">
                <path class="curve" d="M1 4H25" style={`stroke:var(--${colour})`} stroke-dasharray={dashes} />
              </svg>
              {name}
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}
