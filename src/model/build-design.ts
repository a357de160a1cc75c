/**
 * Features → standardised rows of the terms that are fitted. Scaling and what is left out (constants,
 * and without a penalty the columns that earlier ones determine) are decided on the training rows and
 * applied to the held-out ones. It knows no solver.
 */
import type { Rows } from '../backends/backend.ts';
import { type Column, discardNumbers } from '../data/table.ts';
import { dependenceLimit, dependentColumns } from '../design/dependence.ts';
import { countUnseen, termReaders } from '../design/encode.ts';
import { type RawTerm, termsOf } from '../design/features.ts';
import { measure, type Reader, type Scaling, standardised } from '../design/scale.ts';
import type { Warning } from '../errors.ts';
import type { Feature } from '../predict/model-file.ts';
import type { Turns } from '../turns.ts';

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

export async function buildDesign(request: DesignRequest, turns: Turns): Promise<BuiltDesign> {
  const { columns, features, train, holdout, intercept, penalised } = request;
  const columnOf = new Map(columns.map((column) => [column.name, column]));
  const named = features.flatMap(termsOf);
  const raw = features.flatMap((feature, k) => termReaders(feature, columns[k]!, train.rows));
  const scalings: Scaling[] = [];
  for (const read of raw) scalings.push(await scalingOf(read, train, intercept, turns));
  const view = (part: Part, readers: readonly Reader[], terms: readonly number[]): Rows =>
    rowsOver(
      part,
      terms.map((j) => standardised(readers[j]!, scalings[j]!)),
    );

  const varying = named.map((_, j) => j).filter((j) => !scalings[j]!.constant);
  const names = varying.map((j) => named[j]!);
  const dependent = await findDependent(view(train, raw, varying), names, penalised, turns);
  const out = new Set(dependent.excluded.map((position) => varying[position]!));
  const fitted = varying.filter((j) => !out.has(j));

  const held = features.flatMap((feature, k) => termReaders(feature, columns[k]!, holdout.rows));
  const unseen: number[] = [];
  for (const [k, feature] of features.entries()) {
    unseen.push(await countUnseen(feature, columns[k]!, holdout.rows, turns));
  }
  return {
    terms: named.map((term, j): ScaledTerm => {
      const excluded = out.has(j) ? 'dependent' : scalings[j]!.constant ? 'constant' : undefined;
      return { ...term, ...scalings[j]!, ...(excluded === undefined ? {} : { excluded }) };
    }),
    rows: {
      ...view(train, raw, fitted),
      ...(holdout.rows.length === 0 && { release: (j) => discard(columnOf.get(named[fitted[j]!]!.column)!) }),
    },
    holdout: view(holdout, held, fitted),
    warnings: [
      ...constantWarning(
        features,
        named.filter((_, j) => scalings[j]!.constant),
      ),
      ...dependent.warnings,
      ...unseenWarning(columns, unseen),
    ],
  };
}

/** Codes stay: other terms of their column are read from them. */
function discard(column: Column): void {
  if (column.kind === 'numeric') discardNumbers(column);
}

/** Without an intercept nothing is centred, and a constant column is one like any other. */
async function scalingOf(read: Reader, { y, weights }: Part, intercept: boolean, turns: Turns): Promise<Scaling> {
  const scaling = await measure(read, { count: y.length, weights }, turns);
  return intercept ? scaling : { mean: 0, scale: scaling.scale, constant: false };
}

function rowsOver({ y, weights }: Part, readers: readonly Reader[]): Rows {
  return {
    count: y.length,
    features: readers.length,
    read: (j, from, into) => readers[j]!(from, into),
    y,
    weights,
  };
}

function constantWarning(features: readonly Feature[], constant: readonly RawTerm[]): Warning[] {
  const single = features.filter((feature) => termsOf(feature).length === 0);
  const names = [...new Set([...constant, ...single].map(({ column }) => column))];
  if (names.length === 0) return [];
  const message = `${names.join(', ')}: constant over the training rows, so the coefficient is 0 and predictions do not depend on it`;
  return [{ code: 'constant-column', message, columns: names }];
}

/** Which columns earlier ones explain, and what is said of it. With a penalty they stay: the optimum is unique. */
async function findDependent(rows: Rows, names: readonly RawTerm[], penalised: boolean, turns: Turns) {
  if (rows.features > dependenceLimit) {
    const message = `${rows.features} columns: exact dependence among more than ${dependenceLimit} is not looked for`;
    return { excluded: [], warnings: [{ code: 'dependence-unchecked', message }] };
  }
  const found = rows.features > 0 ? await dependentColumns(rows, turns) : [];
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

function unseenWarning(columns: readonly Column[], unseen: readonly number[]): Warning[] {
  const names = columns.filter((_, k) => unseen[k]! > 0).map(({ name }) => name);
  if (names.length === 0) return [];
  const count = unseen.reduce((total, rows) => total + rows, 0);
  const message = `${count} held-out cells in ${names.join(', ')} have a category that the training rows lack; they count as the reference`;
  return [{ code: 'unseen-in-holdout', message, columns: names }];
}
