/** Columns that alone tell two classes apart in almost every row are named, and good predictors are not. */
import { expect, test } from 'vitest';
import { LogisticRegression, type Options } from '../../src/index.ts';
import { createRandom } from '../../src/math/random.ts';
import { LogisticRegression as WithFiles } from '../../src/node.ts';
import '../support/tensorflow.ts';

const random = createRandom(12);
const m = 3000;
const y = Array.from({ length: m }, () => Number(random() < 0.3));
/** The label, wrong in so many rows, on top of a little noise. */
const leaking = (wrong: number): number[] =>
  y.map((own, i) => (i % Math.floor(m / wrong) === 5 ? 1 - own : own) + random() / 4);

const leaksOf = async (columns: Record<string, (number | string)[]>, options: Options = {}) => {
  const { warnings } = await new LogisticRegression(options).fit({ ...columns, y }, 'y');
  return warnings.flatMap(({ code, columns: of }) => (code === 'possible-leak' ? of : []));
};

test('a number in almost every row, whichever way it points; not one that errs in one row of a hundred', async () => {
  const falling = leaking(1).map((x) => -x);
  expect(await leaksOf({ almost: leaking(1), falling, good: leaking(30), noise: y.map(() => random()) })).toEqual([
    'almost',
    'falling',
  ]);
});

test('a category in almost every row; not one whose many levels learn the rows by heart', async () => {
  const state = leaking(1).map((x, i) => (x >= 1 ? ['sent', 'received'] : ['open', 'new', 'held'])[i % 2]!);
  expect(await leaksOf({ state, noise: y.map(() => random()) }, { l2: 1 })).toEqual(['state']);
  // Of nearly every level there is one row.
  const few = Array.from({ length: 400 }, (_, i) => ({
    ticket: `ticket ${Math.max(9, i)}`,
    noise: random(),
    y: i < 10 ? i % 2 : y[i]!,
  }));
  const { warnings, columns } = await new LogisticRegression({ l2: 1 }).fit(few, 'y');
  expect(columns).toContain('ticket');
  expect(warnings.filter(({ code }) => code === 'possible-leak')).toEqual([]);
});

test('not a column of one level, nor one whose levels all have the same share', async () => {
  const half = Array.from({ length: 400 }, (_, i) => ({
    one: 'Y',
    two: 'ab'[(i >> 1) % 2]!,
    noise: random(),
    y: i % 2,
  }));
  const { warnings } = await new LogisticRegression().fit(half, 'y');
  expect(warnings.map(({ code }) => code)).toEqual(['constant-column']);
});

test('a column that tells them apart in every row is a perfect predictor, and no other warning', async () => {
  const { warnings } = await new LogisticRegression({ l2: 1 }).fit({ x: y.map((own) => own + random() / 4), y }, 'y');
  expect(warnings.map(({ code }) => code)).toEqual(['perfect-predictor']);
});

test('data with strong predictors that are none', async () => {
  const files: [string, string][] = [
    ['examples/data/wdbc.csv', 'diagnosis'],
    ['test/reference/birthwt.csv', 'smoke'],
    ['test/reference/endometrial.csv', 'HG'],
  ];
  for (const [file, target] of files) {
    const { warnings } = await new WithFiles({ l2: 0.1 }).fit(file, target);
    expect(warnings.filter(({ code }) => code === 'possible-leak')).toEqual([]);
  }
});
