/** The probability behind the rows: a wash towards the colour of either class, or with one feature the curve itself. */
import { sigmoid } from '../../../../src/math/logistic.ts';
import { linePath } from '../view/scale.ts';
import type { Frame } from './frame.ts';
import type { Boundary } from './scores.ts';
import * as lab from './state.ts';

const stops = [-6, -4, -3, -2, -1, 0, 1, 2, 3, 4, 6];

export function Wash({ frame: { size, sx, sy }, boundary }: { readonly frame: Frame; readonly boundary: Boundary }) {
  // From z = −6 to z = 6 along the normal.
  const [from, to] = [-6, 6].map((z) => {
    const [[x1, y1], [x2, y2]] = boundary.line(z);
    return [sx((x1 + x2) / 2), sy((y1 + y2) / 2)] as const;
  });
  return (
    <>
      <linearGradient id="wash" gradientUnits="userSpaceOnUse" x1={from![0]} y1={from![1]} x2={to![0]} y2={to![1]}>
        {stops.map((z) => {
          const lean = 2 * sigmoid(z) - 1;
          const colour = lean < 0 ? 'var(--zero)' : 'var(--one)';
          const opacity = Math.abs(lean).toFixed(3);
          return (
            <stop
              key={z}
              offset={(z + 6) / 12}
              style={`stop-color: rgb(${colour} / calc(var(--shade) * ${opacity}))`}
            />
          );
        })}
      </linearGradient>
      <rect width={size} height={size} fill="url(#wash)" />
    </>
  );
}

/** One feature: a = σ(w·x + b). */
export function Curve({ frame: { size, sx, sy } }: { readonly frame: Frame }) {
  const [w, b] = lab.theta.value;
  const points = Array.from({ length: 81 }, (_, i) => {
    const x = sx.invert((i / 80) * size);
    return [sx(x), sy(sigmoid(w! * x + b!))] as const;
  });
  return (
    <g pointer-events="none">
      <line class="axis" x1="0" x2={size} y1={sy(1)} y2={sy(1)} />
      <path class="curve" d={linePath(points)} style="stroke:var(--a)" />
    </g>
  );
}
