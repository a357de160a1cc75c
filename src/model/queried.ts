/**
 * A query as a dataset: its rows stay in the engine, which answers each evaluation with sums. A random sample of them is
 * placed in memory, for the warm start.
 */
import { openPlace } from '../backends/registry.ts';
import { columnsOf } from '../design/expand-terms.ts';
import { askedTree } from '../design/model-terms.ts';
import { decideQueriedDesign } from '../design/queried.ts';
import { type ShownQuery, showQueries } from '../design/query-text.ts';
import { LogisticError, type Warning } from '../errors.ts';
import type { RowSums } from '../rows/contract.ts';
import { countFeatures } from '../rows/source.ts';
import { hessianServes } from '../solvers/choose.ts';
import type { Connection } from '../sql/engine.ts';
import { hessianQueries } from '../sql/evaluation.ts';
import { queriedRows } from '../sql/rows.ts';
import type { SteadyConnection } from '../sql/steady.ts';
import type { CheckedOptions } from './options.ts';
import { type Dataset, penaltyOf, trainingPartitions } from './placed.ts';
import { notServed, unserved } from './unserved.ts';

export interface QueriedData {
  readonly connection: SteadyConnection;
  readonly query: string;
  /** Where the data came from, for the report. */
  readonly source: string;
}

/** Queries over the rows besides those of categories: profile, steps, Hessian and metrics, or the reading of them once. */
export const expectedPasses = { auto: 1, memory: 1, disk: 1, there: 14 } as const;

export function queriedDataset(data: QueriedData): Dataset {
  return {
    async withPlaced(target, options, { signal }, use) {
      const { connection, query, source } = data;
      requireQueried(options);
      const decided = await decideQueriedDesign(connection, query, target, options, signal);
      const { design, sample } = decided;
      const cells = sample.rows * countFeatures(sample);
      const here = await openPlace(options.backend, { threads: options.threads, cells });
      const placing: RowSums[] = [];
      try {
        const placedSample = await here.place(sample, options.precision, signal);
        placing.push(placedSample);
        const rows = queriedRows(connection, decided.parts);
        const costly = costlyHessian(connection, rows, options);
        return await use({
          source,
          design,
          part: undefined,
          missing: decided.missing,
          weights: options.weights === undefined ? null : { column: options.weights },
          wholeWeights: async () => decided.wholeWeights,
          totals: decided.totals,
          place: { name: connection.dialect.name, detail: `${connection.detail}, rows summed there` },
          rows: Promise.resolve(rows),
          warnings: () => [...costly, ...connection.warnings()],
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

/** Columns of a design whose Hessian costs no more than a few gradients. */
const fewColumns = 64;

/** What the Hessian of a wide design costs, where there will be one. */
function costlyHessian(
  { dialect, detail, expect }: SteadyConnection,
  { features, scoreVectors, partitions }: RowSums,
  { intercept }: CheckedOptions,
): Warning[] {
  const queries = hessianQueries(dialect, features, scoreVectors);
  const dimension = scoreVectors * (features + Number(intercept));
  if (!hessianServes({ dimension, rows: partitions[0]!.rows })) return [];
  expect(queries - 1);
  if (features <= fewColumns) return [];
  const count = queries === 1 ? 'a query' : `${queries} queries`;
  const message = `the design has ${features} columns: its Hessian, for the certificate and standard errors, takes ${count} of up to ${dialect.mostSums} sums in ${detail}`;
  return [{ code: 'costly-hessian', message }];
}

/** Cells of a query. */
export async function countQueried(
  connection: Connection,
  query: string,
  signal: AbortSignal | undefined,
): Promise<number> {
  const columns = await connection.describe(query, signal);
  const [counted] = await connection.run({ sql: `select count(*) from (\n${query}\n) q`, texts: [] }, signal);
  return columns.length * Number(counted![0]);
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
  if (where !== 'there') {
    return text([{ purpose: 'every row, once, as numbers and texts', sql: `select * from (\n${query}\n) q` }]);
  }
  requireQueried(options);
  return text(
    await showQueries(connection, query, target, options, undefined),
    'Stands for what earlier answers decide: :number, :level, :reference and :class.',
    'Shown for two classes and one level of each category; texts are bound where the database binds them.',
  );
}

function requireQueried(options: CheckedOptions): void {
  const refused = unserved(options);
  if (refused) throw refused;
  if (options.holdout > 0 && options.holdoutBy === undefined) {
    throw new LogisticError('bad-option', 'holdout: rows of a database are held out by a key', {
      hint: 'name its column (--holdout-by id), or read the rows once (--rows disk or memory)',
      details: { option: 'holdout' },
    });
  }
  if (options.missing !== undefined && options.missing !== 'drop')
    throw notThere('missing', 'rows with missing cells are dropped');
  if (options.offset !== undefined) throw notThere('offset', 'there are no offsets');
  const tree = askedTree(options);
  if (tree !== undefined && !(columnsOf(tree).plain && options.intercept)) {
    const option = options.formula === undefined ? 'terms' : 'formula';
    throw notThere(option, 'each term is a column by itself, beside an intercept');
  }
  if (options.folds !== undefined) throw notThere('folds', 'there is no cross-validation');
  if (options.numeric !== undefined) throw notThere('numeric', 'no text is read as a number');
}

/** What rows on disk, which are read, are fitted with. */
const notThere = (option: string, why: string): LogisticError =>
  notServed(option, why, { where: 'stay in the database', instead: '--rows disk or memory' });
