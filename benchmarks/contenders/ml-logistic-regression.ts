/**
 * The npm package ml-logistic-regression: gradient descent of a fixed number of steps on the sum of the
 * losses, without an intercept and without a penalty. It gets a column of ones for the intercept; the
 * ladder is the number of steps, at the step size 4/(m·(n + 1)), the largest that is safe for
 * standardised columns (the Hessian of the sum is at most m·(n + 1)/4).
 */
import { createRequire } from 'node:module';
import type { Session } from '../../src/bench/session.ts';
import type { Data, SessionContender } from '../contender.ts';

/** What is used of the two packages, which live in benchmarks/node_modules. */
interface Matrix {
  set(row: number, column: number, value: number): void;
  to1DArray(): number[];
}
interface MatrixClass {
  new (rows: number, columns: number): Matrix;
  columnVector(values: ArrayLike<number>): Matrix;
}
interface Regression {
  readonly classifiers: readonly { readonly weights: Matrix }[];
  train(x: Matrix, y: Matrix): void;
}
type RegressionClass = new (options: { numSteps: number; learningRate: number }) => Regression;

export const mlLogisticRegression: SessionContender = {
  name: 'ml-logistic-regression',
  about: 'npm ml-logistic-regression: gradient descent, plain JavaScript',
  measures: ['fit'],
  precision: 'float64',
  ladder: { of: 'steps', settings: [10, 30, 100, 300, 1000, 3000] },
  open,
};

async function open({ columns, y, problem }: Data): Promise<Session> {
  if (problem.classes > 2) throw new Error('it fits each class against the rest, not a softmax');
  const load = createRequire(new URL('../package.json', import.meta.url));
  const packageOf = (name: string): unknown => load(name);
  const { Matrix } = packageOf('ml-matrix') as { Matrix: MatrixClass };
  const loaded = packageOf('ml-logistic-regression') as { default?: RegressionClass } & RegressionClass;
  const LogisticRegression = loaded.default ?? loaded;
  const { version } = packageOf('ml-logistic-regression/package.json') as { version: string };

  const n = columns.length;
  const x = new Matrix(y.length, n + 1);
  for (let i = 0; i < y.length; i++) {
    for (let j = 0; j < n; j++) x.set(i, j, columns[j]![i]!);
    x.set(i, n, 1);
  }
  const labels = Matrix.columnVector(y);
  return {
    version: `ml-logistic-regression ${version}`,
    fit(numSteps) {
      const model = new LogisticRegression({ numSteps, learningRate: 4 / (y.length * (n + 1)) });
      model.train(x, labels);
      return model.classifiers[0]!.weights.to1DArray(); // class 0 is told from the rest as 0 from 1
    },
  };
}
