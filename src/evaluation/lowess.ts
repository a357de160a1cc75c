/**
 * Locally weighted regression of a scatter, the way R's `lowess` computes it without robustness iterations: a line
 * through the nearest fraction of the points, tricube weights, exact at points that are `delta` apart and interpolated
 * between them. Source: W. S. Cleveland, JASA 74 (1979) and The American Statistician 35 (1981).
 */
import { yieldAfter } from '../yielding.ts';

export interface LowessOptions {
  /** Of the points, for each line. */
  readonly fraction: number;
  /** Points closer than this to one that was fitted are interpolated. */
  readonly delta: number;
}

/** ŷ [m] at ascending x [m]. */
export async function lowess(
  x: Float64Array,
  y: ArrayLike<number>,
  { fraction, delta }: LowessOptions,
): Promise<Float64Array> {
  const m = x.length;
  const smooth = Float64Array.from(y);
  if (m < 2) return smooth;
  const near = Math.max(2, Math.min(m, Math.floor(fraction * m + 1e-7)));
  let [left, last, i] = [0, -1, 0];
  for (;;) {
    while (left + near < m && x[i]! - x[left]! > x[left + near]! - x[i]!) left++;
    smooth[i] = fitAt(i, { x, y, left, right: left + near - 1 }) ?? y[i]!;
    await yieldAfter(4 * near);
    for (let j = last + 1; j < i; j++) {
      const share = (x[j]! - x[last]!) / (x[i]! - x[last]!);
      smooth[j] = share * smooth[i]! + (1 - share) * smooth[last]!;
    }
    last = i;
    if (last === m - 1) return smooth;
    const cut = x[last]! + delta;
    for (i = last + 1; i < m && x[i]! <= cut; i++) {
      if (x[i] !== x[last]) continue;
      smooth[i] = smooth[last]!;
      last = i;
    }
    if (last === m - 1) return smooth;
    i = Math.max(last + 1, i - 1);
  }
}

interface Neighbourhood {
  readonly x: Float64Array;
  readonly y: ArrayLike<number>;
  readonly left: number;
  readonly right: number;
}

/**
 * The line at x_i, or undefined where no weight is left. Beyond the last neighbour, points as near as it count too. Cubes
 * are products: a power takes many times as long, and a line is through two thirds of all points.
 */
function fitAt(i: number, { x, y, left, right }: Neighbourhood): number | undefined {
  const at = x[i]!;
  const range = x[x.length - 1]! - x[0]!;
  const h = Math.max(at - x[left]!, x[right]! - at);
  let end = left;
  let [weights, sumX, sumY] = [0, 0, 0];
  for (; end < x.length; end++) {
    const w = tricube(x[end]! - at, h);
    if (w === 0 && x[end]! > at) break;
    weights += w;
    sumX += w * x[end]!;
    sumY += w * y[end]!;
  }
  if (weights <= 0) return undefined;
  const [meanX, meanY] = [sumX / weights, sumY / weights];
  let [squares, products] = [0, 0];
  for (let j = left; j < end; j++) {
    const [w, difference] = [tricube(x[j]! - at, h), x[j]! - meanX];
    squares += w * difference * difference;
    products += w * difference * y[j]!;
  }
  const spread = h > 0 && Math.sqrt(squares / weights) > 0.001 * range;
  return spread ? meanY + ((at - meanX) * products) / squares : meanY;
}

/** (1 − (distance/h)³)³, 1 next to the point and 0 at the edge. */
function tricube(distance: number, h: number): number {
  const far = Math.abs(distance);
  if (far > 0.999 * h) return 0;
  if (far <= 0.001 * h) return 1;
  const r = far / h;
  const left = 1 - r * r * r;
  return left * left * left;
}
