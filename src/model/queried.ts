/**
 * A query as a dataset: its rows stay in the engine, which answers each evaluation with sums. A random sample of them is
 * placed here, for the warm start.
 */
import { openPlace } from '../backends/registry.ts';
import { decideQueriedDesign } from '../design/queried.ts';
import { LogisticError } from '../errors.ts';
import { countFeatures } from '../rows/source.ts';
import type { Engine } from '../sql/engine.ts';
import { queriedRows } from '../sql/rows.ts';
import type { CheckedOptions } from './options.ts';
import { type Dataset, penaltyOf, trainingPartitions } from './placed.ts';

export function queriedDataset(engine: Engine, query: string): Dataset {
  return {
    async withPlaced(target, options, { signal }, use) {
      requireServed(options);
      const { design, rows, census, sample } = await decideQueriedDesign(engine, query, target, options, signal);
      const here = await openPlace(options.backend, {
        threads: options.threads,
        cells: sample.rows * countFeatures(sample),
      });
      try {
        const placedSample = await here.place(sample, options.precision, signal);
        try {
          const problem = {
            rows: queriedRows(engine, rows, census),
            sample: placedSample,
            penalty: penaltyOf(design, options),
            intercept: options.intercept,
            partitions: trainingPartitions(design),
            firth: options.firth ? { weights: undefined } : undefined,
          };
          return await use({
            source: 'a query',
            design,
            part: undefined,
            missing: {},
            weights: options.weights === undefined ? null : { column: options.weights },
            place: { name: engine.dialect.name, detail: `${engine.detail}, rows summed there` },
            rows: Promise.resolve(problem.rows),
            problem,
          });
        } finally {
          await placedSample.close();
        }
      } finally {
        await here.close();
      }
    },
  };
}

/** What needs each row by itself is not for rows that stay elsewhere. */
function requireServed({ holdout, folds, missing, solver, numeric }: CheckedOptions): void {
  const refuse = (option: string, why: string): never => {
    throw new LogisticError('bad-option', `${option}: ${why} while the rows stay in the database`, {
      hint: `leave it out, or read the rows once (--rows memory)`,
      details: { option },
    });
  };
  if (holdout > 0) refuse('holdout', 'no rows can be held out');
  if (folds !== undefined) refuse('folds', 'there is no cross-validation');
  if (missing === 'impute') refuse('missing', 'missing cells are not imputed');
  if (solver === 'gd') refuse('solver', 'gradient descent would ask for thousands of queries');
  if (numeric !== undefined) refuse('numeric', 'no text is read as a number');
}
