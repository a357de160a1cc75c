/** What Node's console shows of a model. */
import { inspect } from 'node:util';
import { expect, test } from 'vitest';
import { FittedLogisticRegression, LogisticRegression, type Options } from '../../src/index.ts';

const rows = Array.from({ length: 30 }, (_, i) => ({
  age: (i * 7) % 11,
  sex: 'mf'[i % 2]!,
  two: i % 3 === 0 ? 'yes' : 'no',
  three: 'abc'[(i * i) % 3 === 0 ? 2 : i % 2]!,
}));
const shown = async (target: string, options: Options) =>
  inspect({ model: await new LogisticRegression(options).fit(rows, target) });

test('a line that says what it is', async () => {
  expect(await shown('two', { only: ['age', 'sex'] })).toMatch(
    /^\{\n? +model: FittedLogisticRegression \{ two: yes against no; from age, sex; 30 rows; log loss 0\.6\d\d\d?; converged \}\n?/,
  );
  expect(await shown('three', { terms: [], reference: 'b' })).toMatch(
    /three: a, c against b; the intercept alone; 30 rows;/,
  );
});

test('of many columns their number, of a file without a report what there is', async () => {
  const x = rows.map((_, i) => Array.from({ length: 8 }, (__, j) => (i * (j + 2)) % 7));
  const model = await new LogisticRegression({ l2: 1 }).fit(
    x,
    rows.map(({ two }) => two),
  );
  expect(inspect(model)).toContain('y: yes against no; from 8 columns; 30 rows;');
  const file = { ...model.toJSON(), training: {} };
  expect(inspect(FittedLogisticRegression.fromJSON(file))).toMatch(/from 8 columns; converged \}$/);
  expect(Object.keys(model)).toEqual([]);
});
