// The two functions that the host calls: all sums over the rows of one memory, in float32 and in float64.
// Only here do blocks follow one another; where everything lies is the host's business (layout.ts).
import { gram } from './gram';
import { contributions, gradient, scores } from './rows';

// Pointers travel as four groups: rows (x, q), theta, room for one block, sums.
function evaluate<T>(x: usize, q: usize, theta: usize, room: usize, sums: usize, rows: usize, panels: usize, blockRows: usize, order: i32): void {
  const blockBytes = blockRows * sizeof<T>();
  const d = room + blockBytes;
  const weighted = d + blockBytes;
  const slopes = sums + 32;
  const border = slopes + panels * 32;
  const square = border + panels * 32;
  const doubles = order < 2 ? 4 + 4 * panels : 4 + 8 * panels + 16 * panels * panels;
  memory.fill(sums, 0, doubles * 8);
  for (let start: usize = 0; start < rows; start += blockRows) {
    const rowBytes = min(blockRows, rows - start) * sizeof<T>();
    scores<T>(x, theta, panels, rowBytes, room);
    contributions<T>(room, q, rowBytes, d, sums);
    if (order > 0) gradient<T>(x, room, panels, rowBytes, slopes);
    if (order > 1) gram<T>(x, d, panels, rowBytes, weighted, border, square);
    x += panels * 4 * rowBytes;
    q += rowBytes;
  }
}

export function evaluate32(x: usize, q: usize, theta: usize, room: usize, sums: usize, rows: usize, panels: usize, blockRows: usize, order: i32): void {
  evaluate<f32>(x, q, theta, room, sums, rows, panels, blockRows, order);
}

export function evaluate64(x: usize, q: usize, theta: usize, room: usize, sums: usize, rows: usize, panels: usize, blockRows: usize, order: i32): void {
  evaluate<f64>(x, q, theta, room, sums, rows, panels, blockRows, order);
}
