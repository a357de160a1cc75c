/**
 * What a program calls: LogisticRegression.fit on the forms in which it may hold its numbers. It reads or copies them,
 * standardises, checks for collinear columns and separation, and fits on all threads; metrics on the training rows are
 * measured where the name says so.
 */
import { type FittedLogisticRegression, LogisticRegression } from '../../src/index.ts';
import type { Options } from '../../src/model/options.ts';
import { type Data, type SessionContender, tolerances } from '../contender.ts';

/** Lays the numbers out before the clock runs; the function that it gives is timed. */
type Form = (data: Data) => (estimator: LogisticRegression) => Promise<FittedLogisticRegression>;

const flat: Form = ({ columns, y }) => {
  const n = columns.length;
  const x = new Float64Array(y.length * n);
  columns.forEach((column, j) => {
    for (let i = 0; i < y.length; i++) x[i * n + j] = column[i]!;
  });
  return (estimator) => estimator.fit(x, y);
};

const byName: Form = ({ columns, y }) => {
  const named = Object.fromEntries([...columns.map((x, j) => [`x${j + 1}`, x] as const), ['y', y] as const]);
  return (estimator) => estimator.fit(named, 'y');
};

const nested: Form = ({ columns, y }) => {
  const x = Array.from(y, (_, i) => Float64Array.from(columns, (column) => column[i]!));
  return (estimator) => estimator.fit(x, y);
};

export const oursClass: readonly SessionContender[] = [
  contender('ours-flat', 'one flat Float64Array, row by row', flat),
  contender('ours-columns', 'an object of Float64Array columns', byName),
  contender('ours-class', 'nested rows, an array of Float64Array', nested),
  contender('ours-flat-metrics', 'one flat Float64Array, and metrics on its rows', flat, { trainingMetrics: true }),
];

function contender(name: string, about: string, form: Form, options: Options = {}): SessionContender {
  return {
    name,
    about: `LogisticRegression.fit on ${about}`,
    measures: ['fit'],
    precision: 'float64',
    ladder: { of: 'tolerance', settings: tolerances },
    async open(data) {
      const fit = form(data);
      const { l2 } = data.problem;
      return {
        version: 'LogisticRegression, threads auto',
        async fit(tolerance) {
          const model = await fit(new LogisticRegression({ ...options, l2, tolerance }));
          return model.byClass.flatMap(({ coefficients, intercept }) => [...Object.values(coefficients), intercept]);
        },
      };
    },
  };
}
