/** Columns that alone tell the classes apart, where cells are missing and filled in. */
import { describe, expect, test } from 'vitest';
import { LogisticRegression } from '../../src/index.ts';

type Cell = number | string | boolean | null;

/** Warnings of a fit that fills in missing cells of `u`, of so many rows of classes a, b, …; `v` tells nothing. */
async function warningsOf(...classes: Cell[][]): Promise<string[]> {
  const rows = classes.flatMap((cells, c) => cells.map((u, i) => ({ u, v: i % 2, y: 'abc'[c]! })));
  const { warnings } = await new LogisticRegression({ missing: 'impute', maxIterations: 20 }).fit(rows, 'y');
  return warnings.flatMap(({ code, message }) =>
    code === 'perfect-predictor' || code === 'quasi-separation' ? `${code} ${message.split(':')[0]}` : [],
  );
}

describe('numbers', () => {
  test('a column without values in a class, or in any, tells nothing', async () => {
    expect(await warningsOf([1, 2, 3, 4], [null, null, null, null])).toEqual([]);
    expect(await warningsOf([null, null], [null, null])).toEqual([]);
    expect(await warningsOf([1, 2, 1], [8, 9, 8], [null, null, null])).toEqual(['perfect-predictor u']);
    expect(await warningsOf([1, 2, 9], [8, 9, 8], [null, null, null])).toEqual([]);
  });

  test('ranges that stay apart with what fills them', async () => {
    expect(await warningsOf([1, 2, null], [8, 9, 8])).toEqual(['perfect-predictor u']);
    // Both filled by 5, where they touch: no perfect predictor any more, and still no finite estimate.
    expect(await warningsOf([1, 2, null], [8, 9, null])).toEqual([
      'quasi-separation for example (intercept) → −∞, u → +∞, v → −∞ (told apart',
    ]);
  });
});

describe('levels', () => {
  test('a column without values in a class, or in any, tells nothing by what is missing', async () => {
    expect(await warningsOf(['p', 'p', 'p', 'p'], [null, null, null, null])).toEqual([]);
    expect(await warningsOf([true, true, true], [null, null, null])).toEqual([]);
    expect(await warningsOf([null, null], [null, null])).toEqual([]);
  });

  test('a level is pure in the rows that have it once all are filled', async () => {
    // Filled by p, which has rows of both classes then; q has not.
    expect(await warningsOf(['p', 'p', 'p', 'q'], [null, null, null, null])).toEqual([
      'quasi-separation u=q (1 row, all a)',
    ]);
    expect(await warningsOf(['p', 'p', 'p', null], ['q', 'q', 'q'])).toEqual(['perfect-predictor u']);
    expect(await warningsOf([false, false, false], [true, true, null])).toEqual([
      // and, of the rows without it, no b has v = 1
      'quasi-separation u=true (2 rows, all b); for example v → −∞ (told apart',
    ]);
  });
});
