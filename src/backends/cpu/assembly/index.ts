// The functions that the host calls: rows into one memory, all sums over them, in float32 or in float64 whichever of
// the two they are kept in, and what gives or takes a number for each row. Only here do blocks follow one another.
// Where everything lies is decided by the host (layout.ts) and read here; it knows no partitions, no threads, no solver.
import { gram } from './gram';
import { interleave } from './interleave';
import { addOne, narrowPanels, narrowRow, sumRow, widenPanels, widenRow } from './lanes';
import { contributions, gradient, scores } from './rows';
import { quadraticForms as formsOfBlock } from './rowwise';
import { crossCurvatures, exponentials, residuals } from './softmax';

/** The host's header: addresses, and counts already padded. layout.ts writes the same fields in the same order. */
@unmanaged
class Header {
  /** theta: for each score vector [w padded with zeros to 4·panels, b], in the numbers of the computation. */
  theta!: u32;
  /** Lines of one number for each row of a block: k of scores, two of softmax.ts, one of results, four of a panel. */
  buffer!: u32;
  /** Space for weights, classes and X of one block in the precision in which they are not kept. */
  other!: u32;
  /** Two classes: q = (1 − 2y)·s of every row. More: s. 0 for the rows that pad the last vector. */
  weights!: u32;
  /** More than two classes: the class of every row; 0 where there are two. */
  classes!: u32;
  /** X: [block][panel][vector of rows][4 features]. */
  x!: u32;
  /** float64: the loss, followed by Σ s·dz of each score vector; elsewhere Σ d of each pair of them. */
  sums!: u32;
  corners!: u32;
  /** The gradient of each score vector, the border and the square of the Gram matrix of each pair. */
  slopes!: u32;
  border!: u32;
  square!: u32;
  rows!: u32;
  panels!: u32;
  blockRows!: u32;
  /** n and k */
  features!: u32;
  scoreVectors!: u32;
  /** Whether rows are kept in float32. */
  narrow!: u32;
}

/** Bytes from one line of the buffer to the next: a cache line more than needed, so that lines do not evict each other. */
@inline
function lineBytes<T>(header: Header): usize {
  return header.blockRows * sizeof<T>() + 64;
}

/** Adds to the sums, in T, over rows that are kept in S. */
function evaluate<S, T>(header: Header, order: i32): void {
  const panels: usize = header.panels;
  const blockRows: usize = header.blockRows;
  let keptX: usize = header.x;
  let keptWeights: usize = header.weights;
  let keptClasses: usize = header.classes;
  for (let left: usize = header.rows; left > 0; ) {
    const rows: usize = min(blockRows, left);
    let x = keptX;
    let weights = keptWeights;
    let classes = keptClasses;
    if (sizeof<S>() != sizeof<T>()) {
      weights = header.other;
      x = weights + blockRows * sizeof<T>();
      convertRow<S>(keptWeights, rows, weights);
      if (keptClasses != 0) {
        classes = x;
        x += blockRows * sizeof<T>();
        convertRow<S>(keptClasses, rows, classes);
      }
      if (sizeof<S>() < sizeof<T>()) widenPanels(keptX, panels * rows, x);
      else narrowPanels(keptX, panels * rows, x);
    }
    const rowBytes: usize = rows * sizeof<T>();
    if (keptClasses == 0) sumsOfTwo<T>(header, order, x, weights, rowBytes);
    else {
      sumsOfMore<T>(header, order, x, weights, classes, rowBytes);
      keptClasses += rows * sizeof<S>();
    }
    keptX += 4 * panels * rows * sizeof<S>();
    keptWeights += rows * sizeof<S>();
    left -= rows;
  }
}

@inline
function convertRow<S>(from: usize, count: usize, to: usize): void {
  if (sizeof<S>() == 4) widenRow(from, count, to);
  else narrowRow(from, count, to);
}

/** One block of two classes. */
function sumsOfTwo<T>(header: Header, order: i32, x: usize, q: usize, rowBytes: usize): void {
  const panels: usize = header.panels;
  const z: usize = header.buffer;
  const curvatures = z + lineBytes<T>(header);
  scores<T>(x, header.theta, panels, rowBytes, z);
  contributions<T>(z, q, rowBytes, curvatures, header.sums);
  if (order > 0) gradient<T>(x, z, panels, rowBytes, header.slopes);
  if (order > 1) {
    gram<T>(x, curvatures, panels, rowBytes, curvatures + lineBytes<T>(header), header.border, header.square);
  }
}

