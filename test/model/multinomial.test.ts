/**
 * Three classes and more against fits in 40-digit arithmetic: 1e-10 relative, by every solver, on every backend; and
 * what must not depend on the choice of the reference class.
 */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { type FittedLogisticRegression, LogisticRegression, type Options } from '../../src/index.ts';
import { backendsHere } from '../support/backends.ts';
import { readJson } from '../support/data.ts';
import '../support/tensorflow.ts';

interface Case {
  readonly id: string;
  readonly file: string;
  readonly target: string;
  readonly terms: readonly string[];
  readonly rows: number;
  readonly classes: readonly string[];
  readonly standardised: boolean;
  readonly l2: number;
  /** [intercept, one for each term] of each class but the reference. */
  readonly logOdds: Readonly<Record<string, readonly number[]>>;
  readonly symmetric: Readonly<Record<string, readonly number[]>>;
  readonly meanLogLoss: number;
  readonly accuracy: number;
  readonly confusion: readonly (readonly number[])[];
  readonly stdErr?: Readonly<Record<string, readonly number[]>>;
  readonly scikitLearn?: { readonly coef: unknown; readonly largestDifference: Readonly<Record<string, number>> };
}

const { cases } = readJson<{ cases: Case[] }>('multinomial.json');

/** The rows of a case as objects: numbers, and strings where a term names a level. */
function rowsOf({ file, target, terms }: Case): Record<string, string | number | null>[] {
  const path = file === 'penguins.csv' ? `../../examples/data/${file}` : `../reference/${file}`;
  const [header, ...lines] = readFileSync(new URL(path, import.meta.url), 'utf8')
    .trim()
    .split(/\r?\n/)
    .map((line) => line.split(',').map((cell) => cell.replaceAll('"', '')));
  const categories = new Set(terms.filter((term) => term.includes('=')).map((term) => term.split('=')[0]!));
  const columns = [...new Set(terms.map((term) => term.split('=')[0]!))];
  const cell = (line: string[], name: string): string | null => {
    const text = line[header!.indexOf(name)]!;
    return text === '' || text === 'NA' ? null : text;
  };
  return lines.map((line) => ({
    ...Object.fromEntries(
      columns.map((name) => {
        const text = cell(line, name);
        return [name, text === null || categories.has(name) ? text : Number(text)];
      }),
    ),
    [target]: cell(line, target),
  }));
}

const fit = (of: Case, options: Options = {}): Promise<FittedLogisticRegression> =>
  new LogisticRegression({ l2: of.l2, standardize: of.standardised, missing: 'drop', ...options }).fit(
    rowsOf(of),
    of.target,
  );

function expectEqual(model: FittedLogisticRegression, of: Case, tolerance: number): void {
  expect(model.training.solver.outcome).toBe('converged');
  expect(model.training.rows.used).toBe(of.rows);
  expect(model.byClass.map(({ label }) => label)).toEqual(of.classes.slice(1));
  for (const { label, intercept, coefficients } of model.byClass) {
    expect(Object.keys(coefficients).sort()).toEqual([...of.terms].sort());
    const truth = of.logOdds[String(label)]!;
    [intercept, ...of.terms.map((term) => coefficients[term]!)].forEach((value, j) => {
      // Relative to the coefficient, or to its standard error where that is larger.
      const size = Math.max(Math.abs(truth[j]!), of.stdErr?.[String(label)]?.[j] ?? 0);
      expect(
        Math.abs(value - truth[j]!) / size,
        `${label}, ${j === 0 ? 'intercept' : of.terms[j - 1]}`,
      ).toBeLessThanOrEqual(tolerance);
    });
  }
  expect(Math.abs(model.training.meanLogLoss / of.meanLogLoss - 1)).toBeLessThanOrEqual(1e-12);
}

/** Up to 256 parameters a Hessian finishes each fit; descent needs about condition × ln(1/tolerance) steps to get there. */
const tolerance = 1e-10;

describe.each(backendsHere)('backend %s', (backend) => {
  /** A solver sees sums and no backend: every solver fits every case on `auto`, descent where it gets there. */
  const solversFor = (id: string) =>
    (['newton', 'lbfgs', 'gd'] as const).filter(
      (solver) => solver === 'newton' || (backend === 'auto' && (solver !== 'gd' || /C0.01/.test(id))),
    );
  const runs = cases.flatMap((of) =>
    solversFor(of.id).map((solver) => ({ of, solver, title: `${of.id} by ${solver}` })),
  );
  test.each(runs)('$title', async ({ of, solver }) => {
    expectEqual(await fit(of, { backend, solver }), of, tolerance);
  });
});

