/**
 * Features → standardised rows of the terms that are fitted. Scaling and what is left out (constants,
 * and without a penalty the columns that earlier ones determine) are decided on the training rows and
 * applied to the held-out ones. It knows no solver.
 */
import type { Rows } from '../backends/backend.ts';
import type { Column } from '../data/table.ts';
import { dependenceLimit, dependentColumns } from '../design/dependence.ts';
import { encode, type RawTerm, termsOf } from '../design/features.ts';
import { measure, type Scaling, standardise } from '../design/scale.ts';
import type { Warning } from '../errors.ts';
import type { Feature } from '../predict/model-file.ts';

/** A term with the scaling it was given and the reason, if any, that keeps it out of the fit. */
export interface ScaledTerm extends RawTerm, Scaling {
  readonly excluded?: 'constant' | 'dependent';
}

/** Rows of the table with what belongs to each of them. */
export interface Part {
  readonly rows: Int32Array;
  readonly y: Float64Array;
  readonly weights: Float64Array | undefined;
}

export interface DesignRequest {
  readonly columns: readonly Column[];
  readonly features: readonly Feature[];
  readonly train: Part;
  readonly holdout: Part;
  readonly intercept: boolean;
  readonly penalised: boolean;
}

export interface BuiltDesign {
  readonly terms: readonly ScaledTerm[];
  /** The training rows over the terms that are fitted. */
  readonly rows: Rows;
  /** The held-out rows over the same terms. */
  readonly holdout: Rows;
  readonly warnings: readonly Warning[];
}

export function buildDesign({ columns, features, train, holdout, intercept, penalised }: DesignRequest): BuiltDesign {
  const named = features.flatMap(termsOf);
  const x = features.flatMap((feature, k) => encode(feature, columns[k]!, train.rows).terms);
  const scalings = x.map((values) => scalingOf(values, train.weights, intercept));
  x.forEach((values, j) => {
    standardise(values, scalings[j]!);
  });
  const varying = named.map((_, j) => j).filter((j) => !scalings[j]!.constant);
  const dependent = findDependent(
    rowsOver(train, x, varying),
    varying.map((j) => named[j]!),
    penalised,
  );
  const out = new Set(dependent.excluded.map((position) => varying[position]!));
  const fitted = varying.filter((j) => !out.has(j));

  const held = features.map((feature, k) => encode(feature, columns[k]!, holdout.rows));
  const heldX = held.flatMap(({ terms }) => terms);
  heldX.forEach((values, j) => {
    standardise(values, scalings[j]!);
  });
  return {
    terms: named.map((term, j): ScaledTerm => {
      const excluded = out.has(j) ? 'dependent' : scalings[j]!.constant ? 'constant' : undefined;
      return { ...term, ...scalings[j]!, ...(excluded === undefined ? {} : { excluded }) };
    }),
    rows: rowsOver(train, x, fitted),
    holdout: rowsOver(holdout, heldX, fitted),
    warnings: [
      ...constantWarning(
        features,
        named.filter((_, j) => scalings[j]!.constant),
      ),
      ...dependent.warnings,
      ...unseenWarning(columns, held),
    ],
  };
}

/** Without an intercept nothing is centred, and a constant column is one like any other. */
function scalingOf(values: Float64Array, weights: Float64Array | undefined, intercept: boolean): Scaling {
  const scaling = measure(values, weights);
  return intercept ? scaling : { mean: 0, scale: scaling.scale, constant: false };
}

function rowsOver({ rows, y, weights }: Part, x: readonly Float64Array[], terms: readonly number[]): Rows {
  return { count: rows.length, columns: terms.map((j) => x[j]!), y, weights };
}

function constantWarning(features: readonly Feature[], constant: readonly RawTerm[]): Warning[] {
  const single = features.filter((feature) => termsOf(feature).length === 0);
  const names = [...new Set([...constant, ...single].map(({ column }) => column))];
  if (names.length === 0) return [];
  const message = `${names.join(', ')}: constant over the training rows, so the coefficient is 0 and predictions do not depend on it`;
  return [{ code: 'constant-column', message, columns: names }];
}

/** Which columns earlier ones explain, and what is said of it. With a penalty they stay: the optimum is unique. */
function findDependent(rows: Rows, names: readonly RawTerm[], penalised: boolean) {
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
