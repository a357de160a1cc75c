/** Arguments that are wrong: each is a LogisticError that says what was expected and what was found. */
import { describe, expect, test } from 'vitest';
import { LogisticError, loadScorer, type Scorer } from '../../src/predict.ts';
import { golden2, twoClasses } from './model-2.ts';

/** The scorer without its types, as JavaScript sees it. */
type Untyped = Record<
  'predict' | 'predictProba' | 'decisionFunction' | 'logOdds' | 'probability' | 'scoreRow',
  (...args: unknown[]) => unknown
>;
const three = loadScorer<string>(golden2);
const two = loadScorer<string>(twoClasses({ classes: ['a', 'b'], reference: 'a' }));
const untyped = (scorer: Scorer<string>): Untyped => scorer as unknown as Untyped;

function errorOf(run: () => unknown): LogisticError {
  try {
    run();
  } catch (error) {
    expect(error).toBeInstanceOf(LogisticError);
    return error as LogisticError;
  }
  throw new Error('it was accepted');
}

const row = { mass: 4000, bill: 45, island: 'Dream', tagged: 'yes' };
const manyRows = ['predict', 'predictProba', 'decisionFunction', 'logOdds'] as const;

describe('rows', () => {
  const noRows: [unknown, string][] = [
    [undefined, 'nothing'],
    [null, 'null'],
    [3, '3'],
    [Number.NaN, 'NaN'],
    ['mass', '"mass"'],
    [true, 'true'],
    [1n, 'bigint'],
    [Symbol('rows'), 'symbol'],
    [() => [], 'function'],
  ];
  test.each(manyRows)('%s wants rows or one row', (method) => {
    for (const [rows, found] of noRows) {
      const error = errorOf(() => untyped(two)[method](rows));
      expect(error.code).toBe('bad-argument');
      expect(error.message).toBe(`rows should be a list of rows or an object, found ${found}`);
    }
  });

  test.each(manyRows)('%s names the row that is none', (method) => {
    for (const [bad, found] of noRows) {
      const error = errorOf(() => untyped(two)[method]([row, bad]));
      expect(error.code).toBe('bad-argument');
      expect(error.message).toBe(`row 2 should be an object or a list of cells, found ${found}`);
    }
    // One row of cells that was meant as one row: the hint says how.
    expect(errorOf(() => untyped(two)[method]([4000, 45, 'Dream', 'yes']))).toMatchObject({
      code: 'bad-argument',
      message: 'row 1 should be an object or a list of cells, found 4000',
      hint: expect.stringContaining('[['),
    });
    expect(errorOf(() => untyped(two)[method](new Float64Array(4))).code).toBe('bad-argument');
    expect(errorOf(() => untyped(two)[method](Object.assign([], { 1: row }))).code).toBe('bad-argument');
  });

  test.each(['scoreRow', 'probability'] as const)('%s wants one row', (method) => {
    for (const [bad, found] of noRows) {
      const error = errorOf(() => untyped(two)[method](bad));
      expect(error.code).toBe('bad-argument');
      expect(error.message).toBe(`the row should be an object or a list of cells, found ${found}`);
    }
  });

  test('a row of another width, and a row that lacks a column', () => {
    expect(errorOf(() => two.predict([row, [1, 2]]))).toMatchObject({
      code: 'row-width',
      message: 'row 2 has 2 cells; the model needs 4: mass, bill, island, tagged',
    });
    const { bill, ...rest } = row;
    expect(errorOf(() => two.predict([row, { ...rest, Bill: bill }]))).toMatchObject({
      code: 'missing-column',
      message: 'the model needs the column "bill", which row 2 lacks',
      hint: 'did "Bill" mean it? names must match exactly',
      details: { column: 'bill' },
    });
    expect(errorOf(() => two.predict({})).code).toBe('missing-column');
    expect(errorOf(() => untyped(two).predict(Promise.resolve([row]))).code).toBe('missing-column');
  });

  test('a row that cannot be predicted is named', () => {
    const bad = { ...row, bill: null };
    expect(errorOf(() => two.predict([row, row, bad]))).toMatchObject({
      code: 'unpredictable-row',
      message: 'row 3: bill is missing',
      details: { row: 3 },
    });
    expect(errorOf(() => two.predictProba(bad))).toMatchObject({ code: 'unpredictable-row' });
    expect(errorOf(() => two.probability(bad))).toMatchObject({ message: 'the row: bill is missing' });
  });

  test('a cell that is no single value is a problem of its row', () => {
    for (const cell of [{}, [], new Date(0), Object.create(null), () => 1]) {
      for (const column of ['mass', 'island', 'tagged']) {
        const score = untyped(two).scoreRow({ ...row, [column]: cell });
        expect(score).toEqual({ problem: expect.stringMatching(`^${column}: .+ is not a single value$`) });
      }
    }
    expect(untyped(two).scoreRow({ ...row, island: Symbol('s') })).toHaveProperty('problem');
  });
});

