/**
 * Stored table → the rows that are used: their classes, in which part each is, what they weigh; the columns, with what
 * stands for missing cells; and the sums over the training rows that everything else is decided from.
 */
import { type ComputedColumns, withComputed } from '../data/computed-columns.ts';
import type { PagedTable, StoredColumn, StoredTable } from '../data/stored-table.ts';
import { LogisticError, plural } from '../errors.ts';
import { classesByCode, type MissingPolicy } from '../predict/model-file.ts';
import type { PartitionSummary } from '../rows/contract.ts';
import type { RowChoice } from '../rows/pages.ts';
import { summaryOf, type WeightOfClass } from './class-moments.ts';
import { type DesignOptions, requireTrainingClasses } from './design.ts';
import { featureColumns, findColumn } from './features.ts';
import { classesOfCounts, type Labels } from './labels.ts';
import { type SummedPages, sumPages } from './page-sums.ts';
import type { Dropped } from './select-rows.ts';
import { decideFills, type Fills, filledColumns } from './stored-fills.ts';
import { splitStored } from './stored-split.ts';
import { readStoredTarget } from './stored-target.ts';
import { classFactors, requireWeightsColumn } from './weights.ts';

/** Rows of the sample: enough for a warm start from which five to seven gradients are left to do; and numbers at most. */
const sampledRows = 65_536;
const sampledCells = 2 ** 23;

/** Rows of the sample of a table's pages. */
export const sampledOf = ({ width }: Pick<PagedTable, 'width'>): number =>
  Math.min(sampledRows, Math.floor(sampledCells / width));

export interface StoredRowsRequest {
  readonly table: StoredTable;
  readonly target: string;
  /** Into how many folds the training rows are dealt. */
  readonly folds: number;
  readonly signal: AbortSignal | undefined;
}

/** The rows of a design. Classes are told by their places among those of the target, of which `order` are there. */
export interface StoredRows {
  readonly labels: Omit<Labels, 'codes'>;
  /** By class code, the reference first. */
  readonly order: readonly number[];
  readonly missing: MissingPolicy;
  readonly dropped: Dropped;
  /** Rows of each part, and which parts are fitted. */
  readonly parts: readonly number[];
  readonly training: readonly number[];
  choiceOf(parts: readonly number[]): RowChoice;
  readonly factors: Float64Array | undefined;
  readonly byClass: WeightOfClass;
  readonly partitions: readonly PartitionSummary[];
  /** The columns that are computed, of the table `pages`. */
  readonly computed: readonly ComputedColumns[];
  readonly pages: PagedTable;
  /** Those that take part, without missing cells where these are filled. */
  readonly columns: readonly StoredColumn[];
  /** What stands for missing cells, where they are filled. */
  readonly fills: Fills;
  /** Of the training rows; and how they were asked for. */
  readonly sums: SummedPages;
  readonly summed: Parameters<typeof sumPages>[2];
}

export async function decideRows(request: StoredRowsRequest, options: DesignOptions): Promise<StoredRows> {
  const { table, target, folds, signal } = request;
  const { holdout, holdoutBy, missing = 'drop', seed } = options;
  const labelled = findColumn(table, target);
  const found = await readStoredTarget(table, labelled, signal);
  const all = featureColumns(table, { ...options, target });
  const incomplete = all.filter((column) => column.missing.count > 0);
  if (missing === 'error') requireComplete([labelled, ...incomplete]);
  const imputed = missing === 'impute' ? incomplete : [];
  const choice: RowChoice = {
    target: labelled.at,
    classOf: found.classOf,
    weights: options.weights === undefined ? undefined : weightsAt(table, options.weights),
    required: missing === 'impute' ? [] : incomplete.map(({ at }) => at),
  };
  const sampled = sampledOf(table);
  const asked = { choice, classes: found.classes.length, columns: all, sampled, seed, signal };
  const again = folds > 1 || holdout > 0 || imputed.length > 0;
  const used = await sumPages('all rows', table, again ? { ...asked, columns: [], sampled: 0 } : asked);
  const counts = Float64Array.from(used.classes, ({ rows }) => rows);
  const labels = classesOfCounts(found, counts, (c) => used.losses[c]!, options);

  const order = classesByCode(labels).map((label) => found.classes.indexOf(label));
  const split = await splitStored({ table, choice, order, rows: counts, folds, signal }, options);
  const parts = split?.parts ?? [counts.reduce((sum, own) => sum + own, 0)];
  const training = [...parts.keys()].slice(0, holdout > 0 ? -1 : undefined);
  const choiceOf = (some: readonly number[]): RowChoice => split?.choiceOf(some) ?? choice;
  const moments = order.map((place) => used.classes[place]!);
  const partOf = (part: number, byClass: WeightOfClass): PartitionSummary =>
    split?.summaryOf(part, byClass) ?? summaryOf(moments, byClass);
  const totals = new Float64Array(order.length);
  for (const part of training) {
    partOf(part, (weight) => weight).classWeights.forEach((weight, code) => {
      totals[code]! += weight;
    });
  }
  if (holdoutBy !== undefined && holdout > 0) requireTrainingClasses(labels, totals, holdoutBy);
  const factors = options.classWeight && classFactors(options.classWeight, labels, totals, target);
  const byClass: WeightOfClass = (weight, code) => weight * (factors?.[code] ?? 1);

  const divided = split ? [split.computed] : [];
  const divisions = withComputed(table, divided);
  const chosen = { table: divisions, choice: choiceOf(training), signal };
  const weightOf: WeightOfClass = (weight, place) => byClass(weight, order.indexOf(place));
  const filling = { training: chosen, imputation: options.imputation, weightOf };
  const fills = await decideFills(missing === 'impute' ? all : [], filling);
  const computed = [...divided, ...(imputed.length > 0 ? [filledColumns(imputed, fills)] : [])];
  const columns = all.map((column): StoredColumn => {
    const k = imputed.indexOf(column);
    return k < 0 ? column : { ...column, at: divisions.width + k, missing: { count: 0, tokens: {} } };
  });
  const pages = withComputed(table, computed);
  const summed = { ...asked, columns, choice: chosen.choice };
  return {
    labels,
    order,
    missing,
    dropped: used.dropped,
    parts,
    training,
    choiceOf,
    factors,
    byClass,
    partitions: parts.map((_, part) => partOf(part, byClass)),
    computed,
    pages,
    columns,
    fills,
    sums: again ? await sumPages('training rows', pages, summed) : used,
    summed,
  };
}

function weightsAt(table: StoredTable, name: string): number {
  const column = findColumn(table, name);
  requireWeightsColumn(column);
  return column.at;
}

/** Throws LogisticError 'missing-cell'. */
function requireComplete(columns: readonly StoredColumn[]): void {
  const first = columns.find(({ missing }) => missing.count > 0);
  if (first === undefined) return;
  throw new LogisticError('missing-cell', `column ${first.name}: ${plural(first.missing.count, 'missing cell')}`, {
    hint: "missing cells can be dropped with their rows ('drop') or filled in ('impute'): option missing",
    details: { column: first.name },
  });
}
