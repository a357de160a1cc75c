/**
 * Writes rows of a source into stores: feature values as they are read, four features at a time, which the store
 * standardises and interleaves on its own thread. One buffer is filled here while another is taken there. It knows
 * neither layout nor kernels.
 */
import type { RowSource } from '../../rows/contract.ts';
import { type Feature, featuresOf } from '../../rows/source.ts';
import { yieldAfter } from '../../yielding.ts';
import type { Host } from './host.ts';
import { panelWidth, type ShardSlots, slotsOf } from './layout.ts';
import type { Shard } from './shards.ts';

/**
 * Slots of a panel of features that travel at a time: a multiple of every vector, so few that a panel stays in the
 * cache on its way, and so many that messages cost little.
 */
const travelSlots = 2 ** 14;

/** A store that has been opened for these shards. */
export interface OpenStore {
  readonly host: Host;
  readonly number: number;
  readonly shards: readonly Shard[];
}

/**
 * Writes all rows of the stores, panel by panel in all of them together, and releases the columns of a panel: what is
 * held twice is no more than that, however unequal the threads are.
 */
export async function upload(source: RowSource, stores: readonly OpenStore[], signal?: AbortSignal): Promise<void> {
  const features = featuresOf(source);
  const columns = source.columns.flatMap((column) =>
    column.kind === 'dense' ? [column] : column.fitted.map(() => undefined),
  );
  const writers = stores.map((store) => openWriter(store, signal));
  await Promise.all(writers.map((writer) => writeLabels(writer, source)));
  for (let first = 0; first < features.length; first += panelWidth) {
    const panel = features.slice(first, first + panelWidth);
    await Promise.all(writers.map((writer) => writePanel(writer, first, panel)));
    for (const column of columns.slice(first, first + panelWidth)) column?.release?.();
  }
  await Promise.all(writers.map((writer) => writer.drain()));
}

/** Writes to one store by way of two buffers, of which one is filled while the other travels. */
interface StoreWriter extends OpenStore {
  readonly slots: readonly ShardSlots[];
  /** Fills a buffer of `length` numbers and sends it, when one has come back. */
  send(
    length: number,
    fill: (values: Float64Array) => void,
    write: (v: Float64Array) => Promise<Float64Array>,
  ): Promise<void>;
  /** When all that was sent has arrived. */
  drain(): Promise<void>;
}

function openWriter(store: OpenStore, signal: AbortSignal | undefined): StoreWriter {
  const slots = slotsOf(store.shards.map(({ from, to }) => to - from));
  const length = panelWidth * Math.min(travelSlots, slots.at(-1)?.end ?? 0);
  const buffers = [0, 1].map((): Promise<Float64Array> => Promise.resolve(new Float64Array(length)));
  let next = 0;
  return {
    ...store,
    slots,
    async send(length, fill, write) {
      const { buffer } = await buffers[next]!;
      signal?.throwIfAborted();
      const values = new Float64Array(buffer, 0, length);
      fill(values);
      const sent = write(values);
      sent.catch(() => {}); // reported where it is awaited, which after another error it is not
      buffers[next] = sent;
      next = 1 - next;
      await yieldAfter(length); // replies that follow one another keep everything else waiting
    },
    async drain() {
      await Promise.all(buffers);
    },
  };
}

/** Slots that travel together. */
interface Travel {
  readonly slot: number;
  readonly count: number;
}

function* travels(slots: readonly ShardSlots[]): Generator<Travel> {
  const end = slots.at(-1)?.end ?? 0;
  for (let slot = 0; slot < end; slot += travelSlots) yield { slot, count: Math.min(travelSlots, end - slot) };
}

/** Numbers of the rows, of which a buffer holds one line. */
interface LineReader {
  /** What slots get that pad a shard. */
  readonly padding: number;
  read(from: number, into: Float64Array): void;
}

/** Fills [lines, count] for consecutive slots. Of each shard all lines are read in turn: they may share what they read. */
function readSlots(
  { shards, slots }: StoreWriter,
  values: Float64Array,
  { slot, count }: Travel,
  lines: readonly LineReader[],
): void {
  const end = slot + count;
  for (let s = firstShard(slots, slot); s < slots.length && slots[s]!.from < end; s++) {
    const { from, to, end: padded } = slots[s]!;
    const [first, last] = [Math.max(from, slot), Math.min(to, end)];
    lines.forEach(({ padding, read }, k) => {
      const start = k * count - slot;
      if (first < last) read(shards[s]!.from + first - from, values.subarray(start + first, start + last));
      if (last < padded) values.fill(padding, start + Math.max(last, slot), start + Math.min(padded, end));
    });
  }
}

/** The shard of a slot, by bisection. */
function firstShard(slots: readonly ShardSlots[], slot: number): number {
  let [low, high] = [0, slots.length - 1];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (slots[middle]!.end > slot) high = middle;
    else low = middle + 1;
  }
  return low;
}

async function writeLabels(writer: StoreWriter, { classes, labels, weights }: RowSource): Promise<void> {
  const { host, number } = writer;
  const signedWeights = (from: number, q: Float64Array): void => {
    for (let i = 0; i < q.length; i++) q[i] = (1 - 2 * labels[from + i]!) * (weights ? weights[from + i]! : 1);
  };
  const plainWeights = (from: number, s: Float64Array): void => {
    if (weights) s.set(weights.subarray(from, from + s.length));
    else s.fill(1);
  };
  const classNumbers = (from: number, y: Float64Array): void => y.set(labels.subarray(from, from + y.length));
  const lines = (classes === 2 ? [signedWeights] : [plainWeights, classNumbers]).map((read) => ({ padding: 0, read }));
  for (const travel of travels(writer.slots)) {
    const fill = (values: Float64Array): void => readSlots(writer, values, travel, lines);
    await writer.send(lines.length * travel.count, fill, (values) => host.writeLabels(number, travel.slot, values));
  }
}

async function writePanel(writer: StoreWriter, first: number, panel: readonly Feature[]): Promise<void> {
  const { host, number } = writer;
  const moments = new Float64Array(2 * panelWidth);
  panel.forEach(({ mean, scale }, k) => {
    moments[k] = mean;
    moments[panelWidth + k] = 1 / scale; // as readStandardised has it
  });
  const lines = panel.map((feature): LineReader => {
    return { padding: feature.mean, read: (from, into) => feature.read(from, into) }; // the mean standardises to 0
  });
  for (const travel of travels(writer.slots)) {
    const { slot, count } = travel;
    const fill = (values: Float64Array): void => {
      readSlots(writer, values, travel, lines);
      values.fill(0, panel.length * count); // features that are missing in the last panel
    };
    await writer.send(panelWidth * count, fill, (values) => host.writePanel(number, { first, slot, values, moments }));
  }
}
