/** Rows that belong together and are not independent, such as those of one patient: which cluster each training row is of. */
import { argument } from '../data/names.ts';
import type { Column } from '../data/table.ts';
import { LogisticError, plural, type Warning } from '../errors.ts';
import { isMissing } from './features.ts';

export interface Clusters {
  readonly column: string;
  /** Of each training row, 0 … count − 1. */
  readonly codes: Int32Array;
  readonly count: number;
}

/** Fewer clusters than this give standard errors that are too small (Cameron & Miller, J. Human Resources 50 (2015)). */
const fewClusters = 30;

/** Throws LogisticError 'missing-cell' where a row has no cluster, 'bad-option' where all are of one. */
export function clustersOf(column: Column, rows: Int32Array): Clusters {
  const { name } = column;
  const lacking = rows.filter((row) => isMissing(column, row));
  if (lacking.length > 0) {
    const first = lacking[0]! + 1;
    const message = `${lacking.length} of ${plural(rows.length, 'row')} have no cluster in ${name}, row ${first} first`;
    throw new LogisticError('missing-cell', message, {
      hint: 'give each a cluster, one of its own where it is independent of all others, or leave these rows out of the data',
      details: { row: first, rows: lacking.length, column: name },
    });
  }
  const places = new Map<number, number>();
  const cells = column.kind === 'numeric' ? column.values : column.codes;
  const codes = Int32Array.from(rows, (row) => {
    const cell = cells[row]!;
    const place = places.get(cell) ?? places.size;
    places.set(cell, place);
    return place;
  });
  if (places.size < 2) {
    throw new LogisticError('bad-option', `cluster: all rows are of one cluster in ${argument(name)}`, {
      hint: 'name the column that tells clusters apart',
      details: { option: 'cluster' },
    });
  }
  return { column: name, codes, count: places.size };
}

export function clusterWarnings(clusters: Clusters | undefined): Warning[] {
  if (clusters === undefined || clusters.count >= fewClusters) return [];
  const { count, column } = clusters;
  const message = `${count} clusters in ${column}: of fewer than ${fewClusters} clusters robust standard errors are too small, and p with them`;
  return [{ code: 'few-clusters', message, columns: [column] }];
}
