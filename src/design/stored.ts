/**
 * Stored table → design: classes, features, terms with their scaling, and warnings, decided as of a table in memory but from
 * sums over its pages. What of the pages is fitted, and how, becomes a plan; how it is fitted is not known here.
 */
import { withComputed } from '../data/computed-columns.ts';
import type { PagedTable, StoredColumn, StoredTable } from '../data/stored-table.ts';
import type { Warning } from '../errors.ts';
import { classesByCode, type Feature, type Label, levelsOf } from '../predict/model-file.ts';
import type { PartitionSummary, RowSource, RowSums } from '../rows/contract.ts';
import { type PageColumn, type PagePlan, pageSource, type RowChoice, rowMarker } from '../rows/pages.ts';
import { dependentElsewhere, excludeDependent } from './dependence.ts';
import {
  type DecidedDesign,
  type DesignOptions,
  type RowCounts,
  requireTrainingClasses,
  unseenWarning,
  unusedWarning,
} from './design.ts';
import { featureColumns, findColumn, withReference } from './features.ts';
import { classesOfCounts } from './labels.ts';
import { type MarkedPage, overMarkedPages } from './marked-pages.ts';
import { referencesOf } from './model-terms.ts';
import { type SummedPages, sumPages } from './page-sums.ts';
import { type ColumnPurity, joinPurities, purityOfLevels } from './pure-columns.ts';
import { type Answers, censusOf, momentScaling, purityOfRanges, type WeightOfClass } from './query-summaries.ts';
import type { Scaling } from './scale.ts';
import { splitStored } from './stored-split.ts';
import { readStoredTarget } from './stored-target.ts';
import { indicatorScalings, type ScaledTerm, termsWith } from './terms.ts';
import { classFactors, requireWeightsColumn } from './weights.ts';

/** Rows of the sample: enough for a warm start from which five to seven gradients are left to do. */
const sampledRows = 65_536;

export interface StoredDesign {
  readonly design: DecidedDesign;
  /** The pages, and what of them is fitted of the rows of some partitions. */
  readonly pages: PagedTable;
  planOf(partitions: readonly number[]): PagePlan;
  readonly partitions: readonly PartitionSummary[];
  /** Random training rows, in memory. */
  readonly sample: RowSource;
}

/** Places what a plan takes of pages, for sums over all rows. */
export type PlacePages = (pages: PagedTable, plan: PagePlan, summary: PartitionSummary) => Promise<RowSums>;

/** `folds`: into how many the training rows are dealt. */
export interface StoredDesignRequest {
  readonly table: StoredTable;
  readonly target: string;
  readonly folds: number;
  readonly place: PlacePages;
  readonly signal: AbortSignal | undefined;
}

