/**
 * Entry `tfjs-logistic`: training and prediction wherever JavaScript runs. Importing it loads no backend and touches
 * no global.
 */

export { LogisticError, type Warning } from './errors.ts';
export type {
  AverageMetrics,
  ClassMetrics,
  Confusion,
  Metrics,
  MultiClassMetrics,
  TwoClassMetrics,
} from './evaluation/metrics.ts';
export type { CrossValidation, Fold, Spread } from './model/cross-validate.ts';
export type { TrainingReport } from './model/fit.ts';
export { type ClassCoefficients, type EvaluateOptions, FittedLogisticRegression } from './model/fitted.ts';
export { type CrossValidateOptions, type FitOptions, LogisticRegression } from './model/logistic-regression.ts';
export type { Options } from './model/options.ts';
export * from './predict.ts';
