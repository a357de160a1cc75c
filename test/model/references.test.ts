/**
 * Coefficients against reference fits: 1e-10 relative, with every solver, from float32 sums on every
 * backend, which is what float64 refinement is for.
 */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { LogisticRegression, type Options } from '../../src/index.ts';
import { backendsHere } from '../support/backends.ts';
import { readJson, readReference } from '../support/data.ts';
import '../support/tensorflow.ts';

interface Case {
  id: string;
  coef?: number[];
  coefInterceptFirst?: number[];
  coefByAlphaAndScale?: Record<string, number[]>;
  logLik?: number;
}
const { cases } = readJson<{ cases: Case[] }>('logistic-references.json');
const reference = (id: string): Case => cases.find((candidate) => candidate.id === id)!;

interface Problem {
  readonly id: string;
  readonly x: number[][];
  readonly y: number[];
  readonly options: Options;
  /** [intercept, coefficients …] */
  readonly truth: readonly number[];
  /** Relative tolerance: 1e-10, or what the reference itself can be trusted to. */
  readonly tolerance: number;
  readonly standardized?: boolean;
}

const table = (file: string) => {
  const { header, rows } = readReference(file);
  const column = (name: string): number[] => rows.map((row) => Number(row[header.indexOf(name)]));
  const columns = (...names: string[]): number[][] => {
    const all = names.map(column);
    return rows.map((_, i) => all.map((values) => values[i]!));
  };
  return { header, rows, column, columns };
};

const mtcars = table('mtcars.csv');
const birthwt = table('birthwt.csv');
const race = birthwt.column('race');
const withRace = (before: string[], after: string[]): number[][] => {
  const head = birthwt.columns(...before);
  const tail = birthwt.columns(...after);
  return race.map((r, i) => [...head[i]!, r === 2 ? 1 : 0, r === 3 ? 1 : 0, ...tail[i]!]);
};
const infert = table('infert.csv');
const iris = readReference('iris.csv').rows.slice(50);
/** Apache MADlib's example: treatment and trait anxiety of 20 patients, and whether they had a second attack. */
const patients = [
  [1, 70, 1],
  [1, 80, 1],
  [1, 50, 1],
  [0, 60, 1],
  [0, 40, 1],
  [0, 65, 1],
  [0, 75, 1],
  [0, 80, 1],
  [0, 70, 1],
  [0, 60, 1],
  [1, 65, 0],
  [1, 50, 0],
  [1, 45, 0],
  [1, 35, 0],
  [1, 40, 0],
  [1, 50, 0],
  [0, 55, 0],
  [0, 45, 0],
  [0, 50, 0],
  [0, 60, 0],
];
const wdbc = readFileSync(new URL('../../examples/data/wdbc.csv', import.meta.url), 'utf8')
  .trim()
  .split(/\r?\n/)
  .slice(1);

