/**
 * A stored table as a dataset: its rows stay on disk, where each evaluation reads them, and a random sample of them is
 * placed in memory, for the warm start.
 */
import { type PagedRows, placePages } from '../backends/cpu/pages.ts';
import { openPlace } from '../backends/registry.ts';
import type { StoredTable } from '../data/stored-table.ts';
import { decideStoredDesign, type PlacePages } from '../design/stored.ts';
import { LogisticError } from '../errors.ts';
import type { RowSums } from '../rows/contract.ts';
import { countFeatures } from '../rows/source.ts';
import type { Pass } from '../sql/steady.ts';
import type { CheckedOptions } from './options.ts';
import { type Dataset, penaltyOf, trainingPartitions, weightsOf } from './placed.ts';
import { notServed, unserved } from './queried.ts';

/** Rows that were read to disk once, for any number of fits. Whoever has them closes them, which frees the disk. */
export class StoredRows {
  /** @internal */
  readonly table: StoredTable;

  /** @internal */
  constructor(table: StoredTable) {
    this.table = table;
  }

  /** How many there are. */
  get rows(): number {
    return this.table.rows;
  }

  /** Names of the columns that are kept. */
  get columns(): readonly string[] {
    return this.table.columns.map(({ name }) => name);
  }

  close(): Promise<void> {
    return this.table.close();
  }
}

/** Sums over all rows that a fit takes mostly: first and last gradients, five to seven steps, the Hessian. */
const expectedPasses = 8;

export function storedDataset(table: StoredTable, onProgress?: (share: number, pass: Pass) => void): Dataset {
  return {
    async withPlaced(target, options, { signal }, use) {
      const refused = unservedOnDisk(options);
      if (refused) throw refused;
      const { precision, threads } = options;
      let pass = 0;
      const onPage = (share: number): void => {
        if (share === 0) pass++;
        onProgress?.(share, { pass, about: Math.max(pass, expectedPasses), over: 'disk' });
      };
      const place: PlacePages = (plan, summary) =>
        placeStored({ pages: table, plan, storage: precision, summary, onPage }, threads);
      const { design, plan, summary, sample } = await decideStoredDesign(table, target, options, place, signal);
      const here = await openPlace(options.backend, { threads, cells: sample.rows * countFeatures(sample) });
      const placing: RowSums[] = [];
      try {
        placing.push(await here.place(sample, precision, signal), await place(plan, summary));
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
          problem: {
            rows,
            sample: placedSample,
            penalty: penaltyOf(design, options),
            intercept: options.intercept,
            partitions: trainingPartitions(design),
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

/** Why rows on disk cannot be fitted as they are asked to be. */
export function unservedOnDisk(options: CheckedOptions): LogisticError | undefined {
  if (options.holdout > 0) return notServed('holdout', 'no rows can be held out');
  return unserved(options);
}

async function placeStored(rows: PagedRows, threads: 'auto' | number): Promise<RowSums> {
  const placed = await placePages(rows, { threads });
  if (placed !== undefined) return placed;
  throw new LogisticError('backend-unavailable', 'rows on disk need WebAssembly SIMD, which is missing here');
}
