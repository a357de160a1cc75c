/** Wrong arguments: each is a LogisticError that says what was expected, never a TypeError of the engine. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { bs, LogisticError, LogisticRegression, ns } from '../../src/index.ts';
import { t8Labels, t8X } from '../support/t8.ts';

const odd: unknown[] = [
  undefined,
  null,
  0,
  true,
  '',
  'text',
  Symbol('s'),
  10n,
  () => 1,
  {},
  [],
  [null],
  [undefined],
  [[]],
  [{}],
  [1, 'a'],
  [[1], null],
  [[1], 'a'],
  [[1], { a: 1 }],
  [{ a: 1 }, null],
  [{ a: 1 }, [1]],
  { a: 1 },
  { a: [1, 2], b: [1] },
  { a: null },
  new Date(),
  new Map(),
  /x/,
  { shape: [2, 2] },
  { shape: 'x', data: 1 },
  { toArray: 1 },
  { length: 3 },
  { length: -1 },
  new ArrayBuffer(8),
  Promise.resolve([1]),
];
const show = (value: unknown): string => `${typeof value} ${String(Object.prototype.toString.call(value))}`;
const x = t8X.map((value) => [value]);
const fitted = await new LogisticRegression().fit(x, t8Labels);

/** Settles a call that may throw at once; undefined where it succeeds. */
async function errorOf(call: () => unknown): Promise<unknown> {
  try {
    await call();
    return undefined;
  } catch (error) {
    return error;
  }
}

async function expectKind(call: () => unknown, about: string): Promise<void> {
  const error = await errorOf(call);
  if (error !== undefined && !(error instanceof LogisticError)) throw new Error(`${about}: ${error}`, { cause: error });
}

describe('nothing but LogisticError', () => {
  const calls: Record<string, (value: never) => unknown> = {
    'new LogisticRegression(v)': (v) => new LogisticRegression(v),
    'fit(v)': (v) => (new LogisticRegression().fit as (data: unknown) => unknown)(v),
    'fit(v, labels)': (v) => new LogisticRegression().fit(v, t8Labels),
    'fit(v, name)': (v) => new LogisticRegression().fit(v, 'a'),
    'fit(x, v)': (v) => new LogisticRegression().fit(x, v),
    'fit(x, labels, v)': (v) => new LogisticRegression().fit(x, t8Labels, v),
    'fit with sampleWeight v': (v) => new LogisticRegression().fit(x, t8Labels, { sampleWeight: v }),
    'fit with signal v': (v) => new LogisticRegression().fit(x, t8Labels, { signal: v }),
    'fit with onIteration v': (v) => new LogisticRegression().fit(x, t8Labels, { onIteration: v }),
    'fit with featureNames v': (v) => new LogisticRegression().fit(x, t8Labels, { featureNames: v }),
    'crossValidate(v, labels)': (v) => new LogisticRegression().crossValidate(v, t8Labels),
    'crossValidate(x, labels, v)': (v) => new LogisticRegression({ l2: 1 }).crossValidate(x, t8Labels, v),
    'predict(v)': (v) => fitted.predict(v),
    'predict(x, v)': (v) => fitted.predict(x, v),
    'predictProba(v)': (v) => fitted.predictProba(v),
    'logOdds(v)': (v) => fitted.logOdds(v),
    'probability(v)': (v) => fitted.probability(v),
    'probability(row, v)': (v) => fitted.probability([1], v),
    'scoreRow(v)': (v) => fitted.scoreRow(v),
    'evaluate(v, labels)': (v) => fitted.evaluate(v, t8Labels),
    'evaluate(x, v)': (v) => fitted.evaluate(x, v),
    'evaluate(x, labels, v)': (v) => fitted.evaluate(x, t8Labels, v),
    'evaluate with sampleWeight v': (v) => fitted.evaluate(x, t8Labels, { sampleWeight: v }),
  };
  test.each(Object.keys(calls))('%s', async (name) => {
    for (const value of odd) await expectKind(() => calls[name]!(value as never), `${name}, v = ${show(value)}`);
  });

  test('of fits of anything', async () => {
    await fc.assert(
      fc.asyncProperty(fc.anything(), fc.anything(), async (data, target) => {
        await expectKind(() => new LogisticRegression({ l2: 1 }).fit(data as never, target as never), 'fit');
      }),
      { seed: 31, numRuns: 300 },
    );
  });
});

