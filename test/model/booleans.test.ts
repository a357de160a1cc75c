/** true and false among numbers: 1 and 0 in training, and the same in prediction. */
import { describe, expect, test } from 'vitest';
import { LogisticRegression } from '../../src/index.ts';
import { loadScorer } from '../../src/predict.ts';
import { t8Labels, t8X } from '../support/t8.ts';

const flags = t8X.map((x) => x === 1);

describe('a boolean cell of a numeric feature', () => {
  test('of a matrix', async () => {
    const model = await new LogisticRegression().fit(flags.map((u) => [u]) as never, t8Labels);
    const numbers = await new LogisticRegression().fit(
      t8X.map((u) => [u]),
      t8Labels,
    );
    expect(model.coefficients).toEqual(numbers.coefficients);
    expect(model.predictProba([[false], [true]])).toEqual(numbers.predictProba([[0], [1]]));
  });

  test('of objects whose column is said to be numeric', async () => {
    const rows = flags.map((u, i) => ({ u, y: t8Labels[i]! }));
    const model = await new LogisticRegression({ numeric: ['u'] }).fit(rows, 'y');
    expect(model.toJSON().features).toMatchObject([{ kind: 'numeric', column: 'u' }]);
    expect(model.predict(rows)).toEqual(model.predict(t8X.map((u) => ({ u }))));
    expect(loadScorer(model.toJSON()).predict({ u: true })).toBe(1);
    expect(model.scoreRow({ u: 'true' })).toEqual({ problem: 'u: `true` is not a finite number' });
  });
});
