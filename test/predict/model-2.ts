/**
 * The hand-written model of format 2 in test/golden: three classes, a boolean, a category, two interactions, a
 * constant term, imputed cells; and its like for two classes. The formulas that judge the scorer are written
 * out here, from raw coefficients and without any of its code.
 */
import { readFileSync } from 'node:fs';
import type { Label, ModelFile, Row } from '../../src/predict.ts';

const read = (name: string): string => readFileSync(new URL(`../golden/${name}`, import.meta.url), 'utf8');

export const golden1 = read('model-1.0.json');
export const golden2 = read('model-2.0.json');

export interface Expected {
  readonly rows: readonly Row[];
  readonly probabilities: readonly number[][];
  /** [m][k] */
  readonly logOdds: readonly number[][];
}
export const expected1 = JSON.parse(read('model-1.0.predictions.json')) as Omit<Expected, 'logOdds'>;
export const expected2 = JSON.parse(read('model-2.0.predictions.json')) as Expected;

// biome-ignore lint/suspicious/noExplicitAny: what tests spoil is of no type.
export type Loose = any;

export const threeClasses = (): Loose => JSON.parse(golden2);

/** The first score vector of the three-class model as a model of two classes. */
export function twoClasses(target: { classes: readonly Label[]; reference: Label }): Loose {
  const file = threeClasses();
  return {
    ...file,
    target: { name: 'kind', ...target },
    threshold: 0.5,
    terms: file.terms.map((term: Loose) => ({
      ...term,
      coefficients: term.coefficients.slice(0, 1),
      standardized: term.standardized.slice(0, 1),
    })),
    intercepts: file.intercepts.slice(0, 1),
    standardizedIntercepts: file.standardizedIntercepts.slice(0, 1),
  };
}

/** z_c and Σ|term| of each class, from raw coefficients; cells are numbers, levels, or booleans as 'yes' and 'no'. */
export function byHand(model: ModelFile, cells: Readonly<Record<string, number | string>>) {
  return model.intercepts.map((intercept, c) => {
    const parts = model.terms.map(({ factors, coefficients }) => {
      let x = 1;
      for (const { column, basis } of factors) {
        x *= Number(basis.kind === 'level' ? cells[column] === basis.level : cells[column]);
      }
      return coefficients[c]! * x;
    });
    const all = [intercept, ...parts];
    return {
      z: all.reduce((sum, part) => sum + part, 0),
      size: all.reduce((sum, part) => sum + Math.abs(part), 0),
    };
  });
}
