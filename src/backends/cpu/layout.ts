/**
 * Where everything lies in one kernel memory. X is [block][panel][vector of rows][4 features]: still one feature after
 * the other in lanes of rows, but so interleaved that every pass of the kernels walks through memory in one direction
 * with one pointer. A memory holds shards, each padded to whole vectors and cut into blocks of its own. Missing features
 * and rows are zeros: zero features have zero slopes, rows of weight zero add nothing. It copies no rows.
 */
import type { Precision } from '../../rows/contract.ts';

/** Features that lie side by side: as many as a kernel keeps in registers. */
export const panelWidth = 4;
/** Rows come in vectors of two or of four. */
export const rowStep = 4;
/** Bytes of X and scores in one block. It is read several times: two blocks fit the smallest second-level caches in use. */
const blockBytes = 2 ** 17;
const longestBlock = 512;
const shortestBlock = 64;
/** Bytes at the start of a memory where the kernels' own tables of constants lie. */
const tables = 4096;
/** Bytes of the header, of which assembly/index.ts reads 17 numbers. */
const headerBytes = 128;

export interface StoreShape {
  /** Rows of each shard: rows that follow one another and belong to one partition. */
  readonly shards: readonly number[];
  readonly features: number;
  /** K */
  readonly classes: number;
  readonly precision: Precision;
}

/** Slots from … to (exclusive) hold the rows of a shard, those up to `end` pad its last vector. */
export interface ShardSlots {
  readonly from: number;
  readonly to: number;
  readonly end: number;
}

/** Shards one after the other, each from a whole vector on. */
export function slotsOf(shards: readonly number[]): ShardSlots[] {
  let from = 0;
  return shards.map((rows) => {
    const slots = { from, to: from + rows, end: from + Math.ceil(rows / rowStep) * rowStep };
    from = slots.end;
    return slots;
  });
}

export interface Layout {
  readonly precision: Precision;
  /** Bytes of a number, and numbers in a vector of 16 bytes. */
  readonly bytes: 4 | 8;
  readonly lanes: 4 | 2;
  readonly shards: readonly ShardSlots[];
  /** n, and groups of four features. */
  readonly features: number;
  readonly panels: number;
  /** k */
  readonly scoreVectors: number;
  /** Slots for rows, and rows of one block. */
  readonly slots: number;
  readonly blockRows: number;
  /** Bytes between two lines of the buffer when they are float64. */
  readonly lineBytes: number;
  /** Addresses; theta and buffer have space for float64, `other` for one block in the other precision. */
  readonly header: number;
  readonly moments: number;
  readonly theta: number;
  readonly buffer: number;
  readonly other: number;
  readonly weights: number;
  /** 0 for two classes, which signed weights tell apart. */
  readonly classes: number;
  readonly x: number;
  readonly sums: number;
  /** Bytes of memory for orders 0 and 1. */
  readonly end: number;
}

export function planLayout({ shards, features, classes, precision }: StoreShape): Layout {
  const bytes = precision === 'float32' ? 4 : 8;
  const lanes = precision === 'float32' ? 4 : 2;
  const panels = Math.ceil(features / panelWidth);
  const width = panels * panelWidth;
  const scoreVectors = classes - 1;
  const shardSlots = slotsOf(shards);
  const slots = shardSlots.at(-1)?.end ?? 0;
  const longestShard = shardSlots.reduce((most, { from, end }) => Math.max(most, end - from), rowStep);
  const fitting = Math.floor(blockBytes / (bytes * Math.max(1, width + scoreVectors - 1)) / 32) * 32;
  const blockRows = Math.min(longestBlock, Math.max(shortestBlock, fitting), longestShard);
  const labels = classes === 2 ? 1 : 2;

  const lineBytes = blockRows * 8 + 64;
  const header = tables;
  const moments = header + headerBytes;
  const theta = moments + 64;
  const buffer = align(theta + scoreVectors * (width + 1) * 8);
  const other = align(buffer + (scoreVectors + 3 + panelWidth) * lineBytes); // lines: assembly/index.ts
  const weights = align(other + (labels + width) * blockRows * (12 - bytes));
  const classesAt = align(weights + slots * bytes);
  const x = align(classesAt + (labels - 1) * slots * bytes);
  const sums = align(x + slots * width * bytes);
  return {
    ...{ precision, bytes, lanes, shards: shardSlots, features, panels, scoreVectors, slots, blockRows, lineBytes },
    ...{ header, moments, theta, buffer, other, weights, classes: classes === 2 ? 0 : classesAt, x, sums },
    end: sums + sumOffsets(scoreVectors, width).border * 8,
  };
}

