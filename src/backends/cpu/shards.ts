/**
 * How the rows of a source are cut into shards, each of one partition, and dealt to hosts; and which of them a sum asks.
 * It knows rows by number only: no features, no memory.
 */
import type { RowSource, SumOptions } from '../../rows/contract.ts';
import { spansOf } from '../../rows/source.ts';
import type { Spans } from './runs.ts';

/** Rows from … to of the source, all of one partition. */
export interface Shard {
  readonly from: number;
  readonly to: number;
}

/** What lies in one memory of one host. */
export interface StorePlan {
  readonly host: number;
  /** In the order of the source. */
  readonly shards: readonly Shard[];
}

export interface Limits {
  readonly hosts: number;
  /** Fewer rows than these are not worth cutting. */
  readonly fewest: number;
  /** Rows that one memory may hold. */
  readonly most: number;
}

/** At least one store. Each partition is cut over the hosts, a partition of few rows over fewer of them. */
export function planStores(
  source: Pick<RowSource, 'rows' | 'partitions'>,
  { hosts, fewest, most }: Limits,
): StorePlan[] {
  const plans: { host: number; shards: Shard[]; rows: number }[] = [];
  const open: ((typeof plans)[number] | undefined)[] = [];
  const startStore = (host: number): (typeof plans)[number] => {
    const plan = { host, shards: [], rows: 0 };
    plans.push(plan);
    open[host] = plan;
    return plan;
  };
  let next = 0;
  for (const { from, to } of spansOf(source)) {
    const pieces = Math.max(1, Math.min(hosts, Math.floor((to - from) / fewest)));
    const length = Math.ceil((to - from) / pieces);
    for (let start = from; start < to; start += length) {
      const host = next++ % hosts;
      const end = Math.min(to, start + length);
      for (let at = start; at < end; ) {
        let plan = open[host] ?? startStore(host);
        if (plan.rows >= most) plan = startStore(host);
        const shard = { from: at, to: Math.min(end, at + most - plan.rows) };
        plan.shards.push(shard);
        plan.rows += Math.ceil((shard.to - at) / 4) * 4;
        at = shard.to;
      }
    }
  }
  if (plans.length === 0) startStore(0);
  return plans;
}

/** What a store is asked for: its spans, or all of its rows, and where each run of them stands among all that are asked for. */
export interface Asked {
  readonly store: number;
  readonly spans: Spans | undefined;
  readonly rows: number;
  readonly pieces: readonly { readonly at: number; readonly rows: number }[];
}

/** What a sum asks of each store; of stores without such rows, nothing. `rows`: all that are asked for. */
export function askStores(
  source: Pick<RowSource, 'rows' | 'partitions'>,
  plans: readonly StorePlan[],
  options: SumOptions | undefined,
): { readonly rows: number; readonly asked: readonly Asked[] } {
  const spans = spansOf(source, options);
  const offsets: number[] = [];
  let rows = 0;
  for (const { from, to } of spans) {
    offsets.push(rows);
    rows += to - from;
  }
  const everything = rows === source.rows;
  const asked = plans.flatMap(({ shards }, store): Asked[] => {
    const triples: number[] = [];
    const pieces: { at: number; rows: number }[] = [];
    let s = 0;
    shards.forEach((shard, index) => {
      while (s < spans.length && spans[s]!.to <= shard.from) s++; // a shard lies in one partition, which is one span
      const span = spans[s];
      if (span === undefined || span.from >= shard.to) return;
      const from = Math.max(span.from, shard.from);
      const to = Math.min(span.to, shard.to);
      triples.push(index, from - shard.from, to - shard.from);
      pieces.push({ at: offsets[s]! + from - span.from, rows: to - from });
    });
    if (pieces.length === 0) return [];
    const count = pieces.reduce((sum, piece) => sum + piece.rows, 0);
    return [{ store, spans: everything ? undefined : Uint32Array.from(triples), rows: count, pieces }];
  });
  return { rows, asked };
}