test.each(cases.filter(({ scikitLearn }) => scikitLearn !== undefined))(
  '$id agrees with scikit-learn',
  ({ scikitLearn }) => {
    // Its Newton solver with tol = 1e-12; its lbfgs stops at 1e-6 of a coefficient whatever the tol.
    expect(scikitLearn!.largestDifference['newton-cholesky']).toBeLessThan(1e-12);
    expect(scikitLearn!.largestDifference['newton-cg']).toBeLessThan(1e-10);
  },
);

test.each(cases)('$id: confusion and accuracy', async (of) => {
  const { metrics } = (await fit(of, { trainingMetrics: true })).training;
  expect(metrics.train!.accuracy).toBeCloseTo(of.accuracy, 14);
  expect(metrics.train!.confusion).toEqual(of.confusion);
});

describe('the reference class', () => {
  const penalised = cases.find(({ id }) => id === 'penguins-all-C1')!;
  const plain = cases.find(({ id }) => id === 'penguins-island')!;

  test.each([plain, penalised])('changes no probability and no symmetric coefficient: $id', async (of) => {
    const rows = rowsOf(of).filter((row) => Object.values(row).every((cell) => cell !== null));
    for (const reference of of.classes) {
      const model = await fit(of, { reference });
      expect(model.reference).toBe(reference);
      const first = (await fit(of)).predictProba(rows);
      model.predictProba(rows).forEach((p, i) => {
        p.forEach((value, c) => {
          expect(Math.abs(value - first[i]![c]!)).toBeLessThan(1e-11);
        });
      });
      // Shifted to sum to 0 over the classes, coefficients are those of the symmetric softmax.
      const vectors = of.classes.map((label) => {
        const own = model.byClass.find((candidate) => candidate.label === label);
        return of.terms.map((term) => own?.coefficients[term] ?? 0);
      });
      of.terms.forEach((_, j) => {
        const mean = vectors.reduce((sum, w) => sum + w[j]!, 0) / of.classes.length;
        of.classes.forEach((label, c) => {
          const truth = of.symmetric[label]![j + 1]!;
          expect(Math.abs((vectors[c]![j]! - mean) / truth - 1)).toBeLessThanOrEqual(1e-9);
        });
      });
    }
  });

  test('positive is for two classes', async () => {
    await expect(fit(plain, { positive: 'Dream' })).rejects.toMatchObject({
      code: 'bad-option',
      hint: expect.stringContaining('reference'),
    });
    await expect(fit(plain, { reference: 'Drem' })).rejects.toMatchObject({
      code: 'unknown-label',
      hint: 'did you mean "Dream"?',
    });
  });
});

test('softmax of two classes at l2 would be the sigmoid at l2/2: a third class without rows left is no class', async () => {
  const of = cases.find(({ id }) => id === 'iris-C1')!;
  const rows = rowsOf(of);
  const holes = rows.map((row) => (row.Species === 'setosa' ? { ...row, 'Sepal.Width': null } : row));
  const lost = await new LogisticRegression({ l2: 0.1, missing: 'drop' }).fit(holes, 'Species');
  const two = await new LogisticRegression({ l2: 0.1 }).fit(
    rows.filter(({ Species }) => Species !== 'setosa'),
    'Species',
  );
  expect(lost.classes).toEqual(['versicolor', 'virginica']);
  expect(lost.coefficients).toEqual(two.coefficients);
  expect(lost.warnings).toContainEqual({
    code: 'lost-class',
    message:
      'the class "setosa" of Species has no row left once rows with a missing cell in Sepal.Width are dropped, so the model does not know it',
  });
});

test('a class that occurs once, with a penalty', async () => {
  const of = cases.find(({ id }) => id === 'iris-C1')!;
  const rows = rowsOf(of).filter(({ Species }, i) => Species !== 'setosa' || i === 0);
  const model = await new LogisticRegression({ l2: 0.01 }).fit(rows, 'Species');
  expect(model.classes).toEqual(['setosa', 'versicolor', 'virginica']);
  expect(model.predict([rows[0]!])).toEqual(['setosa']);
  expect(model.warnings.map(({ code }) => code)).toContain('single-row-class');
});

