/** Columns of the design against R's model.matrix, and whole fits against R's glm (test/reference/scripts/terms.R). */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { tableFromMemory } from '../../src/data/from-memory.ts';
import { decideDesign } from '../../src/design/design.ts';
import { encodingsOf, termReader } from '../../src/design/encode.ts';
import { checkOptions } from '../../src/model/check-options.ts';
import { LogisticRegression } from '../../src/node.ts';
import { valueAt } from '../../src/predict/basis.ts';
import type { NumericBasis } from '../../src/predict/model-file.ts';

interface Columns {
  readonly formula: string;
  readonly names: string | readonly string[];
  readonly columns: readonly (readonly number[])[];
}
interface Fit {
  readonly formula: string;
  readonly coefficients: number | readonly number[];
  readonly standardErrors: number | readonly number[];
  readonly logLikelihood: number;
  readonly nullDeviance: number;
  readonly fitted: readonly number[];
}
const reference = JSON.parse(readFileSync('test/reference/terms.json', 'utf8')) as {
  readonly small: Record<string, (string | number)[]>;
  readonly cars: Record<string, number[]>;
  readonly new: Record<string, number[]>;
  readonly codings: readonly Columns[];
  readonly curves: readonly Columns[];
  readonly beyond: readonly Columns[];
  readonly fits: readonly Fit[];
  readonly tests: readonly { readonly formula: string; readonly terms: string[]; readonly statistics: number[] }[];
};
const births = 'test/reference/birthwt.csv';
const [header, ...lines] = readFileSync(births, 'utf8').replaceAll('"', '').split('\n');
/** Its first rows, each cell by its column. */
const birthRows = lines.slice(0, 5).map((line) => {
  const cells = line.split(',');
  return Object.fromEntries(header!.split(',').map((name, k) => [name, cells[k]!]));
});

/** jsonlite writes a list of one as its item. */
const listOf = <T>(items: T | readonly T[]): readonly T[] => (Array.isArray(items) ? items : [items as T]);
/** R's name of a column as it is here: without `=`, spaces and the letter case of true. */
const plain = (name: string): string =>
  name
    .replace(/relevelled\((\w+), ref = "\w+"\)/, '$1')
    .replace(/I\((\w+) - mean\(\w+\)\)/, 'center($1)')
    .replace(/[= ]/g, '')
    .toLowerCase();

async function designOf(data: Record<string, readonly (string | number)[]>, formula: string) {
  const rows = Object.values(data)[0]!.length;
  const y = Array.from({ length: rows }, (_, i) => Number(i % 3 === 0));
  const options = checkOptions({ formula });
  const { table } = await tableFromMemory({ ...data, y }, 'y', options);
  const design = await decideDesign(table, 'y', options);
  const list = { rows: Int32Array.from(y, (_, i) => i), ascending: true };
  return { ...design, encodings: encodingsOf(design.features, design.columns), list };
}

/** The largest difference, relative to the largest number of the column. */
function difference(own: ArrayLike<number>, truth: readonly number[]): number {
  const size = Math.max(...truth.map(Math.abs));
  return Math.max(...truth.map((value, i) => Math.abs(own[i]! - value))) / (size || 1);
}

// Terms of degree 5 have coefficients of about 10 in powers of t: 2^−53 · 10 · 6, beside the 15 digits of the file.
const tolerance = 1e-13;

describe.each([
  ['codings', reference.small],
  ['curves', reference.cars],
] as const)('%s of model.matrix', (kind, data) => {
  test.each(reference[kind].map((columns) => [columns.formula, columns] as const))('%s', async (formula, truth) => {
    const { terms, encodings, list } = await designOf(data, formula);
    expect(terms.map(({ name }) => plain(name))).toEqual(listOf(truth.names).map(plain));
    for (const [j, term] of terms.entries()) {
      const column = new Float64Array(list.rows.length);
      termReader(term, encodings, list)(0, column);
      expect(difference(column, truth.columns[j]!), term.name).toBeLessThanOrEqual(tolerance);
    }
  });
});

test.each(reference.beyond.map((columns) => [columns.formula, columns] as const))(
  'beyond the training rows: %s',
  async (formula, truth) => {
    const { terms } = await designOf(reference.cars, formula);
    for (const [j, { factors }] of terms.entries()) {
      const { column, basis } = factors[0]!;
      const own = reference.new[column]!.map((x) => valueAt(basis as NumericBasis, x));
      // A polynomial far outside its range is as large as the sum of its terms.
      expect(difference(own, truth.columns[j]!), factors[0]!.column).toBeLessThanOrEqual(1e-11);
    }
  },
);

test.each(reference.fits.map((fit) => [fit.formula, fit] as const))('glm: %s', async (formula, truth) => {
  const model = await new LogisticRegression({ formula, inference: true }).fit(births);
  const { coefficients, logLikelihood, nullDeviance } = model.summary();
  const estimated = coefficients.filter(({ note }) => note === undefined);
  expect(
    difference(
      estimated.map(({ estimate }) => estimate),
      listOf(truth.coefficients),
    ),
  ).toBeLessThanOrEqual(1e-10);
  expect(
    difference(
      estimated.map(({ standardError }) => standardError!),
      listOf(truth.standardErrors),
    ),
  ).toBeLessThanOrEqual(1e-10);
  expect(Math.abs(logLikelihood! / truth.logLikelihood - 1)).toBeLessThanOrEqual(1e-12);
  expect(Math.abs(nullDeviance! / truth.nullDeviance - 1)).toBeLessThanOrEqual(1e-10);
  const own = model.predictProba(birthRows).map(([, p]) => p!);
  expect(difference(own, truth.fitted)).toBeLessThanOrEqual(1e-10);
});

test.each(reference.tests.map((own) => [own.formula, own] as const))('type II tests: %s', async (formula, truth) => {
  const model = await new LogisticRegression({ formula, inference: true }).fit(births);
  const { terms } = model.summary();
  expect(terms.map(({ term }) => term)).toEqual(truth.terms.map((term) => term.replaceAll('factor(race)', 'race')));
  const own = terms.map(({ likelihoodRatio }) => likelihoodRatio!.statistic);
  expect(difference(own, truth.statistics)).toBeLessThanOrEqual(1e-9);
});