describe('messages', () => {
  test.each<[object, RegExp]>([
    [{ C: 1 }, /l2 = 1\/\(m·C\)/],
    [{ penalty: 'l2' }, /l2 is the strength/],
    [{ lambda: 0.1 }, /l2 = lambda/],
    [{ alpha: 0.1 }, /l2 = alpha/],
    [{ max_iter: 10 }, /maxIterations/],
    [{ solvr: 'newton' }, /did you mean solver\?/],
    [{ signal: new AbortController().signal }, /last argument: fit\(data, target, { signal }\)/],
  ])('an option of another library is translated: %o', (options, hint) => {
    expect(() => new LogisticRegression(options)).toThrow(
      expect.objectContaining({ code: 'unknown-option', hint: expect.stringMatching(hint) }),
    );
  });

  test('memory is a number of bytes', () => {
    expect(() => new LogisticRegression({ memory: '1MB' } as never)).toThrow(
      'memory must be a number of bytes above 0',
    );
  });

  test.each([undefined, {}, 'model.json'])('a model is compared with another, not with %o', async (other) => {
    const refused = { code: 'bad-argument', message: expect.stringContaining('what fit or loadModel gives') };
    await expect(fitted.compare(other as never)).rejects.toMatchObject(refused);
    await expect(fitted.compareAuc(other as never, x, t8Labels)).rejects.toMatchObject(refused);
  });

  test('a spline by df or knots', () => {
    const options = { dff: 3 } as never;
    expect(() => ns('age', options)).toThrow(expect.objectContaining({ hint: 'its options are df, knots' }));
    expect(() => bs('age', undefined as never)).toThrow('bs takes either df or knots');
  });

  test('a class that none is near: no hint', async () => {
    const labels = new LogisticRegression({ positive: 9 }).fit(x, t8Labels);
    await expect(labels).rejects.toMatchObject({ code: 'unknown-label', hint: undefined });
  });

  test('T10: a column that is asked for in two ways', () => {
    const options = { numeric: ['a', 'x'], categorical: ['x'] };
    expect(() => new LogisticRegression(options)).toThrow(
      expect.objectContaining({ code: 'bad-option', message: 'numeric and categorical both list "x"' }),
    );
  });

  test.each([
    [{ weights: 'w', cluster: 'w' }, 'cluster: w is the column of weights too'],
    [{ offset: 'w', holdoutBy: 'w', holdout: 0.2 }, 'holdoutBy: w is the column of offset too'],
    [{ only: ['x', 'w'], weights: 'w' }, 'only: w is the column of weights, no feature'],
    [{ formula: 'y ~ x + w', offset: 'w' }, 'offset: w is among the terms too'],
    [{ robust: 'HC1', l2: 0.1 }, 'robust: robust standard errors are those of maximum likelihood'],
    [{ cluster: 'g', firth: true }, 'cluster: robust standard errors are those of maximum likelihood'],
    [
      { robust: 'HC3', weights: 'w', weightType: 'sampling' },
      'robust: weights of a sample have robust standard errors of their own',
    ],
    [{ robust: 'HC1', inference: false }, 'robust: it is of the standard errors, which are not wanted'],
  ] as const)('a column has one role, and standard errors are of what they can be of: %o', (options, message) => {
    expect(() => new LogisticRegression(options)).toThrow(expect.objectContaining({ code: 'bad-option', message }));
  });

  test.each(['weights', 'offset', 'cluster'] as const)('the target is nothing else: %s', async (role) => {
    const fit = new LogisticRegression({ [role]: 'y' }).fit({ x: [1, 2, 3, 4], y: [1, 2, 1, 2] }, 'y');
    await expect(fit).rejects.toMatchObject({ code: 'bad-option', message: `${role}: y is the target` });
  });

  test('clusters may be held out whole', () => {
    expect(() => new LogisticRegression({ cluster: 'g', holdoutBy: 'g', holdout: 0.2 })).not.toThrow();
  });

  test('fit without labels says what is missing', async () => {
    const fit = (new LogisticRegression() as unknown as { fit(x: unknown): Promise<unknown> }).fit(x);
    await expect(fit).rejects.toMatchObject({ name: 'LogisticError', message: expect.stringMatching(/labels|target/) });
  });
});
