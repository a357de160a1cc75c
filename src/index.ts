/**
 * Entry `tfjs-logistic`: training and prediction wherever TensorFlow.js runs. Importing it loads no
 * backend and touches no global.
 */

export {
  type LogisticInputs,
  type LossAndGradient,
  type LossAndGradientFunction,
  registerFusedKernels,
  type TensorFlowKernels,
} from './backends/cpu/tfjs-kernel.ts';
export { LogisticError, type Warning } from './errors.ts';
export type { Confusion, Metrics } from './evaluation/metrics.ts';
export type { TrainingReport } from './model/fit.ts';
export { FittedLogisticRegression } from './model/fitted.ts';
export { type FitOptions, LogisticRegression } from './model/logistic-regression.ts';
export type { Options } from './model/options.ts';
export * from './predict.ts';
