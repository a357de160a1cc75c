/** Firth's penalised likelihood against 40-digit fits and R's brglm2. */
import { describe, expect, test } from 'vitest';
import { LogisticRegression, type Options } from '../../src/index.ts';
import { firthObjective } from '../../src/objective/firth.ts';
import { createObjective } from '../../src/objective/objective.ts';
import { referenceRows } from '../../src/rows/reference.ts';
import { randomRows, randomTheta, readJson, readReference } from '../support/data.ts';
import '../support/tensorflow.ts';

interface Case {
  readonly id: string;
  readonly coef: number[];
  readonly stdErr: number[];
  readonly penalizedLogLik: number;
}
const { cases } = readJson<{ cases: Case[] }>('logistic-references.json');
const { header, rows } = readReference('endometrial.csv');
const endometrial = rows.map((row) => Object.fromEntries(header.map((name, j) => [name, Number(row[j])])));
const iris = readReference('iris.csv').rows.map((row) => ({
  length: Number(row[2]),
  setosa: Number(row[4] === 'setosa'),
}));
const toy = [1, 2, 3, 4].map((x) => ({ x, y: Number(x > 2) }));
const problems = [
  { id: 'endometrial-firth', data: endometrial, target: 'HG' },
  { id: 'iris-setosa-firth', data: iris, target: 'setosa' },
  { id: 'toy-1234-firth', data: toy, target: 'y' },
];
const near = (found: number | null, truth: number, tolerance = 1e-10): void =>
  expect(Math.abs(found! / truth - 1), `${found} against ${truth}`).toBeLessThanOrEqual(tolerance);

describe.each<[string, Options]>([
  ['cpu', {}],
  ['tfjs-cpu', { backend: 'tfjs-cpu' }],
])('%s', (_, options) => {
  test.each(problems)('$id: estimates, standard errors, penalised likelihood', async ({ id, data, target }) => {
    const truth = cases.find((own) => own.id === id)!;
    const model = await new LogisticRegression({ firth: true, inference: true, ...options }).fit(data, target);
    expect(model.training.solver.outcome).toBe('converged');
    expect(model.training.separation).toBeNull();
    expect(model.warnings.filter(({ code }) => /separat/.test(code))).toEqual([]);
    const { coefficients, logLikelihood, aic } = model.summary();
    for (const [j, { estimate, standardError }] of coefficients.entries()) {
      near(estimate, truth.coef[j]!);
      near(standardError, truth.stdErr[j]!);
    }
    near(logLikelihood, truth.penalizedLogLik);
    expect(aic).toBeNull();
  });
});

test('profile intervals and tests of the penalised likelihood', async () => {
  const model = await new LogisticRegression({ firth: true, inference: true }).fit(endometrial, 'HG');
  const { coefficients, terms, notes } = model.summary();
  expect(notes).toContain('Wald tests understate NV (Hauck and Donner): the likelihood-ratio tests hold');
  // Where 30-digit fits with one coefficient fixed have the deviance 3.84…, to 1e-12; R's uniroot on brglm2 agrees to 1e-8.
  const ends = [
    [1.0825371084477, 7.20928049824666],
    [0.609724436303196, 7.85463171387733],
    [-0.124458720851728, 0.0404554731806112],
    [-4.36518324726319, -1.23272105721699],
  ];
  for (const [j, { confidenceInterval, ciMethod }] of coefficients.entries()) {
    expect(ciMethod).toBe('profile');
    near(confidenceInterval![0], ends[j]![0]!, 1e-9);
    near(confidenceInterval![1], ends[j]![1]!, 1e-9);
  }
  for (const [j, p] of [0.00912367, 0.3874822, 2.506867e-5].entries()) near(terms[j]!.likelihoodRatio!.p, p, 1e-6);
  const all = [0.00419363, 0.00912367, 0.3874822, 2.506867e-5];
  for (const [j, { p, waldP }] of coefficients.entries()) {
    near(p, all[j]!, 1e-6);
    expect(waldP).not.toBe(p);
  }
  near(coefficients[1]!.waldP, 0.0589, 1e-3);
});

test('the gradient is the derivative of the penalised likelihood, weights and partitions included', async () => {
  const source = randomRows({ m: 90, n: 3, seed: 6, weighted: true, partitions: [30, 20, 40] });
  const problem = { penalty: { l2: 0 }, intercept: true, partitions: [0, 2], features: [0, 2] };
  const placed = referenceRows(source);
  const objective = firthObjective(
    createObjective(placed, 'float64', problem),
    { ...placed, rowwise: placed.rowwise! },
    problem,
    source.weights,
  );
  const theta = randomTheta(2, 3);
  const { gradient } = await objective.point(theta, 1);
  const h = 2 ** -12;
  for (let j = 0; j < 3; j++) {
    // Five points: an error of h⁴ and one of u/h.
    const at = async (step: number) => objective.value(theta.map((value, i) => value + (i === j ? step * h : 0)));
    const slope = (8 * ((await at(1)) - (await at(-1))) - ((await at(2)) - (await at(-2)))) / (12 * h);
    expect(Math.abs(slope - gradient[j]!)).toBeLessThan(1e-11);
  }
});

test('frequency weights are rows written out', async () => {
  const weights = endometrial.map((_, i) => 1 + (i % 2));
  const expanded = endometrial.flatMap((row, i) => Array.from({ length: weights[i]! }, () => row));
  const one = await new LogisticRegression({ firth: true, weights: 's', inference: true }).fit(
    endometrial.map((row, i) => ({ ...row, s: weights[i]! })),
    'HG',
  );
  const other = await new LogisticRegression({ firth: true, inference: true }).fit(expanded, 'HG');
  for (const [j, { estimate, standardError }] of one.summary().coefficients.entries()) {
    near(estimate, other.summary().coefficients[j]!.estimate, 1e-9);
    near(standardError, other.summary().coefficients[j]!.standardError!, 1e-9);
  }
});

test('what it is not there for is refused', async () => {
  expect(() => new LogisticRegression({ firth: true, l2: 1 })).toThrow(/penalty of its own/);
  expect(() => new LogisticRegression({ firth: true, solver: 'lbfgs' })).toThrow(/newton/);
  const three = new LogisticRegression({ firth: true }).fit([[1], [2], [3], [4]], ['a', 'b', 'c', 'a']);
  await expect(three).rejects.toMatchObject({ code: 'two-classes-only' });
});
