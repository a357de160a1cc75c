/** Columns that end: their memory is freed by an explicit move. */
import { expect, test } from 'vitest';
import { numericColumn } from '../../src/data/numbers.ts';
import { freeNumbers } from '../../src/data/table.ts';

test('freed numbers are gone at once, and the column is empty', () => {
  const values = Float64Array.of(1, Number.NaN, 3);
  const column = numericColumn('x', values);
  expect(column.missing).toEqual({ count: 1, tokens: { NaN: 1 } });
  freeNumbers(column);
  expect([values.byteLength, column.values.length]).toEqual([0, 0]); // the buffer is detached
});
