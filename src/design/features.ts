/**
 * Columns → features: which columns take part, what each becomes, and the numbers they turn into.
 * Everything here is decided on the training rows, stored in a `Feature`, and applied to any rows.
 * The row-by-row twin for a saved model is predict/scorer.ts; a test holds the two together.
 */
import type { BooleanColumn, CategoricalColumn, Column, Table } from '../data/table.ts';
import { LogisticError, nearestName } from '../errors.ts';
import { argsort } from '../math/argsort.ts';
import { sum } from '../math/vector.ts';
import type { Feature } from '../predict/model-file.ts';
import type { Turns } from '../turns.ts';
import type { Reader } from './scale.ts';

export interface FeatureRequest {
  readonly target: string;
  readonly weights?: string | undefined;
  readonly only?: readonly string[] | undefined;
  readonly drop?: readonly string[] | undefined;
}

/** The columns that take part, in the table's order: all but target and weights, or those asked for. */
export function featureColumns(table: Table, request: FeatureRequest): Column[] {
  const names = table.columns.map((column) => column.name);
  for (const name of [...(request.only ?? []), ...(request.drop ?? [])]) {
    if (!names.includes(name) && !table.leftOut.includes(name)) throw unknownColumn(name, names);
  }
  const columns = table.columns.filter(
    ({ name }) =>
      name !== request.target &&
      name !== request.weights &&
      (request.only === undefined || request.only.includes(name)) &&
      !request.drop?.includes(name),
  );
  if (columns.length === 0) {
    throw new LogisticError('no-features', `${table.source}: no column is left to learn from`, {
      hint: 'give at least one column besides the target',
    });
  }
  return columns;
}

export function findColumn(table: Table, name: string): Column {
  const column = table.columns.find((candidate) => candidate.name === name);
  if (column === undefined)
    throw unknownColumn(
      name,
      table.columns.map((candidate) => candidate.name),
    );
  return column;
}

function unknownColumn(name: string, names: readonly string[]): LogisticError {
  const near = nearestName(name, names);
  return new LogisticError(
    'unknown-column',
    `there is no column ${JSON.stringify(name)}; the columns are ${names.join(', ')}`,
    {
      ...(near === undefined ? {} : { hint: `did you mean ${JSON.stringify(near)}?` }),
    },
  );
}

export function isMissing(column: Column, row: number): boolean {
  return column.kind === 'numeric' ? Number.isNaN(column.values[row]!) : column.codes[row]! < 0;
}

export interface FitFeatures {
  /** The training rows. */
  readonly rows: Int32Array;
  /** s of each training row. */
  readonly weights: Float64Array | undefined;
  /** How missing cells are filled; undefined when no missing cell is left or may be. */
  readonly imputation: 'mean' | 'median' | undefined;
}

/** What each column becomes, decided on the training rows: levels that occur there, and imputed values. */
export async function fitFeatures(columns: readonly Column[], fit: FitFeatures, turns: Turns): Promise<Feature[]> {
  const features: Feature[] = [];
  for (const column of columns) features.push(await fitFeature(column, fit, turns));
  return features;
}

async function fitFeature(column: Column, fit: FitFeatures, turns: Turns): Promise<Feature> {
  const { imputation } = fit;
  if (column.kind === 'numeric') {
    const impute = imputation === undefined ? null : await center(column.values, fit, imputation, turns);
    return { kind: 'numeric', column: column.name, impute };
  }
  const counts = await levelWeights(column.codes, column.kind === 'boolean' ? 2 : column.levels.length, fit, turns);
  const frequent = imputation === undefined ? null : counts.indexOf(Math.max(...counts));
  if (column.kind === 'boolean') {
    return {
      kind: 'boolean',
      column: column.name,
      words: column.words,
      impute: frequent === null ? null : frequent === 1,
    };
  }
  return {
    kind: 'categorical',
    column: column.name,
    levels: column.levels.filter((_, code) => counts[code]! > 0),
    impute: frequent === null ? null : column.levels[frequent]!,
  };
}

async function levelWeights(codes: Int32Array, levels: number, { rows, weights }: FitFeatures, turns: Turns) {
  const totals = new Array<number>(levels).fill(0);
  await turns.over(rows.length, (from, to) => {
    for (let i = from; i < to; i++) {
      const code = codes[rows[i]!]!;
      if (code >= 0) totals[code]! += weights ? weights[i]! : 1;
    }
  });
  return totals;
}

