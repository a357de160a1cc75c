/**
 * Where everything lies in one kernel memory. X is [block][panel][vector of rows][4 features]: still one
 * feature after the other in lanes of rows, but so interleaved that every pass of the kernels walks
 * through memory in one direction with one pointer. Missing features and rows are zeros: zero features
 * have zero slopes, rows of signed weight zero add nothing. It copies rows and knows no formula.
 */
import type { Rows } from '../backend.ts';

export type Precision = 'float32' | 'float64';

/** Features that lie side by side: as many as a kernel keeps in registers. */
const panelWidth = 4;
/** Bytes of X in one block. It is read several times: two blocks fit the smallest second-level caches in use. */
const blockBytes = 2 ** 17;
const longestBlock = 512;
const shortestBlock = 64;
/** Bytes at the start of a memory where the kernels' own tables of constants lie. */
const tables = 4096;

export interface Layout {
  readonly precision: Precision;
  /** Bytes of a number, and numbers in a vector of 16 bytes. */
  readonly bytes: 4 | 8;
  readonly lanes: 4 | 2;
  /** n, and groups of four features. */
  readonly features: number;
  readonly panels: number;
  /** Rows including those that pad the last vector, and rows of one block. */
  readonly rows: number;
  readonly blockRows: number;
  /** Addresses. */
  readonly header: number;
  readonly theta: number;
  readonly room: number;
  readonly q: number;
  readonly x: number;
  readonly sums: number;
  /** Bytes of memory for orders 0 and 1, and for order 2. */
  readonly end: number;
  readonly endOfSquare: number;
}

export function planLayout(count: number, features: number, precision: Precision): Layout {
  const bytes = precision === 'float32' ? 4 : 8;
  const lanes = precision === 'float32' ? 4 : 2;
  const panels = Math.ceil(features / panelWidth);
  const width = panels * panelWidth;
  const rows = Math.ceil(count / lanes) * lanes;
  const fitting = Math.floor(blockBytes / (bytes * Math.max(1, width)) / 32) * 32;
  const blockRows = Math.min(longestBlock, Math.max(shortestBlock, fitting));

  const header = tables;
  const theta = header + 64;
  const room = align(theta + (width + 1) * bytes);
  const q = align(room + (2 + panelWidth) * blockRows * bytes);
  const x = align(q + rows * bytes);
  const sums = align(x + rows * width * bytes);
  const end = sums + (4 + 2 * width) * 8;
  const endOfSquare = end + width * width * 8;
  const addresses = { header, theta, room, q, x, sums, end, endOfSquare };
  return { precision, bytes, lanes, features, panels, rows, blockRows, ...addresses };
}

/** Bytes that one more row takes. */
export function bytesPerRow(features: number, precision: Precision): number {
  return (Math.ceil(features / panelWidth) * panelWidth + 1) * (precision === 'float32' ? 4 : 8);
}

/** Whole cache lines. */
function align(address: number): number {
  return Math.ceil(address / 64) * 64;
}

/** The memory as numbers of the layout's precision. */
export function numbersOf(buffer: ArrayBuffer, layout: Layout): Float32Array | Float64Array {
  return layout.precision === 'float32' ? new Float32Array(buffer) : new Float64Array(buffer);
}

/** Writes the header that assembly/index.ts reads, and rows `from` onwards, into a fresh memory. */
export function writeRows(buffer: ArrayBuffer, layout: Layout, source: { rows: Rows; from: number; to: number }): void {
  const { theta, room, q, x, sums, rows, panels, blockRows } = layout;
  new Uint32Array(buffer, layout.header, 8).set([theta, room, q, x, sums, rows, panels, blockRows]);
  const numbers = numbersOf(buffer, layout);
  writeSignedWeights(numbers, layout, source);
  const { columns } = source.rows;
  for (let start = 0; start < rows; start += blockRows) {
    const length = Math.min(blockRows, rows - start);
    const block = x / layout.bytes + start * panels * panelWidth;
    const until = Math.min(source.to, source.from + start + length);
    columns.forEach((column, j) => {
      const feature = j % panelWidth;
      const target = block + (j - feature) * length + feature * layout.lanes;
      writeColumn(numbers, layout.lanes, { column, from: source.from + start, to: until, target });
    });
  }
}

/** q = (1 − 2y)·s: one number carries the class as its sign and the weight as its magnitude. */
function writeSignedWeights(
  numbers: Float32Array | Float64Array,
  layout: Layout,
  { rows, from, to }: { rows: Rows; from: number; to: number },
): void {
  const { y, weights } = rows;
  const at = layout.q / layout.bytes;
  for (let i = from; i < to; i++) numbers[at + i - from] = (1 - 2 * y[i]!) * (weights ? weights[i]! : 1);
}

/** One feature of one block: `lanes` rows, then the same lanes three features further on. */
function writeColumn(
  numbers: Float32Array | Float64Array,
  lanes: number,
  { column, from, to, target }: { column: Float64Array; from: number; to: number; target: number },
): void {
  const skip = (panelWidth - 1) * lanes;
  let at = target;
  for (let i = from; i < to; at += skip) {
    const next = Math.min(to, i + lanes);
    while (i < next) numbers[at++] = column[i++]!;
  }
}
