/**
 * Raw rows → the numbers of a fitted model's design, for what needs more of a row than its score: cells are read as the
 * scorer reads them, and the terms are those that were estimated. It knows no covariance.
 */
import { LogisticError } from '../errors.ts';
import { slopeAt, valueAt } from '../predict/basis.ts';
import { levelsOf, type ModelFile, type Term } from '../predict/model-file.ts';
import { cellReaders, cellsOf, nameOf } from '../predict/read-row.ts';
import { checkScoreOptions, type ScoreOptions } from '../predict/score-options.ts';

/** One number for each feature: that of the cell, or the place of its level. */
export type CellValues = readonly number[];

/** What a factor makes of the value of one feature. */
export interface CompiledFactor {
  /** Which feature. */
  readonly at: number;
  value(cell: number): number;
  /** The derivative of `value` by the number of the cell. */
  slope(cell: number): number;
}

export interface CompiledTerm extends Term {
  readonly compiled: readonly CompiledFactor[];
}

/** The design of a fitted model. */
export interface RowDesign {
  readonly model: ModelFile;
  /** The terms that were estimated, in their order. */
  readonly terms: readonly CompiledTerm[];
  /** Those whose coefficient is 1 by decision. */
  readonly offsets: readonly CompiledTerm[];
  readonly intercept: boolean;
  /** The values of a row's cells. Throws LogisticError 'unpredictable-row', 'missing-column', 'row-width'. */
  read(row: unknown, number?: number): CellValues;
}

export function designOf(model: ModelFile, options: Pick<ScoreOptions, 'unseen'> = {}): RowDesign {
  const { unseen = model.unseen } = checkScoreOptions(options, model.target.classes.length);
  const columns = model.features.map(({ column }) => column);
  const readers = cellReaders(model);
  const terms = model.terms
    .filter(({ excluded }) => excluded === undefined)
    .map((term) => ({ ...term, compiled: term.factors.map((factor) => compile(factor, model)) }));
  return {
    model,
    terms: terms.filter(({ offset }) => !offset),
    offsets: terms.filter(({ offset }) => offset),
    intercept: (model.training.options as { readonly intercept?: boolean } | undefined)?.intercept !== false,
    read(row, number) {
      const cells = cellsOf(row, columns, number);
      return readers.map((read, i) => {
        const value = read(cells[i]);
        if (typeof value === 'number') return value;
        if (value.unseen !== undefined && unseen === 'ignore') return value.unseen;
        throw new LogisticError('unpredictable-row', `${nameOf(number)}: ${value.problem}`, {
          details: { row: number },
        });
      });
    },
  };
}

function compile({ column, basis }: Term['factors'][number], { features }: ModelFile): CompiledFactor {
  const at = features.findIndex((feature) => feature.column === column);
  if (basis.kind !== 'level') {
    return { at, value: (cell) => valueAt(basis, cell), slope: (cell) => slopeAt(basis, cell) };
  }
  const place = levelsOf(features[at]!).indexOf(basis.level);
  return { at, value: (cell) => Number(cell === place), slope: () => 0 };
}

/** [1, x_1 … x_n] in raw units, or without 1: what the covariance of a score vector stands against. */
export function rawRow({ terms, intercept }: RowDesign, values: CellValues): Float64Array {
  const x = terms.map((term) => productOf(term, values));
  return Float64Array.from(intercept ? [1, ...x] : x);
}

const productOf = ({ compiled }: CompiledTerm, values: CellValues): number =>
  compiled.reduce((product, { at, value }) => product * value(values[at]!), 1);

/** z of each score vector, [k], by the standardised coefficients, as the scorer adds them up; `x` is the raw row of the values. */
export function scoresOf(
  { model, terms, offsets, intercept }: RowDesign,
  x: Float64Array,
  values: CellValues,
): number[] {
  const first = Number(intercept);
  return model.standardizedIntercepts.map((b, c) => {
    const add = (z: number, { standardized, mean, scale }: CompiledTerm, value: number): number =>
      z + (standardized[c]! * (value - mean)) / scale;
    const estimated = terms.reduce((z, term, j) => add(z, term, x[first + j]!), b);
    return offsets.reduce((z, term) => add(z, term, productOf(term, values)), estimated);
  });
}
