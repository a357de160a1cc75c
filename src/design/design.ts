/**
 * Table → design: classes, rows, weights, features and terms, with all statistics from the training rows, and the
 * warnings that belong to them. Its rows are partitions of one source: the folds of the training rows, or all of
 * them as one, then the held-out rows. How it is fitted, and where it is placed, is not known here.
 */
import { type FoldNumbers, type Split, stratifiedFolds, stratifiedSplit } from '../data/split.ts';
import { foldsByKey, splitByKey } from '../data/split-by-key.ts';
import type { CategoricalColumn, Table } from '../data/table.ts';
import { LogisticError, shown, type Warning } from '../errors.ts';
import { classesByCode, type Feature, type Label, type MissingPolicy } from '../predict/model-file.ts';
import { overRows } from '../yielding.ts';
import { type Clusters, clustersOf, clusterWarnings } from './clusters.ts';
import { dependentColumns, excludeDependent } from './dependence.ts';
import { columnValues, countUnseen, encodingsOf } from './encode.ts';
import { featureColumns, findColumn, fitFeatures, type RawTerm } from './features.ts';
import { chooseClasses, type Labels, readTarget } from './labels.ts';
import { modelTerms, referencesOf, type TermOptions } from './model-terms.ts';
import { leakWarnings } from './possible-leaks.ts';
import { type PureLevel, pureColumns } from './pure-columns.ts';
import { type Dropped, selectRows } from './select-rows.ts';
import { type Encoding, type Part, sourceOf } from './source.ts';
import { indicatedColumn, type ScaledTerm, scaleTerms } from './terms.ts';
import { type ClassWeight, classFactors, classTotals, sampleWeights } from './weights.ts';

/** What a user may say of the design. model/options.ts checks the values. */
export interface DesignOptions extends TermOptions {
  readonly positive?: Label | undefined;
  readonly reference?: Label | undefined;
  readonly intercept: boolean;
  readonly classWeight?: ClassWeight | undefined;
  readonly missing?: MissingPolicy | undefined;
  readonly imputation: 'mean' | 'median';
  readonly holdout: number;
  /** The column whose rows of one value are held out together. */
  readonly holdoutBy?: string | undefined;
  readonly seed: number;
  readonly weights?: string | undefined;
  readonly cluster?: string | undefined;
  readonly only?: readonly string[] | undefined;
  readonly drop?: readonly string[] | undefined;
  /** Strength of the penalty: with one the optimum is unique and finite. */
  readonly l2: number;
}

export interface RowCounts {
  readonly read: number;
  readonly used: number;
  readonly train: number;
  readonly holdout: number;
  readonly dropped: Readonly<Dropped> & { readonly bad: number };
}

/** What is decided, wherever the rows are. */
export interface DecidedDesign {
  readonly labels: Pick<Labels, 'classes' | 'reference'>;
  readonly features: readonly Feature[];
  readonly terms: readonly ScaledTerm[];
  readonly missing: MissingPolicy;
  readonly counts: RowCounts;
  /** Rows of each fold, one where there are none, and of the held-out rows where there are any. */
  readonly partitions: readonly number[];
  readonly pureLevels: readonly PureLevel[];
  /** What the classes weigh beside the weights of rows [K], the reference first; absent: alike. */
  readonly classFactors?: Float64Array | undefined;
  /** Of a group of terms, those of the products that contain it; absent: there are no products. */
  readonly containing?: ReadonlyMap<string, readonly string[]>;
  readonly warnings: readonly Warning[];
}

/** The design of a table, with its rows. */
export interface Design extends DecidedDesign, Encoding {
  readonly labels: Labels;
  /** Training rows, fold by fold, then the held-out rows. */
  readonly part: Part;
  /** Of the training rows, where they are not independent. */
  readonly clusters: Clusters | undefined;
}

