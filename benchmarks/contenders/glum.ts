/** glum, QuantCo's generalised linear models: iteratively reweighted least squares in C++ (tabmat). */
import { type SessionContender, tolerances } from '../contender.ts';

export const glum: SessionContender = {
  name: 'glum',
  about: 'glum GeneralizedLinearRegressor(family="binomial", solver="irls-ls")',
  measures: ['fit', 'scaling'],
  precision: 'float64',
  ladder: { of: 'gradient_tol', settings: tolerances },
  script: { file: 'glum.py', variant: 'irls-ls' },
};
