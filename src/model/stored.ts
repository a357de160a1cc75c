/**
 * A stored table as a dataset: its rows stay on disk, where each evaluation reads them. A fit starts at the optimum of a
 * random sample of them, placed in memory, or of the last fit of the same rows.
 */
import { PageImages } from '../backends/cpu/page-images.ts';
import { type PagedRows, placePages } from '../backends/cpu/pages.ts';
import { openPlace } from '../backends/registry.ts';
import type { StoredTable } from '../data/stored-table.ts';
import { decideStoredDesign, type PlacePages } from '../design/stored.ts';
import { LogisticError, plural, shown, type Warning } from '../errors.ts';
import { type KnownSums, nextGuess, observedRows } from '../fitting/next-guess.ts';
import type { RowSums } from '../rows/contract.ts';
import { keyOf } from '../rows/key.ts';
import { partitionedRows } from '../rows/partitioned.ts';
import { countFeatures, joinSummaries } from '../rows/source.ts';
import type { Pass } from '../sql/steady.ts';
import { checkOptions } from './check-options.ts';
import type { CheckedOptions } from './options.ts';
import { type Dataset, fixedOf, penaltyOf, trainingPartitions, weightsOf } from './placed.ts';
import { unserved } from './unserved.ts';

/** Rows that were read to disk once, for any number of fits. Whoever has them closes them, which frees the disk. */
export class StoredRows {
  /** @internal */
  readonly table: StoredTable;
  /** @internal */
  readonly images: PageImages;
  /** @internal How they were read. */
  readonly reading: Reading;
  #last: { readonly key: string; readonly sums: KnownSums } | undefined;

  /** @internal */
  constructor(table: StoredTable, options: CheckedOptions) {
    this.table = table;
    this.reading = readingOf(options);
    this.images = new PageImages((bytes) => table.openBeside(bytes));
  }

  /** @internal Sums at the optimum of the last fit, where that was of what the key identifies. */
  lastSums(key: string | undefined): KnownSums | undefined {
    return key !== undefined && this.#last?.key === key ? this.#last.sums : undefined;
  }

  /** @internal */
  keepSums(key: string | undefined, sums: KnownSums): void {
    if (key !== undefined) this.#last = { key, sums };
  }

  /** How many there are. */
  get rows(): number {
    return this.table.rows;
  }

  /** Names of the columns that are kept. */
  get columns(): readonly string[] {
    return this.table.columns.map(({ name }) => name);
  }

  async close(): Promise<void> {
    await Promise.all([this.table.close(), this.images.close()]);
  }

  /** What Node's console shows: a line with how many rows there are, and of which columns. */
  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return `StoredRows { ${plural(this.rows, 'row')} of ${this.columns.join(', ')} }`;
  }
}

const readingOptions = ['missingTokens', 'delimiter', 'decimalComma', 'maxBadRows'] as const;
type Reading = Pick<CheckedOptions, (typeof readingOptions)[number]>;

const readingOf = (options: CheckedOptions): Reading =>
  Object.fromEntries(readingOptions.map((name) => [name, options[name]])) as unknown as Reading;

/** The options of a fit of stored rows, with those that they were read with. Throws LogisticError 'bad-option' where it asks for others. */
export function withReading({ table, reading }: StoredRows, options: CheckedOptions): CheckedOptions {
  const [own, usual] = [readingOf(options), readingOf(checkOptions({}))];
  const differs = readingOptions.find(
    (name) => keyOf(own[name]) !== keyOf(usual[name]) && keyOf(own[name]) !== keyOf(reading[name]),
  );
  if (differs !== undefined) throw readOtherwise(differs, shown(reading[differs]));
  const kinds = new Map(table.columns.map(({ name, kind }) => [name, kind]));
  for (const name of options.categorical ?? []) {
    if (kinds.get(name) === 'numeric') throw readOtherwise('categorical', `${name} as numbers`);
  }
  for (const name of options.numeric ?? []) {
    if (kinds.has(name) && kinds.get(name) !== 'numeric') throw readOtherwise('numeric', `${name} as texts`);
  }
  return { ...options, ...reading };
}

const readOtherwise = (option: string, how: string): LogisticError =>
  new LogisticError('bad-option', `${option}: the rows were stored with ${how}`, {
    hint: 'store them by an estimator that has the option',
    details: { option },
  });

