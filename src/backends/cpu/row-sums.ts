/**
 * Rows that lie in stores, as one RowSums: each store is asked for what is asked of it, sums are added up, numbers of
 * rows are put in the order of the source. It knows no host, no upload and no kernel.
 */
import { LogisticError } from '../../errors.ts';
import { addScaled } from '../../math/vector.ts';
import type { Precision, RowSource, RowSums, SumOptions } from '../../rows/contract.ts';
import { measureScores } from '../../rows/measure.ts';
import { countFeatures, summarisePartitions, withoutColumns } from '../../rows/source.ts';
import { type Asked, askStores, type StorePlan } from './shards.ts';
import { plusSums } from './sums.ts';
import type { OpenStore } from './upload.ts';

interface FilledStores {
  readonly plans: readonly StorePlan[];
  /** In the order of the plans. */
  readonly opened: readonly OpenStore[];
  readonly storage: Precision;
  close(): Promise<void>;
}

export function rowSumsOfStores(source: RowSource, { plans, opened, storage, close }: FilledStores): RowSums {
  const features = countFeatures(source);
  const scoreVectors = source.classes - 1;
  const labelled = withoutColumns(source);
  const everything = askStores(source, plans, undefined);
  let closed = false;

  /** Asks the stores that have rows which are asked for; where none has, the first for a sum over no rows. */
  const ask = async <T>(
    options: SumOptions | undefined,
    call: (store: OpenStore, asked: Asked, rows: number) => Promise<T>,
  ): Promise<{ parts: T[]; asked: readonly Asked[]; rows: number }> => {
    if (closed) throw new LogisticError('disposed', 'these rows have been closed');
    const whole = options?.partitions === undefined && options?.range === undefined;
    const { rows, asked } = whole ? everything : askStores(source, plans, options);
    const none: Asked = { store: 0, spans: new Uint32Array(), rows: 0, pieces: [] };
    const some = asked.length > 0 ? asked : [none];
    const work = (): Promise<T[]> => Promise.all(some.map((each) => call(opened[each.store]!, each, rows)));
    return { parts: await abortable(work, options?.signal), asked: some, rows };
  };
  /** Numbers of rows [lines, rows] from those of each store. */
  const gather = async (
    lines: number,
    options: SumOptions | undefined,
    call: (store: OpenStore, asked: Asked) => Promise<Float64Array>,
  ): Promise<Float64Array> => {
    const { parts, asked, rows } = await ask(options, call);
    const all = new Float64Array(lines * rows);
    for (const [k, part] of parts.entries())
      copyPieces(lines, { pieces: asked[k]!.pieces, packed: part, all, pack: false });
    return all;
  };
  /** The sum of what each store makes of its part of given numbers [lines, rows]. */
  const scatter = async (
    given: Float64Array,
    lines: number,
    options: SumOptions | undefined,
    call: (store: OpenStore, part: Float64Array, asked: Asked) => Promise<Float64Array>,
  ): Promise<Float64Array> => {
    const { parts } = await ask(options, (store, asked) => {
      const packed = new Float64Array(lines * asked.rows);
      copyPieces(lines, { pieces: asked.pieces, packed, all: given, pack: true });
      return call(store, packed, asked);
    });
    return parts.reduce((sum, part) => {
      addScaled(sum, 1, part);
      return sum;
    });
  };
  const scores = (theta: Float64Array, options?: SumOptions): Promise<Float64Array> =>
    gather(scoreVectors, options, ({ host, number }, { spans }) => host.scores(number, theta, spans));

  return {
    features,
    scoreVectors,
    partitions: summarisePartitions(source),
    precisions: ['float32', 'float64'],
    storagePrecision: storage,
    async evaluate(theta, order, precision, options) {
      const { parts } = await ask(options, ({ host, number }, { spans }) =>
        host.evaluate(number, theta, order, precision, spans),
      );
      return parts.reduce(plusSums);
    },
    async measure(theta, threshold, options) {
      return measureScores(labelled, await scores(theta, options), threshold, options);
    },
    rowwise: {
      scores,
      gradientOf: (r, options) =>
        scatter(r, scoreVectors, options, ({ host, number }, part, { spans }) => host.gradientOf(number, part, spans)),
      gramOf: (d, options) =>
        scatter(d, 1, options, ({ host, number }, part, { spans }) => host.gramOf(number, part, spans)),
      quadraticForms: (matrix, options) =>
        gather(1, options, ({ host, number }, { spans }) => host.quadraticForms(number, matrix, spans)),
    },
    async close() {
      if (closed) return;
      closed = true;
      await close();
    },
  };
}

interface Copy {
  readonly pieces: Asked['pieces'];
  /** [lines, rows of the store] */
  readonly packed: Float64Array;
  /** [lines, all rows] */
  readonly all: Float64Array;
  /** From all to packed, or back. */
  readonly pack: boolean;
}

function copyPieces(lines: number, { pieces, packed, all, pack }: Copy): void {
  const [own, total] = [packed.length / lines, all.length / lines];
  for (let c = 0; c < lines; c++) {
    let done = c * own;
    for (const { at, rows } of pieces) {
      const start = c * total + at;
      if (pack) packed.set(all.subarray(start, start + rows), done);
      else all.set(packed.subarray(done, done + rows), start);
      done += rows;
    }
  }
}

/** What the work gives, or the signal's reason as soon as it aborts; what the work then does is ignored. */
export async function abortable<T>(work: () => Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return work();
  signal.throwIfAborted();
  let abort: (() => void) | undefined;
  const aborted = new Promise<never>((_, reject) => {
    abort = () => reject(signal.reason);
    signal.addEventListener('abort', abort);
  });
  try {
    return await Promise.race([work(), aborted]);
  } finally {
    signal.removeEventListener('abort', abort!);
  }
}
