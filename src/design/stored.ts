/**
 * Stored table → design: classes, features, terms with their scaling, and warnings, decided as of a table in memory but from
 * sums over its pages. What of the pages is fitted, and how, becomes a plan; how it is fitted is not known here.
 */
import type { StoredColumn, StoredTable } from '../data/stored-table.ts';
import { classesByCode, type Feature, type Label } from '../predict/model-file.ts';
import type { PartitionSummary, RowSource, RowSums } from '../rows/contract.ts';
import { type PageColumn, type PagePlan, pageSource, type RowChoice, rowMarker } from '../rows/pages.ts';
import { dependentElsewhere, excludeDependent } from './dependence.ts';
import { type DecidedDesign, type DesignOptions, type RowCounts, unusedWarning } from './design.ts';
import { featureColumns, findColumn, withReference } from './features.ts';
import { classesOfCounts } from './labels.ts';
import { referencesOf } from './model-terms.ts';
import type { Frame } from './page-moments.ts';
import { type PageSums, sumPages } from './page-sums.ts';
import { type ColumnPurity, joinPurities, purityOfLevels } from './pure-columns.ts';
import { type Answers, censusOf, momentScaling, purityOfRanges, type WeightOfClass } from './query-summaries.ts';
import type { Scaling } from './scale.ts';
import { readStoredTarget } from './stored-target.ts';
import { indicatorScalings, type ScaledTerm, termsWith } from './terms.ts';
import { classFactors, requireWeightsColumn } from './weights.ts';

/** Rows of the sample: enough for a warm start from which five to seven gradients are left to do. */
const sampledRows = 65_536;

export interface StoredDesign {
  readonly design: DecidedDesign;
  readonly plan: PagePlan;
  readonly summary: PartitionSummary;
  /** Random rows, in memory. */
  readonly sample: RowSource;
}

/** Places what a plan takes of the pages, for sums over all rows. */
export type PlacePages = (plan: PagePlan, summary: PartitionSummary) => Promise<RowSums>;

export async function decideStoredDesign(
  table: StoredTable,
  target: string,
  options: DesignOptions,
  place: PlacePages,
  signal: AbortSignal | undefined,
): Promise<StoredDesign> {
  const found = await readStoredTarget(table, findColumn(table, target), signal);
  const columns = featureColumns(table, { ...options, target });
  const choice: RowChoice = {
    target: findColumn(table, target).at,
    classOf: found.classOf,
    weights: options.weights === undefined ? undefined : weightsAt(table, options.weights),
    required: columns.filter(({ missing }) => missing.count > 0).map(({ at }) => at),
  };
  const { length: classes } = found.classes;
  const asked = { choice, classes, columns, sampled: sampledRows, seed: options.seed, signal };
  const sums = await sumPages(table, asked);
  const labels = classesOfCounts(found, sums.rows, (c) => sums.losses[c]!, options);

  // From here on classes are told by their codes: those that have rows, the reference first.
  const order = classesByCode(labels).map((label) => found.classes.indexOf(label));
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

  const planOf = (terms: readonly ScaledTerm[]): PagePlan => ({
    ...choice,
    classOf: new Map([...found.classOf].map(([value, c]) => [value, order.indexOf(c)])),
    classes: order.length,
    classFactors: factors,
    columns: columns.flatMap((column) => pageColumn(column, terms)),
  });
  const sampleOf = (plan: PagePlan): RowSource => {
    const { page, rows } = sums.sample;
    return pageSource(plan, rowMarker(plan)(page, { pageRows: rows, held: rows }), page);
  };
  const dependent = await excludeDependent(
    scaled.terms,
    () => {
      const plan = planOf(scaled.terms);
      return dependentElsewhere(sampleOf(plan), (named) => place(onlyFeatures(plan, new Set(named)), summary), signal);
    },
    options.l2 > 0,
  );
  const purity = joinPurities(
    columns,
    decided.map((column) => column.purity),
  );
  const used = summary.rows;
  const counts: RowCounts = {
    read: table.rows + table.badRows,
    used,
    train: used,
    holdout: 0,
    dropped: { ...sums.dropped, bad: table.badRows },
  };
  const plan = planOf(dependent.terms);
  return {
    design: {
      labels,
      features,
      terms: dependent.terms,
      missing: 'drop',
      counts,
      classFactors: factors,
      partitions: [used],
      pureLevels: purity.levels,
      warnings: [
        ...table.warnings,
        ...unusedWarning(counts),
        ...labels.warnings,
        ...purity.warnings,
        ...scaled.warnings,
        ...dependent.warnings,
      ],
    },
    plan,
    summary,
    sample: sampleOf(plan),
  };
}

function weightsAt(table: StoredTable, name: string): number {
  const column = findColumn(table, name);
  requireWeightsColumn(column);
  return column.at;
}

/** By class code [code, rows, Σ s, min s, then of each column Σ s·v, Σ s·v², min v, max v]. */
function momentsOf({ rows, weights, smallest, moments }: PageSums, order: readonly number[]): Answers {
  return order.map((c, code) => [
    code,
    rows[c]!,
    weights[c]!,
    smallest[c]!,
    ...moments.flatMap((own) => (own.length === 0 ? [0, 0, 0, 0] : [...own.subarray(4 * c, 4 * c + 4)])),
  ]);
}

interface ColumnContext {
  readonly sums: PageSums & { readonly frames: readonly Frame[] };
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
