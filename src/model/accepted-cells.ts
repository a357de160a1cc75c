/**
 * Cells that a model takes for something else when it scores a row, counted by column: missing ones, which take the stored
 * value, and categories that training never saw, which count as the reference. A row that cannot be scored is nobody's here.
 */
import { plural } from '../errors.ts';
import type { Feature, ModelFile } from '../predict/model-file.ts';
import { cellReaders, cellsOf, type Row } from '../predict/read-row.ts';
import type { ScoreOptions } from '../predict/score-options.ts';

/** Cells of rows that were scored, by column; only columns that have some. */
export interface AcceptedCells {
  /** Missing cells, which took the stored value. */
  readonly imputed: Readonly<Record<string, number>>;
  /** Categories that training never saw, which counted as the reference. */
  readonly unseen: Readonly<Record<string, number>>;
}

export interface CellCounter {
  /** Counts the cells of a row that has been scored. */
  add(row: Row): void;
  /** The same rows, each counted once the next one is asked for. */
  through(rows: Iterable<Row>): Iterable<Row>;
  /** What has been counted; undefined where there is nothing. */
  found(): AcceptedCells | undefined;
  /** The same in sentences. */
  notes(): string[];
}

export function cellCounter(
  model: ModelFile,
  { unseen: policy = model.unseen }: Pick<ScoreOptions, 'unseen'> = {},
): CellCounter {
  const columns = model.features.map(({ column }) => column);
  const bare = model.features.map((feature) => ({ ...feature, impute: null }) as Feature);
  const readers = cellReaders({ ...model, features: bare });
  const watched = model.features.flatMap(({ kind, impute }, i) =>
    impute !== null || (kind !== 'numeric' && policy === 'ignore') ? [i] : [],
  );
  const imputed = new Map<string, number>();
  const unseen = new Map<string, number>();
  const add = (row: Row): void => {
    if (watched.length === 0) return;
    const cells = cellsOf(row, columns, undefined);
    for (const i of watched) {
      const value = readers[i]!(cells[i]);
      if (typeof value === 'number') continue;
      const counts = value.unseen === undefined ? imputed : unseen;
      counts.set(columns[i]!, (counts.get(columns[i]!) ?? 0) + 1);
    }
  };
  return {
    add,
    *through(rows) {
      for (const row of rows) {
        yield row;
        add(row);
      }
    },
    found: () =>
      imputed.size + unseen.size > 0
        ? { imputed: Object.fromEntries(imputed), unseen: Object.fromEntries(unseen) }
        : undefined,
    notes: () => [
      ...sentence(imputed, 'missing cell', 'took the stored value'),
      ...sentence(unseen, 'cell', 'with a category that training never saw counted as the reference'),
    ],
  };
}

function sentence(counts: ReadonlyMap<string, number>, what: string, taken: string): string[] {
  const cells = [...counts.values()].reduce((sum, count) => sum + count, 0);
  return cells === 0 ? [] : [`${plural(cells, what)} in ${[...counts.keys()].join(', ')} ${taken}`];
}