/** One block of more than two classes: the scores of all before the rows' pass, then one gradient, one Gram at a time. */
function sumsOfMore<T>(
  header: Header,
  order: i32,
  x: usize,
  weights: usize,
  classes: usize,
  rowBytes: usize,
): void {
  const panels: usize = header.panels;
  const k: usize = header.scoreVectors;
  const totals: usize = header.sums;
  const z: usize = header.buffer;
  const stride = lineBytes<T>(header);
  const result = z + (k + 2) * stride;
  const thetaBytes = (4 * panels + 1) * sizeof<T>();
  for (let c: usize = 0; c < k; c++) {
    scores<T>(x, header.theta + c * thetaBytes, panels, rowBytes, z + c * stride);
  }
  exponentials<T>(z, k, stride, weights, classes, rowBytes, totals);
  if (order == 0) return;
  for (let c: usize = 0; c < k; c++) {
    residuals<T>(z, k, stride, weights, classes, rowBytes, c, result, totals + 8 * (1 + c));
    gradient<T>(x, result, panels, rowBytes, header.slopes + c * 32 * panels);
  }
  if (order == 1) return;
  let corner: usize = header.corners;
  let border: usize = header.border;
  let square: usize = header.square;
  for (let c: usize = 0; c < k; c++) {
    for (let d = c; d < k; d++) {
      crossCurvatures<T>(z, k, stride, weights, rowBytes, c, d, result, corner);
      gram<T>(x, result, panels, rowBytes, result + stride, border, square);
      corner += 8;
      border += 32 * panels;
      square += 128 * panels * panels;
    }
  }
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

/** X of the header's rows, which are one block, in float64. */
@inline
function wideBlock(header: Header): usize {
  if (header.narrow == 0) return header.x;
  widenPanels(header.x, header.panels * header.rows, header.other);
  return header.other;
}

/** Z of one block in float64, into the first k lines of the buffer. */
export function blockScores(header: Header): void {
  const x = wideBlock(header);
  const panels: usize = header.panels;
  for (let c: usize = 0; c < header.scoreVectors; c++) {
    const theta = header.theta + c * (4 * panels + 1) * sizeof<f64>();
    scores<f64>(x, theta, panels, header.rows * sizeof<f64>(), header.buffer + c * lineBytes<f64>(header));
  }
}

/** Adds [X; 1]·rᵀ of one block to the sums of the gradient; r in the first k lines of the buffer. */
export function blockGradients(header: Header): void {
  const x = wideBlock(header);
  const panels: usize = header.panels;
  const k: usize = header.scoreVectors;
  const rowBytes: usize = header.rows * sizeof<f64>();
  for (let c: usize = 0; c < k; c++) {
    const r = header.buffer + c * lineBytes<f64>(header);
    gradient<f64>(x, r, panels, rowBytes, header.slopes + c * 32 * panels);
    addOne<f64>(header.sums + 8 * (1 + c), sumRow<f64>(r, rowBytes));
  }
}

/** Adds [X; 1]·diag(d)·[X; 1]ᵀ of one block to the sums of one score vector's Hessian; d in the first line of the buffer. */
export function blockGram(header: Header): void {
  const x = wideBlock(header);
  const panels: usize = header.panels;
  const rowBytes: usize = header.rows * sizeof<f64>();
  const d: usize = header.buffer;
  gram<f64>(x, d, panels, rowBytes, d + lineBytes<f64>(header), header.border, header.square);
  addOne<f64>(header.corners, sumRow<f64>(d, rowBytes));
}

/** [x; 1]ᵀ·M·[x; 1] of one block's rows into the first line of the buffer; M where theta would lie. */
export function blockForms(header: Header): void {
  const x = wideBlock(header);
  const forms: usize = header.buffer;
  const rowBytes: usize = header.rows * sizeof<f64>();
  formsOfBlock(x, header.theta, header.features, header.panels, rowBytes, forms + lineBytes<f64>(header), forms);
}

export function interleave32(source: usize, stride: usize, vectors: usize, target: usize, moments: usize): void {
  interleave<f32>(source, stride, vectors, target, moments);
}

export function interleave64(source: usize, stride: usize, vectors: usize, target: usize, moments: usize): void {
  interleave<f64>(source, stride, vectors, target, moments);
}
