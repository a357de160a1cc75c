/**
 * A stored table as a dataset: its rows stay on disk, where each evaluation reads them, and a random sample of them is
 * placed in memory, for the warm start.
 */
import { PageImages } from '../backends/cpu/page-images.ts';
import { type PagedRows, placePages } from '../backends/cpu/pages.ts';
import { openPlace } from '../backends/registry.ts';
import type { StoredTable } from '../data/stored-table.ts';
import { decideStoredDesign, type PlacePages } from '../design/stored.ts';
import { LogisticError, type Warning } from '../errors.ts';
import type { RowSums } from '../rows/contract.ts';
import { partitionedRows } from '../rows/partitioned.ts';
import { countFeatures, joinSummaries } from '../rows/source.ts';
import type { Pass } from '../sql/steady.ts';
import { type Dataset, heldOf, penaltyOf, trainingPartitions, weightsOf } from './placed.ts';
import { unserved } from './queried.ts';

/** Rows that were read to disk once, for any number of fits. Whoever has them closes them, which frees the disk. */
export class StoredRows {
  /** @internal */
  readonly table: StoredTable;
  /** @internal */
  readonly images: PageImages;

  /** @internal */
  constructor(table: StoredTable) {
    this.table = table;
    this.images = new PageImages((bytes) => table.openBeside(bytes));
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
}

/** Sums over all rows that a fit takes mostly: first and last gradients, five to seven steps, the Hessian. */
const expectedPasses = 8;

export function storedDataset(
  { table, images }: StoredRows,
  onProgress?: (share: number, pass: Pass) => void,
): Dataset {
  return {
    async withPlaced(target, options, { signal }, use) {
      const refused = unserved(options);
      if (refused) throw refused;
      const { precision, threads } = options;
      let pass = 0;
      const onPage = (share: number): void => {
        if (share === 0) pass++;
        onProgress?.(share, { pass, about: Math.max(pass, expectedPasses), over: 'disk' });
      };
      let noImages: Warning | undefined;
      const onNoImages = (reason: string): void => {
        noImages = { code: 'no-space', message: `each pass over the rows standardises them anew: ${reason}` };
      };
      const place: PlacePages = (pages, plan, summary) =>
        placeStored({ pages, plan, storage: precision, summary, images, onNoImages, onPage }, threads);
      const decided = await decideStoredDesign({ table, target, folds: options.folds ?? 1, place, signal }, options);
      const { design, pages, partitions, sample } = decided;
      const training = trainingPartitions(design);
      const placeSome = (some: readonly number[]) =>
        place(pages, decided.planOf(some), joinSummaries(partitions, some));
      const here = await openPlace(options.backend, { threads, cells: sample.rows * countFeatures(sample) });
      const placing: RowSums[] = [];
      try {
        placing.push(
          await here.place(sample, precision, signal),
          await (partitions.length === 1 ? placeSome(training) : partitionedRows(partitions, training, placeSome)),
        );
        const [placedSample, rows] = placing as [RowSums, RowSums];
        const missing = table.columns.filter((column) => column.missing.count > 0);
        return await use({
          source: table.source,
          design,
          part: undefined,
          missing: Object.fromEntries(missing.map((column) => [column.name, column.missing])),
          weights: weightsOf(table, options),
          place: { name: 'cpu', detail: 'WebAssembly SIMD, rows on disk' },
          rows: Promise.resolve(rows),
          warnings: () => (noImages ? [noImages] : []),
          problem: {
            rows,
            sample: placedSample,
            penalty: penaltyOf(design, options),
            intercept: options.intercept,
            held: heldOf(design),
            partitions: training,
            firth: undefined,
          },
        });
      } finally {
        await Promise.all(placing.map((rows) => rows.close()));
        await here.close();
      }
    },
  };
}

async function placeStored(rows: PagedRows, threads: 'auto' | number): Promise<RowSums> {
  const placed = await placePages(rows, { threads });
  if (placed !== undefined) return placed;
  throw new LogisticError('backend-unavailable', 'rows on disk need WebAssembly SIMD, which is missing here');
}
