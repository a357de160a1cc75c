/**
 * Where everything lies in one kernel memory. X is [block][panel][vector of rows][4 features]: still one
 * feature after the other in lanes of rows, but so interleaved that every pass of the kernels walks
 * through memory in one direction with one pointer. Missing features and rows are zeros: zero features
 * have zero slopes, rows of signed weight zero add nothing. It copies rows and knows no formula.
 */
import type { Precision } from '../backend.ts';

/** Features that lie side by side: as many as a kernel keeps in registers. */
export const panelWidth = 4;
/** Rows come in vectors of two or of four. */
const rowStep = 4;
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
  /** Rows that arrive. */
  readonly count: number;
  /** n, and groups of four features. */
  readonly features: number;
  readonly panels: number;
  /** Rows including those that pad the last vector of either precision, and rows of one block. */
  readonly rows: number;
  readonly blockRows: number;
  /** Addresses; theta and room have space for float64, `other` for one block in the other precision. */
  readonly header: number;
  readonly theta: number;
  readonly room: number;
  readonly other: number;
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
  const rows = Math.ceil(count / rowStep) * rowStep;
  const fitting = Math.floor(blockBytes / (bytes * Math.max(1, width)) / 32) * 32;
  const blockRows = Math.min(longestBlock, Math.max(shortestBlock, fitting));

  const header = tables;
  const theta = header + 64;
  const room = align(theta + (width + 1) * 8);
  const other = align(room + (2 + panelWidth) * blockRows * 8); // holds a panel that arrives as well
  const q = align(other + (1 + width) * blockRows * (12 - bytes));
  const x = align(q + rows * bytes);
  const sums = align(x + rows * width * bytes);
  const end = sums + (4 + 2 * width) * 8;
  const endOfSquare = end + width * width * 8;
  const addresses = { header, theta, room, other, q, x, sums, end, endOfSquare };
  return { precision, bytes, lanes, count, features, panels, rows, blockRows, ...addresses };
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

/** Writes the header that assembly/index.ts reads, for `count` rows from a row where a block begins. */
export function writeHeader(buffer: ArrayBuffer, layout: Layout, from: number, count: number): void {
  const { theta, room, other, sums, panels, blockRows, bytes } = layout;
  const q = layout.q + from * bytes;
  const x = layout.x + from * panels * panelWidth * bytes;
  new Uint32Array(buffer, layout.header, 9).set([theta, room, other, q, x, sums, count, panels, blockRows]);
}

/** Signed weights of rows `from` onwards. */
export function writeSignedWeights(buffer: ArrayBuffer, layout: Layout, from: number, q: Float64Array): void {
  numbersOf(buffer, layout).set(q, layout.q / layout.bytes + from);
}

/** Where a panel's rows lie from row `from` on, where a vector begins, and how many of them lie there in one piece. */
export function panelAt(
  layout: Layout,
  first: number,
  from: number,
): { readonly address: number; readonly rows: number } {
  const { x, rows, panels, blockRows, bytes } = layout;
  const inBlock = from % blockRows;
  const start = from - inBlock;
  const length = Math.min(blockRows, rows - start);
  return {
    address: x + (start * panels * panelWidth + first * length + inBlock * panelWidth) * bytes,
    rows: length - inBlock,
  };
}
