/** The square in which rows are drawn: which features, and from their values to pixels. */
import { linearScale, type Scale } from '../view/scale.ts';
import type { DataPoint } from './data-sets.ts';
import * as lab from './state.ts';

export interface Frame {
  readonly size: number;
  readonly sx: Scale;
  readonly sy: Scale;
  readonly first: number;
  /** Absent where there is one feature. */
  readonly second: number | undefined;
}

const margin = 26;
const widest = 620;

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

export function frameOf(width: number): Frame {
  const size = Math.min(width, widest);
  const [first, second] = lab.drawn.value;
  const points = lab.points.value;
  return {
    ...{ size, first, second },
    sx: linearScale(domain(points, first), [margin, size - margin / 2]),
    sy: linearScale(domain(points, second), [size - margin, margin / 2]),
  };
}
