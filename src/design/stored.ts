/**
 * Stored table → design: classes, features, terms with their scaling, and warnings, decided as of a table in memory but from
 * sums over its pages. What of the pages is fitted, and how, becomes a plan; how it is fitted is not known here.
 */
import { withComputed } from '../data/computed-columns.ts';
import type { PagedTable, StoredColumn } from '../data/stored-table.ts';
import type { Warning } from '../errors.ts';
import { classesByCode, levelsOf } from '../predict/model-file.ts';
import type { PartitionSummary, RowSource, RowSums } from '../rows/contract.ts';
import { type PagePlan, pageSource, rowMarker } from '../rows/pages.ts';
import { joinSummaries } from '../rows/source.ts';
import { dependentElsewhere, excludeDependent } from './dependence.ts';
import { type DecidedDesign, type DesignOptions, type RowCounts, requireTwoClasses, unusedWarning } from './design.ts';
import { findColumn, type RawTerm, withReference } from './features.ts';
import type { Labels } from './labels.ts';
import { type MarkedPage, overMarkedPages, type PagePass } from './marked-pages.ts';
import { modelTerms, referencesOf } from './model-terms.ts';
import { type SummedPages, sumPages } from './page-sums.ts';
import { leakWarnings } from './possible-leaks.ts';
import { joinPurities } from './pure-columns.ts';
import type { Scaling } from './scale.ts';
import { type ClassTotals, columnWith, decideColumn, scalingOf, totalsOf, unseenAmong } from './stored-columns.ts';
import { onlyFeatures, pageColumns } from './stored-plan.ts';
import { decideRows, type StoredRowsRequest } from './stored-rows.ts';
import { isColumn, storedValues, termColumns } from './stored-terms.ts';
import { indicatedColumn, type ScaledTerm, withScalings } from './terms.ts';

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
  const { table, target, place, signal } = request;
  const rows = await decideRows(request, options);
  const { labels, order, parts, training, choiceOf, byClass, columns, partitions, sums } = rows;
  const all = [...parts.keys()];
  const summary = joinSummaries(partitions, training);

  const ofColumns = { ...rows, moments: order.map((place) => sums.classes[place]!), labels: classesByCode(labels) };
  const decided = columns.map((column, k) => decideColumn(column, k, ofColumns));
  const references = referencesOf(options, columns);
  const features = decided.map(({ feature }) => withReference(feature, references));
  const asRows = { training: choiceOf(training), all: choiceOf(all), count: summary.rows };
  const terms = await modelTerms({ ...options, target }, features, (name) =>
    storedValues(rows.pages, findColumn({ columns }, name), asRows, signal),
  );
  requireTwoClasses(terms.terms, labels);

  // Terms that are columns of the pages, and those that are computed and summed once more.
  const computed = terms.terms.filter((term) => !isColumn(term));
  const pages =
    computed.length === 0
      ? rows.pages
      : withComputed(table, [...rows.computed, termColumns(computed, { columns, features })]);
  const numbers = computed.map(({ name }, j): StoredColumn => {
    const at = rows.pages.width + j;
    return { kind: 'numeric', name, missing: { count: 0, tokens: {} }, at, places: new Int32Array() };
  });
  const more = computed.length === 0 ? sums : await sumPages(pages, { ...rows.summed, columns: numbers });
  const ofTerms = { sums: more, moments: order.map((place) => more.classes[place]!), byClass };
  const scalings = terms.terms.map((term): Scaling => {
    const j = computed.indexOf(term);
    if (j >= 0) return scalingOf(term.name, j, ofTerms);
    const [{ column, basis }] = term.factors as [RawTerm['factors'][0]];
    const k = columns.findIndex(({ name }) => name === column);
    return decided[k]!.scalings[basis.kind === 'level' ? levelsOf(features[k]!).indexOf(basis.level) : 0]!;
  });
  const scaled = withScalings(terms, scalings, options);

  const numbersAt = (term: RawTerm): number => {
    const own = numbers.find(({ name }) => name === term.name);
    return (own ?? findColumn({ columns }, term.factors[0]!.column)).at;
  };
  const planOf = (some: readonly ScaledTerm[], of: readonly number[] = training): PagePlan => {
    const choice = choiceOf(of);
    return {
      ...choice,
      classOf: new Map([...choice.classOf].map(([value, c]) => [value, order.indexOf(c)])),
      required: [...choice.required, ...numbers.map(({ at }) => at)],
      classes: order.length,
      classFactors: rows.factors,
      columns: pageColumns(some, columns, numbersAt),
    };
  };
  const sampleOf = (plan: PagePlan): RowSource => {
    const { page, rows: held } = more.sample;
    return pageSource(plan, rowMarker(plan)(page, { pageRows: held, held }), page);
  };
  const dependent = await excludeDependent(
    scaled.terms,
    () => {
      const plan = planOf(scaled.terms.filter(({ offset }) => !offset));
      const some = (named: readonly number[]) => place(pages, onlyFeatures(plan, new Set(named)), summary);
      return dependentElsewhere(sampleOf(plan), some, signal);
    },
    options.l2 > 0,
  );
  const purity = joinPurities(
    columns,
    decided.map((column) => column.purity),
  );
  const perfect = new Set(purity.warnings.flatMap((warning) => warning.columns ?? []));
  const leaks = await sampleLeaks({ columns, features, labels, known: perfect }, more.sample, planOf([]));
  const byThemselves = new Set(terms.terms.map(indicatedColumn));
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
      containing: terms.containing,
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
        ...terms.warnings,
        ...scaled.warnings,
        ...dependent.warnings,
        ...(held.length > 0 ? await unseenAmong({ columns, features }, pages, choiceOf(held), signal) : []),
      ],
    },
    pages,
    planOf: (some) => planOf(dependent.terms, some),
    partitions,
    sample: sampleOf(planOf(dependent.terms)),
    totals: totalsOf(columns, sums, order),
    wholeWeights: () => areWhole({ table: pages, choice: choiceOf(all), columns: [], signal }),
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