const exact = 1e-10;
const coef = (id: string): number[] => reference(id).coef!;
const lambda = 0.05;
const problems: Problem[] = [
  {
    id: 'mtcars-am-wt',
    x: mtcars.columns('wt'),
    y: mtcars.column('am'),
    options: {},
    truth: coef('mtcars-am-wt'),
    tolerance: exact,
  },
  {
    id: 'mtcars-am-wt-ridge1',
    x: mtcars.columns('wt'),
    y: mtcars.column('am'),
    options: { l2: 1 / 32, standardize: false },
    truth: coef('mtcars-am-wt-ridge1'),
    tolerance: exact,
  },
  {
    id: 'madlib-patients',
    x: patients.map(([treatment, anxiety]) => [treatment!, anxiety!]),
    y: patients.map((row) => row[2]!),
    options: {},
    truth: coef('madlib-patients'),
    tolerance: exact,
  },
  {
    id: 'birthwt-5',
    x: withRace(['age', 'lwt'], ['smoke']),
    y: birthwt.column('low'),
    options: {},
    truth: coef('birthwt-5'),
    tolerance: exact,
  },
  {
    id: 'birthwt-5-ridge1',
    x: withRace(['age', 'lwt'], ['smoke']),
    y: birthwt.column('low'),
    options: { l2: 1 / 189, standardize: false },
    truth: coef('birthwt-5-ridge1'),
    tolerance: exact,
  },
  {
    id: 'birthwt-8',
    x: withRace(['age', 'lwt'], ['smoke', 'ptl', 'ht', 'ui']),
    y: birthwt.column('low'),
    options: {},
    truth: coef('birthwt-8'),
    tolerance: exact,
  },
  {
    id: 'infert',
    x: infert.columns('spontaneous', 'induced'),
    y: infert.column('case'),
    options: {},
    truth: coef('infert'),
    tolerance: exact,
  },
  {
    id: 'iris-versicolor-virginica',
    x: iris.map((row) => row.slice(0, 4).map(Number)),
    y: iris.map((row) => (row[4] === 'virginica' ? 1 : 0)),
    options: {},
    truth: coef('iris-versicolor-virginica'),
    tolerance: exact,
  },
  {
    id: 'wdbc-standardized-ridge1',
    x: wdbc.map((line) => line.split(',').slice(0, 30).map(Number)),
    y: wdbc.map((line) => (line.endsWith('benign') ? 1 : 0)),
    options: { l2: 1 / 569 },
    truth: reference('wdbc-standardized-ridge1').coefInterceptFirst!,
    tolerance: 2e-9, // the reference is a float64 fit that its file trusts to 9 digits
    standardized: true,
  },
  ...(['std', 'raw'] as const).map(
    (scale): Problem => ({
      id: `birthwt-glmnet-lambda0.05 0/${scale}`,
      x: withRace(['age', 'lwt'], ['smoke', 'ptl', 'ht', 'ui', 'ftv']),
      y: birthwt.column('low'),
      options: { l2: lambda, standardize: scale === 'std' },
      truth: reference('birthwt-glmnet-lambda0.05').coefByAlphaAndScale![`0/${scale}`]!,
      tolerance: 2e-9, // likewise, 9 to 12 digits
    }),
  ),
];

/**
 * Gradient descent needs about condition × ln(1/tolerance) steps, a tenth of that with momentum 0.9:
 * wdbc needs the momentum, and iris (condition 1e5 at the optimum) is out of reach of 10,000 steps.
 */
const momentumFor = new Set(['wdbc-standardized-ridge1']);
const beyondDescent = new Set(['iris-versicolor-virginica']);

describe.each(backendsHere)('backend %s', (backend) => {
  /** A solver sees sums and no backend: every solver fits every problem on `auto`, and one problem on the others. */
  const solversFor = (id: string) =>
    (['newton', 'lbfgs', 'gd'] as const).filter(
      (solver) =>
        solver === 'newton' ||
        id === 'mtcars-am-wt' ||
        (backend === 'auto' && (solver !== 'gd' || !beyondDescent.has(id))),
    );
  const runs = problems.flatMap((problem) =>
    solversFor(problem.id).map((solver) => ({ ...problem, solver, title: `${problem.id} by ${solver}` })),
  );
  test.each(runs)('$title', async ({ id, x, y, options, truth, solver, tolerance, standardized }) => {
    const momentum = solver === 'gd' && momentumFor.has(id) ? { momentum: 0.9 } : {};
    const model = await new LogisticRegression({ ...options, ...momentum, solver, backend }).fit(x, y);
    expect(model.training.solver.outcome).toBe('converged');
    const { terms, standardizedIntercepts } = model.toJSON();
    const found = standardized
      ? [standardizedIntercepts[0]!, ...terms.map((term) => term.standardized[0]!)]
      : [model.intercept, ...terms.map((term) => term.coefficients[0]!)];
    expect(found).toHaveLength(truth.length);
    found.forEach((value, j) => {
      expect(Math.abs(value / truth[j]! - 1)).toBeLessThanOrEqual(tolerance);
    });
  });
});
