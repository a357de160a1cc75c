/** Rows that a fit does not use: why a class lost its last one, and what is said of labels and weights. */
import { describe, expect, test } from 'vitest';
import { LogisticRegression, type Options } from '../../src/index.ts';

const a = { u: 1, v: 1, s: 1, y: 'a' };
const b = { ...a, y: 'b' };
const fit = (rows: object[], options: Options = {}) =>
  new LogisticRegression({ l2: 1, ...options }).fit(rows as never, 'y');

test('rows that are not used are warned of, with their reasons', async () => {
  const given = [a, b, a, b, { ...a, u: null }, { ...b, y: null }, { ...b, s: 0 }, { ...b, s: 0 }];
  const { warnings } = await fit(given, { weights: 's' });
  expect(warnings.filter(({ code }) => code === 'dropped-rows')).toEqual([
    {
      code: 'dropped-rows',
      message: '4 of 8 rows are not used: 1 with a missing cell, 1 without a label, 2 of weight 0',
    },
  ]);
  expect((await fit([a, b, a, b])).warnings.map(({ code }) => code)).not.toContain('dropped-rows');
});

describe('one class is left, or none', () => {
  const missing = { hint: expect.stringMatching(/^impute .*--drop u\)$/) };
  const weightless = { hint: 'give those rows a weight' };
  test.each<[string, object[], Options, object]>([
    [
      'missing cells',
      [a, a, { ...b, u: null }, { ...b, v: null }],
      {},
      {
        code: 'one-class',
        message: 'the target y has one class only, "a" (2 rows), once rows with a missing cell in u, v are dropped',
        ...missing,
      },
    ],
    [
      'weight 0, though a cell is missing that is filled in',
      [a, a, { ...b, u: null, s: 0 }, { ...b, s: 0 }],
      { missing: 'impute', weights: 's' },
      {
        code: 'one-class',
        message: 'the target y has one class only, "a" (2 rows), once rows without a weight above 0 are left out',
        ...weightless,
      },
    ],
    [
      'both',
      [a, { ...b, u: null }, { ...b, s: 0 }, { ...b, s: null }],
      { weights: 's' },
      {
        code: 'one-class',
        message:
          'the target y has one class only, "a" (1 rows), once rows with a missing cell in u are dropped and rows without a weight above 0 are left out',
        hint: 'impute (--missing impute), or leave the column out (--drop u); give those rows a weight',
      },
    ],
    [
      'every row has a missing cell',
      [
        { ...a, u: null },
        { ...b, u: null },
      ],
      {},
      { code: 'empty', message: 'no row is left once rows with a missing cell in u are dropped', ...missing },
    ],
    [
      'every weight is 0',
      [
        { ...a, s: 0 },
        { ...b, s: 0 },
      ],
      { weights: 's' },
      { code: 'bad-weights', message: 'no row has a weight above 0', ...weightless },
    ],
  ])('%s', async (_, rows, options, error) => {
    await expect(fit(rows, options)).rejects.toMatchObject({ name: 'LogisticError', ...error });
  });

  test('a third class is a warning with its own reason', async () => {
    const rows = [a, { ...a, u: 2 }, b, { ...b, u: 3 }, { ...a, y: 'c', s: 0 }, { ...a, y: 'd', u: null }];
    const model = await fit(rows, { weights: 's' });
    expect(model.warnings.filter(({ code }) => code === 'lost-class').map(({ message }) => message)).toEqual([
      'the class "c" of y has no row left once rows without a weight above 0 are left out, so the model does not know it',
      'the class "d" of y has no row left once rows with a missing cell in u are dropped, so the model does not know it',
    ]);
  });
});

test('a label that is missing is no cell to fill in', async () => {
  const rows = [a, b, { ...a, y: null }];
  await expect(fit(rows, { missing: 'error' })).rejects.toMatchObject({
    code: 'missing-cell',
    message: 'row 3: the label is missing',
    hint: "give the row a label; missing: 'drop' leaves out rows without one",
  });
});

test.each<[unknown, string]>([
  [true, 'the weights column s holds booleans, not numbers'],
  ['yes', 'the weights column s holds booleans, not numbers'],
  ['many', 'the weights column s holds strings, not numbers'],
  [-1, 'row 1, column s: the number -1 is not a sample weight'],
])('weights of %j', async (s, message) => {
  await expect(
    fit(
      [
        { ...a, s },
        { ...b, s },
      ],
      { weights: 's' },
    ),
  ).rejects.toMatchObject({ code: 'bad-weights', message });
});
