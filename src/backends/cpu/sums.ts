/** The kernels' sums as the contract has them: without padding, the intercept last, the Hessian full. */
import { addScaled } from '../../math/vector.ts';
import type { Order, Sums } from '../../rows/contract.ts';
import { type Layout, panelWidth, type SumOffsets, sumOffsets } from './layout.ts';

/** The sums of k score vectors that lie at the layout's address. */
export function readSums(memory: ArrayBuffer, layout: Layout, k: number, order: Order): Sums {
  const n = layout.features;
  const width = layout.panels * panelWidth;
  const offsets = sumOffsets(k, width);
  const sums = new Float64Array(memory, layout.sums, order < 2 ? offsets.border : offsets.count);
  const loss = sums[offsets.loss]!;
  if (order === 0) return { loss };

  const gradient = new Float64Array(k * (n + 1));
  for (let c = 0; c < k; c++) {
    const slopes = offsets.slopes + c * width;
    gradient.set(sums.subarray(slopes, slopes + n), c * (n + 1));
    gradient[c * (n + 1) + n] = sums[offsets.intercepts + c]!;
  }
  if (order === 1) return { loss, gradient };
  return { loss, gradient, hessian: readHessian(sums, offsets, { n, k, width }) };
}

interface Sizes {
  readonly n: number;
  readonly k: number;
  readonly width: number;
}

/** From one Gram matrix, lower triangle, for each pair of score vectors. */
function readHessian(sums: Float64Array, offsets: SumOffsets, { n, k, width }: Sizes): Float64Array {
  const size = k * (n + 1);
  const hessian = new Float64Array(size * size);
  let pair = 0;
  for (let c = 0; c < k; c++) {
    for (let d = c; d < k; d++, pair++) {
      const square = offsets.square + pair * width * width;
      const border = offsets.border + pair * width;
      for (let i = 0; i <= n; i++) {
        for (let j = 0; j <= i; j++) {
          let value = sums[square + i * width + j]!;
          if (i === n) value = sums[j === n ? offsets.corners + pair : border + j]!;
          const [ci, cj, di, dj] = [c * (n + 1) + i, c * (n + 1) + j, d * (n + 1) + i, d * (n + 1) + j];
          hessian[ci * size + dj] = value;
          hessian[cj * size + di] = value;
          hessian[dj * size + ci] = value;
          hessian[di * size + cj] = value;
        }
      }
    }
  }
  return hessian;
}

/** a + b; a is given away. */
export function plusSums(a: Sums, b: Sums): Sums {
  if (a.gradient && b.gradient) addScaled(a.gradient, 1, b.gradient);
  if (a.hessian && b.hessian) addScaled(a.hessian, 1, b.hessian);
  return { ...a, loss: a.loss + b.loss };
}