describe('options', () => {
  const calls: [string, (options: unknown, scorer?: Scorer<string>) => unknown][] = [
    ...manyRows.map((method): (typeof calls)[number] => [
      method,
      (options, scorer = two) => untyped(scorer)[method]([row], options),
    ]),
    ['scoreRow', (options, scorer = two) => untyped(scorer).scoreRow(row, options)],
    ['probability', (options, scorer = two) => untyped(scorer).probability(row, scorer.classes[0], options)],
  ];

  test.each(calls)('%s: no object', (_, call) => {
    for (const options of [null, 0, 'ignore', [], () => ({})]) {
      const error = errorOf(() => call(options));
      expect(error.code).toBe('bad-argument');
      expect(error.message).toContain('options should be an object, found ');
    }
    call(undefined);
    call({});
  });

  test.each(calls)('%s: names', (_, call) => {
    expect(errorOf(() => call({ treshold: 0.5 }))).toMatchObject({
      code: 'unknown-option',
      message: 'scoring has no option "treshold"',
      hint: 'did you mean threshold?',
    });
    expect(errorOf(() => call({ colour: 1 })).hint).toBe('its options are unseen, threshold');
    call({ treshold: undefined });
  });

  test.each(calls)('%s: values', (_, call) => {
    for (const threshold of [-0.1, 1.1, Number.NaN, '0.5', null]) {
      const error = errorOf(() => call({ threshold }));
      expect(error).toMatchObject({ code: 'bad-option', details: { option: 'threshold' } });
      expect(error.message).toContain('threshold should be a number from 0 to 1, found ');
    }
    expect(errorOf(() => call({ unseen: 'drop' }))).toMatchObject({
      code: 'bad-option',
      message: 'unseen should be "error" or "ignore", found "drop"',
    });
    call({ threshold: 0 });
    call({ threshold: 1, unseen: 'ignore' });
  });

  test.each(calls.filter(([method]) => method !== 'decisionFunction'))('%s: no threshold for more', (_, call) => {
    expect(errorOf(() => call({ threshold: 0.5 }, three))).toMatchObject({
      code: 'bad-option',
      message: 'threshold should be left out: the model has 3 classes, found 0.5',
    });
    call({ threshold: undefined }, three);
  });
});

describe('classes', () => {
  test('decisionFunction is for two', () => {
    for (const rows of [[row], [], row, undefined]) {
      expect(errorOf(() => untyped(three).decisionFunction(rows))).toMatchObject({
        code: 'two-classes-only',
        message: expect.stringContaining('["adelie","chinstrap","gentoo"]'),
        hint: expect.stringContaining('logOdds'),
      });
    }
  });

  test('probability of a label that is none, or of none among three', () => {
    expect(errorOf(() => three.probability(row, 'emperor'))).toMatchObject({
      code: 'unknown-label',
      message: 'label should be one of the classes "adelie", "chinstrap", "gentoo", found "emperor"',
    });
    for (const label of [null, 0, {}, Number.NaN, 'A']) {
      expect(errorOf(() => untyped(two).probability(row, label)).code).toBe('unknown-label');
    }
    expect(errorOf(() => three.probability(row))).toMatchObject({
      code: 'bad-argument',
      message: 'label should be one of the classes "adelie", "chinstrap", "gentoo", found nothing',
    });
    // A label is of the type that the file says.
    const numbers = loadScorer(twoClasses({ classes: [0, 1], reference: 0 }));
    expect(errorOf(() => numbers.probability(row, '1'))).toMatchObject({
      message: 'label should be one of the classes 0, 1, found "1"',
    });
    expect(numbers.probability(row, 1)).toBe(numbers.probability(row));
  });
});