/** Sums over all rows that a fit takes mostly: first and last gradients, five to seven steps, the Hessian. */
const expectedPasses = 8;

/** `again`: whether other fits of the rows may follow. */
export function storedDataset(
  stored: StoredRows,
  { again }: { readonly again: boolean },
  onProgress?: (share: number, pass: Pass) => void,
): Dataset {
  const { table } = stored;
  return {
    async withPlaced(target, options, { signal }, use) {
      const refused = unserved(options);
      if (refused) throw refused;
      const { precision, threads } = options;
      let pass = 0;
      const onPage = (share: number): void => {
        if (share === 0) pass++;
        const fits = 1 + (options.folds ?? 0);
        onProgress?.(share, { pass, about: Math.max(pass, fits * expectedPasses), over: 'disk' });
      };
      let noImages: Warning | undefined;
      const onNoImages = (reason: string): void => {
        noImages = { code: 'no-space', message: `each pass over the rows standardises them anew: ${reason}` };
      };
      const place: PlacePages = (pages, plan, summary) =>
        placeStored({ pages, plan, storage: precision, summary, onPage }, threads);
      const decided = await decideStoredDesign({ table, target, folds: options.folds ?? 1, place, signal }, options);
      const { design, pages, partitions, sample } = decided;
      const training = trainingPartitions(design);
      const placeSome = (some: readonly number[]): Promise<RowSums> => {
        const plan = decided.planOf(some);
        // A fold, or one fit, that computes no features reads pages in the time in which it could write and read images.
        const worth = (again && some === training) || plan.columns.some(({ at }) => at >= table.width);
        const images = worth ? stored.images : undefined;
        const summary = joinSummaries(partitions, some);
        return placeStored({ pages, plan, storage: precision, summary, images, onNoImages, onPage }, threads);
      };
      const opened: { close(): Promise<void> }[] = [];
      const opening = async <T extends { close(): Promise<void> }>(what: Promise<T>): Promise<T> => {
        opened.unshift(await what);
        return what;
      };
      try {
        const rows = await opening(
          partitions.length === 1 ? placeSome(training) : partitionedRows(partitions, training, placeSome),
        );
        const asked = {
          penalty: penaltyOf(design, options),
          intercept: options.intercept,
          fixed: fixedOf(design),
          partitions: training,
          firth: undefined,
        };
        const over = [pages.key, decided.planOf(training), precision, asked.intercept, asked.fixed];
        const key = pages.key === undefined ? undefined : keyOf(over);
        const known = byHessian(options) ? stored.lastSums(key) : undefined;
        const guess = known && (await nextGuess(known, rows, asked));
        const placeSample = async (): Promise<RowSums> => {
          const cells = sample.rows * countFeatures(sample);
          const here = await opening(openPlace(options.backend, { threads, cells }));
          return opening(here.place(sample, precision, signal));
        };
        const missing = table.columns.filter((column) => column.missing.count > 0);
        return await use({
          source: table.source,
          design,
          part: undefined,
          missing: Object.fromEntries(missing.map((column) => [column.name, column.missing])),
          weights: weightsOf(table, options),
          totals: decided.totals,
          wholeWeights: decided.wholeWeights,
          place: { name: 'cpu', detail: 'WebAssembly SIMD, rows on disk' },
          rows: Promise.resolve(rows),
          warnings: () => (noImages ? [noImages] : []),
          problem: {
            ...asked,
            rows: observedRows(rows, (sums) => stored.keepSums(key, sums)),
            guess,
            sample: guess === undefined ? await placeSample() : undefined,
          },
        });
      } finally {
        for (const each of opened) await each.close();
      }
    },
  };
}

/** Gradient descent and L-BFGS go their own way. */
const byHessian = ({ solver }: CheckedOptions): boolean => solver !== 'gd' && solver !== 'lbfgs';

async function placeStored(rows: PagedRows, threads: 'auto' | number): Promise<RowSums> {
  const placed = await placePages(rows, { threads });
  if (placed !== undefined) return placed;
  throw new LogisticError('backend-unavailable', 'rows on disk need WebAssembly SIMD, which is missing here');
}
