/**
 * What the weights draw over two features: the probability as a wash, the lines where a is ½, ¹⁄₁₀ and ⁹⁄₁₀, and each row's
 * pull on the line. It alone is drawn anew at every step.
 */
import type { DataPoint } from './data-sets.ts';
import type { Frame } from './frame.ts';
import { type Boundary, boundaryOf, scoresNow } from './scores.ts';
import { Curve, Wash } from './shading.tsx';
import * as lab from './state.ts';

/** Pixels of an arrow whose dz is 1. */
const arrowLength = 54;

export function Weights({ frame }: { readonly frame: Frame }) {
  const { first, second } = frame;
  if (second === undefined) return <Curve frame={frame} />;
  const boundary = boundaryOf(lab.theta.value, first, second);
  if (boundary === undefined) return null;
  return (
    <g pointer-events="none">
      <Wash frame={frame} boundary={boundary} />
      <Lines frame={frame} boundary={boundary} />
      <Pulls frame={frame} boundary={boundary} second={second} />
    </g>
  );
}

interface Drawn {
  readonly frame: Frame;
  readonly boundary: Boundary;
}

function Lines({ frame: { sx, sy }, boundary }: Drawn) {
  return (
    <>
      {[-Math.log(9), 0, Math.log(9)].map((z) => {
        const [[x1, y1], [x2, y2]] = boundary.line(z);
        return <line key={z} class={z === 0 ? 'boundary' : 'level'} x1={sx(x1)} y1={sy(y1)} x2={sx(x2)} y2={sy(y2)} />;
      })}
    </>
  );
}

/** Arrows of length dz from the foot of each row, away from a row of class 1 and towards one of class 0. */
function Pulls({ frame: { sx, sy, first }, boundary, second }: Drawn & { readonly second: number }) {
  const { points, chosen } = lab;
  const [nx, ny] = boundary.normal;
  const arrow = ({ x }: DataPoint, dz: number): string => {
    const [fx, fy] = boundary.foot(x[first]!, x[second]!);
    const [ax, ay] = [sx(fx), sy(fy)];
    const length = arrowLength * dz;
    const [bx, by] = [ax + length * nx, ay - length * ny];
    const head = Math.min(5, Math.abs(length) / 2) * Math.sign(length);
    const barb = (side: number): string =>
      `L${(bx - head * (nx + side * ny)).toFixed(1)} ${(by + head * (ny - side * nx)).toFixed(1)}`;
    const tip = `${bx.toFixed(1)} ${by.toFixed(1)}`;
    return `M${ax.toFixed(1)} ${ay.toFixed(1)}L${tip}M${tip}${barb(0.7)}M${tip}${barb(-0.7)}`;
  };
  const own = points.value[chosen.value];
  const foot = own && boundary.foot(own.x[first]!, own.x[second]!);
  return (
    <>
      <path class="pull" d={points.value.map((point, i) => arrow(point, scoresNow.value[i]!.dz)).join('')} />
      {own && foot && (
        <>
          <line class="foot" x1={sx(own.x[first]!)} y1={sy(own.x[second]!)} x2={sx(foot[0])} y2={sy(foot[1])} />
          <path class="pull chosen" d={arrow(own, scoresNow.value[chosen.value]!.dz)} />
        </>
      )}
    </>
  );
}