test('100 classes', async () => {
  // 100 classes of 3 rows each on a circle, told apart by angle: a penalty keeps it finite.
  const rows = Array.from({ length: 300 }, (_, i) => {
    const angle = (2 * Math.PI * (i % 100)) / 100;
    return {
      x: Math.cos(angle),
      y: Math.sin(angle),
      r: Math.floor(i / 100),
      label: `c${String(i % 100).padStart(2, '0')}`,
    };
  });
  const model = await new LogisticRegression({ l2: 1e-5, trainingMetrics: true }).fit(rows, 'label');
  expect(model.classes).toHaveLength(100);
  expect(model.training.solver).toMatchObject({ name: 'newton', outcome: 'converged' });
  expect(model.training.metrics.train!.accuracy).toBe(1);
  const p = model.predictProba(rows[7]!);
  expect(p).toHaveLength(100);
  expect(Math.abs(p.reduce((sum, value) => sum + value, 0) - 1)).toBeLessThanOrEqual(100 * Number.EPSILON);
  expect(p.indexOf(Math.max(...p))).toBe(7);
});

test('weights, class weights and holdout work for three classes', async () => {
  const of = cases.find(({ id }) => id === 'penguins-island')!;
  const rows = rowsOf(of).filter((row) => Object.values(row).every((cell) => cell !== null));
  const repeated = rows.flatMap((row, i) => new Array(i % 3).fill(row));
  const weighted = rows.map((row, i) => ({ ...row, s: i % 3 }));
  const [one, other] = [
    await new LogisticRegression({ weights: 's' }).fit(weighted, of.target),
    await new LogisticRegression().fit(repeated, of.target),
  ];
  one.byClass.forEach(({ coefficients }, c) => {
    for (const [name, value] of Object.entries(coefficients)) {
      expect(Math.abs(value / other.byClass[c]!.coefficients[name]! - 1)).toBeLessThan(1e-10);
    }
  });
  const counts = of.classes.map((label) => rows.filter((row) => row[of.target] === label).length);
  const balanced = await new LogisticRegression({ classWeight: 'balanced' }).fit(rows, of.target);
  const byHand = Object.fromEntries(of.classes.map((label, c) => [label, rows.length / (3 * counts[c]!)]));
  const named = await new LogisticRegression({ classWeight: byHand }).fit(rows, of.target);
  expect(balanced.byClass).toEqual(named.byClass);
  const held = await new LogisticRegression({ holdout: 0.25, seed: 3 }).fit(rows, of.target);
  const { holdout } = held.training.metrics;
  expect(holdout!.rows).toBe(held.training.rows.holdout);
  expect(holdout!.perClass!.map(({ support }) => support)).toEqual(counts.map((count) => Math.round(count / 4)));
  expect(holdout!.accuracy).toBeGreaterThan(0.5);
});

test('per-class metrics and the confusion matrix are in the order of classes, whatever the reference', async () => {
  const of = cases.find(({ id }) => id === 'penguins-island')!;
  const rows = rowsOf(of).filter((row) => Object.values(row).every((cell) => cell !== null));
  const model = await fit(of, { reference: 'Torgersen', trainingMetrics: true, folds: 2 });
  const evaluated = await model.evaluate(
    rows,
    rows.map((row) => row[of.target]!),
  );
  for (const metrics of [model.training.metrics.train!, evaluated]) {
    expect(metrics.perClass!.map(({ label }) => label)).toEqual(of.classes);
    expect(metrics.confusion).toEqual(of.confusion);
  }
  expect(model.training.crossValidation!.folds[0]!.metrics.perClass!.map(({ label }) => label)).toEqual(of.classes);
});

test('class weights weigh the fit, not the metrics', async () => {
  const of = cases.find(({ id }) => id === 'penguins-island')!;
  const rows = rowsOf(of).filter((row) => Object.values(row).every((cell) => cell !== null));
  const model = await fit(of, { classWeight: 'balanced', trainingMetrics: true });
  const evaluated = await model.evaluate(
    rows,
    rows.map((row) => row[of.target]!),
  );
  const { train } = model.training.metrics;
  expect(train!.confusion).toEqual(evaluated.confusion);
  expect(train!.perClass!.map(({ support }) => support)).toEqual(
    of.confusion.map((row) => row.reduce((sum, count) => sum + count)),
  );
  expect(train!.meanLogLoss).toBeCloseTo(evaluated.meanLogLoss!, 13);
});