/** Weighted mean or median of the cells that are there; weight 2 counts as the row twice. */
async function center(all: Float64Array, { rows, weights }: FitFeatures, kind: 'mean' | 'median', turns: Turns) {
  const values = new Float64Array(rows.length);
  const own = new Float64Array(rows.length);
  let count = 0;
  await turns.over(rows.length, (from, to) => {
    for (let i = from; i < to; i++) {
      const value = all[rows[i]!]!;
      if (Number.isNaN(value)) continue;
      values[count] = value;
      own[count++] = weights ? weights[i]! : 1;
    }
  });
  const present = values.subarray(0, count);
  const total = sum(own);
  if (count === 0) return 0;
  if (kind === 'mean') return present.reduce((mean, value, i) => mean + (own[i]! / total) * value, 0);
  const order = await argsort(present, turns);
  let below = 0;
  for (let k = 0; k < count; k++) {
    const value = present[order[k]!]!;
    below += own[order[k]!]!;
    if (below > total / 2) return value;
    if (below === total / 2) return (value + (present[order[k + 1] ?? order[k]!] ?? value)) / 2;
  }
  return present[order[count - 1]!]!;
}

/** One column of the raw design. */
export interface RawTerm {
  readonly name: string;
  readonly column: string;
  readonly level?: string;
}

/** The terms of a feature: itself, or the indicator of each level but the first (the reference). */
export function termsOf(feature: Feature): RawTerm[] {
  const { column } = feature;
  if (feature.kind === 'numeric') return [{ name: column, column }];
  const levels = feature.kind === 'boolean' ? [feature.words[1]] : feature.levels.slice(1);
  return levels.map((level) => ({ name: `${column}=${level}`, column, level }));
}

/** The raw values of each of a feature's terms over some rows of a column, missing cells imputed. */
export function termReaders(feature: Feature, column: Column, rows: Int32Array): Reader[] {
  if (column.kind === 'numeric') {
    const { values } = column;
    const fill = feature.kind === 'numeric' ? feature.impute : null;
    return [
      (from, into) => {
        gather(values, rows, from, into);
        if (fill === null) return;
        for (let i = 0; i < into.length; i++) if (Number.isNaN(into[i])) into[i] = fill;
      },
    ];
  }
  const { codes } = column;
  const { levelOf, fill, count } = levelPlaces(feature, column);
  return Array.from(
    { length: count - 1 },
    (_, k): Reader =>
      (from, into) => {
        for (let i = 0; i < into.length; i++) {
          const code = codes[rows[from + i]!]!;
          into[i] = (code < 0 ? fill : levelOf[code]!) === k + 1 ? 1 : 0;
        }
      },
  );
}

/** The values of rows[from], rows[from + 1], … Rows ascend, so first and last tell whether any is left out. */
function gather(values: Float64Array, rows: Int32Array, from: number, into: Float64Array): void {
  const first = rows[from]!;
  const { length } = into;
  if (rows[from + length - 1] === first + length - 1) into.set(values.subarray(first, first + length));
  else for (let i = 0; i < length; i++) into[i] = values[rows[from + i]!]!;
}

/** Rows of a level that the feature does not have. */
export async function countUnseen(feature: Feature, column: Column, rows: Int32Array, turns: Turns): Promise<number> {
  if (column.kind === 'numeric') return 0;
  const { codes } = column;
  const { levelOf, fill } = levelPlaces(feature, column);
  let unseen = 0;
  await turns.over(rows.length, (from, to) => {
    for (let i = from; i < to; i++) {
      const code = codes[rows[i]!]!;
      if ((code < 0 ? fill : levelOf[code]!) < 0) unseen++;
    }
  });
  return unseen;
}

/** Of a column's codes and of a missing cell: the place among the feature's levels, −1 when it is none of them. */
function levelPlaces(feature: Feature, column: CategoricalColumn | BooleanColumn) {
  const levels = feature.kind === 'categorical' ? feature.levels : [false, true];
  const own = column.kind === 'categorical' ? column.levels : [false, true];
  const index = new Map<string | boolean, number>(levels.map((level, i) => [level, i]));
  const place = (level: string | boolean): number => index.get(level) ?? -1;
  return {
    levelOf: Int32Array.from(own, place),
    fill: feature.impute === null ? -1 : place(feature.impute as string | boolean),
    count: levels.length,
  };
}
