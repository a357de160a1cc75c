/**
 * Which blocks of a memory a sum visits: the shards of a store, or spans of their rows, as runs of whole blocks and
 * as blocks of which only some rows are asked for. It knows slots and blocks, and neither numbers nor kernels.
 */
import type { Layout, ShardSlots } from './layout.ts';

/**
 * Runs of rows that are asked for, in the order of the slots: [shard, from, to] of each in turn, rows counted within
 * the shard. Numbers in one array, since a call may carry thousands. Absent where it is passed: all rows.
 */
export type Spans = Uint32Array;

/** Slots at … at + rows are blocks of one shard; from … to are those that are asked for. */
export interface Run {
  readonly at: number;
  readonly rows: number;
  readonly from: number;
  readonly to: number;
  /** Whether all rows of these blocks are asked for. */
  readonly whole: boolean;
}

/** The runs of at most `longest` blocks that cover the spans. */
export function* runsOf(layout: Layout, spans: Spans | undefined, longest: number): Generator<Run> {
  if (spans === undefined) {
    for (const shard of layout.shards) yield* runsOfShard(shard, layout.blockRows, longest, shard);
    return;
  }
  for (let k = 0; k < spans.length; k += 3) {
    const shard = layout.shards[spans[k]!]!;
    const asked = { from: shard.from + spans[k + 1]!, to: shard.from + spans[k + 2]! };
    yield* runsOfShard(shard, layout.blockRows, longest, asked);
  }
}

function* runsOfShard(
  shard: ShardSlots,
  blockRows: number,
  longest: number,
  { from, to }: { readonly from: number; readonly to: number },
): Generator<Run> {
  const blockStart = (slot: number): number => slot - ((slot - shard.from) % blockRows);
  const wholeEnd = to === shard.to ? shard.end : blockStart(to);
  for (let at = blockStart(from); at < to; ) {
    const whole = at >= from && at < wholeEnd;
    const end = whole ? Math.min(wholeEnd, at + longest * blockRows) : Math.min(shard.end, at + blockRows);
    yield { at, rows: end - at, from: Math.max(from, at), to: Math.min(to, end), whole };
    at = end;
  }
}

/** Rows that spans ask for. */
export function countRows(layout: Layout, spans: Spans | undefined): number {
  if (spans === undefined) return layout.shards.reduce((count, { from, to }) => count + to - from, 0);
  let count = 0;
  for (let k = 0; k < spans.length; k += 3) count += spans[k + 2]! - spans[k + 1]!;
  return count;
}
