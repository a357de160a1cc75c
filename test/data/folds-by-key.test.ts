/** Folds of whole keys: scikit-learn's where no ties decide, none divided, errors in words. */
import { expect, test } from 'vitest';
import { dealKeys, foldsByKey } from '../../src/data/split-by-key.ts';
import { LogisticRegression } from '../../src/index.ts';
import { createRandom } from '../../src/math/random.ts';
import { readJson } from '../support/data.ts';

const { cases } = readJson<{ cases: { folds: number; counts: number[][]; fold: number[] }[] }>('groups.json');

test.each(cases)("$folds folds are scikit-learn's StratifiedGroupKFold's", async ({ folds, counts, fold }) => {
  const dealt = await dealKeys(Float64Array.from(counts.flat()), {
    folds,
    seed: 1,
    classes: counts[0]!.length,
    name: 'school',
  });
  expect([...dealt]).toEqual(fold);
});

const random = createRandom(8);
const rows = Array.from({ length: 600 }, () => {
  const school = Math.floor(40 * random());
  const x = random() + school / 40;
  return { school: `school ${school}`, day: `day ${Math.floor(9 * random())}`, x, y: random() < x / 2 ? 1 : 0 };
});
const schools = [...new Set(rows.map(({ school }) => school))].sort();
const column = {
  kind: 'categorical',
  name: 'school',
  levels: schools,
  codes: Int32Array.from(rows, ({ school }) => schools.indexOf(school)),
  missing: { count: 0, tokens: {} },
} as const;
const classes = { codes: Int32Array.from(rows, ({ y }) => y), classes: [0, 1] };

test('no key is in two folds, classes are spread, and the seed decides', async () => {
  const all = Int32Array.from(rows.keys());
  const fold = await foldsByKey(all, column, classes, { folds: 5, seed: 3 });
  const folds = schools.map((school) => new Set(rows.flatMap((row, i) => (row.school === school ? [fold[i]] : []))));
  expect(folds.map(({ size }) => size)).toEqual(schools.map(() => 1));
  for (let f = 0; f < 5; f++) {
    for (const y of [0, 1]) {
      const share =
        rows.filter((row, i) => row.y === y && fold[i] === f).length / classes.codes.filter((c) => c === y).length;
      expect(Math.abs(share - 0.2)).toBeLessThan(2 / schools.length); // the share of two schools
    }
  }
  const other = await foldsByKey(all, column, classes, { folds: 5, seed: 4 });
  expect(String(other)).not.toBe(String(fold));
});

test('cluster and holdoutBy keep their rows together in cross-validation, and the report says by what', async () => {
  const truth = await foldsByKey(Int32Array.from(rows.keys()), column, classes, { folds: 4, seed: 1 });
  const sizes = [0, 1, 2, 3].map((f) => truth.filter((fold) => fold === f).length);
  const options = { folds: 4, terms: ['x'] };
  for (const by of [{ cluster: 'school' }, { holdoutBy: 'school' }, { holdoutBy: 'school', cluster: 'day' }]) {
    const { crossValidation } = (await new LogisticRegression({ ...options, ...by }).fit(rows, 'y')).training;
    expect(crossValidation!.by).toBe('school');
    expect(crossValidation!.folds.map((fold) => fold.rows)).toEqual(sizes);
    const held = rows.filter((_, i) => truth[i] === 2);
    const alone = await new LogisticRegression({ terms: ['x'] }).fit(
      rows.filter((_, i) => truth[i] !== 2),
      'y',
    );
    const { meanLogLoss } = await alone.evaluate(held, 'y');
    expect(crossValidation!.folds[2]!.metrics.meanLogLoss).toBeCloseTo(meanLogLoss!, 10);
  }
  const plain = await new LogisticRegression(options).fit(rows, 'y');
  expect(plain.training.crossValidation).not.toHaveProperty('by');
});

test('more folds than keys, and rows without one', async () => {
  const fit = (data: object[]) => new LogisticRegression({ terms: ['x'], cluster: 'school', folds: 41 }).fit(data, 'y');
  await expect(fit(rows)).rejects.toMatchObject({
    code: 'bad-option',
    message: 'folds: 41 folds cannot be made of 40 keys in school',
  });
  const some = rows.map((row, i) => (i === 3 ? { ...row, school: null } : row));
  const byKey = new LogisticRegression({ terms: ['x'], holdoutBy: 'school', folds: 4 }).fit(some, 'y');
  await expect(byKey).rejects.toMatchObject({ code: 'missing-cell', message: /^1 of 600 rows have no key in school/ });
});