export async function decideStoredDesign(request: StoredDesignRequest, options: DesignOptions): Promise<StoredDesign> {
  const { table, target, folds, place, signal } = request;
  const found = await readStoredTarget(table, findColumn(table, target), signal);
  const columns = featureColumns(table, { ...options, target });
  const incomplete = columns.filter(({ missing }) => missing.count > 0);
  const choice: RowChoice = {
    target: findColumn(table, target).at,
    classOf: found.classOf,
    weights: options.weights === undefined ? undefined : weightsAt(table, options.weights),
    required: incomplete.map(({ at }) => at),
  };
  const asked = { choice, classes: found.classes.length, columns, sampled: sampledRows, seed: options.seed, signal };
  const divided = folds > 1 || options.holdout > 0;
  const used = await sumPages(table, divided ? { ...asked, columns: incomplete, sampled: 0 } : asked);
  const labels = classesOfCounts(found, used.rows, (c) => used.losses[c]!, options);

  // From here on classes are told by their codes: those that have rows, the reference first.
  const order = classesByCode(labels).map((label) => found.classes.indexOf(label));
  const split = await splitStored({ table, choice, order, rows: used.rows, folds, signal }, options);
  const parts = split?.parts ?? [used.rows.reduce((sum, own) => sum + own, 0)];
  const training = parts.flatMap((_, p) => (options.holdout > 0 && p === parts.length - 1 ? [] : [p]));
  const choiceOf = (some: readonly number[]): RowChoice => split?.choiceOf(some) ?? choice;
  const pages = withComputed(table, split?.computed ?? []);
  const sums = split ? await sumPages(pages, { ...asked, choice: choiceOf(training) }) : used;
  if (options.holdoutBy !== undefined) {
    requireTrainingClasses(
      labels,
      order.map((c) => sums.rows[c]!),
      options.holdoutBy,
    );
  }

  const moments = momentsOf(sums, order);
  const { classWeights } = censusOf(moments, order.length).summary;
  const factors = options.classWeight && classFactors(options.classWeight, labels, classWeights, target);
  const byClass: WeightOfClass = (weight, code) => weight * (factors?.[code] ?? 1);
  const { summary } = censusOf(moments, order.length, byClass);
  const decided = columns.map((column, k) =>
    decideColumn(column, k, { sums, moments, order, labels: classesByCode(labels), byClass }),
  );
  const references = referencesOf(options, columns);
  const features = decided.map(({ feature }) => withReference(feature, references));
  const scaled = termsWith(
    features,
    decided.map(({ scalings }) => scalings),
    options,
  );

  const planOf = (terms: readonly ScaledTerm[], some: readonly number[] = training): PagePlan => {
    const chosen = choiceOf(some);
    return {
      ...chosen,
      classOf: new Map([...chosen.classOf].map(([value, c]) => [value, order.indexOf(c)])),
      classes: order.length,
      classFactors: factors,
      columns: columns.flatMap((column) => pageColumn(column, terms)),
    };
  };
  const sampleOf = (plan: PagePlan): RowSource => {
    const { page, rows } = sums.sample;
    return pageSource(plan, rowMarker(plan)(page, { pageRows: rows, held: rows }), page);
  };
  const dependent = await excludeDependent(
    scaled.terms,
    () => {
      const plan = planOf(scaled.terms);
      const some = (named: readonly number[]) => place(pages, onlyFeatures(plan, new Set(named)), summary);
      return dependentElsewhere(sampleOf(plan), some, signal);
    },
    options.l2 > 0,
  );
  const purity = joinPurities(
    columns,
    decided.map((column) => column.purity),
  );
  const held = options.holdout > 0 ? parts.at(-1)! : 0;
  const counts: RowCounts = {
    read: table.rows + table.badRows,
    used: summary.rows + held,
    train: summary.rows,
    holdout: held,
    dropped: { ...used.dropped, bad: table.badRows },
  };
  return {
    design: {
      labels,
      features,
      terms: dependent.terms,
      missing: 'drop',
      counts,
      classFactors: factors,
      partitions: parts,
      pureLevels: purity.levels,
      warnings: [
        ...table.warnings,
        ...unusedWarning(counts),
        ...labels.warnings,
        ...purity.warnings,
        ...scaled.warnings,
        ...dependent.warnings,
        ...(held > 0 ? await unseenAmong({ columns, features }, pages, choiceOf([parts.length - 1]), signal) : []),
      ],
    },
    pages,
    planOf: (some) => planOf(dependent.terms, some),
    partitions: split ? parts.map((_, p) => split.summaryOf(p, byClass)) : [summary],
    sample: sampleOf(planOf(dependent.terms)),
  };
}

/** Held-out cells of a category that no training row has. */
async function unseenAmong(
  { columns, features }: { readonly columns: readonly StoredColumn[]; readonly features: readonly Feature[] },
  pages: PagedTable,
  held: RowChoice,
  signal: AbortSignal | undefined,
): Promise<Warning[]> {
  const counts = columns.map(({ name }) => ({ column: name, cells: 0 }));
  const categories = columns.flatMap(({ kind }, k) => (kind === 'categorical' ? [k] : []));
  if (categories.length === 0) return [];
  const known = categories.map((k) => placesSeen(columns[k]!, features[k]!));
  const count = ({ held, weights, cells }: MarkedPage): void => {
    categories.forEach((k, c) => {
      const own = cells(columns[k]!.at);
      for (let i = 0; i < held; i++) if (weights[i]! > 0 && !known[c]![own[i]!]) counts[k]!.cells++;
    });
  };
  await overMarkedPages(pages, held, count, signal);
  return unseenWarning(counts);
}

/** Of each code of a category, whether the feature has its level. */
function placesSeen(column: StoredColumn, feature: Feature): boolean[] {
  if (column.kind !== 'categorical') throw new TypeError(`${column.name} is no category`);
  const levels = new Set(levelsOf(feature));
  return Array.from(column.places, (level) => levels.has(column.levels[level]!));
}

