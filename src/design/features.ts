/**
 * Columns → features: which columns take part, what each becomes, and the numbers they turn into.
 * Everything here is decided on the training rows, stored in a `Feature`, and applied to any rows.
 * The row-by-row twin for a saved model is predict/scorer.ts; a test holds the two together.
 */
import type { Column, Table } from '../data/table.ts';
import { LogisticError, nearestName } from '../errors.ts';
import type { Feature } from '../predict/model-file.ts';

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
export function fitFeatures(columns: readonly Column[], fit: FitFeatures): Feature[] {
  return columns.map((column): Feature => {
    if (column.kind === 'numeric') {
      const impute = fit.imputation === undefined ? null : center(column.values, fit, fit.imputation);
      return { kind: 'numeric', column: column.name, impute };
    }
    const counts = levelWeights(column.codes, column.kind === 'boolean' ? 2 : column.levels.length, fit);
    const frequent = fit.imputation === undefined ? null : counts.indexOf(Math.max(...counts));
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
  });
}

function levelWeights(codes: Int32Array, levels: number, { rows, weights }: FitFeatures): number[] {
  const totals = new Array<number>(levels).fill(0);
  rows.forEach((row, i) => {
    const code = codes[row]!;
    if (code >= 0) totals[code]! += weights ? weights[i]! : 1;
  });
  return totals;
}

/** Weighted mean or median of the cells that are there; weight 2 counts as the row twice. */
function center(values: Float64Array, { rows, weights }: FitFeatures, kind: 'mean' | 'median'): number {
  const cells: { value: number; weight: number }[] = [];
  rows.forEach((row, i) => {
    const weight = weights ? weights[i]! : 1;
    if (!Number.isNaN(values[row]!) && weight > 0) cells.push({ value: values[row]!, weight });
  });
  const total = cells.reduce((sum, { weight }) => sum + weight, 0);
  if (total === 0) return 0;
  if (kind === 'mean') return cells.reduce((sum, { value, weight }) => sum + (weight / total) * value, 0);
  cells.sort((a, b) => a.value - b.value);
  let below = 0;
  for (const [i, { value, weight }] of cells.entries()) {
    below += weight;
    if (below > total / 2) return value;
    if (below === total / 2) return (value + (cells[i + 1]?.value ?? value)) / 2;
  }
  return cells.at(-1)!.value;
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

/** Raw values of a feature's terms over some rows of a column, missing cells imputed; and the rows of unseen levels. */
export function encode(feature: Feature, column: Column, rows: Int32Array): { terms: Float64Array[]; unseen: number } {
  if (column.kind === 'numeric') {
    const fill = feature.kind === 'numeric' && feature.impute !== null ? feature.impute : Number.NaN;
    return {
      terms: [Float64Array.from(rows, (row) => (Number.isNaN(column.values[row]!) ? fill : column.values[row]!))],
      unseen: 0,
    };
  }
  const levels = feature.kind === 'categorical' ? feature.levels : [false, true];
  const own = column.kind === 'categorical' ? column.levels : [false, true];
  const index = new Map(levels.map((level, i) => [level, i]));
  const translate = own.map((level) => index.get(level) ?? -1);
  const fill = feature.impute === null ? -1 : (index.get(feature.impute as string | boolean) ?? -1);
  const terms = levels.slice(1).map(() => new Float64Array(rows.length));
  let unseen = 0;
  rows.forEach((row, i) => {
    const code = column.codes[row]!;
    const level = code < 0 ? fill : translate[code]!;
    if (level > 0) terms[level - 1]![i] = 1;
    else if (level < 0) unseen++;
  });
  return { terms, unseen };
}
