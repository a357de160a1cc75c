/**
 * Table → standardised rows: labels, which rows are used and why the others are not, weights, holdout,
 * features and their terms, scaling, and the columns that are left out of the fit. All statistics come
 * from the training rows. It decides what is fitted; how it is fitted is solve.ts's business.
 */
import type { Rows } from '../backends/backend.ts';
import { stratifiedSplit } from '../data/split.ts';
import type { Column, Table } from '../data/table.ts';
import { dependenceLimit, dependentColumns } from '../design/dependence.ts';
import {
  encode,
  featureColumns,
  findColumn,
  fitFeatures,
  isMissing,
  type RawTerm,
  termsOf,
} from '../design/features.ts';
import { type Labels, readLabels } from '../design/labels.ts';
import { measure, type Scaling, standardise } from '../design/scale.ts';
import { purity } from '../design/separation.ts';
import { classFactors, sampleWeights } from '../design/weights.ts';
import { LogisticError, type Warning } from '../errors.ts';
import type { Feature } from '../predict/model-file.ts';
import type { CheckedOptions } from './options.ts';

export interface RowCounts {
  readonly read: number;
  readonly used: number;
  readonly train: number;
  readonly holdout: number;
  readonly dropped: {
    readonly missing: number;
    readonly bad: number;
    readonly noTarget: number;
    readonly zeroWeight: number;
  };
}

/** A term with the scaling it was given and the reason, if any, that keeps it out of the fit. */
export interface ScaledTerm extends RawTerm, Scaling {
  readonly excluded?: 'constant' | 'dependent';
}

export interface Prepared {
  readonly labels: Labels;
  readonly counts: RowCounts;
  readonly features: readonly Feature[];
  readonly terms: readonly ScaledTerm[];
  /** The training rows over the terms that are fitted. */
  readonly rows: Rows;
  /** The held-out rows over the same terms. */
  readonly holdout: Rows;
  readonly warnings: readonly Warning[];
}

export function prepare(table: Table, target: string, options: CheckedOptions): Prepared {
  const request = { target, weights: options.weights, only: options.only, drop: options.drop };
  const labels = readLabels(findColumn(table, target), options.positive);
  const columns = featureColumns(table, request);
  const weights = options.weights === undefined ? undefined : sampleWeights(findColumn(table, options.weights));
  const missing = options.missing ?? (table.source === 'arrays' ? 'error' : 'drop');

  const { used, dropped } = selectRows({ table, columns, labels, weights, missing });
  requireBothClasses({ used, labels, columns, target });
  const split = stratifiedSplit(used, labels.y, options.holdout, options.seed);
  const factors = classFactors(options.classWeight, { labels, rows: split.train, weights, target });
  const weightsOf = (rows: Int32Array): Float64Array | undefined =>
    weights || factors
      ? Float64Array.from(rows, (row) => (weights ? weights[row]! : 1) * (factors ? factors[labels.y[row]!]! : 1))
      : undefined;

  const trainWeights = weightsOf(split.train);
  const imputation = missing === 'impute' ? options.imputation : undefined;
  const features = fitFeatures(columns, { rows: split.train, weights: trainWeights, imputation });
  const warnings: Warning[] = [
    ...table.warnings,
    ...purity(columns, { rows: split.train, labels, penalised: options.l2 > 0 }),
  ];

  const raw = features.flatMap((feature, k) => encode(feature, columns[k]!, split.train).terms);
  const named = features.flatMap(termsOf);
  const scalings = raw.map((x) =>
    options.intercept ? measure(x, trainWeights) : { ...measure(x, trainWeights), mean: 0 },
  );
  const y = (rows: Int32Array): Float64Array => Float64Array.from(rows, (row) => labels.y[row]!);
  const active = named.map((_, j) => j).filter((j) => !scalings[j]!.constant || !options.intercept);
  for (const j of active) standardise(raw[j]!, scalings[j]!);
  const whole: Rows = {
    count: split.train.length,
    columns: active.map((j) => raw[j]!),
    y: y(split.train),
    weights: trainWeights,
  };

  const dependent = excludeDependent({ rows: whole, names: active.map((j) => named[j]!), penalised: options.l2 > 0 });
  warnings.push(...constantWarning(columns, features, scalings, named), ...dependent.warnings);
  const out = new Set(dependent.excluded.map((position) => active[position]!));
  const fitted = active.filter((j) => !out.has(j));
  const terms = named.map((term, j): ScaledTerm => {
    const excluded = out.has(j) ? 'dependent' : fitted.includes(j) ? undefined : 'constant';
    return { ...term, ...scalings[j]!, ...(excluded === undefined ? {} : { excluded }) };
  });

  const held = features.map((feature, k) => encode(feature, columns[k]!, split.holdout));
  const heldTerms = held.flatMap(({ terms: encoded }) => encoded);
  for (const j of fitted) standardise(heldTerms[j]!, scalings[j]!);
  warnings.push(...unseenWarning(columns, held));

  return {
    labels,
    counts: {
      read: table.rows + table.badRows,
      used: used.length,
      train: split.train.length,
      holdout: split.holdout.length,
      dropped: { ...dropped, bad: table.badRows },
    },
    features,
    terms,
    rows: { ...whole, columns: fitted.map((j) => raw[j]!) },
    holdout: {
      count: split.holdout.length,
      columns: fitted.map((j) => heldTerms[j]!),
      y: y(split.holdout),
      weights: weightsOf(split.holdout),
    },
    warnings,
  };
}

