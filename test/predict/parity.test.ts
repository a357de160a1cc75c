/**
 * Training encodes a table column by column; the scorer reads a model file and encodes row by row. On
 * random tables of mixed columns the two must be one function, whatever the options were.
 */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  bs,
  category,
  center,
  cross,
  interaction,
  LogisticRegression,
  loadScorer,
  log,
  log1p,
  ns,
  type Options,
  offset,
  poly,
  type Scorer,
  sqrt,
  type TermInput,
} from '../../src/index.ts';
import { createRandom, shuffle } from '../../src/math/random.ts';
import type { Cell } from '../../src/predict/cell.ts';

type TableRow = Record<string, Cell>;

const kinds = ['numeric', 'offset', 'boolean', 'words', 'category', 'constant', 'copy'] as const;
type Kind = (typeof kinds)[number];
/** Names that a careless lookup, join or sort trips over. */
const names = ['plain', 'with space', 'Größe', 'a=b', '1', '0', 'constructor', 'x'] as const;
const labelPairs: readonly (readonly [Cell, Cell])[] = [
  [0, 1],
  ['no', 'yes'],
  [false, true],
  ['b', 'a'],
];

interface Problem {
  readonly rows: TableRow[];
  readonly target: string;
  readonly options: Options;
}

/** One cell; about one in twelve is missing, in one of the ways in which a cell of its kind can be. */
function cellOf(kind: Kind, random: () => number): Cell {
  const pick = <T>(items: readonly T[]): T => items[Math.floor(items.length * random())]!;
  const text = kind === 'words' || kind === 'category';
  if (random() < 1 / 12) return pick<Cell>(text ? [null, undefined, 'NA', ' ', '?'] : [null, undefined]);
  switch (kind) {
    case 'boolean':
      return random() < 0.4;
    case 'words':
      return pick(['yes', 'no', 'No', 'YES ']);
    case 'category':
      return pick(['red', 'green', ' blue', '7', 'ß']);
    case 'constant':
      return 5;
    case 'offset':
      return 1000 + 3 * random();
    default:
      return 4 * random() - 2;
  }
}

function rowsOf(columns: readonly Kind[], labels: readonly [Cell, Cell], seed: number): TableRow[] {
  const random = createRandom(seed);
  return Array.from({ length: 120 }, () => {
    const cells = columns.map((kind) => cellOf(kind, random));
    // A copy of the column before it, in other units: dependent when that one is a number.
    columns.forEach((kind, j) => {
      const before = cells[j - 1];
      if (kind === 'copy' && typeof before === 'number') cells[j] = 2 * before + 1;
    });
    const row: TableRow = Object.fromEntries(cells.map((cell, j) => [names[j]!, cell]));
    // Labels are near coin tosses, so that 120 rows are not told apart by accident.
    const lean = typeof cells[0] === 'number' && Number(cells[0]) % 1 > 0.5 ? 0.2 : 0;
    row.label = labels[random() < 0.4 + lean ? 1 : 0];
    return row;
  });
}

/** Every kind of term over the columns: one for each of them, and products of some. */
function termsOf(columns: readonly Kind[], seed: number): TermInput[] {
  const random = createRandom(seed);
  const pick = <T>(items: readonly T[]): T => items[Math.floor(items.length * random())]!;
  const own = columns.map((kind, j): TermInput => {
    const name = names[j]!;
    if (kind === 'numeric')
      return pick([name, poly(name, 3), poly(name, 2, { raw: true }), ns(name, { df: 3 }), center(name)]);
    if (kind === 'offset')
      return pick([log(name), log1p(name), sqrt(name), bs(name, { df: 5 }), bs(name, { knots: [1001], degree: 2 })]);
    return kind === 'category' ? category(name, { reference: 'green' }) : name;
  });
  const products = own.flatMap((term, j) =>
    j > 0 && random() < 0.4 ? [pick([cross, interaction])(own[j - 1]!, term)] : [],
  );
  const numeric = columns.indexOf('numeric');
  return [...own, ...products, ...(numeric >= 0 && random() < 0.3 ? [offset(names[numeric]!)] : [])];
}

