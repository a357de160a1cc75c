/** Cluster-robust standard errors against R's sandwich::vcovCL (test/reference/effects.json), and what a column of clusters is. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { LogisticRegression, type Options } from '../../src/node.ts';
import { groupedSums } from '../../src/rows/grouped.ts';
import { randomRows, readJson, readReference } from '../support/data.ts';
import '../support/tensorflow.ts';

const { cluster: byR } = readJson<{ cluster: Record<string, number[]> }>('effects.json');
const read = (file: string) => {
  const { header, rows } = readReference(file);
  return rows.map((row) => Object.fromEntries(header.map((name, j) => [name, Number(row[j])])));
};
const mtcars = read('mtcars.csv').map((row, i) => ({ ...row, cyl: byR.cyl![i]!, s: 1 + (i % 3) }));
const birthwt = read('birthwt.csv').map((row) => ({ ...row, race: `race ${row.race}`, group: row.age! }));

const errorsOf = async (rows: object[], target: string, options: Options) => {
  const model = await new LogisticRegression(options).fit(rows as Record<string, number>[], target);
  return { model, errors: model.summary().coefficients.map(({ standardError }) => standardError!) };
};
function all(found: readonly number[], truth: readonly number[], tolerance = 1e-10): void {
  expect(found).toHaveLength(truth.length);
  for (const [j, value] of found.entries())
    expect(Math.abs(value / truth[j]! - 1), `${value} against ${truth[j]}`).toBeLessThanOrEqual(tolerance);
}

describe('as vcovCL', () => {
  const wt = { only: ['wt'], cluster: 'cyl' };
  const eight = { only: ['age', 'lwt', 'race', 'smoke', 'ptl', 'ht', 'ui'], cluster: 'group' };
  const cases: [string, object[], string, Options][] = [
    ['CR1', mtcars, 'am', wt],
    ['CR0', mtcars, 'am', { ...wt, robust: 'CR0' }],
    ['weightedByCylCR1', mtcars, 'am', { only: ['wt', 'hp'], weights: 's', cluster: 'cyl' }],
    ['birthwtByAgeCR1', birthwt, 'low', eight],
    ['birthwtByAgeCR1', birthwt, 'low', { ...eight, folds: 3 }],
    ['birthwtByAgeCR1', birthwt, 'low', { ...eight, precision: 'float32' }],
  ];
  test.each(cases)('%s', async (id, rows, target, options) => {
    // Rows in float32 are those of another fit by that rounding.
    all((await errorsOf(rows, target, options)).errors, byR[id]!, options.precision ? 2 ** -20 : 1e-10);
  });
});

test('each row a cluster of its own: CR0 is HC0; no likelihood-ratio tests are made of clustered rows', async () => {
  const rows = mtcars.map((row, i) => ({ ...row, id: `car ${i}` }));
  const { errors, model } = await errorsOf(rows, 'am', { only: ['wt'], cluster: 'id', robust: 'CR0' });
  all(errors, (await errorsOf(rows, 'am', { only: ['wt'], robust: 'HC0' })).errors);
  expect(model.columns).toEqual(['wt']);
  expect(model.warnings).toEqual([]);
  const { likelihoodRatio, aic, terms, clusters, covarianceType, notes } = model.summary();
  expect({ likelihoodRatio, aic, clusters, covarianceType, notes }).toEqual({
    likelihoodRatio: null,
    aic: null,
    clusters: { column: 'id', count: 32 },
    covarianceType: 'CR0',
    notes: [
      'rows of each of the 32 clusters in id may depend on one another: no likelihood-ratio tests, no profile intervals',
    ],
  });
  expect(terms[0]).toMatchObject({ term: 'wt', likelihoodRatio: null, wald: { df: 1 } });
});

test('likelihoods of clustered rows are not compared', async () => {
  const [small, large] = [['wt'], ['wt', 'hp']].map((only) => errorsOf(mtcars, 'am', { only, cluster: 'cyl' }));
  const other = (await large!).model;
  await expect((await small!).model.compare(other)).rejects.toMatchObject({ code: 'not-nested', message: /clusters/ });
});

test('fewer than 30 clusters are warned of', async () => {
  const { model } = await errorsOf(mtcars, 'am', { only: ['wt'], cluster: 'cyl' });
  expect(model.warnings).toMatchObject([{ code: 'few-clusters', columns: ['cyl'], message: /^3 clusters in cyl/ }]);
});

test('a column of clusters of a file is text whatever it looks like, no feature, and never an identifier', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'logistic-'));
  try {
    const lines = mtcars.map(({ wt, am, cyl }: Record<string, number>) => `${wt},${am},00${cyl}`);
    await writeFile(join(folder, 'cars.csv'), `wt,am,cyl\n${lines.join('\n')}\n`);
    for (const options of [{}, { only: ['wt'] }, { drop: ['cyl'] }]) {
      const model = await new LogisticRegression({ cluster: 'cyl', ...options }).fit(join(folder, 'cars.csv'), 'am');
      expect(model.columns).toEqual(['wt']);
      all(
        model.summary().coefficients.map(({ standardError }) => standardError!),
        byR.CR1!,
      );
      expect(model.warnings.map(({ code }) => code)).toEqual(['few-clusters']);
    }
    const far = (options: Options) =>
      new LogisticRegression({ cluster: 'cyl', ...options }).fit(join(folder, 'cars.csv'), 'am');
    await expect(far({ rows: 'disk' })).rejects.toMatchObject({ code: 'bad-option', message: /^cluster: / });
    // Rows that would go to disk by themselves stay.
    const kept = await far({ memory: 10 });
    expect(kept.warnings.map(({ code }) => code)).toEqual(['much-memory', 'few-clusters']);
    expect(kept.summary().clusters).toEqual({ column: 'cyl', count: 3 });
  } finally {
    await rm(folder, { recursive: true });
  }
});

test('what has no clusters is refused', async () => {
  const missing = mtcars.map((row, i) => ({ ...row, cyl: i === 4 || i === 9 ? null : row.cyl }));
  const refused: [object[], Options, object][] = [
    [
      missing,
      { cluster: 'cyl' },
      { code: 'missing-cell', message: '2 of 32 rows have no cluster in cyl, row 5 first' },
    ],
    [mtcars.map((row) => ({ ...row, cyl: 4 })), { cluster: 'cyl' }, { code: 'bad-option' }],
    [mtcars, { cluster: 'cyls' }, { code: 'unknown-column' }],
  ];
  for (const [rows, options, error] of refused) {
    await expect(errorsOf(rows, 'am', options)).rejects.toMatchObject(error);
  }
  const wrong: Options[] = [{ robust: 'CR1' }, { robust: 'HC1', cluster: 'cyl' }];
  for (const options of wrong) expect(() => new LogisticRegression(options)).toThrow(/cluster|independent/);
});

test('sums by group add up to the sum over all rows, whatever the runs they are read in', async () => {
  const source = randomRows({ m: 9000, n: 3, seed: 5 });
  const codes = Int32Array.from({ length: 9000 }, (_, i) => i % 7);
  const r = Float64Array.from({ length: 9000 }, (_, i) => Math.sin(i));
  const sums = await groupedSums(source, r, { codes, count: 7 });
  const third = source.numbers[2]!.reduce((sum, x, i) => sum + (codes[i] === 3 ? r[i]! * x : 0), 0);
  expect(Math.abs(sums[3 * 4 + 2]! - third)).toBeLessThan(1286 * 2 ** -53 * 1286);
  const ones = r.reduce((sum, value, i) => sum + (codes[i] === 6 ? value : 0), 0);
  expect(Math.abs(sums[6 * 4 + 3]! - ones)).toBeLessThan(1286 * 2 ** -53 * 1286);
});
