/**
 * Stored table → design: classes, features, terms with their scaling, and warnings, decided as of a table in memory but from
 * sums over its pages. What of the pages is fitted, and how, becomes a plan; how it is fitted is not known here.
 */
import type { PagedTable, StoredColumn } from '../data/stored-table.ts';
import type { Warning } from '../errors.ts';
import type { PartitionSummary, RowSource, RowSums } from '../rows/contract.ts';
import { type PagePlan, pageSource, rowMarker } from '../rows/pages.ts';
import { joinSummaries } from '../rows/source.ts';
import { dependentElsewhere, excludeDependent } from './dependence.ts';
import { type DecidedDesign, type DesignOptions, type RowCounts, unusedWarning } from './design.ts';
import type { Labels } from './labels.ts';
import { type MarkedPage, overMarkedPages, type PagePass } from './marked-pages.ts';
import type { SummedPages } from './page-sums.ts';
import { leakWarnings } from './possible-leaks.ts';
import { type ClassTotals, columnWith, totalsOf, unseenAmong } from './stored-columns.ts';
import { onlyFeatures, pageColumns } from './stored-plan.ts';
import { decideRows, type StoredRowsRequest } from './stored-rows.ts';
import { decideTerms } from './stored-terms.ts';
import { indicatedColumn, type ScaledTerm } from './terms.ts';

export interface StoredDesign {
  readonly design: DecidedDesign;
  /** The pages, and what of them is fitted of the rows of some partitions. */
  readonly pages: PagedTable;
  planOf(partitions: readonly number[]): PagePlan;
  readonly partitions: readonly PartitionSummary[];
  /** Random training rows, in memory. */
  readonly sample: RowSource;
  readonly totals: ClassTotals;
  /** Whether all sample weights are whole numbers. */
  wholeWeights(): Promise<boolean>;
}

/** Places what a plan takes of pages, for sums over all rows. */
export type PlacePages = (pages: PagedTable, plan: PagePlan, summary: PartitionSummary) => Promise<RowSums>;

export interface StoredDesignRequest extends StoredRowsRequest {
  readonly place: PlacePages;
}

export async function decideStoredDesign(request: StoredDesignRequest, options: DesignOptions): Promise<StoredDesign> {
  const { table, place, signal } = request;
  const rows = await decideRows(request, options);
  const decided = await decideTerms(rows, request, options);
  const { labels, order, parts, training, choiceOf, columns, partitions } = rows;
  const { features, terms, pages, sample } = decided;
  const summary = joinSummaries(partitions, training);

  const planOf = (some: readonly ScaledTerm[], of: readonly number[] = training): PagePlan => {
    const choice = choiceOf(of);
    return {
      ...choice,
      classOf: new Map([...choice.classOf].map(([value, c]) => [value, order.indexOf(c)])),
      required: [...choice.required, ...decided.computedAt],
      classes: order.length,
      classFactors: rows.factors,
      columns: pageColumns(some, columns, decided.numbersAt),
    };
  };
  const sampleOf = (plan: PagePlan): RowSource => {
    const { page, rows: held } = sample;
    return pageSource(plan, rowMarker(plan)(page, { pageRows: held, held }), page);
  };
  const dependent = await excludeDependent(
    terms,
    () => {
      const plan = planOf(terms.filter(({ offset }) => !offset));
      const some = (named: readonly number[]) => place(pages, onlyFeatures(plan, new Set(named)), summary);
      return dependentElsewhere(sampleOf(plan), some, signal);
    },
    options.l2 > 0,
  );
  const { purity } = decided;
  const perfect = new Set(purity.warnings.flatMap((warning) => warning.columns ?? []));
  const leaks = await sampleLeaks({ columns, features, labels, known: perfect }, sample, planOf([]));
  const byThemselves = new Set(terms.map(indicatedColumn));
  const all = [...parts.keys()];
  const held = all.slice(training.length);
  const used = joinSummaries(partitions).rows;
  const counts: RowCounts = {
    read: table.rows + table.badRows,
    used,
    train: summary.rows,
    holdout: used - summary.rows,
    dropped: { ...rows.dropped, bad: table.badRows },
  };
  return {
    design: {
      labels,
      features,
      terms: dependent.terms,
      containing: decided.containing,
      missing: rows.missing,
      counts,
      classFactors: rows.factors,
      partitions: parts,
      pureLevels: purity.levels.filter(({ column }) => byThemselves.has(column)),
      warnings: [
        ...table.warnings,
        ...unusedWarning(counts),
        ...labels.warnings,
        ...purity.warnings,
        ...leaks,
        ...decided.warnings,
        ...dependent.warnings,
        ...(held.length > 0 ? await unseenAmong({ columns, features }, rows.pages, choiceOf(held), signal) : []),
      ],
    },
    pages,
    planOf: (some) => planOf(dependent.terms, some),
    partitions,
    sample: sampleOf(planOf(dependent.terms)),
    totals: totalsOf(columns, rows.sums, order),
    wholeWeights: () => areWhole({ table: rows.pages, choice: choiceOf(all), columns: [], signal }),
  };
}

/** Possible leaks of the target in the sample. */
function sampleLeaks(
  {
    columns,
    features,
    labels,
    known,
  }: Pick<DecidedDesign, 'features'> & {
    readonly columns: readonly StoredColumn[];
    readonly labels: Omit<Labels, 'codes'>;
    readonly known: ReadonlySet<string>;
  },
  { page, rows: held }: SummedPages['sample'],
  plan: PagePlan,
): Promise<Warning[]> {
  const { labels: codes } = rowMarker(plan)(page, { pageRows: held, held });
  const cells = ({ at }: StoredColumn): Float64Array => page.subarray(at * held, (at + 1) * held);
  const all = { rows: Int32Array.from(codes.keys()), labels: { ...labels, codes }, features };
  return leakWarnings(
    columns.map((column) => columnWith(column, cells(column))),
    all,
    known,
  );
}

async function areWhole(weighted: PagePass): Promise<boolean> {
  let whole = true;
  const check = ({ weights, held }: MarkedPage): void => {
    whole &&= weights.subarray(0, held).every(Number.isInteger);
  };
  if (weighted.choice.weights !== undefined) await overMarkedPages(weighted, check);
  return whole;
}
