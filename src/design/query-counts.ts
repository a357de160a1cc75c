/** What an engine counted of a query's rows: whether they can be fitted, which cells are missing, and which rows are not used. */
import type { MissingCells } from '../data/table.ts';
import { LogisticError } from '../errors.ts';
import type { QueryCounts } from '../sql/profile.ts';
import type { CompleteRows } from '../sql/queried-rows.ts';

/** Throws LogisticError 'not-finite', 'bad-weights', 'no-rows' or 'empty'. */
export function requireUsable(counts: QueryCounts, { target, columns, weights }: CompleteRows): void {
  const numeric = columns.filter(({ kind }) => kind === 'numeric').map(({ name }) => name);
  const names = [...numeric, ...(weights === undefined ? [] : [weights])];
  const k = counts.notFinite.findIndex((count) => count > 0);
  if (k >= 0) {
    const message = `column ${names[k]}: ${counts.notFinite[k]} rows of the query hold NaN or an infinite number`;
    throw new LogisticError('not-finite', message, { hint: 'make them null, or leave them out, in the query' });
  }
  if (counts.infiniteLabels > 0) {
    const message = `column ${target.name}: ${counts.infiniteLabels} rows of the query hold an infinite number`;
    throw new LogisticError('not-finite', message, { hint: 'make them null, or leave them out, in the query' });
  }
  if (counts.negativeWeights > 0) {
    throw new LogisticError('bad-weights', `${weights}: ${counts.negativeWeights} weights are below 0`, {
      hint: 'a weight is a number of at least 0',
    });
  }
  if (counts.read === 0) throw new LogisticError('no-rows', 'the query has no row', { hint: 'check its conditions' });
  if (counts.complete === 0) {
    throw new LogisticError('empty', 'no row of the query is complete', { hint: 'leave out columns that are empty' });
  }
}

/** Missing cells of each column that has any. */
export function missingCells(
  { missing }: QueryCounts,
  { columns, target }: CompleteRows,
): Readonly<Record<string, MissingCells>> {
  const counted = [...columns, target].map(({ name }, k) => [name, missing[k]!] as const);
  return Object.fromEntries(
    counted.flatMap(([name, count]) => (count > 0 ? [[name, { count, tokens: { '': count } }]] : [])),
  );
}

/** Rows that are not used, each under its first reason. */
export function droppedRows({ read, complete, zeroWeight, missing }: QueryCounts, { columns }: CompleteRows) {
  const noTarget = missing[columns.length]!;
  return { missing: read - complete - zeroWeight - noTarget, noTarget, zeroWeight, bad: 0 };
}
