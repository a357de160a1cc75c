/**
 * Which rows of a stored table are held out, and in which fold each of the others is: the same rows as in memory, by the
 * seed or by a key. The part and class of a row are one number, and all of them a column of the pages that is computed.
 */
import type { ComputedColumns } from '../data/computed-columns.ts';
import { dealFolds, drawHoldout } from '../data/split.ts';
import { dealKeys, heldKeys, keyMissing, requireBothParts } from '../data/split-by-key.ts';
import type { StoredTable } from '../data/stored-table.ts';
import { LogisticError, plural } from '../errors.ts';
import type { PartitionSummary } from '../rows/contract.ts';
import { keyOf } from '../rows/key.ts';
import type { RowChoice } from '../rows/pages.ts';
import type { WeightOfClass } from './class-moments.ts';
import { type DesignOptions, foldKey } from './design.ts';
import { findColumn } from './features.ts';
import { type MarkedPage, overMarkedPages, type PagePass } from './marked-pages.ts';

export interface StoredSplit {
  /** The parts and classes of rows, behind the columns of the table. */
  readonly computed: ComputedColumns;
  /** Rows of each part: of the folds, then of the holdout where there is one. */
  readonly parts: readonly number[];
  summaryOf(part: number, byClass: WeightOfClass): PartitionSummary;
  /** The rows of some parts, by the places of their classes. */
  choiceOf(parts: readonly number[]): RowChoice;
}

interface SplitRequest {
  readonly table: StoredTable;
  /** All rows that are used, by the places of their classes. */
  readonly choice: RowChoice;
  /** Places of the classes that have rows, the reference first. */
  readonly order: readonly number[];
  /** Rows of each place. */
  readonly rows: Float64Array;
  readonly folds: number;
  readonly signal: AbortSignal | undefined;
}

type SplitOptions = Pick<DesignOptions, 'holdout' | 'holdoutBy' | 'cluster' | 'seed'>;

/** Undefined where all rows are one part. Throws LogisticError 'holdout-empty', 'missing-cell', 'bad-type', 'bad-option'. */
export async function splitStored(request: SplitRequest, options: SplitOptions): Promise<StoredSplit | undefined> {
  const { table, choice, order, rows: found, folds } = request;
  const { holdout, holdoutBy } = options;
  if (holdout === 0 && folds === 1) return undefined;
  const openHoldout = await holdoutOf(request, options);
  const openFolds = await foldsOf(request, openHoldout, options);

  const places = found.length;
  const count = folds + Number(holdout > 0);
  const codes = new (arrayFor(count * places))(table.rows); // 1 + part·places + place; 0 where a row is not used
  const rows = new Float64Array(count * places);
  const weights = new Float64Array(count * places);
  const smallest = new Float64Array(count * places).fill(Number.POSITIVE_INFINITY);
  const isHeld = openHoldout();
  const foldOf = openFolds();
  const classOf = Int32Array.from({ length: places }, (_, place) => order.indexOf(place));
  const visit = (page: MarkedPage): void => {
    for (let i = 0; i < page.held; i++) {
      const s = page.weights[i]!;
      if (s === 0) continue;
      const place = page.labels[i]!;
      const code = partOf(page, i, place) * places + place;
      codes[page.from + i] = 1 + code;
      rows[code]!++;
      weights[code]! += s;
      if (s < smallest[code]!) smallest[code] = s;
    }
  };
  const partOf = (page: MarkedPage, i: number, place: number): number => {
    const code = classOf[place]!;
    return isHeld(page, i, code) ? folds : foldOf(page, i, code);
  };
  await overMarkedPages(passOf(request, options), visit);

  const parts = Array.from({ length: count }, (_, part) =>
    rows.subarray(part * places, (part + 1) * places).reduce((sum, own) => sum + own, 0),
  );
  if (holdoutBy !== undefined && holdout > 0) {
    const held = parts.at(-1)!;
    requireBothParts({ train: parts.reduce((sum, own) => sum + own, -held), holdout: held }, holdout, holdoutBy);
  }
  return {
    computed: {
      count: 1,
      of: [],
      key: keyOf(['parts', choice, order, folds, holdout, holdoutBy, foldKey(options), options.seed]),
      compute: ({ from, count }, [into]) => into!.set(codes.subarray(from, from + count)),
    },
    parts,
    summaryOf: (part, byClass) => ({
      rows: parts[part]!,
      classWeights: Float64Array.from(order, (place, code) => byClass(weights[part * places + place]!, code)),
      smallestWeight: Math.min(...order.map((place, code) => byClass(smallest[part * places + place]!, code))),
    }),
    choiceOf: (chosen) => ({
      ...choice,
      target: table.width,
      classOf: new Map(chosen.flatMap((part) => order.map((place) => [1 + part * places + place, place] as const))),
    }),
  };
}

