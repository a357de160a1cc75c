/** Predictions of a fitted model for raw rows: matched by name, categories never seen, and scored by hand from the file. */
import { describe, expect, test } from 'vitest';
import { LogisticRegression } from '../../src/index.ts';
import { t8Labels, t8X } from '../support/t8.ts';

const close = (found: number, truth: number, tolerance = 1e-12): void => {
  expect(Math.abs(found - truth)).toBeLessThanOrEqual(tolerance);
};

describe('B52: columns are matched by name', () => {
  const rows = t8X.flatMap((a, i) =>
    [0, 1].map((k) => ({ a, b: Math.sin(3 * i + k), c: Math.cos(5 * i - k), y: t8Labels[i]! })),
  );
  const fit = () => new LogisticRegression().fit(rows, 'y');

  test('order of keys, extra keys and the target do not matter; a missing one is named', async () => {
    const model = await fit();
    const [expected] = await model.predictProba([{ a: 1, b: 0.5, c: -0.5 }]);
    expect((await model.predictProba([{ c: -0.5, b: 0.5, a: 1 }]))[0]).toEqual(expected);
    expect((await model.predictProba([{ extra: 'e', y: 1, c: -0.5, b: 0.5, a: 1 }]))[0]).toEqual(expected);
    expect((await model.predictProba([[1, 0.5, -0.5]]))[0]).toEqual(expected);
    const misspelled = { a: 1, B: 0.5, c: -0.5 };
    expect(() => model.predictProba([misspelled])).toThrow(
      expect.objectContaining({
        code: 'missing-column',
        message: expect.stringContaining('"b"'),
        hint: expect.stringContaining('"B"'),
      }),
    );
    expect(() => model.predict([[1, 2]])).toThrow(
      expect.objectContaining({
        code: 'row-width',
        message: expect.stringContaining('a, b, c'),
      }),
    );
  });
});

describe('B53: categories that training never saw', () => {
  const model = new LogisticRegression().fit(
    t8X.map((x, i) => ({ x: x === 0 ? 'blue' : 'red', y: t8Labels[i]! })),
    'y',
  );

  test('the default is an error that names row, column and category; ignore is the reference, with a note', async () => {
    const fitted = await model;
    expect(() => fitted.predict([{ x: 'red' }, { x: 'green' }])).toThrow(
      expect.objectContaining({
        code: 'unpredictable-row',
        message: 'row 2: x: unseen category `green`',
      }),
    );
    const [reference] = await fitted.predictProba([{ x: 'blue' }]);
    expect((await fitted.predictProba([{ x: 'green' }], { unseen: 'ignore' }))[0]).toEqual(reference);
    expect(fitted.scoreRow({ x: 'green' }, { unseen: 'ignore' })).toMatchObject({
      notes: ['x: unseen category `green`, taken as the reference'],
    });
  });

  test('spaces are trimmed, case is kept, blank is missing, a number matches its text', async () => {
    const fitted = await model;
    expect(await fitted.predict([{ x: ' red' }])).toEqual([1]);
    expect(fitted.scoreRow({ x: 'Red' })).toEqual({ problem: 'x: unseen category `Red`' });
    expect(fitted.scoreRow({ x: '' })).toEqual({ problem: 'x is missing' });
    expect(fitted.scoreRow({ x: null })).toEqual({ problem: 'x is missing' });
    const coded = await new LogisticRegression().fit(
      t8X.map((x, i) => ({ x: String(x), y: t8Labels[i]! })),
      'y',
    );
    close((await coded.predictProba([{ x: 1 }]))[0]![1]!, 0.75);
  });
});

describe('B54: scoring by hand from the raw coefficients of the file', () => {
  test('large offsets, large integers, categories, rows near the threshold', async () => {
    const rows = Array.from({ length: 400 }, (_, i) => ({
      t: 1e6 + (i % 20),
      n: 5e7 + 1e5 * ((i * 37) % 101),
      g: ['p', 'q', 'r'][(i * 7) % 3]!,
      y: (i * i + 3 * i) % 7 < 3 ? 'no' : 'yes',
    }));
    const model = await new LogisticRegression().fit(rows, 'y');
    const { intercepts, terms, threshold } = JSON.parse(JSON.stringify(model)) as ReturnType<typeof model.toJSON>;
    const byHand = (row: Record<string, unknown>): number => {
      let z = intercepts[0]!;
      for (const { factors, coefficients } of terms) {
        const { column, basis } = factors[0]!;
        const x = Number(basis.kind === 'level' ? row[column] === basis.level : row[column]);
        z += coefficients[0]! * x;
      }
      return 1 / (1 + Math.exp(-z));
    };
    const flip = rows.reduce((best, row) => (Math.abs(byHand(row) - 0.5) < Math.abs(byHand(best) - 0.5) ? row : best));
    const t = flip.t - Math.log(byHand(flip) / (1 - byHand(flip))) / terms[0]!.coefficients[0]!;
    const close1 = [t - 1e-5, t + 1e-5].map((value) => ({ ...flip, t: value }));
    const all = [...rows, ...close1];
    const proba = await model.predictProba(all);
    const predicted = await model.predict(all);
    all.forEach((row, i) => {
      close(byHand(row), proba[i]![1]!, 1e-6);
      expect(predicted[i]).toBe(proba[i]![1]! >= threshold! ? 'yes' : 'no');
    });
    expect(terms.map(({ name }) => name)).toEqual(['t', 'n', 'g=q', 'g=r']);
  });
});
