/**
 * Columns → features: which columns take part and what each becomes, decided on the training rows and
 * stored in a `Feature`. The numbers that features turn into are encode.ts's business.
 */
import type { Column } from '../data/table.ts';
import { brief, LogisticError, nearestName } from '../errors.ts';
import { type Feature, type Label, levelsOf, referencePlace, type Term } from '../predict/model-file.ts';
import { overRows } from '../yielding.ts';
import { cellsOf, fillOf, isBinary } from './present-cells.ts';

export interface FeatureRequest {
  readonly target: string;
  readonly weights?: string | undefined;
  readonly cluster?: string | undefined;
  readonly holdoutBy?: string | undefined;
  readonly only?: readonly string[] | undefined;
  readonly drop?: readonly string[] | undefined;
}

/** Columns by name: a table's, or those that a query describes. */
interface NamedColumns<C extends { readonly name: string }> {
  readonly columns: readonly C[];
  /** Names of columns that are there and were not read. */
  readonly leftOut: readonly string[];
  readonly source: string;
}

/** The columns that take part, in their order: all that have no other part in the fit, or those asked for. */
export function featureColumns<C extends { readonly name: string }>(
  table: NamedColumns<C>,
  request: FeatureRequest,
): C[] {
  const names = table.columns.map((column) => column.name);
  for (const name of [...(request.only ?? []), ...(request.drop ?? [])]) {
    if (!names.includes(name) && !table.leftOut.includes(name)) throw unknownColumn(name, names);
  }
  const columns = table.columns.filter(
    ({ name }) =>
      name !== request.target &&
      name !== request.weights &&
      name !== request.cluster &&
      name !== request.holdoutBy &&
      (request.only === undefined || request.only.includes(name)) &&
      !request.drop?.includes(name),
  );
  if (columns.length === 0 && request.only?.length !== 0) {
    throw new LogisticError('no-features', `${table.source}: no column is left to learn from`, {
      hint: "give at least one column besides the target, or ask for the intercept alone: formula '~ 1', terms: []",
    });
  }
  return columns;
}

export function findColumn<C extends { readonly name: string }>(
  { columns, leftOut = [] }: Pick<NamedColumns<C>, 'columns'> & Partial<Pick<NamedColumns<C>, 'leftOut'>>,
  name: string,
): C {
  const column = columns.find((candidate) => candidate.name === name);
  if (column !== undefined) return column;
  if (!leftOut.includes(name)) {
    throw unknownColumn(
      name,
      columns.map((candidate) => candidate.name),
    );
  }
  throw new LogisticError('unknown-column', `the column ${JSON.stringify(name)} was left out when the rows were read`, {
    hint: 'name it where they are read: only, weights, holdoutBy, cluster or a formula',
  });
}

export function unknownColumn(name: string, names: readonly string[]): LogisticError {
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
  /** By column: the level that the others are against, where that is not the first. */
  readonly references?: Readonly<Record<string, Label>> | undefined;
}

/** What each column becomes, decided on the training rows: levels that occur there, and imputed values. */
export async function fitFeatures(columns: readonly Column[], fit: FitFeatures): Promise<Feature[]> {
  const features: Feature[] = [];
  for (const column of columns) features.push(withReference(await fitFeature(column, fit), fit.references));
  return features;
}

async function fitFeature(column: Column, fit: FitFeatures): Promise<Feature> {
  const { imputation } = fit;
  if (column.kind === 'numeric') {
    const cells = cellsOf(column.values, fit);
    const impute = imputation === undefined ? null : await fillOf(cells, imputation);
    const binary = await isBinary(cells);
    return {
      kind: 'numeric',
      column: column.name,
      impute,
      ...(column.style && { style: column.style }),
      ...(binary && { binary }),
    };
  }
  const counts = await levelWeights(column.codes, column.kind === 'boolean' ? 2 : column.levels.length, fit);
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

/** A feature against the level that was asked for, of a boolean one in any letter case. Throws LogisticError 'unknown-level'. */
export function withReference(feature: Feature, references: FitFeatures['references'] = {}): Feature {
  const { column } = feature;
  if (feature.kind === 'numeric' || !Object.hasOwn(references, column)) return feature;
  const levels = levelsOf(feature);
  const asked = String(references[column]);
  const reference =
    feature.kind === 'boolean'
      ? levels.find((word, k) => [word.toLowerCase(), ['false', 'true'][k]].includes(asked.toLowerCase()))
      : levels.find((level) => level === asked);
  if (reference !== undefined) return { ...feature, reference };
  const near = nearestName(asked, levels);
  const message = `${column} has no level ${JSON.stringify(asked)} in the training rows; it has ${brief(levels.join(', '))}`;
  throw new LogisticError('unknown-level', message, {
    hint: near && `did you mean ${JSON.stringify(near)}?`,
    details: { column, level: asked },
  });
}

async function levelWeights(codes: Int32Array, levels: number, { rows, weights }: FitFeatures) {
  const totals = new Array<number>(levels).fill(0);
  await overRows(rows.length, (from, to) => {
    for (let i = from; i < to; i++) {
      const code = codes[rows[i]!]!;
      if (code >= 0) totals[code]! += weights ? weights[i]! : 1;
    }
  });
  return totals;
}

/** A number of the design before it is scaled and fitted. */
export type RawTerm = Pick<Term, 'name' | 'group' | 'factors' | 'offset'>;

/** The terms of a feature: itself, or the indicator of each level but the reference. */
export function termsOf(feature: Feature): RawTerm[] {
  const { column } = feature;
  if (feature.kind === 'numeric') {
    return [{ name: column, group: column, factors: [{ column, basis: { kind: 'identity' } }] }];
  }
  const reference = referencePlace(feature);
  return levelsOf(feature)
    .filter((_, place) => place !== reference)
    .map((level) => ({
      name: `${column}=${level}`,
      group: column,
      factors: [{ column, basis: { kind: 'level', level } }],
    }));
}

/** Throws LogisticError 'duplicate-terms' where two columns give terms of the same name. */
export function requireDistinctTerms(terms: readonly RawTerm[]): void {
  const seen = new Map<string, RawTerm>();
  for (const term of terms) {
    const earlier = seen.get(term.name);
    if (earlier !== undefined) {
      const [one, other] = [earlier, term].map(({ group }) => JSON.stringify(group));
      throw new LogisticError(
        'duplicate-terms',
        `columns ${one} and ${other} both have a term ${JSON.stringify(term.name)}`,
        {
          hint: `rename one of the columns, or leave one out (drop)`,
          details: { columns: [earlier.group, term.group], term: term.name },
        },
      );
    }
    seen.set(term.name, term);
  }
}
