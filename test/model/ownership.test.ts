/** Whose numbers they are: the columns of a table that is handed over are freed while they are placed; a program's stay. */
import { expect, test } from 'vitest';
import type { NumericColumn, Table } from '../../src/data/table.ts';
import { LogisticRegression } from '../../src/index.ts';
import { checkOptions } from '../../src/model/check-options.ts';
import { fit } from '../../src/model/fit.ts';
import type { Options } from '../../src/model/options.ts';
import { tableDataset } from '../../src/model/placed.ts';
import { randomRows } from '../support/data.ts';

const m = 3000;

async function fitted(options: Options) {
  const { numbers } = randomRows({ m, n: 5, seed: 8 });
  const y = numbers[0]!.map((x, i) => (x > 0 !== (i % 5 === 0) ? 1 : 0)); // four of five rows tell their class
  const missing = { count: 0, tokens: {} };
  const numeric = (name: string, values: Float64Array): NumericColumn => ({ kind: 'numeric', name, values, missing });
  const features = numbers.map((values, j) => numeric(`x${j}`, values));
  const table: Table = {
    rows: m,
    columns: [...features, numeric('y', y)],
    leftOut: [],
    source: 'd.csv',
    badRows: 0,
    warnings: [],
  };
  const model = await fit(tableDataset(table), 'y', checkOptions(options), {});
  return { model, left: features.map(({ values }) => values.length) };
}

test('columns are freed when they have been placed, and held-out rows are measured where they were placed', async () => {
  expect((await fitted({})).left).toEqual([0, 0, 0, 0, 0]);
  const { model, left } = await fitted({ holdout: 0.3 });
  expect(left).toEqual([0, 0, 0, 0, 0]);
  expect(model.training.metrics.holdout?.rows).toBe(900);
  expect(model.training.metrics.holdout?.auc).toBeGreaterThan(0.6); // 0.5 if they were gone
});

test('what a program gives is its own after the fit', async () => {
  const { numbers, labels } = randomRows({ m, n: 2, seed: 9 });
  const [a, b] = [numbers[0]!, numbers[1]!];
  const y = Float64Array.from(labels);
  const given = {
    flat: a.slice(),
    rows: Array.from(y, (_, i) => Float64Array.of(a[i]!, b[i]!)),
    objects: Array.from(y, (_, i) => ({ a: a[i]!, b: b[i]!, y: y[i]! })),
    columns: { a: a.slice(), b: b.slice(), y: y.slice() },
    labels: y.slice(),
    sampleWeight: Float64Array.from(y, (_, i) => 1 + (i % 3)),
  };
  const kept = structuredClone(given);
  const fits = async () => (await fitAll()).map((model) => JSON.stringify(model));
  const fitAll = async () => [
    await new LogisticRegression().fit(given.flat, given.labels),
    await new LogisticRegression().fit(given.rows, given.labels, { sampleWeight: given.sampleWeight }),
    await new LogisticRegression().fit(given.objects, 'y'),
    await new LogisticRegression().fit(given.columns, 'y'),
  ];
  const once = await fits();
  expect(given).toEqual(kept);
  expect(await fits()).toEqual(once);
});
