/** z, a and dz of the rows that are drawn, by the library's scalar formulas; and the line z = 0 over two features. */
import { computed } from '@preact/signals';
import { residual, sigmoid } from '../../../../src/math/logistic.ts';
import * as lab from './state.ts';

export interface Score {
  readonly z: number;
  readonly a: number;
  readonly dz: number;
}

/** (B1) z = Σ w_j·x_j + b */
export function scoreOf(theta: Float64Array, x: Float64Array): number {
  let z = theta[x.length]!;
  for (let j = 0; j < x.length; j++) z += theta[j]! * x[j]!;
  return z;
}

export const scoresNow = computed<readonly Score[]>(() => {
  const theta = lab.theta.value;
  return lab.points.value.map(({ x, y }) => {
    const z = scoreOf(theta, x);
    return { z, a: sigmoid(z), dz: residual(z, y) };
  });
});

type XY = readonly [number, number];

export interface Boundary {
  /** w/‖w‖: towards class 1. */
  readonly normal: XY;
  /** The nearest point of z = 0. */
  foot(x: number, y: number): XY;
  /** Two far points of the line where the score is z. */
  line(z: number): readonly [XY, XY];
}

/** z = w_1·x + w_2·y + b over the two drawn features, the others at their mean; undefined where there is no line. */
export function boundaryOf(theta: Float64Array, first: number, second: number | undefined): Boundary | undefined {
  const w1 = theta[first]!;
  const w2 = second === undefined ? 0 : theta[second]!;
  const b = theta.at(-1)!;
  const size = Math.hypot(w1, w2);
  if (!(size > 1e-9)) return undefined;
  const normal: XY = [w1 / size, w2 / size];
  const foot = (x: number, y: number): XY => {
    const distance = (w1 * x + w2 * y + b) / size;
    return [x - distance * normal[0], y - distance * normal[1]];
  };
  return {
    normal,
    foot,
    line(z) {
      const [x, y] = [((z - b) / size) * normal[0], ((z - b) / size) * normal[1]];
      const far = 1e3;
      return [
        [x - far * normal[1], y + far * normal[0]],
        [x + far * normal[1], y - far * normal[0]],
      ];
    },
  };
}
