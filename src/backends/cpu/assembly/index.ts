// The two functions that the host calls: all sums over the rows of one memory, in float32 and in float64.
// Only here do blocks follow one another. Where everything lies is decided by the host (layout.ts) and
// read here; it knows no partitions, no threads and no solver.
import { gram } from './gram';
import { contributions, gradient, scores } from './rows';

/** The host's header: addresses, and counts already padded. layout.ts writes the same fields in the same order. */
@unmanaged
class Header {
  /** theta = [w padded with zeros to 4·panels, b], in T. */
  theta!: u32;
  /** Room for one block: scores, then curvatures, then one weighted panel. */
  room!: u32;
  /** q = (1 − 2y)·s of every row, in T; 0 for the rows that pad the last vector. */
  q!: u32;
  /** X: [block][panel][vector of rows][4 features], in T. */
  x!: u32;
  /** float64: loss, Σ s·dz, Σ d, nothing; gradient [4·panels]; border [4·panels]; square [4·panels, 4·panels]. */
  sums!: u32;
  rows!: u32;
  panels!: u32;
  blockRows!: u32;
}

function evaluate<T>(header: Header, order: i32): void {
  const panels: usize = header.panels;
  const blockBytes: usize = header.blockRows * sizeof<T>();
  const totals: usize = header.sums;
  const slopes: usize = totals + 32;
  const border: usize = slopes + 32 * panels;
  const square: usize = border + 32 * panels;
  const end: usize = order < 2 ? border : square + 128 * panels * panels;
  memory.fill(totals, 0, end - totals);

  const scoresAt: usize = header.room;
  const curvaturesAt: usize = scoresAt + blockBytes;
  const weightedAt: usize = curvaturesAt + blockBytes;
  let x: usize = header.x;
  let q: usize = header.q;
  let bytesLeft: usize = header.rows * sizeof<T>();
  while (bytesLeft > 0) {
    const rowBytes: usize = min(blockBytes, bytesLeft);
    scores<T>(x, header.theta, panels, rowBytes, scoresAt);
    contributions<T>(scoresAt, q, rowBytes, curvaturesAt, totals);
    if (order > 0) gradient<T>(x, scoresAt, panels, rowBytes, slopes);
    if (order > 1) gram<T>(x, curvaturesAt, panels, rowBytes, weightedAt, border, square);
    x += 4 * panels * rowBytes;
    q += rowBytes;
    bytesLeft -= rowBytes;
  }
}

export function evaluate32(header: Header, order: i32): void {
  evaluate<f32>(header, order);
}

export function evaluate64(header: Header, order: i32): void {
  evaluate<f64>(header, order);
}