/** `folds`: into how many the training rows are dealt; 1 keeps their order. */
export async function decideDesign(table: Table, target: string, options: DesignOptions, folds = 1): Promise<Design> {
  const found = await readTarget(findColumn(table, target));
  const columns = featureColumns(table, { ...options, target });
  const weights = options.weights === undefined ? undefined : sampleWeights(findColumn(table, options.weights));
  const missing = options.missing ?? (table.source === 'arrays' ? 'error' : 'drop');
  const { used, dropped, lossesOf } = await selectRows({
    rows: table.rows,
    columns,
    labels: found.codes,
    weights,
    missing,
  });
  const labels = await chooseClasses(found, {
    used,
    lossesOf,
    positive: options.positive,
    reference: options.reference,
  });

  const split = await splitRows(table, { used, labels }, options);
  const { classWeight } = options;
  const factors =
    classWeight && classFactors(classWeight, labels, await classTotals(labels, split.train, weights), target);
  const folded =
    folds > 1
      ? await orderByFold(split.train, await foldsOf(table, { rows: split.train, labels, folds }, options), folds)
      : { rows: split.train, sizes: [split.train.length] };
  const part = await gatherPart(folded.rows, split.holdout, { labels, weights, factors });
  const training: Part = firstRows(part, split.train.length);

  const clusters =
    options.cluster === undefined ? undefined : clustersOf(findColumn(table, options.cluster), training.rows);
  const penalised = options.l2 > 0;
  const imputation = missing === 'impute' ? options.imputation : undefined;
  const references = referencesOf(options, columns);
  const { rows } = training;
  const features = await fitFeatures(columns, { rows, weights: training.weights, imputation, references });
  const encodings = encodingsOf(features, columns);
  const asked = await modelTerms({ ...options, target }, features, (name) =>
    columnValues(...encodings.numbers(name), { training, all: part }),
  );
  const scaled = await scaleTerms(asked, encodings, training, options);
  const estimated = scaled.terms.filter((term) => !term.offset);
  requireTwoClasses(scaled.terms, labels);
  const source = sourceOf({ labels, columns, features, terms: estimated }, training);
  const dependent = await excludeDependent(scaled.terms, () => dependentColumns(source), penalised);
  const purity = await pureColumns(columns, { rows, labels, features });
  const perfect = new Set(purity.warnings.flatMap((warning) => warning.columns ?? []));
  const leaks = await leakWarnings(columns, { rows, labels, features }, perfect);
  const byThemselves = new Set(estimated.map(indicatedColumn));
  const counts: RowCounts = {
    read: table.rows + table.badRows,
    used: used.length,
    train: split.train.length,
    holdout: split.holdout.length,
    dropped: { ...dropped, bad: table.badRows },
  };
  return {
    labels,
    columns,
    features,
    terms: dependent.terms,
    containing: asked.containing,
    missing,
    counts,
    part,
    clusters,
    classFactors: factors,
    partitions: [...folded.sizes, ...(split.holdout.length > 0 ? [split.holdout.length] : [])],
    pureLevels: purity.levels.filter(({ column }) => byThemselves.has(column)),
    warnings: [
      ...table.warnings,
      ...unusedWarning(counts),
      ...labels.warnings,
      ...clusterWarnings(clusters),
      ...purity.warnings,
      ...leaks,
      ...asked.warnings,
      ...scaled.warnings,
      ...dependent.warnings,
      ...unseenWarning(await countAllUnseen({ columns, features }, split.holdout)),
    ],
  };
}

/** Throws LogisticError 'two-classes-only' where there is an offset for more. */
export function requireTwoClasses(terms: readonly RawTerm[], { classes: { length } }: Pick<Labels, 'classes'>): void {
  if (length === 2 || !terms.some(({ offset }) => offset)) return;
  throw new LogisticError('two-classes-only', `an offset is there for two classes; the target has ${length}`, {
    hint: 'leave it out, or fit two classes at a time',
  });
}

export function unusedWarning({ read, dropped: { missing, noTarget, zeroWeight, bad } }: RowCounts): Warning[] {
  const reasons = {
    'with a missing cell': missing,
    'without a label': noTarget,
    'of weight 0': zeroWeight,
    unreadable: bad,
  };
  const listed = Object.entries(reasons).flatMap(([why, count]) => (count > 0 ? [`${count} ${why}`] : []));
  if (listed.length === 0) return [];
  const count = missing + noTarget + zeroWeight + bad;
  const message = `${count} of ${read} rows are not used: ${listed.join(', ')}`;
  return [{ code: 'dropped-rows', message }];
}

async function splitRows(
  table: Table,
  { used, labels }: { readonly used: Int32Array; readonly labels: Labels },
  { holdout: fraction, holdoutBy, seed }: DesignOptions,
): Promise<Split> {
  if (holdoutBy === undefined || fraction === 0) return stratifiedSplit(used, labels.codes, { fraction, seed });
  // Read as texts, as the estimator asks for.
  const split = await splitByKey(used, findColumn(table, holdoutBy) as CategoricalColumn, { fraction, seed });
  requireTrainingClasses(labels, await classTotals(labels, split.train, undefined), holdoutBy);
  return split;
}

