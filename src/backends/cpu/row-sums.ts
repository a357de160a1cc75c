/**
 * Rows that lie in stores, as one RowSums: each store is asked for what is asked of it, sums are added up, numbers of
 * rows are put in the order of the source. It knows no host, no upload and no kernel.
 */
import { LogisticError } from '../../errors.ts';
import { addScaled } from '../../math/vector.ts';
import type { Precision, RowSource, RowSums, RowwiseSums, SumOptions } from '../../rows/contract.ts';
import { measureScores } from '../../rows/measure.ts';
import { countFeatures, summarisePartitions, withoutColumns } from '../../rows/source.ts';
import { abortable } from '../../yielding.ts';
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
  const stores: Stores = {
    opened,
    rowsOf(options) {
      if (closed) throw new LogisticError('disposed', 'these rows have been closed');
      const whole = options?.partitions === undefined && options?.range === undefined;
      return whole ? everything : askStores(labelled, plans, options);
    },
  };
  const rowwise = rowwiseOfStores(stores, scoreVectors);
  return {
    features,
    scoreVectors,
    partitions: summarisePartitions(source),
    precisions: ['float32', 'float64'],
    storagePrecision: storage,
    async evaluate(theta, order, precision, options) {
      const { parts } = await ask(stores, options, ({ host, number }, { spans }) =>
        host.evaluate(number, theta, order, precision, spans),
      );
      return parts.reduce(plusSums);
    },
    async measure(theta, threshold, options) {
      return measureScores(labelled, await rowwise.scores(theta, options), threshold, options);
    },
    rowwise,
    async close() {
      if (closed) return;
      closed = true;
      await close();
    },
  };
}

function rowwiseOfStores(stores: Stores, scoreVectors: number): RowwiseSums {
  return {
    scores: (theta, options) =>
      gather(stores, scoreVectors, options, ({ host, number }, { spans }) => host.scores(number, theta, spans)),
    gradientOf: (r, options) =>
      scatter(stores, { lines: scoreVectors, given: r }, options, ({ host, number }, { spans }, part) =>
        host.gradientOf(number, part, spans),
      ),
    gramOf: (d, options) =>
      scatter(stores, { lines: 1, given: d }, options, ({ host, number }, { spans }, part) =>
        host.gramOf(number, part, spans),
      ),
    quadraticForms: (matrix, options) =>
      gather(stores, 1, options, ({ host, number }, { spans }) => host.quadraticForms(number, matrix, spans)),
  };
}

interface Stores {
  readonly opened: readonly OpenStore[];
  /** The rows that are asked for, and in which stores they lie. Throws once the rows have been closed. */
  rowsOf(options: SumOptions | undefined): ReturnType<typeof askStores>;
}

interface Answers<T> {
  readonly parts: T[];
  readonly asked: readonly Asked[];
  readonly rows: number;
}

/** Asks the stores that have rows which are asked for; where none has, the first for a sum over no rows. */
async function ask<T>(
  { opened, rowsOf }: Stores,
  options: SumOptions | undefined,
  call: (store: OpenStore, asked: Asked) => Promise<T>,
): Promise<Answers<T>> {
  const { rows, asked } = rowsOf(options);
  const none: Asked = { store: 0, spans: new Uint32Array(), rows: 0, pieces: [] };
  const some = asked.length > 0 ? asked : [none];
  const work = (): Promise<T[]> => Promise.all(some.map((each) => call(opened[each.store]!, each)));
  return { parts: await abortable(work, options?.signal), asked: some, rows };
}

/** Numbers of rows [lines, rows] from those of each store. */
async function gather(
  stores: Stores,
  lines: number,
  options: SumOptions | undefined,
  call: (store: OpenStore, asked: Asked) => Promise<Float64Array>,
): Promise<Float64Array> {
  const { parts, asked, rows } = await ask(stores, options, call);
  const all = new Float64Array(lines * rows);
  for (const [k, part] of parts.entries()) {
    copyPieces(lines, { pieces: asked[k]!.pieces, packed: part, all, pack: false });
  }
  return all;
}

/** The sum of what each store makes of its part of given numbers [lines, rows]. */
async function scatter(
  stores: Stores,
  { lines, given }: { readonly lines: number; readonly given: Float64Array },
  options: SumOptions | undefined,
  call: (store: OpenStore, asked: Asked, part: Float64Array) => Promise<Float64Array>,
): Promise<Float64Array> {
  const { parts } = await ask(stores, options, (store, asked) => {
    const packed = new Float64Array(lines * asked.rows);
    copyPieces(lines, { pieces: asked.pieces, packed, all: given, pack: true });
    return call(store, asked, packed);
  });
  return parts.reduce((sum, part) => {
    addScaled(sum, 1, part);
    return sum;
  });
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
