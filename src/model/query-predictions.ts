/** The rows of a query with their predictions, which the database makes. */
import { LogisticError, nearestName } from '../errors.ts';
import type { ScoreOptions } from '../predict/score-options.ts';
import type { Connection } from '../sql/engine.ts';
import { predictionQuery } from '../sql/predictions.ts';
import type { FittedLogisticRegression } from './fitted.ts';

/** Cells as texts, '' where there is nothing. */
export interface QueryPredictions {
  /** The columns of the query, then `prediction` and P of each class. */
  readonly names: readonly string[];
  /** In the order of the database, in chunks. */
  readonly rows: AsyncIterable<readonly (readonly string[])[]>;
}

/** Throws LogisticError 'missing-column', or 'duplicate-names' where the query has a column `prediction`. */
export async function predictRows(
  connection: Pick<Connection, 'dialect' | 'describe' | 'cells'>,
  model: FittedLogisticRegression,
  {
    query,
    unseen,
    threshold,
    signal,
  }: ScoreOptions & { readonly query: string; readonly signal?: AbortSignal | undefined },
): Promise<QueryPredictions> {
  model.predict([], { unseen, threshold }); // what is wrong with them is told before any row is read
  const names = (await connection.describe(query, signal)).map(({ name }) => name);
  for (const column of model.columns) {
    if (names.includes(column)) continue;
    const near = nearestName(column, names);
    throw new LogisticError(
      'missing-column',
      `the model needs the column ${JSON.stringify(column)}, which the query lacks; it has ${names.join(', ')}`,
      near === undefined ? {} : { hint: `did ${JSON.stringify(near)} mean it? names must match exactly` },
    );
  }
  const added = ['prediction', ...model.classes.map((label) => `P(${label})`)];
  const taken = added.find((name) => names.includes(name));
  if (taken !== undefined) {
    throw new LogisticError('duplicate-names', `the query has a column ${JSON.stringify(taken)} already`, {
      hint: 'give it another name: select … as …',
    });
  }
  const file = model.toJSON();
  const request = { query, names, threshold };
  const select = predictionQuery(unseen === undefined ? file : { ...file, unseen }, connection.dialect, request);
  async function* rows(): QueryPredictions['rows'] {
    for await (const chunk of connection.cells(select, signal)) {
      yield chunk.map((row) => [...row.slice(0, names.length), row.at(-1)!, ...row.slice(names.length, -1)]);
    }
  }
  return { names: [...names, ...added], rows: rows() };
}
