/** The probability behind the rows: a wash of the colour of class 1 where a is large, of class 0 where it is small. */

import { sigmoid } from '../../../../src/math/logistic.ts';
import { linePath, type Scale } from '../view/scale.ts';
import { boundaryOf } from './scores.ts';
import * as lab from './state.ts';

const stops = [-6, -4, -3, -2, -1, 0, 1, 2, 3, 4, 6];

interface ShadingProps {
  readonly size: number;
  readonly sx: Scale;
  readonly sy: Scale;
  readonly second: number | undefined;
}

export function Shading({ size, sx, sy, second }: ShadingProps) {
  const theta = lab.theta.value;
  const [first] = lab.drawn.value;
  if (second === undefined) return <Curve size={size} sx={sx} sy={sy} second={undefined} />;
  const boundary = boundaryOf(theta, first, second);
  if (boundary === undefined) return null;
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
          return (
            <stop
              key={z}
              offset={(z + 6) / 12}
              style={`stop-color: rgb(${colour} / calc(var(--shade) * ${Math.abs(lean).toFixed(3)}))`}
            />
          );
        })}
      </linearGradient>
      <rect width={size} height={size} fill="url(#wash)" />
    </>
  );
}

/** One feature: a = σ(w·x + b) itself. */
function Curve({ size, sx, sy }: ShadingProps) {
  const theta = lab.theta.value;
  const xs = Array.from({ length: 81 }, (_, i) => sx.invert((i / 80) * size));
  const path = linePath(xs.map((x) => [sx(x), sy(sigmoid(theta[0]! * x + theta[1]!))]));
  return (
    <>
      <line class="axis" x1="0" x2={size} y1={sy(1)} y2={sy(1)} />
      <path class="curve" d={path} style="stroke:var(--a)" />
    </>
  );
}