/** Throws LogisticError 'holdout-empty' where all rows of a class are held out. */
export function requireTrainingClasses(
  labels: Pick<Labels, 'classes' | 'reference'>,
  totals: ArrayLike<number>,
  holdoutBy: string,
): void {
  const lost = classesByCode(labels).findIndex((_, code) => totals[code] === 0);
  if (lost < 0) return;
  const label = shown(classesByCode(labels)[lost]);
  throw new LogisticError('holdout-empty', `the holdout by ${holdoutBy} holds every row of class ${label}`, {
    hint: 'try another --seed, or hold out less',
  });
}

/** The column whose rows of one value are in one fold, where there is one: rows of a cluster depend on one another. */
export const foldKey = ({ holdoutBy, cluster }: Pick<DesignOptions, 'holdoutBy' | 'cluster'>): string | undefined =>
  holdoutBy ?? cluster;

function foldsOf(
  table: Table,
  { rows, labels, folds }: { readonly rows: Int32Array; readonly labels: Labels; readonly folds: number },
  options: DesignOptions,
): Promise<FoldNumbers> {
  const dealing = { folds, seed: options.seed };
  const key = foldKey(options);
  if (key === undefined) return stratifiedFolds(rows, labels.codes, dealing);
  return foldsByKey(rows, findColumn(table, key) as CategoricalColumn, labels, dealing); // read as texts too
}

/** Rows fold by fold, in their order within each. */
async function orderByFold(rows: Int32Array, fold: FoldNumbers, folds: number) {
  const sizes = new Array<number>(folds).fill(0);
  for (const own of fold) sizes[own]!++;
  const next = sizes.map((_, k) => sizes.slice(0, k).reduce((sum, size) => sum + size, 0));
  const ordered = new Int32Array(rows.length);
  for (let i = 0; i < rows.length; i++) ordered[next[fold[i]!]!++] = rows[i]!;
  return { rows: ordered, sizes };
}

interface RowValues {
  readonly labels: Labels;
  readonly weights: Float64Array | undefined;
  readonly factors: Float64Array | undefined;
}

/** Training rows and held-out rows as one part. */
async function gatherPart(
  train: Int32Array,
  holdout: Int32Array,
  { labels, weights, factors }: RowValues,
): Promise<Part> {
  const rows = holdout.length === 0 ? train : new Int32Array(train.length + holdout.length);
  if (holdout.length > 0) {
    rows.set(train);
    rows.set(holdout, train.length);
  }
  const own = new (labels.classes.length <= 2 ** 8 ? Uint8Array : Uint16Array)(rows.length);
  const sampleWeights = weights && new Float64Array(rows.length);
  const s = factors ? new Float64Array(rows.length) : sampleWeights;
  let ascending = true;
  await overRows(rows.length, (from, to) => {
    for (let i = from; i < to; i++) {
      const row = rows[i]!;
      const code = labels.codes[row]!;
      own[i] = code;
      if (i > 0 && row < rows[i - 1]!) ascending = false;
      if (sampleWeights) sampleWeights[i] = weights[row]!;
      if (factors) s![i] = (weights ? weights[row]! : 1) * factors[code]!;
    }
  });
  return { rows, ascending, labels: own, weights: s, sampleWeights };
}

function firstRows({ rows, ascending, labels, weights, sampleWeights }: Part, count: number): Part {
  return {
    rows: rows.subarray(0, count),
    ascending,
    labels: labels.subarray(0, count),
    weights: weights?.subarray(0, count),
    sampleWeights: sampleWeights?.subarray(0, count),
  };
}

async function countAllUnseen(
  { columns, features }: Pick<Design, 'columns' | 'features'>,
  holdout: Int32Array,
): Promise<{ readonly column: string; readonly cells: number }[]> {
  const counts = [];
  for (const [k, { column }] of features.entries()) {
    counts.push({ column, cells: await countUnseen(features[k]!, columns[k]!, holdout) });
  }
  return counts;
}

/** Of held-out cells with a category that the training rows lack. */
export function unseenWarning(counts: readonly { readonly column: string; readonly cells: number }[]): Warning[] {
  const found = counts.filter(({ cells }) => cells > 0);
  if (found.length === 0) return [];
  const names = found.map(({ column }) => column);
  const cells = found.reduce((sum, own) => sum + own.cells, 0);
  const message = `${cells} held-out cells in ${names.join(', ')} have a category that the training rows lack; they count as the reference`;
  return [{ code: 'unseen-in-holdout', message, columns: names }];
}