const arrayFor = (largest: number) => (largest < 2 ** 8 ? Uint8Array : largest < 2 ** 16 ? Uint16Array : Uint32Array);

/** A pass over the rows that are used, with their keys. */
const passOf = ({ table, choice, signal }: SplitRequest, options: SplitOptions): PagePass => {
  const keys = [options.holdoutBy, foldKey(options)].filter((name) => name !== undefined);
  return { table, choice, columns: keys.map((name) => findColumn(table, name).at), signal };
};

/** Whether the next row of a class, the i-th of a page, is held out. */
type Holdout = (page: MarkedPage, i: number, code: number) => boolean;

/** Gives a holdout for each time that all rows are gone through. */
async function holdoutOf(request: SplitRequest, options: SplitOptions): Promise<() => Holdout> {
  const { order, rows } = request;
  const { holdout: fraction, holdoutBy, seed } = options;
  if (fraction === 0) return () => () => false;
  if (holdoutBy !== undefined) return holdoutByKey(request, holdoutBy, options);
  const counts = order.map((place) => rows[place]!);
  const drawn = await drawHoldout(counts, { fraction, seed });
  return () => {
    const next = counts.map(() => 0);
    return (_, __, code) => drawn[code]![next[code]!++] === 1;
  };
}

async function holdoutByKey(request: SplitRequest, name: string, options: SplitOptions): Promise<() => Holdout> {
  const { holdout: fraction, seed } = options;
  const key = await keyColumn(request, name, options);
  const held = await heldKeys(key.levels, { fraction, seed });
  return () => (page, i) => held[key.places[page.cells(key.at)[i]!]!] === 1;
}

/** A column of keys, which every row that is used has. */
async function keyColumn(request: SplitRequest, name: string, options: SplitOptions) {
  const key = findColumn(request.table, name);
  if (key.kind !== 'categorical') {
    throw new LogisticError(
      'bad-type',
      `the rows were stored with ${name} as ${key.kind === 'numeric' ? 'numbers' : 'a boolean'}, and keys are texts`,
      {
        hint: `store them with the option holdoutBy, or with categorical: [${JSON.stringify(name)}]`,
        details: { column: name },
      },
    );
  }
  let lacking = 0;
  let used = 0;
  const count = ({ held, weights, cells }: MarkedPage): void => {
    const keys = cells(key.at);
    for (let i = 0; i < held; i++) {
      if (weights[i] === 0) continue;
      used++;
      if (Number.isNaN(keys[i])) lacking++;
    }
  };
  if (key.missing.count > 0) await overMarkedPages(passOf(request, options), count);
  if (lacking > 0) throw keyMissing(key.name, `${lacking} of ${plural(used, 'row')}`);
  return key;
}

/** The fold of the next row of a class, the i-th of a page, that is not held out. */
type FoldOfRow = (page: MarkedPage, i: number, code: number) => number;

/** Gives the folds for each time that all rows are gone through. */
async function foldsOf(
  request: SplitRequest,
  openHoldout: () => Holdout,
  options: SplitOptions,
): Promise<() => FoldOfRow> {
  const { folds, order } = request;
  const { seed } = options;
  if (folds === 1) return () => () => 0;
  const overKept = (visit: (page: MarkedPage, i: number, code: number) => void): Promise<void> => {
    const isHeld = openHoldout();
    return overMarkedPages(passOf(request, options), (page) => {
      for (let i = 0; i < page.held; i++) {
        if (page.weights[i] === 0) continue;
        const code = order.indexOf(page.labels[i]!);
        if (!isHeld(page, i, code)) visit(page, i, code);
      }
    });
  };
  const classes = order.length;
  const name = foldKey(options);
  if (name !== undefined) {
    const key = await keyColumn(request, name, options);
    const levelOf = (page: MarkedPage, i: number): number => key.places[page.cells(key.at)[i]!]!;
    const counts = new Float64Array(key.levels.length * classes);
    await overKept((page, i, code) => {
      counts[levelOf(page, i) * classes + code]!++;
    });
    const dealt = await dealKeys(counts, { folds, seed, classes, name });
    return () => (page, i) => dealt[levelOf(page, i)]!;
  }
  const counts = order.map(() => 0);
  await overKept((_, __, code) => {
    counts[code]!++;
  });
  const dealt = await dealFolds(counts, { folds, seed });
  return () => {
    const next = counts.map(() => 0);
    return (_, __, code) => dealt[code]![next[code]!++]!;
  };
}
