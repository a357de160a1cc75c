/**
 * How rows lie on the GPU: in blocks of 4096, zero-padded, [block][feature][row], as many to a buffer as it may hold; and
 * which pieces of blocks a sum is over. Arithmetic on sizes alone.
 */
import type { RowSource, SumOptions } from '../../rows/contract.ts';
import { spansOf } from '../../rows/source.ts';

/** Rows of a block, whose sums are in float32; float64 adds them up across blocks. */
export const blockRows = 4096;
/** Threads of a workgroup, each with the same rows of every feature. */
export const threads = 256;
/** Vectors of four adjacent rows that a line of a block has, and that a thread owns of it. */
export const lineQuads = blockRows / 4;
export const strips = lineQuads / threads;
/** Bytes of one number for each row of a block. */
export const lineBytes = 4 * blockRows;

/** Bytes of what kernels leave for one another, at most, where one block does not take more. */
const scratchBytes = 2 ** 27;

/** Which of the kernels of its name. */
export interface Kind {
  readonly twoClasses: boolean;
  /** Whether a Hessian is to follow. */
  readonly curved: boolean;
}

export interface Layout {
  /** n and k */
  readonly features: number;
  readonly vectors: number;
  /** Lines beside those of the features: (1 − 2y)·s for two classes, s and y for more. */
  readonly rowLines: 1 | 2;
  /** Blocks of a buffer. */
  readonly partBlocks: number;
  /** Pieces that a kernel is given at a time: so many have room for what it leaves for the next. */
  readonly slots: number;
}

/** The layout where buffers hold `largestBuffer` bytes, undefined where one block of rows does not fit. */
export function planLayout(
  source: Pick<RowSource, 'rows' | 'classes'>,
  features: number,
  largestBuffer: number,
): Layout | undefined {
  const vectors = source.classes - 1;
  const rowLines = vectors === 1 ? 1 : 2;
  const partBlocks = Math.floor(largestBuffer / (lineBytes * Math.max(features, rowLines)));
  const slotBytes = 2 * vectors * lineBytes;
  const blocks = Math.max(1, Math.ceil(source.rows / blockRows));
  const slots = Math.min(blocks, Math.floor(Math.min(scratchBytes, largestBuffer) / slotBytes) || 1, 2 ** 16 - 1);
  if (partBlocks === 0 || slotBytes > largestBuffer) return undefined;
  return { features, vectors, rowLines, partBlocks: Math.min(partBlocks, blocks), slots };
}

/** Rows begin … end of a block of a part. */
export interface Piece {
  readonly block: number;
  readonly begin: number;
  readonly end: number;
}

/** Pieces of one part, at most as many as a kernel takes at a time, in the order of the rows. */
export interface Batch {
  readonly part: number;
  /** Number of its first piece among all. */
  readonly first: number;
  readonly pieces: readonly Piece[];
}

/** The pieces that a sum is over. Runs of rows that follow one another are one, however they are partitioned. */
function batchesOf(
  source: Pick<RowSource, 'rows' | 'partitions'>,
  { partBlocks, slots }: Layout,
  options: SumOptions | undefined,
): Batch[] {
  const batches: (Batch & { readonly pieces: Piece[] })[] = [];
  let count = 0;
  const add = (from: number, to: number): void => {
    for (let begin = from; begin < to; ) {
      const block = Math.floor(begin / blockRows);
      const end = Math.min(to, (block + 1) * blockRows);
      const part = Math.floor(block / partBlocks);
      let batch = batches.at(-1);
      if (batch?.part !== part || batch.pieces.length === slots) {
        batch = { part, first: count, pieces: [] };
        batches.push(batch);
      }
      count++;
      const first = block * blockRows;
      batch.pieces.push({ block: block % partBlocks, begin: begin - first, end: end - first });
      begin = end;
    }
  };
  let [from, to] = [0, 0];
  for (const span of spansOf(source, options)) {
    if (span.from !== to) {
      add(from, to);
      from = span.from;
    }
    to = span.to;
  }
  add(from, to);
  return batches;
}

/** The pieces that a sum is over, and the same as kernels read them: block, begin, end and 0 of each. */
export interface Plan {
  readonly batches: readonly Batch[];
  readonly pieces: Uint32Array<ArrayBuffer>;
}

/** Plans of the sums over some rows. The last is kept: a fit asks for the same again and again. */
export interface Plans {
  of(options: SumOptions | undefined): Plan;
}

export function plansOf(source: Pick<RowSource, 'rows' | 'partitions'>, layout: Layout): Plans {
  let last: (Plan & { readonly key: string }) | undefined;
  return {
    of(options) {
      const key = JSON.stringify([options?.partitions, options?.range]);
      if (last?.key === key) return last;
      const batches = batchesOf(source, layout, options);
      const pieces = batches.flatMap((batch) =>
        batch.pieces.flatMap(({ block, begin, end }) => [block, begin, end, 0]),
      );
      last = { key, batches, pieces: Uint32Array.from(pieces) };
      return last;
    },
  };
}

/** How the Gram kernel cuts [n + 1, n + 1] into tiles. */
export interface Tiling {
  /** Each thread's numbers are micro × micro. */
  readonly micro: number;
  readonly tile: number;
  /** Pairs of tiles on and below the diagonal. */
  readonly pairs: number;
}

/** The tiles that waste least: numbers computed, and those read for them, of which larger tiles need fewer. */
export function planTiles(features: number): Tiling {
  const tilings = [1, 2, 3, 4, 5].map((micro): Tiling => {
    const tile = 8 * micro;
    const side = Math.ceil((features + 1) / tile);
    return { micro, tile, pairs: (side * (side + 1)) / 2 };
  });
  const cost = ({ micro, tile, pairs }: Tiling): number => pairs * tile ** 2 * (1 + 1 / micro);
  return tilings.reduce((best, tiling) => (cost(tiling) < cost(best) ? tiling : best));
}