const problem: fc.Arbitrary<Problem> = fc
  .record({
    columns: fc.array(fc.constantFrom(...kinds), { minLength: 1, maxLength: names.length }),
    labels: fc.constantFrom(...labelPairs),
    positive: fc.constantFrom(0, 1),
    seed: fc.integer({ min: 1, max: 1e6 }),
    withTerms: fc.boolean(),
    options: fc.record({
      l2: fc.constantFrom(0, 0.01, 1),
      missing: fc.constantFrom('drop' as const, 'impute' as const),
      imputation: fc.constantFrom('mean' as const, 'median' as const),
      standardize: fc.boolean(),
      classWeight: fc.constantFrom('balanced' as const, undefined),
    }),
  })
  .filter(({ columns }) => columns.some((kind) => kind !== 'constant'))
  .map(({ columns, labels, positive, seed, withTerms, options }) => ({
    rows: rowsOf(columns, labels, seed),
    target: 'label',
    options: {
      ...options,
      ...(withTerms && { terms: termsOf(columns, seed), l2: options.l2 || 0.1 }), // 120 rows are few for so many terms
      positive: labels[positive] as string,
    } as Options,
  }));
const runs = { seed: 12, numRuns: 60 };

/** The rows that the model can score, which are those it was trained on, with the scorer's probabilities. */
function scored(scorer: Scorer, rows: readonly TableRow[]) {
  return rows.flatMap((row) => {
    const score = scorer.scoreRow(row);
    return 'problem' in score ? [] : [{ row, probabilities: score.probabilities }];
  });
}

/** −ln p of the row's own class from both probabilities: where p is near 1, −ln(1 − q) keeps its digits. */
function lossOf(p: number, q: number): number {
  return p > 0.5 ? -Math.log1p(-q) : -Math.log(p);
}

describe('a model file scored row by row', () => {
  test('gives the probabilities of the model, as objects in any order of keys and as arrays', async () => {
    await fc.assert(
      fc.asyncProperty(problem, async ({ rows, target, options }) => {
        const model = await new LogisticRegression(options).fit(rows, target);
        const scorer = loadScorer(JSON.parse(JSON.stringify(model)));
        const known = scored(scorer, rows);
        const objects = known.map(({ row }) => row);
        const truth = await model.predictProba(objects);
        // JSON keeps every double, so these are equalities and no tolerance is needed.
        expect(scorer.predictProba(objects)).toEqual(truth);
        expect(scorer.predict(objects)).toEqual(await model.predict(objects));
        expect(scorer.logOdds(objects)).toEqual(await model.logOdds(objects));
        expect(scorer.decisionFunction(objects)).toEqual(await model.decisionFunction(objects));
        if (objects[0] !== undefined) {
          expect(await model.predictProba(objects[0])).toEqual(truth[0]);
          expect(await model.predict(objects[0])).toBe(scorer.predict(objects[0]));
          expect(await model.probability(objects[0])).toBe(scorer.probability(objects[0]));
        }
        const turned = objects.map((row) => Object.fromEntries(shuffle(Object.entries(row), createRandom(7))));
        expect(scorer.predictProba(turned)).toEqual(truth);
        const arrays = objects.map((row) => scorer.columns.map((column) => row[column]));
        expect(scorer.predictProba(arrays)).toEqual(truth);
        for (const [first, second] of truth) expect(Math.abs(first! + second! - 1)).toBeLessThanOrEqual(2 ** -52);
      }),
      runs,
    );
  });

  test('gives the log loss that training measured on its own columns', async () => {
    await fc.assert(
      fc.asyncProperty(problem, async ({ rows, target, options }) => {
        const model = await new LogisticRegression(options).fit(rows, target);
        const scorer = loadScorer(JSON.parse(JSON.stringify(model)));
        const known = scored(scorer, rows);
        const { training } = model;
        expect(known).toHaveLength(training.rows.train);
        expect(known).toHaveLength(options.missing === 'impute' ? rows.length : training.rows.used);

        const loss = known.reduce((sum, { row, probabilities }) => {
          const k = scorer.classes.indexOf(row[target] as string);
          return sum + lossOf(probabilities[k]!, probabilities[1 - k]!);
        }, 0);
        const measured = training.meanLogLoss;
        // Scores of size 10 summed from 20 terms carry some 1e−14 of rounding.
        expect(Math.abs(loss / known.length - measured)).toBeLessThanOrEqual(1e-12 * measured);
      }),
      runs,
    );
  });
});
