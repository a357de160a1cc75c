/**
 * A query as a dataset: its rows stay in the engine, which answers each evaluation with sums, or they are kept on disk. A
 * random sample of them is placed in memory, for the warm start.
 */
import { openPlace } from '../backends/registry.ts';
import { decideQueriedDesign, type QueriedDesign } from '../design/queried.ts';
import { type ShownQuery, showQueries } from '../design/query-text.ts';
import { LogisticError } from '../errors.ts';
import type { RowPlace, RowSums } from '../rows/contract.ts';
import { countFeatures } from '../rows/source.ts';
import { queriedRows } from '../sql/rows.ts';
import type { SteadyConnection } from '../sql/steady.ts';
import type { CheckedOptions } from './options.ts';
import { type PageFileOpener, placeOnDisk } from './paged.ts';
import { type Dataset, penaltyOf, trainingPartitions } from './placed.ts';

export interface QueriedData {
  readonly connection: SteadyConnection;
  readonly query: string;
  /** Where the data came from, for the report. */
  readonly source: string;
  readonly openPageFile: PageFileOpener;
}

/** Queries over the rows besides those of categories: profile, steps, Hessian and metrics, or the reading of them once. */
export const expectedPasses = { memory: 1, disk: 5, there: 14 } as const;

export function queriedDataset(data: QueriedData): Dataset {
  return {
    async withPlaced(target, options, { signal }, use) {
      const { connection, query, source } = data;
      requireServed(options);
      const decided = await decideQueriedDesign(connection, query, target, options, signal);
      const { design, sample } = decided;
      const cells = sample.rows * countFeatures(sample);
      const here = await openPlace(options.backend, { threads: options.threads, cells });
      const placing: RowSums[] = [];
      try {
        const placedSample = await here.place(sample, options.precision, signal);
        placing.push(placedSample);
        const { rows, place } = await placeRows(data, decided, options, signal);
        placing.push(rows);
        return await use({
          source,
          design,
          part: undefined,
          missing: decided.missing,
          weights: options.weights === undefined ? null : { column: options.weights },
          place,
          rows: Promise.resolve(rows),
          warnings: connection.warnings,
          problem: {
            rows,
            sample: placedSample,
            penalty: penaltyOf(design, options),
            intercept: options.intercept,
            partitions: trainingPartitions(design),
            firth: options.firth ? { weights: undefined } : undefined,
          },
        });
      } finally {
        await Promise.all(placing.map((rows) => rows.close()));
        await here.close();
      }
    },
  };
}

/** The queries of a fit as SQL with comments; none is asked but the one that describes the columns. */
export async function queryText(
  { connection, query }: Pick<QueriedData, 'connection' | 'query'>,
  target: string,
  options: CheckedOptions,
): Promise<string> {
  const { rows: where } = options;
  const text = (queries: readonly ShownQuery[], ...notes: string[]): string =>
    [
      [`${connection.detail}, --rows ${where}`, ...notes].map((note) => `-- ${note}\n`).join(''),
      ...queries.map(({ purpose, sql }, k) => `-- ${k + 1}. ${purpose}\n${sql};\n`),
    ].join('\n');
  if (where === 'memory') {
    return text([{ purpose: 'every row, once, as numbers and texts', sql: `select * from (\n${query}\n) q` }]);
  }
  requireServed(options);
  return text(
    await showQueries(connection, query, target, { ...options, rows: where }, undefined),
    'Stands for what earlier answers decide: :number, :level, :reference and :class.',
    'Shown for two classes and one level of each category; texts are bound where the database binds them.',
  );
}

async function placeRows(
  { connection, openPageFile }: QueriedData,
  { rows, census }: QueriedDesign,
  { rows: where, precision, threads }: CheckedOptions,
  signal: AbortSignal | undefined,
): Promise<{ readonly rows: RowSums; readonly place: Pick<RowPlace, 'name' | 'detail'> }> {
  const { dialect, detail } = connection;
  if (where === 'there') {
    const place = { name: dialect.name, detail: `${detail}, rows summed there` };
    return { rows: queriedRows(connection, rows, census), place };
  }
  const paging = { precision, threads, openFile: openPageFile, signal };
  const place = { name: 'cpu', detail: `WebAssembly SIMD, rows of ${detail} on disk` };
  return { rows: await placeOnDisk(connection, { rows, census }, paging), place };
}

/** What needs each row by itself is not for rows that stay elsewhere. */
function requireServed({ holdout, folds, missing, solver, numeric, firth, backend }: CheckedOptions): void {
  const refuse = (option: string, why: string): never => {
    throw new LogisticError('bad-option', `${option}: ${why} while the rows are not in memory`, {
      hint: `leave it out, or read the rows once (--rows memory)`,
      details: { option },
    });
  };
  if (holdout > 0) refuse('holdout', 'no rows can be held out');
  if (folds !== undefined) refuse('folds', 'there is no cross-validation');
  if (missing !== undefined && missing !== 'drop') refuse('missing', 'rows with missing cells are dropped');
  if (firth) refuse('firth', "Firth's likelihood needs each row by itself");
  if (backend !== 'auto' && backend !== 'cpu') refuse('backend', 'sums are those of the engine, or of cpu');
  if (solver === 'gd') refuse('solver', 'gradient descent would make thousands of passes');
  if (numeric !== undefined) refuse('numeric', 'no text is read as a number');
}
