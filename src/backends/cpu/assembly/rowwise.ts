// Quadratic forms of the rows of one block, in float64. It knows neither where blocks lie nor what the matrix is.
import { add, load, mul, vectorBytes } from './lanes';
import { scores } from './rows';

/**
 * [x; 1]ᵀ·M·[x; 1] of each row, into `forms`: Σ_j x_j·(M_j·[x; 1]), the rows M_j of the matrix taken as score vectors
 * of `lineBytes` bytes, the one of the intercept last. `product` has space for one number a row.
 */
@inline
export function quadraticForms(
  x: usize,
  matrix: usize,
  features: usize,
  panels: usize,
  rowBytes: usize,
  product: usize,
  forms: usize,
): void {
  const lineBytes = (4 * panels + 1) * sizeof<f64>();
  memory.fill(forms, 0, rowBytes);
  for (let j: usize = 0; j <= features; j++) {
    scores<f64>(x, matrix + j * lineBytes, panels, rowBytes, product);
    let at = x + (j >> 2) * 4 * rowBytes + (j & 3) * vectorBytes;
    for (let i: usize = 0; i < rowBytes; i += vectorBytes) {
      const p = load(product + i);
      v128.store(forms + i, add<f64>(load(forms + i), j < features ? mul<f64>(p, load(at)) : p));
      at += 4 * vectorBytes;
    }
  }
}
