/**
 * scikit-learn: LogisticRegression with two solvers, each with numpy's BLAS on all threads and on one; one evaluation
 * by the loss that they share (LinearModelLoss.loss_gradient, two threads); and lbfgs under scikit-learn-intelex.
 */
import { type SessionContender, tolerances } from '../contender.ts';

const file = 'scikit-learn.py';
const ladder = { of: 'tol', settings: tolerances };

export const scikitLearn: readonly SessionContender[] = [
  ...(['float64', 'float32'] as const).map(
    (precision): SessionContender => ({
      name: `sklearn-loss-${precision}`,
      about: `scikit-learn's LinearModelLoss.loss_gradient, ${precision}, n_threads=2, numpy's BLAS with its default threads`,
      measures: ['evaluation'],
      precision,
      script: { file, variant: precision },
    }),
  ),
  ...['lbfgs', 'newton-cholesky'].flatMap((solver): SessionContender[] => [
    {
      name: `sklearn-${solver}`,
      about: `scikit-learn LogisticRegression(solver="${solver}")`,
      measures: ['fit', 'scaling'],
      precision: 'float64',
      ladder,
      script: { file, variant: solver },
    },
    {
      name: `sklearn-${solver}-blas-1`,
      about: `the same with numpy's BLAS on one thread, which can be faster than on all`,
      measures: ['fit'],
      precision: 'float64',
      ladder,
      script: { file, variant: `${solver}/1` },
    },
  ]),
  {
    name: 'sklearnex-lbfgs',
    about: 'scikit-learn-intelex LogisticRegression(solver="lbfgs")',
    measures: ['fit'],
    precision: 'float64',
    ladder,
    script: { file, variant: 'intelex' },
  },
];
