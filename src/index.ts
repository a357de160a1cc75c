/**
 * Entry `tfjs-logistic`: training and prediction wherever JavaScript runs. Importing it loads no backend and touches
 * no global.
 */

export type { BackendName } from './backends/names.ts';
export type { TrainingData, TrainingLabels } from './data/from-memory.ts';
export type {
  ArrowTableLike,
  ArrowVectorLike,
  Matrix,
  NamedData,
  TensorLike,
  TypedArray,
  Vector,
} from './data/kinds.ts';
export type { PredictInput } from './data/predict-input.ts';
export type { MissingCells } from './data/table.ts';
export type { RowCounts } from './design/design.ts';
export {
  bs,
  category,
  center,
  cross,
  interaction,
  log,
  log1p,
  ns,
  offset,
  poly,
  sqrt,
  type TermInput,
  type TermTree,
  type Transform,
  type Variable,
} from './design/term-tree.ts';
export { type ErrorDetails, LogisticError, type Warning } from './errors.ts';
export type { Calibration, CurvePoint } from './evaluation/calibration.ts';
export type { NetBenefit } from './evaluation/decision-curve.ts';
export type { AucComparison } from './evaluation/delong.ts';
export type { EvaluationDetails, ProbabilityHistogram } from './evaluation/details.ts';
export type { HosmerLemeshow, SquaredErrors } from './evaluation/goodness-of-fit.ts';
export type { ProbabilityGroup } from './evaluation/groups.ts';
export type {
  AverageMetrics,
  ClassMetrics,
  ClassName,
  Confusion,
  Metrics,
  MultiClassMetrics,
  TwoClassMetrics,
} from './evaluation/metrics.ts';
export type { ThresholdRow, ThresholdTable } from './evaluation/thresholds.ts';
export { type BatchMatrix, explainBatch, type NumericBatch } from './explain/batch.ts';
export type { ComputationalGraph, Gradient, GraphEdge, GraphNode, WrittenFormula } from './explain/describe.ts';
export type { Way } from './explain/graph.ts';
export type { Formula } from './explain/notation.ts';
export { explainNumbers, type NumericRow, type RowParameters } from './explain/numbers.ts';
export type { CellRole, NodeRole } from './explain/roles.ts';
export type { RowExplanation, RowOptions } from './explain/row.ts';
export type { SolverReport, WarmStartReport } from './fitting/solution.ts';
export type { Diagnostics } from './inference/influence.ts';
export type {
  ChiSquaredTest,
  CoefficientSummary,
  Interval,
  PseudoR2,
  Summary,
  TermSummary,
  WaldNumbers,
} from './inference/summary.ts';
export type { AcceptedCells, CellCounter } from './model/accepted-cells.ts';
export type { CrossValidation, Fold, Spread } from './model/cross-validate.ts';
export type { ClassCoefficients } from './model/described.ts';
export type { EvaluateOptions, Evaluation, ModelComparison } from './model/evaluate-scores.ts';
export type { TrainingReport } from './model/fit.ts';
export { FittedLogisticRegression, type IntervalOptions } from './model/fitted.ts';
export type { OverRowsOptions } from './model/given-rows.ts';
export type { Influence, RowInfluence } from './model/influence.ts';
export type { ProbabilityInterval } from './model/intervals.ts';
export type { LevelCount, LevelCounts } from './model/level-counts.ts';
export {
  type CrossValidateOptions,
  LogisticRegression,
} from './model/logistic-regression.ts';
export type { MarginalEffect, MarginalEffects } from './model/marginal-effects.ts';
export type { MeasuredMetrics } from './model/measured.ts';
export type { Options } from './model/options.ts';
export type { PerUnits } from './model/per-units.ts';
export type { InfiniteCoefficient, SeparationReport } from './model/separation.ts';
export type { TrainedOn } from './model/trained-on.ts';
export type { FitOptions, LabelOf } from './model/training-input.ts';
export * from './predict.ts';
export type { Precision } from './rows/contract.ts';
export type { SolverName } from './solvers/choose.ts';
export type { IterationState, OutcomeName } from './solvers/solver.ts';
