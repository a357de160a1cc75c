/** Whose numbers they are: a file's columns go while they are placed, unless they are wanted again; all others stay. */
import { expect, test } from 'vitest';
import type { NumericColumn, Table } from '../../src/data/table.ts';
import { LogisticRegression } from '../../src/index.ts';
import { fit } from '../../src/model/fit.ts';
import { checkOptions, type Options } from '../../src/model/options.ts';
import { randomRows } from '../support/data.ts';

const m = 3000;

async function fitted(isOwned: boolean, options: Options) {
  const { columns, y } = randomRows({ m, n: 5, seed: 8 });
  const missing = { count: 0, tokens: {} };
  const numeric = (name: string, values: Float64Array): NumericColumn => ({ kind: 'numeric', name, values, missing });
  const features = columns.map((values, j) => numeric(`x${j}`, values));
  const table: Table = {
    rows: m,
    columns: [...features, numeric('y', y)],
    isOwned,
    leftOut: [],
    source: 'd.csv',
    badRows: 0,
    warnings: [],
  };
  const model = await fit(table, 'y', checkOptions(options), {});
  return { model, left: features.map(({ values }) => values.length) };
}

test('columns that the fit owns are gone after it, others are not, and the models are equal', async () => {
  const [owned, lent] = [await fitted(true, {}), await fitted(false, {})];
  expect(owned.left).toEqual([0, 0, 0, 0, 0]);
  expect(lent.left).toEqual([m, m, m, m, m]);
  expect(owned.model).toEqual(lent.model);
});

test('held-out rows are measured on columns that are still there', async () => {
  const [owned, lent] = [await fitted(true, { holdout: 0.3 }), await fitted(false, { holdout: 0.3 })];
  expect(owned.left).toEqual([m, m, m, m, m]);
  expect(owned.model.training.metrics.holdout).toEqual(lent.model.training.metrics.holdout);
  expect(owned.model.training.metrics.holdout?.rows).toBe(900);
});

test('an array that a program gives is its own after the fit', async () => {
  const { columns, y } = randomRows({ m, n: 1, seed: 9 });
  const x = columns[0]!.slice();
  const once = await new LogisticRegression().fit(x, y);
  expect(x).toEqual(columns[0]);
  expect(await new LogisticRegression().fit(x, y)).toEqual(once);
});