/**
 * Where the sums of k score vectors lie, counted in float64 numbers from `sums`, and how many there are at order 2. The
 * kernels are told in the header; that the loss is first and Σ s·dz follows it, they know.
 */
export interface SumOffsets {
  readonly loss: number;
  /** Σ s·dz of each score vector, Σ d of each pair of them. */
  readonly intercepts: number;
  readonly corners: number;
  /** [k, width], [pairs, width] and [pairs, width, width]. */
  readonly slopes: number;
  readonly border: number;
  readonly square: number;
  readonly count: number;
}

export function sumOffsets(k: number, width: number): SumOffsets {
  const pairs = (k * (k + 1)) / 2;
  const slopes = Math.ceil((1 + k + pairs) / 4) * 4;
  const border = slopes + k * width;
  const square = border + pairs * width;
  return { loss: 0, intercepts: 1, corners: 1 + k, slopes, border, square, count: square + pairs * width * width };
}

/** Bytes that one more row takes. */
export function bytesPerRow({ features, classes, precision }: Omit<StoreShape, 'shards'>): number {
  const labels = classes === 2 ? 1 : 2;
  return (Math.ceil(features / panelWidth) * panelWidth + labels) * (precision === 'float32' ? 4 : 8);
}

/** Whole cache lines. */
function align(address: number): number {
  return Math.ceil(address / 64) * 64;
}

/** The memory as numbers of the layout's precision. */
export function numbersOf(buffer: ArrayBuffer, layout: Layout): Float32Array | Float64Array {
  return layout.precision === 'float32' ? new Float32Array(buffer) : new Float64Array(buffer);
}

/** What a kernel works on: `rows` slots from `at` on, where a block begins. */
export interface KernelRun {
  readonly at: number;
  readonly rows: number;
  readonly scoreVectors: number;
  /** Where theta lies, or what stands for it. */
  readonly theta: number;
}

/** Writes the header that assembly/index.ts reads. */
export function writeHeader(memory: ArrayBuffer, layout: Layout, run: KernelRun): void {
  const { buffer, other, sums, panels, features, blockRows, bytes } = layout;
  const { corners, slopes, border, square } = sumOffsets(run.scoreVectors, panels * panelWidth);
  const weights = layout.weights + run.at * bytes;
  const classes = layout.classes === 0 ? 0 : layout.classes + run.at * bytes;
  const x = layout.x + run.at * panels * panelWidth * bytes;
  const narrow = bytes === 4 ? 1 : 0;
  new Uint32Array(memory, layout.header, 17).set([
    ...[run.theta, buffer, other, weights, classes, x],
    ...[sums, sums + 8 * corners, sums + 8 * slopes, sums + 8 * border, sums + 8 * square],
    ...[run.rows, panels, blockRows, features, run.scoreVectors, narrow],
  ]);
}

/** Where a panel's rows lie from a slot on, where a vector begins, and how many of them lie there in one piece. */
export function panelAt(
  { x, panels, blockRows, bytes }: Layout,
  shard: ShardSlots,
  { first, slot }: { readonly first: number; readonly slot: number },
): { readonly address: number; readonly rows: number } {
  const inBlock = (slot - shard.from) % blockRows;
  const start = slot - inBlock;
  const length = Math.min(blockRows, shard.end - start);
  return {
    address: x + (start * panels * panelWidth + first * length + inBlock * panelWidth) * bytes,
    rows: length - inBlock,
  };
}
