/** Terms of a design: their names are distinct, level codes stay codes, and the scaling of an indicator is that of its numbers. */

import { expect, test } from 'vitest';
import type { Table } from '../../src/data/table.ts';
import { decideDesign } from '../../src/design/design.ts';
import { encodingsOf, termReader } from '../../src/design/encode.ts';
import { measureScaling } from '../../src/design/scale.ts';
import { sourceOf } from '../../src/design/source.ts';
import { LogisticRegression } from '../../src/index.ts';
import { createRandom } from '../../src/math/random.ts';
import { checkOptions } from '../../src/model/check-options.ts';
import { featuresOf } from '../../src/rows/source.ts';

test('two columns that give a term of the same name are an error that names both', async () => {
  const rows = ['b', 'c', 'b', 'c', 'd', 'd'].map((a, i) => ({ a, 'a=c': i % 4, y: i % 2 }));
  await expect(new LogisticRegression({ l2: 1 }).fit(rows, 'y')).rejects.toMatchObject({
    code: 'duplicate-terms',
    message: 'columns "a" and "a=c" both have a term "a=c"',
    details: { columns: ['a', 'a=c'], term: 'a=c' },
  });
});

const random = createRandom(3);
const m = 700;
const codes = Int32Array.from({ length: m }, () => Math.floor(4 * random()));
const missing = { count: 0, tokens: {} };
const table: Table = {
  rows: m,
  columns: [
    { kind: 'categorical', name: 'g', levels: ['p', 'q', 'r', 's'], codes, missing },
    { kind: 'boolean', name: 'b', words: ['no', 'yes'], codes: codes.map((code) => code % 2), typed: false, missing },
    { kind: 'numeric', name: 'x', values: Float64Array.from(codes, () => random()), missing },
    { kind: 'numeric', name: 's', values: Float64Array.from(codes, () => 1 + Math.floor(3 * random())), missing },
    { kind: 'numeric', name: 'y', values: Float64Array.from(codes, () => Math.floor(3 * random())), missing },
  ],
  source: 'test',
  leftOut: [],
  badRows: 0,
  warnings: [],
};

test('a category is one column of codes, whose indicators have the mean and deviation of their numbers', async () => {
  const design = await decideDesign(table, 'y', checkOptions({ weights: 's', only: ['g', 'x'] }));
  const source = sourceOf(design, design.part);
  expect(source.columns.map(({ kind }) => kind)).toEqual(['levels', 'dense']);
  expect(source.columns[0]).toMatchObject({ fitted: [1, 2, 3] });
  const features = featuresOf(source);
  expect(features).toHaveLength(4);
  for (const { mean, scale, read } of features) {
    const truth = await measureScaling(read, { count: m, weights: source.weights });
    expect(Math.abs(mean - truth.mean)).toBeLessThanOrEqual(16 * Number.EPSILON);
    expect(Math.abs(scale / truth.scale - 1)).toBeLessThanOrEqual(16 * Number.EPSILON);
  }
});

test('terms that are left out of the fit are no features, and the others keep their codes', async () => {
  // yes is the levels q and s: the indicator of s is 1 where yes is and q is not.
  const design = await decideDesign(table, 'y', checkOptions({ only: ['b', 'g'] }));
  expect(design.terms.map(({ name, excluded }) => [name, excluded])).toEqual([
    ['g=q', undefined],
    ['g=r', undefined],
    ['g=s', undefined],
    ['b=yes', 'dependent'],
  ]);
  expect(sourceOf(design, design.part).columns).toHaveLength(1);
});

test('a function in a product is evaluated where the indicators beside it are 1', () => {
  const encodings = encodingsOf(
    [
      { kind: 'numeric', column: 'x', impute: null },
      { kind: 'categorical', column: 'g', levels: ['a', 'b'], impute: null },
    ],
    [
      { kind: 'numeric', name: 'x', missing, values: Float64Array.of(-1, 4, 9, -1) },
      { kind: 'categorical', name: 'g', missing, levels: ['a', 'b'], codes: Int32Array.of(0, 1, 1, 0) },
    ],
  );
  const factors = [
    { column: 'x', basis: { kind: 'sqrt' } },
    { column: 'g', basis: { kind: 'level', level: 'b' } },
    { column: 'x', basis: { kind: 'identity' } },
  ] as const;
  const list = { rows: Int32Array.of(0, 1, 2, 3), ascending: true };
  const values = new Float64Array(4);
  termReader({ name: 'sqrt(x):g=b:x', group: 'sqrt(x):g:x', factors }, encodings, list)(0, values);
  expect([...values]).toEqual([0, 8, 27, 0]); // not √−1 · 0
});
