// The functions that the host calls: rows into one memory, all sums over them, in float32 or in float64 whichever of
// the two they are kept in, and their scores. Only here do blocks follow one another. Where everything lies is
// decided by the host (layout.ts) and read here; it knows no partitions, no threads and no solver.
import { gram } from './gram';
import { interleave } from './interleave';
import { narrowPanels, narrowRow, widenPanels, widenRow } from './lanes';
import { contributions, gradient, scores } from './rows';

/** The host's header: addresses, and counts already padded. layout.ts writes the same fields in the same order. */
@unmanaged
class Header {
  /** theta = [w padded with zeros to 4·panels, b], in the arithmetic's numbers. */
  theta!: u32;
  /** Room for one block: scores, then curvatures, then one weighted panel. */
  room!: u32;
  /** Room for one block of q and X in the precision in which they are not kept. */
  other!: u32;
  /** q = (1 − 2y)·s of every row; 0 for the rows that pad the last vector. */
  q!: u32;
  /** X: [block][panel][vector of rows][4 features]. */
  x!: u32;
  /** float64: loss, Σ s·dz, Σ d, nothing; gradient [4·panels]; border [4·panels]; square [4·panels, 4·panels]. */
  sums!: u32;
  rows!: u32;
  panels!: u32;
  blockRows!: u32;
}

/** Sums in T over rows that are kept in S. */
function evaluate<S, T>(header: Header, order: i32): void {
  const panels: usize = header.panels;
  const blockRows: usize = header.blockRows;
  const totals: usize = header.sums;
  const slopes: usize = totals + 32;
  const border: usize = slopes + 32 * panels;
  const square: usize = border + 32 * panels;
  const end: usize = order < 2 ? border : square + 128 * panels * panels;
  memory.fill(totals, 0, end - totals);

  const scoresAt: usize = header.room;
  const curvaturesAt: usize = scoresAt + blockRows * sizeof<T>();
  const weightedAt: usize = curvaturesAt + blockRows * sizeof<T>();
  let keptX: usize = header.x;
  let keptQ: usize = header.q;
  for (let left: usize = header.rows; left > 0; ) {
    const rows: usize = min(blockRows, left);
    let x = keptX;
    let q = keptQ;
    if (sizeof<S>() != sizeof<T>()) {
      q = header.other;
      x = q + blockRows * sizeof<T>();
      if (sizeof<S>() < sizeof<T>()) {
        widenRow(keptQ, rows, q);
        widenPanels(keptX, panels * rows, x);
      } else {
        narrowRow(keptQ, rows, q);
        narrowPanels(keptX, panels * rows, x);
      }
    }
    const rowBytes: usize = rows * sizeof<T>();
    scores<T>(x, header.theta, panels, rowBytes, scoresAt);
    contributions<T>(scoresAt, q, rowBytes, curvaturesAt, totals);
    if (order > 0) gradient<T>(x, scoresAt, panels, rowBytes, slopes);
    if (order > 1) gram<T>(x, curvaturesAt, panels, rowBytes, weightedAt, border, square);
    keptX += 4 * panels * rows * sizeof<S>();
    keptQ += rows * sizeof<S>();
    left -= rows;
  }
}

/** Z of one block in float64, into the room, over rows that are kept in S. */
function scoresOf<S>(header: Header): void {
  let x: usize = header.x;
  if (sizeof<S>() < sizeof<f64>()) {
    x = header.other;
    widenPanels(header.x, header.panels * header.rows, x);
  }
  scores<f64>(x, header.theta, header.panels, header.rows * sizeof<f64>(), header.room);
}

export function scores64(header: Header): void {
  scoresOf<f64>(header);
}

export function scoresWide(header: Header): void {
  scoresOf<f32>(header);
}

export function evaluate32(header: Header, order: i32): void {
  evaluate<f32, f32>(header, order);
}

export function evaluate64(header: Header, order: i32): void {
  evaluate<f64, f64>(header, order);
}

export function evaluateWide(header: Header, order: i32): void {
  evaluate<f32, f64>(header, order);
}

export function evaluateNarrow(header: Header, order: i32): void {
  evaluate<f64, f32>(header, order);
}

export function interleave32(source: usize, stride: usize, vectors: usize, target: usize): void {
  interleave<f32>(source, stride, vectors, target);
}

export function interleave64(source: usize, stride: usize, vectors: usize, target: usize): void {
  interleave<f64>(source, stride, vectors, target);
}