function weightsAt(table: StoredTable, name: string): number {
  const column = findColumn(table, name);
  requireWeightsColumn(column);
  return column.at;
}

/** By class code [code, rows, Σ s, min s, then of each column Σ s·v, Σ s·v², min v, max v]. */
function momentsOf({ rows, weights, smallest, moments }: SummedPages, order: readonly number[]): Answers {
  return order.map((c, code) => [
    code,
    rows[c]!,
    weights[c]!,
    smallest[c]!,
    ...moments.flatMap((own) => (own.length === 0 ? [0, 0, 0, 0] : [...own.subarray(4 * c, 4 * c + 4)])),
  ]);
}

interface ColumnContext {
  readonly sums: SummedPages;
  readonly moments: Answers;
  /** The place of each class in the sums, by class code. */
  readonly order: readonly number[];
  readonly labels: readonly Label[];
  readonly byClass: WeightOfClass;
}

interface DecidedColumn {
  readonly feature: Feature;
  readonly scalings: readonly Scaling[];
  readonly purity: ColumnPurity;
}

function decideColumn(
  column: StoredColumn,
  k: number,
  { sums, moments, order, labels, byClass }: ColumnContext,
): DecidedColumn {
  const { name } = column;
  if (column.kind === 'numeric') {
    const { about, unit } = sums.frames[k]!;
    const { mean, scale, constant } = momentScaling(name, moments, k, about * unit, byClass);
    return {
      feature: { kind: 'numeric', column: name, impute: null, ...(column.style && { style: column.style }) },
      scalings: [{ mean: mean / unit, scale: constant ? 1 : scale / unit, constant }],
      purity: purityOfRanges(moments, k),
    };
  }
  const names = column.kind === 'boolean' ? column.words : column.levels;
  const classes = sums.rows.length;
  const totals = Float64Array.from(names, (_, level) =>
    order.reduce((sum, c, code) => sum + byClass(sums.levelWeights[k]![level * classes + c]!, code), 0),
  );
  const rows = names.flatMap((_, level) => order.map((c) => sums.levelRows[k]![level * classes + c]!));
  const purity = purityOfLevels(name, names, Float64Array.from(rows), labels);
  if (column.kind === 'boolean') {
    const feature: Feature = { kind: 'boolean', column: name, words: column.words, impute: null };
    return { feature, scalings: indicatorScalings(totals), purity };
  }
  const occurs = (_: unknown, level: number): boolean => totals[level]! > 0;
  const feature: Feature = { kind: 'categorical', column: name, levels: column.levels.filter(occurs), impute: null };
  return { feature, scalings: indicatorScalings(totals.filter(occurs)), purity };
}

/** What of a column of the pages is fitted: the terms that are not excluded. */
function pageColumn(column: StoredColumn, terms: readonly ScaledTerm[]): PageColumn[] {
  const own = terms.filter(({ group, excluded }) => group === column.name && excluded === undefined);
  if (own.length === 0) return [];
  const { at, places } = column;
  if (column.kind === 'numeric') return [{ kind: 'dense', at, mean: own[0]!.mean, scale: own[0]!.scale }];
  const names: readonly string[] = column.kind === 'boolean' ? column.words : column.levels;
  return [
    {
      kind: 'levels',
      at,
      places,
      fitted: own.map(({ factors: [factor] }) =>
        factor!.basis.kind === 'level' ? names.indexOf(factor!.basis.level) : -1,
      ),
      means: Float64Array.from(own, ({ mean }) => mean),
      scales: Float64Array.from(own, ({ scale }) => scale),
    },
  ];
}

/** The plan with some of its features, by number. */
function onlyFeatures(plan: PagePlan, wanted: ReadonlySet<number>): PagePlan {
  let next = 0;
  const columns = plan.columns.flatMap((column): PageColumn[] => {
    if (column.kind === 'dense') return wanted.has(next++) ? [column] : [];
    const own = column.fitted.flatMap((_, k) => (wanted.has(next++) ? [k] : []));
    if (own.length === 0) return [];
    const of = (values: Float64Array): Float64Array => Float64Array.from(own, (k) => values[k]!);
    const fitted = own.map((k) => column.fitted[k]!);
    return [{ ...column, fitted, means: of(column.means), scales: of(column.scales) }];
  });
  return { ...plan, columns };
}
