/**
 * The columns of a query that take part in a fit and what they are, from its description alone: no row is read.
 */
import { argument } from '../data/names.ts';
import { LogisticError } from '../errors.ts';
import { type DescribedColumn, type Engine, isWhole } from '../sql/engine.ts';
import type { CompleteRows, QueriedColumn } from '../sql/queried-rows.ts';
import type { DesignOptions } from './design.ts';
import { featureColumns, findColumn } from './features.ts';

export interface QueryOptions extends DesignOptions {
  readonly categorical?: readonly string[] | undefined;
  readonly missingTokens: readonly string[];
}

/** The columns that take part and what they are. Throws as the design of a table does. */
export async function describeRows(
  engine: Engine,
  query: string,
  target: string,
  options: QueryOptions,
  signal: AbortSignal | undefined,
): Promise<CompleteRows> {
  const columns = await engine.describe(query, signal);
  const twice = columns.find(({ name }, k) => columns.findIndex((other) => other.name === name) < k);
  if (twice !== undefined) {
    throw new LogisticError('duplicate-names', `the query has two columns ${JSON.stringify(twice.name)}`, {
      hint: 'give one of them another name: select … as …',
    });
  }
  const source = { columns, leftOut: [], source: 'the query' };
  const typed = (column: DescribedColumn): QueriedColumn => {
    if (options.categorical?.includes(column.name)) return asTexts(column);
    if (column.kind !== undefined) return { name: column.name, kind: column.kind };
    throw new LogisticError(
      'bad-type',
      `column ${column.name} of the query has the type ${column.type}, which is no number, boolean or text`,
      {
        hint: `cast it in the query, or leave it out (--drop ${argument(column.name)})`,
        details: { column: column.name },
      },
    );
  };
  const { weights } = options;
  if (options.holdoutBy !== undefined) asTexts(findColumn(source, options.holdoutBy));
  if (weights !== undefined && findColumn(source, weights).kind !== 'numeric') {
    throw new LogisticError('bad-weights', `the weights column ${weights} holds no numbers`, {
      hint: 'choose another column',
    });
  }
  const features = featureColumns(source, { ...options, target }).map(typed);
  requireWidth(engine, features.length);
  return {
    query,
    target: typed(findColumn(source, target)),
    columns: features,
    weights,
    missingTokens: options.missingTokens,
  };
}

/** Throws LogisticError 'bad-type' where an engine spells the numbers of a column in a way of its own: 1.0. */
function asTexts(column: DescribedColumn): QueriedColumn {
  const { name, kind, type } = column;
  if (kind !== 'numeric' || isWhole(column)) return { name, kind: 'categorical', asCategory: true };
  throw new LogisticError('bad-type', `column ${name} of the query has the type ${type}, which is no category or key`, {
    hint: 'cast it to whole numbers or to text in the query',
    details: { column: name },
  });
}

/** Throws LogisticError 'too-many-terms' where an engine cannot sum a design so wide. */
export function requireWidth({ dialect, detail }: Engine, columns: number): void {
  if (columns <= dialect.mostColumns) return;
  const message = `the design has ${columns} columns; while the rows stay in ${detail}, there may be ${dialect.mostColumns}`;
  throw new LogisticError('too-many-terms', message, {
    hint: 'read the rows once (--rows disk), or leave columns out (--drop, --only)',
    details: { columns },
  });
}
