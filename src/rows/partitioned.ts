/**
 * Partitions whose rows lie among one another, as pages of a file have them: those that a sum is over are placed together when
 * they are first asked for. It knows no place.
 */
import type { PartitionSummary, RowSums, SumOptions } from './contract.ts';

/** As many choices of partitions stay placed: those of a fit, and those that it is measured on. */
const placedAtOnce = 2;

/** `first`: the partitions that are placed at once. `place` gives the rows of some partitions as one. */
export async function partitionedRows(
  partitions: readonly PartitionSummary[],
  first: readonly number[],
  place: (partitions: readonly number[]) => Promise<RowSums>,
): Promise<RowSums> {
  let placed: { readonly key: string; readonly rows: Promise<RowSums> }[] = [];
  let closing: Promise<unknown> = Promise.resolve();
  const rowsOf = (chosen: readonly number[]): Promise<RowSums> => {
    const key = chosen.join();
    const known = placed.find((own) => own.key === key) ?? { key, rows: place(chosen) };
    placed = [known, ...placed.filter((own) => own !== known)];
    known.rows.catch(() => {
      placed = placed.filter((own) => own !== known); // who asks again may be luckier
    });
    const last = placed.splice(placedAtOnce).map(({ rows }) => closeRows(rows));
    closing = Promise.all([closing, ...last]);
    closing.catch(() => {}); // told by close()
    return known.rows;
  };
  const all = partitions.map((_, p) => p);
  const asked = ({ partitions = all }: SumOptions = {}): Promise<RowSums> => rowsOf(partitions);
  const { features, scoreVectors, precisions, storagePrecision } = await rowsOf(first);
  const whole = (options: SumOptions | undefined): SumOptions => ({ ...options, partitions: undefined });
  return {
    features,
    scoreVectors,
    precisions,
    storagePrecision,
    partitions,
    evaluate: async (theta, order, precision, options) =>
      (await asked(options)).evaluate(theta, order, precision, whole(options)),
    measure: async (theta, threshold, options) => (await asked(options)).measure(theta, threshold, whole(options)),
    async close() {
      await Promise.all([closing, ...placed.map(({ rows }) => closeRows(rows))]);
    },
  };
}

const closeRows = (rows: Promise<RowSums>): Promise<void> =>
  rows.then(
    (own) => own.close(),
    () => {}, // told to whoever asked for them
  );