interface Selection {
  readonly table: Table;
  readonly columns: readonly Column[];
  readonly labels: Labels;
  readonly weights: Float64Array | undefined;
  readonly missing: 'drop' | 'impute' | 'error';
}

/** The rows that are used, and how many are not for which reason. A row is counted under its first reason. */
function selectRows({ table, columns, labels, weights, missing }: Selection) {
  const dropped = { missing: 0, noTarget: 0, zeroWeight: 0 };
  const used: number[] = [];
  for (let row = 0; row < table.rows; row++) {
    const gap = missing === 'impute' ? undefined : columns.find((column) => isMissing(column, row));
    if (missing === 'error' && (gap !== undefined || labels.y[row]! < 0)) {
      throw new LogisticError('missing-cell', `row ${row + 1}, column ${gap?.name ?? 'of the target'}: missing`, {
        hint: "missing cells can be dropped with their rows ('drop') or filled in ('impute'): option missing",
        details: { row: row + 1, column: gap?.name },
      });
    }
    if (labels.y[row]! < 0) dropped.noTarget++;
    else if (gap !== undefined || Number.isNaN(weights?.[row])) dropped.missing++;
    else if (weights?.[row] === 0) dropped.zeroWeight++;
    else used.push(row);
  }
  return { used: Int32Array.from(used), dropped };
}

/** After rows are dropped a class may be gone: then the message says which drop took it. */
function requireBothClasses({
  used,
  labels,
  columns,
  target,
}: {
  used: Int32Array;
  labels: Labels;
  columns: readonly Column[];
  target: string;
}): void {
  const left = new Set(Array.from(used, (row) => labels.y[row]!));
  if (left.size === 2) return;
  const lost = left.has(1) ? 0 : 1;
  const label = labels.classes.find((candidate) => (candidate === labels.positive) === (lost === 1));
  const holes = columns.filter((column) => labels.y.some((y, row) => y === lost && isMissing(column, row)));
  const names = holes.map(({ name }) => name).join(', ');
  throw new LogisticError(
    'one-class',
    `the target ${target} has one class only once rows are dropped: the last row of class ${JSON.stringify(label)} ` +
      (names === '' ? 'has no weight' : `went because a cell is missing in ${names}`) +
      `; ${used.length} rows are left`,
    {
      hint:
        names === ''
          ? 'give that class a weight'
          : `impute (--missing impute), or leave the column out (--drop ${holes[0]!.name})`,
    },
  );
}

function constantWarning(
  columns: readonly Column[],
  features: readonly Feature[],
  scalings: readonly Scaling[],
  terms: readonly RawTerm[],
): Warning[] {
  const constant = terms.filter((_, j) => scalings[j]!.constant).map(({ column }) => column);
  const single = columns.filter((_, k) => termsOf(features[k]!).length === 0).map(({ name }) => name);
  const names = [...new Set([...constant, ...single])];
  if (names.length === 0) return [];
  const message = `${names.join(', ')}: constant over the training rows, so the coefficient is 0 and predictions do not depend on it`;
  return [{ code: 'constant-column', message, columns: names }];
}

/** Which columns earlier ones explain, and what is said of it. With a penalty they stay: the optimum is unique. */
function excludeDependent({ rows, names, penalised }: { rows: Rows; names: readonly RawTerm[]; penalised: boolean }) {
  if (rows.columns.length > dependenceLimit) {
    const message = `${rows.columns.length} columns: exact dependence among more than ${dependenceLimit} is not looked for`;
    return { excluded: [], warnings: [{ code: 'dependence-unchecked', message }] };
  }
  const found = rows.columns.length > 0 ? dependentColumns(rows) : [];
  const consequence = penalised
    ? 'they share their effect as the penalty decides'
    : 'its coefficient is 0 and theirs carry its effect';
  const warnings = found.map(({ index, of, coefficients }): Warning => {
    const { name, column } = names[index]!;
    const others = [...new Set(of.map((j) => (names[j]!.column === column ? names[j]!.name : names[j]!.column)))];
    const twin = of.length === 1 && Math.abs(Math.abs(coefficients[0]!) - 1) < 1e-6;
    return twin
      ? {
          code: 'identical-columns',
          message: `${name} and ${names[of[0]!]!.name} are identical but for units: ${consequence}`,
          columns: [names[of[0]!]!.column, column],
        }
      : {
          code: 'dependent-columns',
          message: `${name} is determined by ${others.join(', ')}: ${consequence}`,
          columns: [column, ...others],
        };
  });
  return { excluded: penalised ? [] : found.map(({ index }) => index), warnings };
}

function unseenWarning(columns: readonly Column[], held: readonly { unseen: number }[]): Warning[] {
  const unseen = columns.filter((_, k) => held[k]!.unseen > 0).map(({ name }) => name);
  if (unseen.length === 0) return [];
  const count = held.reduce((total, { unseen: rows }) => total + rows, 0);
  const message = `${count} held-out cells in ${unseen.join(', ')} have a category that the training rows lack; they count as the reference`;
  return [{ code: 'unseen-in-holdout', message, columns: unseen }];
}
