/**
 * Stored table → design: classes, features, terms with their scaling, and warnings, decided as of a table in memory but from
 * sums over its pages. What of the pages is fitted, and how, becomes a plan; how it is fitted is not known here.
 */
import { withComputed } from '../data/computed-columns.ts';
import type { PagedTable, StoredColumn, StoredTable } from '../data/stored-table.ts';
import { classesByCode, levelsOf } from '../predict/model-file.ts';
import type { PartitionSummary, RowSource, RowSums } from '../rows/contract.ts';
import { type PagePlan, pageSource, type RowChoice, rowMarker } from '../rows/pages.ts';
import { dependentElsewhere, excludeDependent } from './dependence.ts';
import {
  type DecidedDesign,
  type DesignOptions,
  type RowCounts,
  requireTrainingClasses,
  requireTwoClasses,
  unusedWarning,
} from './design.ts';
import { featureColumns, findColumn, type RawTerm, withReference } from './features.ts';
import { classesOfCounts } from './labels.ts';
import { modelTerms, referencesOf } from './model-terms.ts';
import { sumPages } from './page-sums.ts';
import { joinPurities } from './pure-columns.ts';
import { censusOf, type WeightOfClass } from './query-summaries.ts';
import type { Scaling } from './scale.ts';
import { decideColumn, momentsOf, scalingOf, unseenAmong } from './stored-columns.ts';
import { onlyFeatures, pageColumns } from './stored-plan.ts';
import { splitStored } from './stored-split.ts';
import { readStoredTarget } from './stored-target.ts';
import { isColumn, storedValues, termColumns } from './stored-terms.ts';
import { indicatedColumn, type ScaledTerm, withScalings } from './terms.ts';
import { classFactors, requireWeightsColumn } from './weights.ts';

/** Rows of the sample: enough for a warm start from which five to seven gradients are left to do. */
const sampledRows = 65_536;
/** Numbers in it at most. */
const sampledCells = 2 ** 23;

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

export interface StoredDesignRequest {
  readonly table: StoredTable;
  readonly target: string;
  /** Into how many folds the training rows are dealt. */
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
  const sampled = Math.min(sampledRows, Math.floor(sampledCells / table.width));
  const asked = { choice, classes: found.classes.length, columns, sampled, seed: options.seed, signal };
  const divided = folds > 1 || options.holdout > 0;
  const used = await sumPages(table, divided ? { ...asked, columns: incomplete, sampled: 0 } : asked);
  const labels = classesOfCounts(found, used.rows, (c) => used.losses[c]!, options);

  // From here on classes are told by their codes: those that have rows, the reference first.
  const order = classesByCode(labels).map((label) => found.classes.indexOf(label));
  const split = await splitStored({ table, choice, order, rows: used.rows, folds, signal }, options);
  const parts = split?.parts ?? [used.rows.reduce((sum, own) => sum + own, 0)];
  const all = parts.map((_, p) => p);
  const training = options.holdout > 0 ? all.slice(0, -1) : all;
  const choiceOf = (some: readonly number[]): RowChoice => split?.choiceOf(some) ?? choice;
  const divisions = split ? [split.computed] : [];
  const rows = withComputed(table, divisions);
  const trained = { ...asked, choice: choiceOf(training) };
  const sums = split ? await sumPages(rows, trained) : used;
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

  const asRows = { training: choiceOf(training), all: choiceOf(all), count: summary.rows };
  const terms = await modelTerms({ ...options, target }, features, (name) =>
    storedValues(rows, findColumn(table, name), asRows, signal),
  );
  requireTwoClasses(terms.terms, labels);
  const computed = terms.terms.filter((term) => !isColumn(term));
  const pages = withComputed(table, [
    ...divisions,
    ...(computed.length > 0 ? [termColumns(computed, { columns, features })] : []),
  ]);
  const numbersAt = (term: RawTerm): number => {
    const j = computed.findIndex(({ name }) => name === term.name);
    return j < 0 ? findColumn(table, term.factors[0]!.column).at : rows.width + j;
  };
  const numbers = computed.map(({ name }, j): StoredColumn => {
    return { kind: 'numeric', name, missing: { count: 0, tokens: {} }, at: rows.width + j, places: new Int32Array() };
  });
  const more = computed.length === 0 ? sums : await sumPages(pages, { ...trained, columns: numbers });
  const ofTerms = { sums: more, moments: momentsOf(more, order), byClass };
  const scalings = terms.terms.map((term): Scaling => {
    const j = computed.indexOf(term);
    if (j >= 0) return scalingOf(term.name, j, ofTerms);
    const [{ column, basis }] = term.factors as [RawTerm['factors'][0]];
    const k = columns.findIndex(({ name }) => name === column);
    return decided[k]!.scalings[basis.kind === 'level' ? levelsOf(features[k]!).indexOf(basis.level) : 0]!;
  });
  const scaled = withScalings(terms, scalings, options);

  const planOf = (some: readonly ScaledTerm[], partitions: readonly number[] = training): PagePlan => {
    const own = choiceOf(partitions);
    return {
      ...own,
      classOf: new Map([...own.classOf].map(([value, c]) => [value, order.indexOf(c)])),
      required: [...own.required, ...numbers.map(({ at }) => at)],
      classes: order.length,
      classFactors: factors,
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
  const byThemselves = new Set(terms.terms.map(indicatedColumn));
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
      containing: terms.containing,
      missing: 'drop',
      counts,
      classFactors: factors,
      partitions: parts,
      pureLevels: purity.levels.filter(({ column }) => byThemselves.has(column)),
      warnings: [
        ...table.warnings,
        ...unusedWarning(counts),
        ...labels.warnings,
        ...purity.warnings,
        ...terms.warnings,
        ...scaled.warnings,
        ...dependent.warnings,
        ...(held > 0 ? await unseenAmong({ columns, features }, pages, choiceOf(all.slice(-1)), signal) : []),
      ],
    },
    pages,
    planOf: (partitions) => planOf(dependent.terms, partitions),
    partitions: split ? all.map((part) => split.summaryOf(part, byClass)) : [summary],
    sample: sampleOf(planOf(dependent.terms)),
  };
}

function weightsAt(table: StoredTable, name: string): number {
  const column = findColumn(table, name);
  requireWeightsColumn(column);
  return column.at;
}
